"""Buckets, keys, registries, logs, state, containers, grants and secrets, with what is said beside them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import value, view
from vvbscan.views.terraform.view_table import VIEWS


def fields(text: str, name: str, *wanted: str) -> dict[str, list[object]]:
    """Fields of the subjects of a view by address; None for one that is absent."""
    return {
        address: [None if (node := subject.root.get(field)) is None else value(node) for field in wanted]
        for address, subject in view(text, name).items()
    }


def test_versions_are_read_from_whatever_sets_them() -> None:
    text = """
        resource "aws_s3_bucket" "inline" {
          bucket = "inline"
          versioning {
            enabled = true
          }
        }

        resource "aws_s3_bucket" "beside" {
          count = 2
        }

        resource "aws_s3_bucket_versioning" "beside" {
          bucket = aws_s3_bucket.beside[1].id
          versioning_configuration {
            status = "Enabled"
          }
        }

        resource "aws_s3_bucket_versioning" "named" {
          bucket = "inline"
          versioning_configuration {
            status = "Suspended"
          }
        }

        module "call" {
          source     = "terraform-aws-modules/s3-bucket/aws"
          bucket     = "call"
          versioning = { status = "Enabled" }
        }

        resource "google_storage_bucket" "soft" {
          name = "soft"
        }

        resource "google_storage_bucket" "hard" {
          name = "hard"
          soft_delete_policy {
            retention_duration_seconds = 0
          }
        }
        """
    assert fields(text, "bucket", "versioned") == {
        "aws_s3_bucket.inline": [False],
        "aws_s3_bucket.beside[0]": [False],
        "aws_s3_bucket.beside[1]": [True],
        "module.call": [True],
        "google_storage_bucket.soft": [True],
        "google_storage_bucket.hard": [False],
    }


def test_a_setting_of_an_unknown_bucket_leaves_all_open() -> None:
    text = """
        variable "bucket" {}

        resource "aws_s3_bucket" "b" {
          bucket = "b"
        }

        resource "aws_s3_bucket_versioning" "b" {
          bucket = var.bucket
          versioning_configuration {
            status = "Enabled"
          }
        }
        """
    assert fields(text, "bucket", "versioned") == {"aws_s3_bucket.b": ["?"]}


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        ("", [False, 365]),
        ("enable_key_rotation = true", [True, 365]),
        ("enable_key_rotation = true\nrotation_period_in_days = 90", [True, 90]),
        ('customer_master_key_spec = "SYMMETRIC_DEFAULT"', [False, 365]),
        ('customer_master_key_spec = "RSA_4096"', None),
        ('key_usage = "GENERATE_VERIFY_MAC"', None),
        ('custom_key_store_id = "cks-1"', None),
    ],
)
def test_keys_are_those_that_can_be_rotated(arguments: str, seen: list[object] | None) -> None:
    found = fields(f'resource "aws_kms_key" "k" {{\n{arguments}\n}}\n', "encryption_key", "rotated", "period")
    assert found == ({} if seen is None else {"aws_kms_key.k": seen})


def test_a_lifecycle_belongs_to_its_repository() -> None:
    rules = {
        "one": [{"selection": {"tagStatus": "any", "countType": "sinceImagePushed", "countNumber": 30}}],
        "two": [
            {"selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countNumber": 1}},
            {"selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9}},
        ],
    }
    text = 'resource "aws_ecr_repository" "r" {\n  for_each = toset(["one", "two", "three"])\n  name = each.key\n}\n'
    for name, listed in rules.items():
        text += (
            f'resource "aws_ecr_lifecycle_policy" "{name}" {{\n'
            f'  repository = aws_ecr_repository.r["{name}"].name\n'
            f"  policy = jsonencode({json.dumps({'rules': listed})})\n}}\n"
        )
    assert fields(text, "image_repository", "expires", "shortest", "keeps_newest") == {
        'aws_ecr_repository.r["one"]': [True, 30, False],
        'aws_ecr_repository.r["two"]': [True, None, True],
        'aws_ecr_repository.r["three"]': [False, None, False],
    }


@pytest.mark.parametrize(
    ("body", "locked"),
    [
        ('bucket = "b"\nkey = "k"', False),
        ('bucket = "b"\nkey = "k"\nuse_lockfile = true', True),
        ('bucket = "b"\nkey = "k"\ndynamodb_table = "t"', True),
        ('bucket = "b"', "?"),
        ("", "?"),
    ],
)
def test_state_is_locked_if_something_locks_it(body: str, locked: object) -> None:
    text = f'terraform {{\n  backend "s3" {{\n{body}\n  }}\n}}\n'
    assert fields(text, "state_backend", "locked") == {"backend.s3": [locked]}


def test_containers_are_found_wherever_they_are_defined() -> None:
    text = """
        resource "aws_ecs_task_definition" "t" {
          container_definitions = jsonencode([{ name = "a", image = "i:1", privileged = true }])
        }

        resource "aws_batch_job_definition" "b" {
          container_properties = "{\\"image\\": \\"i:2\\", \\"user\\": \\"root\\"}"
        }

        module "s" {
          source   = "terraform-aws-modules/ecs/aws"
          services = { api = { container_definitions = { a = { image = "i:3" } } } }
        }

        resource "azurerm_container_group" "g" {
          container {
            name  = "c"
            image = "i:4"
          }
        }
        """
    assert fields(text, "cloud_container", "image", "privileged", "user", "settles_logs") == {
        "aws_ecs_task_definition.t:container_definitions[0]": ["i:1", True, None, True],
        "aws_batch_job_definition.b:container_properties": ["i:2", None, "root", False],
        "module.s:services.api.container_definitions.a": ["i:3", None, None, False],
        "azurerm_container_group.g:container[0]": ["i:4", None, None, False],
    }
    assert [found[0] for found in fields(text, "image_reference", "tag").values()] == ["1", "2", "3", "4"]


def test_variables_are_read_in_both_spellings() -> None:
    text = """
        resource "aws_lambda_function" "f" {
          environment {
            variables = { A = "1" }
          }
        }

        resource "aws_codebuild_project" "p" {
          environment {
            environment_variable {
              name  = "B"
              value = "2"
            }
            environment_variable {
              name  = "C"
              value = "/vvb/c"
              type  = "PARAMETER_STORE"
            }
          }
        }

        resource "aws_ecs_task_definition" "t" {
          container_definitions = jsonencode([{
            name        = "a"
            environment = [for key in ["D", "E"] : { name = key, value = lower(key) }]
          }])
        }
        """
    assert sorted(fields(text, "environment_variable", "name", "value").values()) == [
        ["A", "1"],
        ["B", "2"],
        ["D", "d"],
        ["E", "e"],
    ]


@pytest.mark.parametrize(
    ("member", "everyone", "service_account"),
    [
        ('"allUsers"', True, False),
        ('"group:a@example.com"', False, False),
        ('"serviceAccount:${google_service_account.a.email}"', False, True),
        ("google_service_account.a.member", False, True),
        ("var.member", "?", "?"),
        ('"group:${var.member}"', False, False),
    ],
)
def test_members_are_told_apart(member: str, everyone: object, service_account: object) -> None:
    text = f"""
        variable "member" {{}}

        resource "google_service_account" "a" {{
          account_id = "a"
        }}

        resource "google_project_iam_member" "m" {{
          role   = "roles/viewer"
          member = {member}
        }}
        """
    found = fields(text, "access_grant", "everyone", "service_account")
    assert list(found.values()) == [[everyone, service_account]]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("terraform-aws-modules/rds/aws", ["registry", None]),
        ("registry.example.com/vvb/service/aws//part", ["registry", None]),
        ("github.com/example/service", ["git", None]),
        ("github.com/example/service//part?ref=v1.2.0", ["git", "v1.2.0"]),
        ("git::https://git.example.com/service.git?depth=1&ref=main", ["git", "main"]),
        ("https://example.com/service.zip", None),
        ("s3::https://s3.amazonaws.com/modules/service.zip", None),
    ],
)
def test_sources_of_modules(source: str, seen: list[object] | None) -> None:
    found = fields(f'module "m" {{\n  source = "{source}"\n}}\n', "module_source", "kind", "version")
    assert found == ({} if seen is None else {"module.m": seen})


def test_arguments_that_hold_secrets_are_looked_at_and_no_others() -> None:
    text = """
        resource "aws_db_instance" "d" {
          password       = "p"
          instance_class = "db.m6g.large"
          name           = file("missing")
        }

        resource "aws_ssm_parameter" "plain" {
          type  = "String"
          value = "v"
        }

        resource "aws_ssm_parameter" "secure" {
          type  = "SecureString"
          value = "v"
        }

        resource "aws_secretsmanager_secret_version" "s" {
          secret_string = jsonencode({ user = "u", password = "p" })
        }
        """
    assert set(view(text, "secret_argument")) == {
        "aws_db_instance.d.password",
        "aws_ssm_parameter.secure.value",
        "aws_secretsmanager_secret_version.s.secret_string.user",
        "aws_secretsmanager_secret_version.s.secret_string.password",
    }


def test_what_stands_in_until_others_change_it_is_not_looked_at() -> None:
    text = """
        resource "aws_ssm_parameter" "p" {
          for_each = toset(["a", "b"])
          type     = "SecureString"
          value    = "set-by-hand"

          lifecycle {
            ignore_changes = [value]
          }
        }

        resource "aws_db_instance" "d" {
          for_each = toset(["a", "b"])
          password = aws_ssm_parameter.p[each.key].value
        }

        resource "aws_db_instance" "e" {
          password = "p"
        }
        """
    assert set(view(text, "secret_argument")) == {"aws_db_instance.e.password"}


_VALUES = st.sampled_from(
    [
        "null", "true", '"text"', "12", "[]", "{}", "var.unknown", '["a", null]', "{ a = { b = [1] } }",
        "jsonencode([1, { image = 2 }])", '"{\\"rules\\": 3}"', "aws_s3_bucket.x.id", "[{}]",
    ]
)  # fmt: skip
_ARGUMENTS = st.sampled_from(
    [
        "bucket", "policy", "acl", "versioning", "versioning_configuration", "access_control_policy",
        "container_definitions", "container_properties", "environment", "repository", "image_scanning_configuration",
        "cleanup_policies", "role", "member", "members", "retention_in_days", "rotation_rules", "template", "spec",
        "secret_string", "value", "type", "inline_policy", "assume_role_policy", "managed_policy_arns", "data",
        "app_settings", "docker_config", "format", "log_group_name", "scope", "role_definition_name", "length",
    ]
)  # fmt: skip
_TYPES = st.sampled_from(
    [
        "aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_bucket_versioning", "aws_s3_bucket_public_access_block",
        "aws_ecs_task_definition", "aws_batch_job_definition", "aws_lambda_function", "aws_ecr_repository",
        "aws_ecr_lifecycle_policy", "google_artifact_registry_repository", "google_project_iam_binding",
        "google_storage_bucket_iam_member", "azurerm_role_assignment", "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_subscription_filter", "aws_secretsmanager_secret_rotation", "aws_iam_role",
        "google_cloud_run_v2_service", "kubernetes_deployment", "kubernetes_secret", "aws_ssm_parameter",
        "aws_secretsmanager_secret_version", "azurerm_storage_container", "azurerm_linux_web_app", "random_password",
        "aws_kms_key", "google_kms_crypto_key", "aws_cloudtrail", "aws_iam_policy", "aws_lambda_permission",
    ]
)  # fmt: skip
_OWN = (
    "access_grant", "audit_trail", "bucket", "cloud_container", "encryption_key", "environment_variable",
    "generated_password", "image_reference", "image_repository", "log_group", "module_source", "policy_attachment",
    "policy_statement", "provider_requirement", "public_access", "secret_argument", "secret_rotation", "state_backend",
)  # fmt: skip


@given(st.lists(st.tuples(_TYPES, st.dictionaries(_ARGUMENTS, _VALUES, max_size=6)), max_size=4))
def test_whatever_is_written_is_viewed(resources: list[tuple[str, dict[str, str]]]) -> None:
    text = 'variable "unknown" {}\n'
    for index, (kind, arguments) in enumerate(resources):
        body = "\n".join(f"  {name} = {written}" for name, written in arguments.items())
        text += f'resource "{kind}" "r{index}" {{\n{body}\n}}\n'
    for name in _OWN:
        assert name in VIEWS
        assert all(subject.anchor.source.path == "main.tf" for subject in view(text, name).values())
