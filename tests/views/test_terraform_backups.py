"""Views of backup plans and what they select, of stores and of machines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import view
from vvbscan.model.node import Unknown
from vvbscan.model.subject import Subject

PLAN = """
resource "aws_backup_plan" "plan" {
  name = "plan"
  rule {
    rule_name = "daily"
    lifecycle {
      delete_after = 35
    }
  }
  rule {
    rule_name = "weekly"
    lifecycle {
      delete_after = 14
    }
  }
}
resource "aws_db_instance" "votes" {
  identifier = "votes"
  engine     = "postgres"
}
resource "aws_db_instance" "audit" {
  identifier = "audit"
  engine     = "postgres"
}
"""


def value(subject: Subject, name: str) -> object:
    node = subject.root.get(name)
    if node is None:
        return None
    return f"? {node.value.reason}" if isinstance(node.value, Unknown) else node.value


def selected(arguments: str) -> tuple[object, object]:
    """What the plan keeps of the databases `votes` and `audit`."""
    text = f'{PLAN}\nresource "aws_backup_selection" "s" {{\nname = "s"\nplan_id = aws_backup_plan.plan.id\n{arguments}\n}}'
    found = view(text, "database")
    return value(found["aws_db_instance.votes"], "plan_days"), value(
        found["aws_db_instance.audit"], "plan_days"
    )


def test_what_a_selection_names_is_kept_as_long_as_the_longest_rule() -> None:
    assert selected("resources = [aws_db_instance.votes.arn]") == (35, None)


@pytest.mark.parametrize(
    "arguments",
    [
        'resources = ["*"]',
        'resources = ["arn:aws:rds:*:*:db:*"]',
        'selection_tag {\ntype = "STRINGEQUALS"\nkey = "a"\nvalue = "b"\n}',
    ],
)
def test_what_a_selection_may_mean_is_unknown(arguments: str) -> None:
    reason = "? aws_backup_selection.s selects what it backs up by tag or pattern"
    assert selected(arguments) == (reason, reason)


def test_a_named_database_is_known_though_others_are_not() -> None:
    kept, unsure = selected('resources = [aws_db_instance.votes.arn, "arn:aws:rds:*:*:db:a*"]')
    assert kept == 35
    assert str(unsure).startswith("?")


def test_a_plan_from_elsewhere_is_unknown() -> None:
    text = """
    resource "aws_db_instance" "votes" {
      engine = "postgres"
    }
    resource "aws_backup_selection" "s" {
      plan_id   = "0a1b"
      resources = [aws_db_instance.votes.arn]
    }
    """
    found = view(text, "database")["aws_db_instance.votes"]
    assert value(found, "plan_days") == "? the plan of aws_backup_selection.s is not in the tree"


def hours_of(schedule: str) -> object:
    text = f'resource "aws_backup_plan" "p" {{\nrule {{\nschedule = "{schedule}"\n}}\n}}'
    return value(view(text, "snapshot_schedule")["aws_backup_plan.p"], "hours")


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("cron(0 2 * * ? *)", 24),
        ("cron(0 2 ? * * *)", 24),
        ("cron(30 * * * ? *)", 1),
        ("cron(0 */4 * * ? *)", 4),
        ("cron(0 0/6 * * ? *)", 6),
        ("cron(0 2,14 * * ? *)", 12),
        ("cron(0 8,12 * * ? *)", 20),
        ("cron(0 8-18 * * ? *)", 24),
        ("cron(0 2 ? * MON *)", 168),
        ("cron(0 2 ? * 1-7 *)", 24),
        ("cron(0 2 1 * ? *)", 744),
        ("cron(0 2 1 1 ? *)", 8928),
        ("rate(12 hours)", 12),
        ("rate(1 day)", 24),
        ("rate(30 minutes)", 0.5),
        ("whenever", "? whenever is not understood"),
    ],
)
def test_hours_between_backups(schedule: str, hours: object) -> None:
    assert hours_of(schedule) == hours


@given(st.text(alphabet="cronrate() 0123456789*/,-?MONdayhours", max_size=40))
def test_no_schedule_is_too_odd(schedule: str) -> None:
    hours = hours_of(schedule)
    assert isinstance(hours, str) or (isinstance(hours, (int, float)) and hours >= 0)


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ("create_rule {\ninterval = 12\n}\nretain_rule {\ncount = 60\n}", 30),
        ("create_rule {\ninterval = 12\n}\nretain_rule {\ncount = 3\n}", 1.5),
        ('create_rule {\ninterval = 24\n}\nretain_rule {\ninterval = 2\ninterval_unit = "MONTHS"\n}', 60),
        ('create_rule {\ncron_expression = "cron(0 2 ? * SUN *)"\n}\nretain_rule {\ncount = 4\n}', 28),
    ],
)
def test_how_long_data_lifecycle_manager_keeps_snapshots(rules: str, days: float) -> None:
    text = f'resource "aws_dlm_lifecycle_policy" "p" {{\npolicy_details {{\nschedule {{\n{rules}\n}}\n}}\n}}'
    found = value(view(text, "snapshot_schedule")["aws_dlm_lifecycle_policy.p"], "days")
    assert repr(found) == repr(days), "whole days are whole numbers, as messages show them"


def test_plans_without_rules_are_no_schedules() -> None:
    text = """
    resource "google_compute_resource_policy" "placement" {
      name = "placement"
      group_placement_policy {
        vm_count = 2
      }
    }
    """
    assert view(text, "snapshot_schedule") == {}


def test_volumes_are_subjects_of_their_own() -> None:
    text = """
    resource "aws_instance" "web" {
      root_block_device {
        encrypted = true
      }
      ebs_block_device {
        device_name = "/dev/sdf"
        kms_key_id  = "arn:aws:kms:eu-central-1:123456789012:key/1"
      }
      ebs_block_device {
        device_name = "/dev/sdg"
        encrypted   = "false"
      }
    }
    """
    found = {address: value(subject, "encrypted") for address, subject in view(text, "data_store").items()}
    assert found == {
        "aws_instance.web:root_block_device[0]": True,
        "aws_instance.web:ebs_block_device[0]": None,
        "aws_instance.web:ebs_block_device[1]": False,
    }


@pytest.mark.parametrize(
    ("options", "metadata"),
    [
        ('http_tokens = "required"', "token"),
        ('http_tokens = "optional"', "anybody"),
        ('http_endpoint = "disabled"', "nobody"),
        ("", "? the image and the account decide whether the metadata service needs a token"),
    ],
)
def test_who_gets_instance_metadata(options: str, metadata: str) -> None:
    text = f'resource "aws_launch_template" "t" {{\nmetadata_options {{\n{options}\n}}\n}}'
    assert value(view(text, "machine")["aws_launch_template.t"], "metadata") == metadata
