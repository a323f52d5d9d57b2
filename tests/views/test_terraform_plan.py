"""Plans and states as JSON: values, what is not known of them, and what joins them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from views.terraform_plan_support import (
    Json,
    change,
    configuration_of,
    configured,
    load,
    plan_of,
    planned,
    resource,
    resources,
    told,
    units,
)
from views.terraform_support import place, unknown, value
from vvbscan.engine.plan_content import describes_plan
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.outcome import NOT_ANALYSED

APPROVAL = Path(__file__).parent.parent / "data" / "terraform" / "approval"
RECORDED = (APPROVAL / "prod.plan.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{}}', True),
        ('{"terraform_version": "1.9.0",\n "values": {}, "format_version": "1.0"}', True),
        ('{"format_version":"1.2","resource_changes":[]}', True),
        ('\n {"format_version" : "0.2", "prior_state": {}}', True),
        # Of `terraform providers schema -json`, `version -json`, `validate -json`, and the raw state.
        ('{"format_version":"1.0","provider_schemas":{"x":{"values":1}}}', False),
        ('{"terraform_version":"1.11.4","platform":"linux_amd64"}', False),
        ('{"format_version":"1.0","valid":true,"diagnostics":[]}', False),
        ('{"version":4,"terraform_version":"1.11.4","serial":1,"resources":[]}', False),
        ('{"a":{"format_version":"1.2","terraform_version":"1.11.4"}}', False),
        ('{"text":"\\"format_version\\" \\"terraform_version\\""}', False),
        ('[{"format_version":"1.2","terraform_version":"1.11.4"}]', False),
        ("", False),
    ],
)
def test_plans_are_recognised_by_their_content(text: str, expected: bool) -> None:
    assert describes_plan(text.encode()) is expected


def test_a_plan_is_a_unit_with_the_environment_of_its_name() -> None:
    found = units({"infra/prod.plan.json": RECORDED, "infra/dev.plan.json": RECORDED, "plan.json": RECORDED})
    assert {unit.id: (unit.environment, unit.judged) for unit in found.values()} == {
        "terraform-plan:infra/dev.plan.json": ("dev", False),
        "terraform-plan:infra/prod.plan.json": ("prod", True),
        "terraform-plan:plan.json": ("", True),
    }


def test_values_are_those_that_are_planned() -> None:
    found = resource({"a": "x", "b": 5, "c": True, "d": 1.5, "e": [1, {"f": None, "g": 2}], "h": {"i": "j"}})
    assert value(found.root) == {"a": "x", "b": 5, "c": True, "d": 1.5, "e": [1, {"g": 2}], "h": {"i": "j"}}
    assert found.type == "x"
    assert found.name == "y"
    assert found.mode == "managed"
    assert place(found.get("h", "i")) == 'plan.json: "j"'


def test_nulls_and_kinds_of_blocks_that_are_not_there_are_absent() -> None:
    values: Json = {"a": None, "blocks": [], "set": [], "map": {}}
    assert value(resource(values).root) == {}
    # An empty list that the configuration gives is one.
    given: Json = {"set": {"constant_value": []}}
    assert value(resource(values, {}, given).root) == {"set": []}


def test_what_is_known_after_apply_is_unknown() -> None:
    found = resource(
        {"a": "x", "tags": {"k": "v"}, "list": ["x", None]},
        {"arn": True, "tags": {"l": True}, "list": [False, True]},
    )
    assert value(found.root) == {"a": "x", "tags": {"k": "v", "l": "?"}, "list": ["x", "?"], "arn": "?"}
    arn = unknown(found.get("arn"))
    assert (arn.kind, arn.reference) == ("computed", "")
    assert arn.reason == "x.y.arn is known only when Terraform has applied the plan"
    assert (
        unknown(found.get("list", 1)).reason
        == "x.y.list[1] is known only when Terraform has applied the plan"
    )


def test_an_object_with_marks_only_is_there() -> None:
    found = resource({"a": "x"}, {"block": [{"id": True}], "empty": {"id": False}, "object": {"id": True}})
    assert value(found.get("object")) == {"id": "?"}
    assert found.get("empty") is None


def test_what_the_provider_chooses_is_absent() -> None:
    """Of a bucket nobody configures the policy of, it is known after apply; in the files it is absent."""
    found = resource(
        {"bucket": "x"}, {"policy": True, "acl": True}, {"bucket": {}, "acl": {"references": ["var.acl"]}}
    )
    assert found.get("policy") is None
    assert unknown(found.get("acl")).kind == "computed"


def test_a_resource_without_arguments_has_none() -> None:
    found = resource({"a": None}, {"id": True, "arn": True}, {})
    assert value(found.root) == {}


def test_sensitive_values_are_secret() -> None:
    values = {"user": "u", "password": "p", "old": None, "env": [{"name": "a", "value": "s"}]}
    found = resource(values, sensitive={"password": True, "old": True, "env": [{"value": True}]})
    assert value(found.root) == {"user": "u", "password": "?", "env": [{"name": "a", "value": "?"}]}
    assert unknown(found.get("password")).kind == "secret"
    assert "p" not in unknown(found.get("password")).reason.split()


def test_a_value_that_is_computed_and_sensitive_is_computed() -> None:
    found = resource({}, {"password": True}, {"password": {}}, sensitive={"password": True})
    assert unknown(found.get("password")).kind == "computed"


def test_marks_of_changes_count_where_the_values_have_none() -> None:
    document = plan_of([planned("x.y", {"a": "s"})], [change("x.y", {}, after_sensitive={"a": True})])
    del document["planned_values"]["root_module"]["resources"][0]["sensitive_values"]
    assert unknown(resources(document)["x.y"].get("a")).kind == "secret"


def test_instances_and_modules_have_their_addresses() -> None:
    inner = {
        "address": 'module.db["eu"].module.key[0]',
        "resources": [planned('module.db["eu"].module.key[0].k.main', {})],
    }
    child = {
        "address": 'module.db["eu"]',
        "resources": [planned('module.db["eu"].x.y[1]', {})],
        "child_modules": [inner],
    }
    document = plan_of([planned("x.y[0]", {}), planned('x.z["a.b"]', {})], children=[child])
    assert {(one.address, one.module, one.name) for one in resources(document).values()} == {
        ("x.y[0]", "", "y"),
        ('x.z["a.b"]', "", "z"),
        ('module.db["eu"].x.y[1]', 'module.db["eu"]', "y"),
        ('module.db["eu"].module.key[0].k.main', 'module.db["eu"].module.key[0]', "main"),
    }


def test_resources_are_grouped_by_type() -> None:
    document = plan_of([planned("x.a", {}), planned("w.b", {}), planned("x.c", {}), planned("data.x.d", {})])
    found = configuration_of(document)
    assert {kind: [one.name for one in group] for kind, group in found.by_type.items()} == {
        "x": ["a", "c"],
        "w": ["b"],
    }
    assert {kind: [one.name for one in group] for kind, group in found.data.items()} == {"x": ["d"]}
    assert [one.name for one in found.resources] == ["a", "b", "c", "d"]


def test_data_sources_that_were_read_are_in_the_prior_state() -> None:
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [
        planned("data.x.read", {"json": "{}"}), planned("x.deleted", {"a": 1}),
    ]}}}  # fmt: skip
    found = resources(plan_of([], prior_state=state))
    assert list(found) == ["data.x.read"]
    assert value(found["data.x.read"].root) == {"json": "{}"}


def test_what_is_deleted_or_drifted_is_not_planned() -> None:
    drift = [change("x.y", {}, "update", before={"a": 1}, after={"a": 2})]
    gone = change("x.gone", {}, "delete", before={"a": 1}, after=None)
    document = plan_of([planned("x.y", {"a": 1})], [change("x.y", {}, "no-op"), gone], resource_drift=drift)
    assert {address: value(one.root) for address, one in resources(document).items()} == {"x.y": {"a": 1}}


def test_a_plan_cut_down_to_its_changes_is_read() -> None:
    kept = {
        **planned("x.y", {}),
        **change("x.y", {"arn": True}, after={"a": "x", "p": "s"}, after_sensitive={"p": True}),
    }
    gone = {**planned("x.gone", {}), **change("x.gone", {}, "delete", after=None)}
    document = {"format_version": "1.2", "resource_changes": [kept, gone]}
    assert {address: value(one.root) for address, one in resources(document).items()} == {
        "x.y": {"a": "x", "p": "?", "arn": "?"}
    }


def test_states_are_read() -> None:
    root = {
        "resources": [
            planned("x.y", {"a": "x", "p": "s"}, sensitive={"p": True}),
            planned("data.x.z", {"b": 1}),
        ]
    }
    document = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}}
    found = resources(document)
    assert value(found["x.y"].root) == {"a": "x", "p": "?"}
    assert found["data.x.z"].mode == "data"
    assert told(document) == []


REFERENCES = [
    (["x.lb.arn", "x.lb"], "x.lb.arn"),
    (["x.lb[0].arn", "x.lb[0]", "x.lb"], "x.lb[0].arn"),
    (['x.lb["a.b"].arn', 'x.lb["a.b"]', "x.lb"], 'x.lb["a.b"].arn'),
    (["data.x.lb.arn", "data.x.lb"], "data.x.lb.arn"),
    (["x.lb.arn", "x.lb", "x.other.id", "x.other"], ""),
    (["x.lb", "x.lbs"], ""),
    (["module.net.vpc", "module.net"], "module.net.x.vpc.id"),
    (["module.net.all", "module.net"], "module.net.all"),
    (["module.gone.id", "module.gone"], "module.gone.id"),
    (["module.net.alias.id", "module.net.alias", "module.net"], "module.net.x.vpc.id"),
    (["var.given"], ""),
    (["local.name"], ""),
    (["each.value"], ""),
    (["x.lb", "each.key"], ""),
    ([], ""),
]


@pytest.mark.parametrize(("names", "expected"), REFERENCES)
def test_references_join_what_nobody_knows_yet(names: list[str], expected: str) -> None:
    outputs = {
        "vpc": {"expression": {"references": ["x.vpc.id", "x.vpc"]}},
        "alias": {"expression": {"references": ["x.vpc"]}},
        "all": {"expression": {"references": ["x.a", "x.b"]}},
    }
    configuration = {
        "resources": [configured("x.y", {"target": {"references": names}})],
        "module_calls": {"net": {"source": "./net", "module": {"outputs": outputs}}},
    }
    document = plan_of([planned("x.y", {})], [change("x.y", {"target": True})], configuration)
    assert unknown(resources(document)["x.y"].get("target")).reference == expected


def test_references_go_through_arguments_and_outputs_of_modules() -> None:
    network = {"outputs": {"id": {"expression": {"references": ["x.vpc.id", "x.vpc"]}}}}
    database = {"resources": [configured("x.db", {"vpc": {"references": ["var.vpc"]}})]}
    configuration = {
        "module_calls": {
            "net": {"module": network},
            "db": {
                "expressions": {
                    "vpc": {"references": ['module.net["eu"].id', 'module.net["eu"]', "module.net"]}
                },
                "module": database,
            },
        }
    }
    address = 'module.db["a"].x.db'
    child = {"address": 'module.db["a"]', "resources": [planned(address, {})]}
    document = plan_of([], [change(address, {"vpc": True})], configuration, [child])
    assert unknown(resources(document)[address].get("vpc")).reference == 'module.net["eu"].x.vpc.id'


def test_the_key_of_an_instance_chooses_the_one_with_the_same() -> None:
    configuration = {"resources": [configured("x.y", {"subnet": {"references": ["x.subnet", "each.key"]}})]}
    document = plan_of([planned('x.y["a"]', {})], [change('x.y["a"]', {"subnet": True})], configuration)
    assert unknown(resources(document)['x.y["a"]'].get("subnet")).reference == 'x.subnet["a"]'


def test_arguments_that_refer_in_a_circle_end() -> None:
    module = {"outputs": {"a": {"expression": {"references": ["var.a"]}}}}
    call = {"expressions": {"a": {"references": ["module.m.a", "module.m"]}}, "module": module}
    configuration = {
        "resources": [configured("x.y", {"target": {"references": ["module.m.a", "module.m"]}})],
        "module_calls": {"m": call},
    }
    document = plan_of([planned("x.y", {})], [change("x.y", {"target": True})], configuration)
    assert unknown(resources(document)["x.y"].get("target")).reference == ""


def test_blocks_have_the_expressions_of_the_block_with_their_constants() -> None:
    blocks = [
        {"port": {"constant_value": "22"}, "group": {"references": ["x.b.id", "x.b"]}},
        {"port": {"constant_value": 443}, "group": {"references": ["x.a.id", "x.a"]}},
    ]
    found = resource(
        {"rule": [{"port": 443, "note": None}, {"port": 22}, {"port": 80}]},
        {"rule": [{"group": True, "id": True}, {"group": True}, {"group": True}]},
        {"rule": blocks},
    )
    references = [unknown(item.get("group")).reference for item in found.get("rule").items()]  # type: ignore[union-attr]
    assert references == ["x.a.id", "x.b.id", ""]
    # What is not configured of a block that is known is absent, of one that is not known it is unknown.
    assert value(found.get("rule", 0)) == {"port": 443, "group": "?"}


def test_constants_of_providers_are_settings() -> None:
    document = plan_of([])
    document["configuration"] = {
        "provider_config": {
            "aws": {
                "name": "aws",
                "expressions": {
                    "region": {"constant_value": "eu-central-1"},
                    "profile": {"references": ["var.p"]},
                },
            }
        }
    }
    (settings_of,) = configuration_of(document).settings
    assert (settings_of.kind, settings_of.name, value(settings_of.root)) == (
        "provider",
        "aws",
        {"region": "eu-central-1"},
    )


SECRETS = [
    plan_of([planned("x.y", {"password": "tulip-91", "port": 5}, sensitive={"password": True})]),
    plan_of([planned("x.y", {"env": [{"v": "a"}, {"v": "tulip-91"}]}, sensitive={"env": [{}, {"v": True}]})]),
    plan_of([planned("x.y", {"all": {"b": ["tulip-91"]}}, sensitive={"all": True})]),
    plan_of([], [change("x.y", {}, before={"p": "tulip-91"}, before_sensitive={"p": True})]),
    plan_of([], [change("x.y", {}, after={"p": "tulip-91"}, after_sensitive={"p": True})]),
    plan_of([], resource_drift=[change("x.y", {}, after={"p": "tulip-91"}, after_sensitive={"p": True})]),
    plan_of([], output_changes={"o": {"after": "tulip-91", "after_sensitive": True}}),
    plan_of([], planned_values={"outputs": {"o": {"value": "tulip-91", "sensitive": True}}}),
    plan_of(
        [], variables={"p": {"value": "tulip-91"}}, configuration={"variables": {"p": {"sensitive": True}}}
    ),
    plan_of(
        [],
        prior_state={
            "values": {
                "root_module": {
                    "child_modules": [
                        {"resources": [planned("data.x.y", {"p": "tulip-91"}, sensitive={"p": True})]}
                    ]
                }
            }
        },
    ),
    {
        "format_version": "1.0",
        "values": {"root_module": {"resources": [planned("x.y", {"p": "tulip-91"}, sensitive={"p": True})]}},
    },
]


@pytest.mark.parametrize("document", SECRETS)
def test_what_is_sensitive_is_in_no_text_that_a_report_could_show(document: dict[str, object]) -> None:
    # It stands somewhere else too, where nothing marks it.
    whole = {**document, "somewhere": ["tulip-91", "tulips"]}
    before = json.dumps(whole)
    (parsed,) = load(whole).parsed
    after = parsed.source.text.text
    assert "tulip-91" not in after
    assert after == before.replace('"tulip-91"', '"********"')


def test_what_is_sensitive_in_a_real_plan_is_masked() -> None:
    (parsed,) = load(RECORDED).parsed
    assert "invented" in RECORDED
    assert "invented" not in parsed.source.text.text
    assert len(parsed.source.text.text) == len(RECORDED)


def test_short_secrets_and_numbers_are_masked_in_their_place_only() -> None:
    document = plan_of(
        [planned("x.y", {"a": "abc", "b": 57, "c": True}, sensitive={"a": True, "b": True, "c": True})]
    )
    (parsed,) = load({**document, "abc": ["abc", 57]}).parsed
    after = parsed.source.text.text
    assert '"values": {"a": "***", "b": **, "c": true}' in after
    assert after.endswith('"abc": ["abc", 57]}')


def test_a_secret_that_is_nested_too_deep_is_masked_as_a_whole() -> None:
    marks = {"p": True, "q": True}
    text = json.dumps(plan_of([planned("x.y", {"p": "tulip-91", "q": 0}, sensitive=marks)]))
    deep = f'{"[" * 200}"tulip-91"{"]" * 200}'
    (parsed,) = load(text.replace('"q": 0', f'"q": {deep}')).parsed
    after = parsed.source.text.text
    assert "tulip" not in after
    assert f'"p": "********", "q": {"[" * 90}' in after


@pytest.mark.parametrize("version", ['"2.0"', "null", "1", '"x"'])
def test_unknown_versions_are_told_and_not_judged(version: str) -> None:
    text = f'{{"format_version":{version},"terraform_version":"3.0","planned_values":{{"root_module":{{"resources":[]}}}}}}'
    loaded = load(text)
    (notice,) = loaded.notices
    assert (notice.level, notice.code) == ("error", "terraform-plan-version")
    assert loaded.files[0].status == NOT_ANALYSED


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.9"])
def test_known_major_versions_are_read(version: str) -> None:
    document = plan_of([planned("x.y", {"a": 1})])
    document["format_version"] = version
    assert list(resources(document)) == ["x.y"]
    assert told(document) == []


def test_a_plan_that_failed_is_told() -> None:
    assert told(plan_of([], errored=True)) == [
        "warning terraform-plan-errored: Making this plan failed: what it has is judged, what else would be planned is not known."
    ]


def test_a_plan_of_a_part_is_told() -> None:
    (line,) = told(plan_of([], complete=False))
    assert line.startswith("note terraform-plan-incomplete: This plan was made for a part")
    (line,) = told(plan_of([], complete=False, errored=True))
    assert line.startswith("warning terraform-plan-errored: ")
    assert told(plan_of([], complete=True, errored=False)) == []


def test_marks_of_what_was_replaced_are_not_those_of_its_successor() -> None:
    old = {**change("x.y", {}, "delete", after=None), "deposed": "0a1b2c3d"}
    document = plan_of([planned("x.y", {"a": 1})], [old, change("x.y", {"b": True})])
    assert value(resources(document)["x.y"].root) == {"a": 1, "b": "?"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"planned_values": {"root_module": {"resources": {}}}}, "`planned_values.root_module.resources` is no list"),
        ({"planned_values": {"root_module": {"resources": [1]}}}, "an item of `planned_values.root_module.resources` is no object"),
        ({"planned_values": {"root_module": {"resources": [{}]}}}, "a resource has no `address`"),
        ({"planned_values": {"root_module": {"resources": [{"address": "x.y"}]}}}, "a resource has no `type`"),
        ({"planned_values": {"root_module": {"resources": [{**planned("x.y", {}), "values": []}]}}}, "the values of x.y are no object"),
        ({"planned_values": []}, "`planned_values` is no object"),
        ({"values": "x"}, "`values` is no object"),
        ({"planned_values": {"root_module": [1]}}, "`planned_values.root_module` is no object"),
        ({"planned_values": {"root_module": {"child_modules": 1}}}, "`planned_values.root_module.child_modules` is no list"),
        ({"planned_values": {}, "resource_changes": 1}, "`resource_changes` is no list"),
        ({}, "neither `planned_values` nor `values`: there is nothing to judge"),
    ],
)  # fmt: skip
def test_what_has_another_shape_is_told(document: dict[str, object], expected: str) -> None:
    found = told({"format_version": "1.2", "terraform_version": "1.11.4", **document})
    assert (
        found[0]
        == f"error terraform-plan-shape: The file does not have the shape of a plan or a state: {expected}."
    )


def test_an_empty_configuration_is_no_failure() -> None:
    assert (
        told({"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}}})
        == []
    )


def test_one_broken_resource_does_not_lose_the_others() -> None:
    document = plan_of([{"address": 5}, planned("x.y", {"a": 1}), {"address": "x.z", "type": "x"}])
    assert list(resources(document)) == ["x.y"]


def test_many_faults_are_not_told_one_by_one() -> None:
    assert len(told(plan_of([{"address": ""}] * 1000))) <= 20


def test_half_a_plan_is_a_located_error() -> None:
    loaded = load(RECORDED[: len(RECORDED) // 2])
    assert [problem.level for problem in loaded.parsed[0].problems] == ["error"]


def test_deep_plans_end() -> None:
    inner: object = 1
    for _ in range(95):
        inner = [{"a": inner}]
    document = json.dumps(plan_of([planned("x.y", {"a": 1})])).replace(
        '"a": 1', f'"a": {"[" * 5000}{"]" * 5000}, "b": {json.dumps(inner)}'
    )
    assert value(resources(document)["x.y"].get("a")) is not None
    module: dict[str, object] = {"address": "module.a", "resources": [planned("module.a.x.y", {"a": 1})]}
    for _ in range(40):
        module = {"address": "module.a", "child_modules": [module]}
    found = resources(plan_of([], children=[module]))
    assert list(found) == ["module.a.x.y"]


def test_a_plan_over_the_limit_of_values_is_told() -> None:
    document = plan_of([planned("x.y", {"a": list(range(1000))})])
    loaded = load(document, limits=DEFAULT_LIMITS._replace(nodes=500))
    assert [problem.code for problem in loaded.parsed[0].problems] == ["too-many-nodes"]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
NAMES = st.sampled_from(
    ["address", "type", "name", "values", "resources", "child_modules", "root_module", "change", "after_unknown",
     "sensitive_values", "expressions", "references", "module_calls", "module", "configuration", "planned_values",
     "resource_changes", "prior_state", "constant_value", "a"]
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, ANYTHING, max_size=5), ANYTHING, ANYTHING)
def test_no_plan_fails(document: Json, values: Any, marks: Any) -> None:
    for whole in (
        {**document, "format_version": "1.2", "terraform_version": "1"},
        plan_of(
            [planned("x.y", {"a": values}), values],
            [change("x.y", {"a": marks}), marks],
            {"resources": [marks]},
        ),
    ):
        first = {address: value(one.root) for address, one in resources(whole).items()}
        assert first == {address: value(one.root) for address, one in resources(whole).items()}
