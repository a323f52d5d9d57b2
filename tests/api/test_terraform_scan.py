"""Scans of Terraform through the door: one finding a place, with what leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import vvbscan
from vvbscan import Config, Selection
from vvbscan.model.outcome import Finding
from vvbscan.model.result import ScanResult

LOGS = Config(selection=Selection(select=("VVB-LOG-002",)))
GROUP = 'variable "days" {{\n  default = {}\n}}\nresource "aws_cloudwatch_log_group" "main" {{\n  retention_in_days = var.days\n}}\n'


def scan(files: Mapping[str, str | bytes]) -> ScanResult:
    """The result of one rule about the days that logs are kept."""
    return vvbscan.scan_files(files, LOGS, today="2026-01-01")


def place(finding: Finding) -> str:
    """Where a finding stands, as `file:line`."""
    return f"{finding.location.path}:{finding.location.line}"


def related(finding: Finding) -> list[str]:
    """The related locations, as `label file:line`."""
    return [f"{one.label} {one.location.path}:{one.location.line}" for one in finding.related]


def test_a_default_of_a_module_is_one_finding_for_all_its_instances() -> None:
    (finding,) = scan(
        {
            "main.tf": 'module "a" {\n  source = "./log"\n}\nmodule "b" {\n  source = "./log"\n  count = 2\n}\n'
            'module "c" {\n  source = "./log"\n  days = 365\n}\n',
            "log/main.tf": GROUP.format(1),
        }
    ).findings
    assert place(finding) == "log/main.tf:2"
    assert finding.address == "module.a.aws_cloudwatch_log_group.main"
    assert related(finding) == [
        "used here log/main.tf:5",
        "module.a is called here main.tf:1",
        "module.b[0] is called here main.tf:4",
        "module.b[1] is called here main.tf:4",
    ]


def test_an_argument_is_the_place_if_it_is_to_blame() -> None:
    (finding,) = scan(
        {
            "main.tf": 'module "a" {\n  source = "./log"\n  days = 1\n}\nmodule "b" {\n  source = "./log"\n}\n',
            "log/main.tf": GROUP.format(365),
        }
    ).findings
    assert place(finding) == "main.tf:3"
    assert related(finding) == ["used here log/main.tf:5", "module.a is called here main.tf:1"]


def test_roots_that_share_a_module_have_one_finding() -> None:
    files = {
        "one/main.tf": 'module "a" {\n  source = "../log"\n}\n',
        "two/main.tf": 'module "b" {\n  source = "../log"\n}\n',
        "log/main.tf": GROUP.format(1),
    }
    (finding,) = scan(files).findings
    assert place(finding) == "log/main.tf:2"
    assert related(finding)[1:] == [
        "module.a is called here one/main.tf:1",
        "module.b is called here two/main.tf:1",
    ]


def test_environments_are_told() -> None:
    files = {
        "main.tf": GROUP.format(365),
        "env/prod-eu.tfvars": "days = 1\n",
        "env/prod-us.tfvars": "days = 365\n",
        "env/dev.tfvars": "days = 1\n",
    }
    (finding,) = scan(files).findings
    assert place(finding) == "env/prod-eu.tfvars:1"
    assert finding.environments == ("prod-eu",)


def test_a_default_that_several_environments_leave_as_it_is() -> None:
    files = {"main.tf": GROUP.format(1), "prod-eu.tfvars": "", "prod-us.tfvars": ""}
    (finding,) = scan(files).findings
    assert place(finding) == "main.tf:2"
    assert finding.environments == ("prod-eu", "prod-us")


def test_files_are_accounted_for() -> None:
    files: dict[str, str | bytes] = {
        "main.tf": 'module "a" {\n  source = "./log"\n}\n',
        "dev.tfvars": "",
        "log/main.tf": GROUP.format(1),
        "log/broken.tf": 'resource "x" {',
        "log/binary.tf": b"\0",
        "log/tests/main.tf": "",
        "terragrunt.hcl": "",
        "a.tftest.hcl": "",
        "b.pkr.hcl": "",
    }
    result = scan(files)
    assert {(one.path, one.status, one.judged) for one in result.files} == {
        ("main.tf", "analysed", True),
        ("dev.tfvars", "analysed", False),
        ("log/main.tf", "analysed", True),
        ("log/broken.tf", "partly analysed", True),
        ("log/binary.tf", "not analysed", True),
        ("log/tests/main.tf", "analysed", False),
    }
    assert {(one.level, one.code, one.path) for one in result.notices if one.level == "error"} == {
        ("error", "hcl-syntax", "log/broken.tf"),
        ("error", "unreadable", "log/binary.tf"),
    }
    assert [place(finding) for finding in result.findings] == ["log/main.tf:2"]


def test_a_named_file_is_judged_through_the_modules_that_call_its_own(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "live/main.tf": 'module "a" {\n  source = "../log"\n  days = 365\n}\nmodule "b" {\n  source = "../log"\n}\n',
        "log/main.tf": GROUP.format(1),
        "other/main.tf": GROUP.format(1),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    result = vvbscan.scan([tmp_path / "log/main.tf"], LOGS, today="2026-01-01")
    assert [(finding.address, place(finding)) for finding in result.findings] == [
        ("module.b.aws_cloudwatch_log_group.main", "log/main.tf:2")
    ]


def test_one_text() -> None:
    result = vvbscan.scan_text(GROUP.format(1), "terraform", LOGS, today="2026-01-01")
    assert [place(finding) for finding in result.findings] == ["main.tf:2"]


def test_a_place_is_named_by_what_stands_there() -> None:
    config = Config(selection=Selection(select=("VVB-IMAGE-001",)))
    definitions = '[{"name": "web", "image": "${image}:latest"}]'
    files = {
        "main.tf": 'variable "repository" {}\n'
        'resource "aws_ecs_task_definition" "web" {\n  family = "web"\n'
        '  container_definitions = templatefile("web.json", { image = "vvb" })\n}\n'
        'resource "aws_ecs_task_definition" "api" {\n  family = "api"\n'
        f"  container_definitions = <<EOT\n{definitions.replace('${image}', '${var.repository}')}\nEOT\n}}\n",
        "web.json": definitions,
    }
    first, second = vvbscan.scan_files(files, config, today="2026-01-01").findings
    assert (place(first), related(first)) == ("main.tf:9", ["declaration of var.repository main.tf:1"])
    assert (place(second), related(second)) == ("web.json:1", ["used here main.tf:4"])


def test_a_policy_is_told_of_its_secrets_and_of_other_services_that_it_allows_as_a_whole() -> None:
    config = Config(selection=Selection(select=("VVB-IAM-002", "VVB-IAM-005")))
    actions = '["secretsmanager:GetSecretValue",\n "ec2:*"]'
    statement = f'{{ Effect = "Allow", Action = {actions}, Resource = "*" }}'
    policy = (
        f'resource "aws_iam_policy" "web" {{\n  policy = jsonencode({{ Statement = [{statement}] }})\n}}\n'
    )
    found = vvbscan.scan_files({"main.tf": policy}, config, today="2026-01-01").findings
    assert [(one.rule_id, place(one)) for one in found] == [
        ("VVB-IAM-005", "main.tf:2"),
        ("VVB-IAM-002", "main.tf:3"),
    ]


def test_a_secret_is_said_to_be_written_where_it_is() -> None:
    config = Config(selection=Selection(select=("VVB-SECRET-002", "VVB-SECRET-005")))
    files = {
        "main.tf": 'variable "password" {\n  default = "Herbst-2025-x"\n}\n'
        'resource "aws_db_instance" "a" {\n  password = var.password\n}\n'
        'resource "aws_lambda_function" "c" {\n  environment {\n    variables = {\n'
        '      DB_PASSWORD = aws_db_instance.a.password\n      API_TOKEN = "Winter-2025-x"\n    }\n  }\n}\n'
    }
    findings = vvbscan.scan_files(files, config, today="2026-01-01").findings
    assert [(place(finding), finding.message) for finding in findings] == [
        ("main.tf:2", "aws_db_instance.a.password is a secret, and it is written here."),
        ("main.tf:10", "DB_PASSWORD is a secret, and what it refers to is a literal."),
        ("main.tf:11", "API_TOKEN is a secret, and it is written here."),
    ]
