"""Where values of expressions point at, and by which way they came."""

from __future__ import annotations

import pytest

from views.terraform_evaluate_support import node_of
from vvbscan.model.node import COMPUTED, Node


def place(node: Node | None) -> str:
    """The file and the characters that wrote a node."""
    assert node is not None
    return f"{node.source.path}: {node.written}"


def way(node: Node | None) -> list[str]:
    """The steps of the way with the characters of each."""
    assert node is not None
    return [f"{step.label}: {step.source.text.text[step.start : step.end]}" for step in node.via]


DEFAULTS = {
    "on": "true",
    "engine": '"postgres"',
    "size": "20",
    "defaults": '{ multi_az = true, tags = { team = "vvb" } }',
    "zones": '["a", "b"]',
    "alias": "var.engine",
}


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ("true", "main.tf: true"),
        ('"a"', 'main.tf: "a"'),
        ("[1, 2]", "main.tf: [1, 2]"),
        ("[1, 2][1]", "main.tf: 2"),
        ("{ a = 1 }.a", "main.tf: 1"),
        ("var.engine", 'variables.tf: "postgres"'),
        ('"${var.engine}"', 'variables.tf: "postgres"'),
        ("(var.engine)", 'variables.tf: "postgres"'),
        ("var.alias", 'variables.tf: "postgres"'),
        ("var.defaults.multi_az", "variables.tf: true"),
        ("var.defaults.tags.team", 'variables.tf: "vvb"'),
        ("merge(var.defaults, { multi_az = false }).multi_az", "main.tf: false"),
        ("merge({ multi_az = false }, var.defaults).multi_az", "variables.tf: true"),
        ('concat(["x"], var.zones)[1]', 'variables.tf: "a"'),
        ("element(var.zones, 3)", 'variables.tf: "b"'),
        ('lookup(var.defaults, "multi_az", false)', "variables.tf: true"),
        ('lookup(var.defaults, "absent", false)', "main.tf: false"),
        ("coalesce(null, var.engine)", 'variables.tf: "postgres"'),
        ("try(var.absent, var.engine)", 'variables.tf: "postgres"'),
        ("var.on ? var.engine : null", 'variables.tf: "postgres"'),
        ('var.on ? "mysql" : var.engine', 'main.tf: "mysql"'),
        ("one([var.engine])", 'variables.tf: "postgres"'),
        ("flatten([[var.engine]])[0]", 'variables.tf: "postgres"'),
        ("values(var.defaults)[0]", "variables.tf: true"),
        ("tolist(toset(var.zones))[1]", 'variables.tf: "b"'),
        ("reverse(var.zones)[0]", 'variables.tf: "b"'),
        ("sort(var.zones)[0]", 'variables.tf: "a"'),
        ("[for z in var.zones : z][1]", 'variables.tf: "b"'),
        ("[for z in var.zones : { zone = z, size = 1 }][1].size", "main.tf: 1"),
        ("{ for z in var.zones : z => 1 }.b", "main.tf: 1"),
        ("([{ id = var.engine }][*].id)[0]", 'variables.tf: "postgres"'),
        ("tostring(var.size)", "variables.tf: 20"),
        ("jsondecode(jsonencode({ a = var.engine })).a", 'variables.tf: "postgres"'),
    ],
)
def test_what_is_passed_on_points_at_what_wrote_it(expression: str, written: str) -> None:
    assert place(node_of(expression, DEFAULTS)) == written


def test_keys_point_at_what_wrote_them() -> None:
    node = node_of("keys(merge(var.defaults, { size = 1 }))", DEFAULTS)
    assert [place(key) for key in node.items()] == [
        "variables.tf: multi_az",
        "main.tf: size",
        "variables.tf: tags",
    ]


@pytest.mark.parametrize(
    "expression",
    ["1 + var.size", '"${var.engine}-x"', "upper(var.engine)", "length(var.zones)", "!var.on", "-var.size"],
)
def test_what_is_computed_spans_its_expression(expression: str) -> None:
    node = node_of(expression, DEFAULTS)
    assert place(node) == f"main.tf: {expression}"
    assert node.style is COMPUTED


def test_the_way_of_a_literal_that_is_referred_to_leads_to_its_uses() -> None:
    assert way(node_of("var.engine", DEFAULTS)) == ["used here: var.engine"]
    assert way(node_of("var.alias", DEFAULTS)) == ["used here: var.engine", "used here: var.alias"]


def test_a_value_that_others_use_too_is_placed_at_its_use() -> None:
    node = node_of("var.engine", DEFAULTS, frozenset({"engine"}))
    assert place(node) == "main.tf: var.engine"
    assert node.style is COMPUTED
    assert way(node) == ['default of var.engine: "postgres"']


def test_a_member_of_what_others_use_too_is_placed_at_its_use() -> None:
    node = node_of("var.defaults.multi_az", DEFAULTS, frozenset({"defaults"}))
    assert place(node) == "main.tf: var.defaults.multi_az"
    assert way(node) == ["default of var.defaults: true"]


def test_what_a_conditional_chose_names_its_condition() -> None:
    node = node_of('var.on ? "mysql" : "x"', DEFAULTS)
    assert way(node) == ["chosen by this condition: var.on"]


def test_what_is_computed_names_what_it_was_made_of() -> None:
    node = node_of('"${var.engine}-${var.size}"', DEFAULTS)
    assert way(node) == ['default of var.engine: "postgres"', "default of var.size: 20"]
    shared = node_of('"${var.engine}-${upper(var.engine)}"', DEFAULTS, frozenset({"engine"}))
    assert way(shared) == ['default of var.engine: "postgres"']


def test_at_most_three_places_are_named() -> None:
    variables = {name: f'"{name}"' for name in "abcde"}
    node = node_of('join("", [var.a, var.b, var.c, var.d, var.e])', variables)
    assert len(node.via) == 3


def test_a_fault_lies_at_the_part_that_is_wrong() -> None:
    from views.terraform_evaluate_support import fault_of

    def written(expression: str) -> str:
        fault = fault_of(expression)
        return f"value = {expression}"[fault.start : fault.end]

    assert written('[1, "a" + 1]') == '"a" + 1'
    assert written("upper([])") == "[]"
    assert written('join(",", [[]])') == "[[]]"
    assert written("{ a = { b = 1 } }.a.c.d") == ".c"
    assert written("[1][5]") == "[5]"
    assert written("uper(1)") == "uper"
    assert written("range(1, 2, 0)") == "range(1, 2, 0)"
    assert written('"x" ? 1 : 2') == '"x"'
    assert written('"a${[]}"') == "[]"
