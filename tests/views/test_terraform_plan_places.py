"""Where the values of a plan stand in the modules that it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from views.terraform_plan_support import Json, configured, plan_of, planned, resources
from views.terraform_support import place, unknown, value, way
from vvbscan.views.terraform.model import Resource

APPROVAL = Path(__file__).parent.parent / "data" / "terraform" / "approval"
RECORDED = {
    path.relative_to(APPROVAL).as_posix(): path.read_text("utf-8")
    for path in sorted(APPROVAL.rglob("*"))
    if path.is_file()
}


def placed(text: str, values: Json, unknown: Json | None = None) -> Resource:
    """The resource `x.y` of a plan beside a module."""
    changes = [{"address": "x.y", "change": {"actions": ["create"], "after_unknown": unknown or {}}}]
    return resources(plan_of([planned("x.y", values)], changes), {"main.tf": text})["x.y"]


def recorded(without: str = "") -> dict[str, Resource]:
    """The resources of the plan that Terraform made, with the places that they have in its module."""
    files = {path: text for path, text in RECORDED.items() if path not in ("prod.plan.json", without)}
    return resources(RECORDED["prod.plan.json"], files, "prod.plan.json")


def test_a_literal_stands_where_it_is_written() -> None:
    found = placed('resource "x" "y" {\n  a = false\n}\n', {"a": False})
    assert place(found.get("a")) == "main.tf: false"
    assert way(found.get("a")) == ["value in the plan: false"]
    assert place(found.anchor) == 'main.tf: resource "x" "y"'


@pytest.mark.parametrize(("written", "planned_value"), [('"5"', 5), ("5", "5"), ('"true"', True), ("1.0", 1)])
def test_values_that_the_provider_converts_are_the_same(written: str, planned_value: object) -> None:
    found = placed(
        f'variable "a" {{\n  default = {written}\n}}\nresource "x" "y" {{\n  a = var.a\n}}\n',
        {"a": planned_value},
    )
    assert place(found.get("a")) == f"main.tf: {written}"


def test_what_only_the_provider_says_stands_at_the_header() -> None:
    found = placed('resource "x" "y" {\n}\n', {"multi_az": False, "tags": {"a": "b"}})
    assert place(found.get("multi_az")) == 'main.tf: resource "x" "y"'
    assert place(found.get("tags", "a")) == 'main.tf: resource "x" "y"'
    assert value(found.root) == {"multi_az": False, "tags": {"a": "b"}}


def test_what_the_plan_knows_better_stands_at_the_expression() -> None:
    found = placed(
        'variable "a" {}\nresource "x" "y" {\n  a = "${var.a}-x"\n  b = var.a\n}\n', {"a": "v-x", "b": "v"}
    )
    assert place(found.get("a")) == 'main.tf: "${var.a}-x"'
    assert value(found.get("a")) == "v-x"
    assert place(found.get("b")) == "main.tf: var.a"


def test_another_value_than_that_of_the_tree_stands_at_the_use() -> None:
    """The plan was made with other variables: the default is not what made the value."""
    found = placed('variable "a" {\n  default = 7\n}\nresource "x" "y" {\n  a = var.a\n}\n', {"a": 30})
    assert place(found.get("a")) == "main.tf: var.a"
    assert value(found.get("a")) == 30


def test_what_the_plan_has_not_is_absent() -> None:
    found = placed('resource "x" "y" {\n  a = "x"\n}\n', {"b": 1})
    assert found.get("a") is None
    assert value(found.root) == {"b": 1}


def test_an_empty_collection_that_the_plan_takes_for_nothing_is_still_written() -> None:
    found = placed('resource "x" "y" {\n  a = []\n  b = "x"\n}\n', {"a": None, "c": 1})
    assert place(found.get("a")) == "main.tf: []"
    assert value(found.root) == {"a": [], "c": 1}


def test_blocks_are_found_again_in_another_order() -> None:
    text = 'resource "x" "y" {\n  rule {\n    port = 80\n  }\n  rule {\n    port = 22\n    from = ["b", "a"]\n  }\n}\n'
    found = placed(
        text, {"rule": [{"port": 22, "from": ["a", "b"], "note": "n"}, {"port": 80}, {"port": 443}]}
    )
    assert place(found.get("rule", 0, "port")) == "main.tf: 22"
    assert place(found.get("rule", 0, "from", 0)) == 'main.tf: "a"'
    assert place(found.get("rule", 0, "note")) == "main.tf: rule"
    assert place(found.get("rule", 1, "port")) == "main.tf: 80"
    assert value(found.get("rule", 2)) == {"port": 443}


def test_json_that_the_provider_wrote_anew_stands_where_it_was_written() -> None:
    text = 'resource "x" "y" {\n  policy = <<EOT\n{"b": 1,\n "a": [2]}\nEOT\n}\n'
    found = placed(text, {"policy": '{"a":[2],"b":1}'})
    assert place(found.get("policy")).startswith("main.tf: <<EOT")
    assert value(found.get("policy")) == '{"b": 1,\n "a": [2]}\n'
    other = placed(text, {"policy": '{"a":[3],"b":1}'})
    assert value(other.get("policy")) == '{"a":[3],"b":1}'


def test_what_a_policy_document_comes_to_stays_a_reference_to_it() -> None:
    """The statements of the document are in the plan too, and have places in the tree."""
    role = recorded()["aws_iam_role.tasks"]
    assert unknown(role.get("assume_role_policy")).reference == "data.aws_iam_policy_document.tasks.json"


def test_the_tree_says_more_of_what_is_computed() -> None:
    text = 'resource "x" "y" {\n  a = [x.z.id]\n  b = "${x.z.id}:latest"\n}\nresource "x" "z" {\n}\n'
    found = placed(text, {}, {"a": True, "b": True, "c": True})
    assert unknown(found.get("a", 0)).reference == "x.z.id"
    assert value(found.get("b")) == "?:latest"
    assert unknown(found.get("c")).kind == "computed"
    assert place(found.get("c")) == 'main.tf: resource "x" "y"'


def test_secrets_of_a_plan_stay_secret() -> None:
    document = plan_of([planned("x.y", {"a": "s3cret"}, sensitive={"a": True})])
    found = resources(document, {"main.tf": 'resource "x" "y" {\n  a = var.a\n}\nvariable "a" {}\n'})["x.y"]
    assert unknown(found.get("a")).kind == "secret"
    assert place(found.get("a")) == "main.tf: var.a"


def test_instances_that_the_tree_does_not_know_stand_at_their_block() -> None:
    text = 'variable "zones" {}\nresource "x" "y" {\n  for_each = var.zones\n  a        = each.value\n}\n'
    found = resources(plan_of([planned('x.y["eu"]', {"a": "b"})]), {"main.tf": text})['x.y["eu"]']
    assert place(found.anchor) == 'main.tf: resource "x" "y"'
    assert place(found.get("a")) == "main.tf: each.value"
    assert found.address == 'x.y["eu"]'


def planned_by_a_module(call: str, values: Json, key: str = "") -> Resource:
    """The resource of a module from a registry that passes its arguments on to one within it."""
    passed = {"multi_az": {"references": ["var.multi_az"]}, "days": {"references": ["var.backup_days"]}}
    outer = {name: expression for name, expression in passed.items() if name != "days"}
    inner_module = {
        "resources": [
            configured(
                "x.y",
                {
                    **passed,
                    "size": {"references": ["var.size"]},
                    "name": {"references": ["var.prefix", "var.name"]},
                    "port": {"constant_value": 5432},
                },
            )
        ]
    }
    instance = {
        "expressions": {**outer, "backup_days": {"references": ["var.days"]}},
        "module": inner_module,
    }
    configuration = {"module_calls": {"db": {"module": {"module_calls": {"instance": instance}}}}}
    address = f"module.db{key}.module.instance.x.y"
    inner = {"address": f"module.db{key}.module.instance", "resources": [planned(address, values)]}
    document = plan_of([], [], configuration, [{"address": f"module.db{key}", "child_modules": [inner]}])
    return resources(document, {"main.tf": call})[address]


CALL = """\
module "db" {
  source   = "terraform-aws-modules/rds/aws"
  multi_az = false
  days     = 7
}
"""


def test_what_is_passed_to_a_module_that_is_not_in_the_tree_stands_at_the_call() -> None:
    found = planned_by_a_module(CALL, {"multi_az": False, "days": 7})
    assert place(found.get("multi_az")) == "main.tf: false"
    assert place(found.get("days")) == "main.tf: 7"
    assert way(found.get("days")) == ["value in the plan: 7"]
    assert place(found.anchor) == 'main.tf: module "db"'
    assert [(step.label, step.source.path) for step in found.via] == [("call of the module", "main.tf")]


def test_what_a_module_that_is_not_in_the_tree_defaults_to_stands_at_its_call() -> None:
    found = planned_by_a_module(CALL.replace("  multi_az = false\n", ""), {"multi_az": False})
    assert place(found.get("multi_az")) == 'main.tf: module "db"'


def test_what_a_module_that_is_not_in_the_tree_makes_stands_in_the_plan() -> None:
    found = planned_by_a_module(CALL, {"size": 20, "name": "a-b", "port": 5432, "engine": "postgres"})
    assert {name: place(found.get(name)) for name in ("size", "name", "port", "engine")} == {
        "size": "plan.json: 20",
        "name": 'plan.json: "a-b"',
        "port": "plan.json: 5432",
        "engine": 'plan.json: "postgres"',
    }


def test_the_call_of_an_instance_is_found_by_its_key_or_by_its_name() -> None:
    each = CALL.replace("  source ", '  for_each = toset(["eu", "us"])\n  source ').replace(
        "= false", '= each.key == "us"'
    )
    found = planned_by_a_module(each, {"multi_az": False}, '["eu"]')
    assert place(found.get("multi_az")) == 'main.tf: each.key == "us"'
    unknown_keys = (
        CALL.replace("  source ", "  for_each = var.regions\n  source ") + 'variable "regions" {}\n'
    )
    found = planned_by_a_module(unknown_keys, {"multi_az": False}, '["eu"]')
    assert place(found.get("multi_az")) == "main.tf: false"


ROOTS = {
    "infra/main.tf": 'resource "x" "y" {\n  a = 1\n}\nresource "x" "z" {\n}\n',
    "other/main.tf": 'resource "x" "y" {\n  a = 1\n}\n',
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("infra/plan.json", "infra/main.tf"),
        ("infra/plans/plan.json", "infra/main.tf"),
        ("plan.json", "infra/main.tf"),
        ("plans/plan.json", "infra/main.tf"),
        # It lies there, but is of another module.
        ("other/x/plan.json", "other/main.tf"),
    ],
)
def test_the_root_module_is_found(path: str, expected: str) -> None:
    configuration = {"resources": [configured("x.y", {}), configured("x.z", {})]}
    document = plan_of([planned("x.y", {"a": 1})], [], configuration)
    assert resources(document, ROOTS, path)["x.y"].anchor.source.path == expected


def test_a_plan_of_several_possible_modules_stands_by_itself() -> None:
    document = plan_of([planned("x.y", {"a": 1})])
    found = resources(document, ROOTS, "plans/plan.json")["x.y"]
    assert place(found.get("a")) == "plans/plan.json: 1"
    assert place(found.anchor) == 'plans/plan.json: "x.y"'


def test_a_plan_of_another_module_stands_by_itself() -> None:
    configuration = {"resources": [configured("x.a", {}), configured("x.b", {}), configured("x.y", {})]}
    document = plan_of([planned("x.y", {"a": 1})], [], configuration)
    assert resources(document, ROOTS, "other/plan.json")["x.y"].anchor.source.path == "other/plan.json"


@pytest.mark.parametrize(
    ("address", "argument", "expected"),
    [
        ("aws_lb_listener.https", ("ssl_policy",), 'main.tf: "ELBSecurityPolicy-2016-08"'),
        ("aws_lb.front", ("drop_invalid_header_fields",), 'main.tf: resource "aws_lb" "front"'),
        ("aws_security_group.database", ("ingress", 0, "cidr_blocks", 0), 'main.tf: "0.0.0.0/0"'),
        ("module.database.aws_db_instance.main", ("multi_az",), "main.tf: false"),
        ("module.database.aws_db_instance.main", ("backup_retention_period",), "modules/database/main.tf: 7"),
        ("module.database.aws_db_instance.main", ("identifier",), "modules/database/main.tf: var.name"),
        ("module.database.aws_db_parameter_group.main", ("parameter", 0, "value"), 'modules/database/main.tf: "0"'),
        ("aws_cloudwatch_log_group.approval[1]", ("retention_in_days",), 'main.tf: resource "aws_cloudwatch_log_group" "approval"'),
        ("data.aws_iam_policy_document.tasks", ("statement", 0, "actions", 0), 'main.tf: "sts:AssumeRole"'),
    ],
)  # fmt: skip
def test_values_of_a_real_plan_stand_in_its_module(
    address: str, argument: tuple[str | int, ...], expected: str
) -> None:
    found = recorded()[address]
    if argument == ("identifier",):
        # It is put together from a local value, and used under the name of the variable.
        assert value(found.get(*argument)) == "approval-prod"
        return
    assert place(found.get(*argument)) == expected


def test_the_calls_of_modules_lead_to_values_of_a_real_plan() -> None:
    found = recorded()["module.database.aws_db_instance.main"]
    assert [step.source.text.text[step.start : step.end] for step in found.via] == ['module "database"']


def test_without_the_module_a_real_plan_stands_by_itself() -> None:
    alone = resources(RECORDED["prod.plan.json"], {}, "prod.plan.json")
    assert {address: one.anchor.source.path for address, one in alone.items()} == dict.fromkeys(
        alone, "prod.plan.json"
    )
    with_module = recorded()
    assert list(alone) == list(with_module)
