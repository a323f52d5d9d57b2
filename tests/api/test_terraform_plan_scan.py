"""Scans of plans, alone and beside the modules that they were made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import vvbscan
from vvbscan.model.outcome import Finding
from vvbscan.model.result import ScanResult

APPROVAL = Path(__file__).parent.parent / "data" / "terraform" / "approval"
FILES = {
    path.relative_to(APPROVAL).as_posix(): path.read_text("utf-8")
    for path in sorted(APPROVAL.rglob("*"))
    if path.is_file()
}
PLAN = "prod.plan.json"
SELECT = vvbscan.Config(
    selection=vvbscan.Selection(select=("VVB-TLS-001", "VVB-DB-003", "VVB-DB-004", "VVB-KEY-001"))
)


def scan(files: dict[str, str]) -> ScanResult:
    return vvbscan.scan_files(files, SELECT, today="2026-01-01")


def places(result: ScanResult) -> set[tuple[str, str, int, int]]:
    return {(one.rule_id, one.location.path, one.location.start, one.location.end) for one in result.findings}


def without(*paths: str) -> dict[str, str]:
    return {path: text for path, text in FILES.items() if path not in paths}


def listener(policy: str) -> str:
    return (
        'resource "aws_lb_listener" "https" {\n  load_balancer_arn = "arn:aws:x"\n  protocol = "HTTPS"\n'
        f"  ssl_policy = {policy}\n}}\n"
    )


def plan_of(*resources: tuple[str, str, dict[str, object]]) -> str:
    """A plan of resources of the root module: type, name and values of each."""
    planned = [
        {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name, "values": values}
        for type_, name, values in resources
    ]
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": planned}},
        }
    )


def plan_of_listener(policy: str) -> str:
    values: dict[str, object] = {
        "load_balancer_arn": "arn:aws:x",
        "protocol": "HTTPS",
        "ssl_policy": policy,
    }
    return plan_of(("aws_lb_listener", "https", values))


def test_a_plan_beside_its_module_adds_no_finding_to_what_both_say() -> None:
    both, module = scan(FILES), scan(without(PLAN))
    assert {one.rule_id for one in both.findings} == set(SELECT.selection.select)
    assert places(both) == places(module)
    assert {path for _, path, _, _ in places(both)} == {"main.tf", "modules/database/main.tf"}


def test_a_plan_alone_says_the_same_of_the_same_resources() -> None:
    alone, module = scan({PLAN: FILES[PLAN]}), scan(without(PLAN))
    assert {(one.rule_id, one.address) for one in alone.findings} == {
        (one.rule_id, one.address) for one in module.findings
    }
    assert {one.location.path for one in alone.findings} == {PLAN}


def test_the_name_of_a_plan_is_its_environment() -> None:
    assert {one.environments for one in scan({PLAN: FILES[PLAN]}).findings} == {("prod",)}
    assert scan({"dev.plan.json": FILES[PLAN]}).findings == ()
    assert {one.environments for one in scan({"plan.json": FILES[PLAN]}).findings} == {()}


def test_no_secret_of_a_plan_is_in_a_result() -> None:
    """The password stands beside the argument that a finding is about, on the one line that the plan has."""
    result = scan({PLAN: FILES[PLAN]})
    database: Finding = next(one for one in result.findings if one.rule_id == "VVB-DB-003")
    assert '"password":"********"' in database.location.snippet
    assert "invented" not in repr(result)
    assert "invented" not in repr(scan(without("prod.tfvars")))


def test_a_named_plan_is_judged_with_its_module(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DB-003", "VVB-DB-005", "VVB-DB-014")))
    result = vvbscan.scan([tmp_path / PLAN], config, today="2026-01-01")
    assert {(one.rule_id, one.location.path) for one in result.findings} == {
        ("VVB-DB-003", "main.tf"),
        # What is not set is told too, though the plan has no value that could be pointed at.
        ("VVB-DB-005", "modules/database/main.tf"),
        ("VVB-DB-014", "modules/database/main.tf"),
    }


def test_a_plan_says_what_the_module_leaves_open() -> None:
    text = 'variable "policy" {}\n' + listener("var.policy")
    open_only = scan({"main.tf": text})
    assert open_only.findings == ()
    assert [one.kind for one in open_only.undecided] == ["variable"]
    both = scan({"main.tf": text, "plan.json": plan_of_listener("ELBSecurityPolicy-2016-08")})
    (finding,) = both.findings
    assert finding.location.path == "main.tf"
    assert text[finding.location.start : finding.location.end] == "var.policy"
    assert [one.kind for one in both.undecided] == ["variable"]


def test_what_neither_knows_is_told_once() -> None:
    text = 'resource "aws_x" "y" {\n}\n' + listener("aws_x.y.policy")
    marks = {"address": "aws_lb_listener.https", "change": {"after_unknown": {"ssl_policy": True}}}
    plan = json.loads(plan_of_listener(""))
    del plan["planned_values"]["root_module"]["resources"][0]["values"]["ssl_policy"]
    result = scan({"main.tf": text, "plan.json": json.dumps({**plan, "resource_changes": [marks]})})
    (outcome,) = result.undecided
    assert (outcome.kind, outcome.location.path) == ("computed", "main.tf")


def test_a_plan_with_other_values_than_the_defaults_of_its_module() -> None:
    text = 'variable "policy" {\n  default = "ELBSecurityPolicy-TLS13-1-3-2021-06"\n}\n' + listener(
        "var.policy"
    )
    (finding,) = scan({"main.tf": text, "plan.json": plan_of_listener("ELBSecurityPolicy-2016-08")}).findings
    assert text[finding.location.start : finding.location.end] == "var.policy"


@pytest.mark.parametrize("comment", ["# vvbscan: ignore[VVB-TLS-001] -- an old client", ""])
def test_a_suppression_in_the_module_covers_what_the_plan_finds(comment: str) -> None:
    text = 'variable "policy" {}\n' + listener("var.policy").replace(
        "  ssl_policy", f"  {comment}\n  ssl_policy"
    )
    result = scan({"main.tf": text, "plan.json": plan_of_listener("ELBSecurityPolicy-2016-08")})
    assert len(result.findings) == (0 if comment else 1)
    assert len(result.suppressed) == (1 if comment else 0)


def test_the_files_of_a_scan_name_the_plan_once() -> None:
    records = {(one.path, one.format, one.unit) for one in scan(FILES).files}
    assert (PLAN, "terraform-plan", f"terraform-plan:{PLAN}") in records
    assert len({path for path, _, _ in records}) == len(records)


@pytest.mark.parametrize(
    "text", ["", "{", '{"format_version":"1.2","terraform_version":"1"', FILES[PLAN][:9000]]
)
def test_broken_plans_end_in_a_notice_or_are_no_plans(text: str) -> None:
    result = scan({"plan.json": text})
    assert result.findings == ()
    assert all(notice.code != "internal-error" for notice in result.notices)
    if text.startswith('{"format'):
        assert [notice.level for notice in result.notices] == ["error"]
        assert result.files[0].status != "analysed"


def test_a_plan_of_a_module_from_a_registry_adds_no_finding_to_what_its_call_says() -> None:
    text = (
        'module "db" {\n  source  = "terraform-aws-modules/rds/aws"\n  version = "6.10.0"\n\n'
        '  identifier          = "votes"\n  engine              = "postgres"\n  engine_version      = "16.4"\n'
        "  multi_az            = false\n  storage_encrypted   = true\n}\n"
    )
    values = {"identifier": "votes", "engine": "postgres", "engine_version": "16.4", "multi_az": False}
    address = "module.db.module.db_instance.aws_db_instance.this[0]"
    resource = {
        "address": address,
        "mode": "managed",
        "type": "aws_db_instance",
        "name": "this",
        "values": values,
    }
    passed = {name: {"references": [f"var.{name}"]} for name in values}
    described = {
        "address": "aws_db_instance.this",
        "mode": "managed",
        "type": "aws_db_instance",
        "name": "this",
    }
    inner = {"expressions": passed, "module": {"resources": [{**described, "expressions": passed}]}}
    called = {"source": "terraform-aws-modules/rds/aws", "module": {"module_calls": {"db_instance": inner}}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {
            "root_module": {
                "child_modules": [
                    {
                        "address": "module.db",
                        "child_modules": [
                            {"address": "module.db.module.db_instance", "resources": [resource]}
                        ],
                    }
                ]
            }
        },
        "configuration": {"root_module": {"module_calls": {"db": called}}},
    }
    result = scan({"main.tf": text, "plan.json": json.dumps(plan)})
    assert [(one.rule_id, text[one.location.start : one.location.end]) for one in result.findings] == [
        ("VVB-DB-004", 'module "db"'),
        ("VVB-DB-003", "false"),
    ]
    assert places(result) == places(scan({"main.tf": text}))


def test_a_default_that_a_plan_knows_stands_where_its_absence_does() -> None:
    written = (
        'resource "aws_db_parameter_group" "votes" {\n  family = "postgres16"\n  parameter {\n'
        '    name  = "max_connections"\n    value = "200"\n  }\n}\n'
        'resource "aws_opensearch_domain" "logs" {\n  domain_name = "logs"\n  cluster_config {\n'
        "    dedicated_master_enabled = true\n  }\n}\n"
    )
    parameter = {"name": "max_connections", "value": "200", "apply_method": "immediate"}
    nodes = {"dedicated_master_enabled": True, "instance_count": 1, "zone_awareness_enabled": None}
    plan = plan_of(
        ("aws_db_parameter_group", "votes", {"family": "postgres16", "parameter": [parameter]}),
        ("aws_opensearch_domain", "logs", {"domain_name": "logs", "cluster_config": [nodes]}),
    )
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DB-018", "VVB-STORE-003")))
    both = vvbscan.scan_files({"main.tf": written, "prod.plan.json": plan}, config, today="2026-01-01")
    assert [(one.rule_id, one.location.path, one.location.line) for one in both.findings] == [
        ("VVB-DB-018", "main.tf", 4),
        ("VVB-STORE-003", "main.tf", 10),
    ]
