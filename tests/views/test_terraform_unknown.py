"""What is known of expressions of which a part is not: the rest of them stays known."""

from __future__ import annotations

import pytest

from views.terraform_evaluate_support import node_of, shown, unknown_of, value_of
from vvbscan.model.node import Unknown

PARTIAL: list[tuple[str, object]] = [
    # strings
    ('"a-${unknown.x}-b"', "a-?-b"),
    ('"${unknown.x}"', "?"),
    ('"${unknown.x}${unknown.y}"', "?"),
    ('"a${"b${unknown.x}c"}d"', "ab?cd"),
    ('"%{ if unknown.x }a%{ else }b%{ endif }c"', "?c"),
    ('"x%{ for a in unknown.x }${a}%{ endfor }y"', "x?y"),
    ('"%{ for a in [1, unknown.x] }${a},%{ endfor }"', "1,?,"),
    ('upper("a${unknown.x}")', "A?"),
    ("upper(unknown.x)", "?"),
    ('trimspace("a${unknown.x}")', "?"),
    ('format("%s:%d/%s", unknown.x, 5, "a${unknown.y}b")', "?:5/a?b"),
    ('format("%5s", "a${unknown.x}")', "?"),
    ('format("%s %s", unknown.x...)', "?"),
    ("format(unknown.x, 1)", "?"),
    ('formatlist("%s-x", ["a", unknown.x])', ["a-x", "?-x"]),
    ('formatlist("%s-x", unknown.x)', "?"),
    ('join(",", ["a", unknown.x, "b"])', "a,?,b"),
    ('join(",", ["a"], unknown.x, ["b"])', "a?,b"),
    ('join(",", unknown.x, ["b"])', "?b"),
    ('join(unknown.x, ["a", "b"])', "a?b"),
    ('join(unknown.x, ["a"])', "a"),
    ('startswith("arn:${unknown.x}", "arn:")', True),
    ('startswith("arn:${unknown.x}", "aws")', False),
    ('startswith("arn:${unknown.x}", "arn:aws")', "?"),
    ('endswith("${unknown.x}/*", "/*")', True),
    ('endswith("${unknown.x}/*", "x")', False),
    ('strcontains("${unknown.x}/*", "*")', True),
    ('strcontains("${unknown.x}/*", "a")', "?"),
    ('split(",", unknown.x)', "?"),
    ('replace("a${unknown.x}", "a", "b")', "?"),
    ('regex("a", unknown.x)', "?"),
    ('basename("${path.module}/${unknown.x}/a.json")', "a.json"),
    ('jsonencode({ b = unknown.x, a = ["x${unknown.y}", 1] })', '{"a":["x?",1],"b":?}'),
    ("jsonencode(merge({ a = 1 }, unknown.x))", "{?}"),
    ("jsonencode(concat([1], unknown.x))", "[1?]"),
    # numbers, comparisons, logic
    ("unknown.x + 1", "?"),
    ("-unknown.x", "?"),
    ("unknown.x == unknown.x", "?"),
    ("computed.x == computed.x", True),
    ("computed.x == computed.y", "?"),
    ('"a${unknown.x}" == "b"', False),
    ('"a${unknown.x}" == "ab"', "?"),
    ('"a${unknown.x}c" == "ac"', "?"),
    ('"ab${unknown.x}bc" == "abc"', False),
    ('"a${unknown.x}" == 1', False),
    ('"a${unknown.x}" != "b"', True),
    ("[1, unknown.x] == [2, unknown.y]", False),
    ("[1, unknown.x] == [1]", False),
    ("{ a = unknown.x } == { b = 1 }", False),
    ("{ a = unknown.x } == { a = 1 }", "?"),
    ("unknown.x && false", False),
    ("false && unknown.x", False),
    ("unknown.x && true", "?"),
    ("unknown.x || true", True),
    ("unknown.x || false", "?"),
    ("!unknown.x", "?"),
    ("max(1, unknown.x)", "?"),
    ("sum([1, unknown.x])", "?"),
    # conditionals
    ("unknown.x ? 1 : 1", 1),
    ("unknown.x ? 1 : 2", "?"),
    ('unknown.x ? "a" : "a${unknown.y}"', "?"),
    ("unknown.x ? computed.y : computed.y", "?"),
    ("true ? unknown.x : 1", "?"),
    ("true ? 1 : unknown.x", 1),
    # steps
    ("unknown.x.a.b[0]", "?"),
    ("{ a = unknown.x }.a", "?"),
    ("[unknown.x, 1][1]", 1),
    ("[1, 2][unknown.x]", "?"),
    ("{ a = 1 }[unknown.x]", "?"),
    ("merge({ a = 1 }, unknown.x, { b = 2 }).b", 2),
    ("merge({ a = 1 }, unknown.x).c", "?"),
    ("concat([1], unknown.x)[0]", "?"),
    ("unknown.x[*].id", "?"),
    ("concat([{ id = 1 }], unknown.x)[*].id", [1, "..."]),
    # objects and for
    ("{ a = 1, (unknown.x) = 2, b = 3 }", {"a": "?", "b": 3, "...": "..."}),
    ('{ a = 1, "x${unknown.x}" = 2 }', {"a": 1, "...": "..."}),
    ("[for x in unknown.x : x]", "?"),
    ("[for x in concat([1, 2], unknown.x) : x * 10]", [10, 20, "..."]),
    ("[for x in [1, unknown.x] : x]", [1, "?"]),
    ("[for x in [1, 2] : x if unknown.x]", ["..."]),
    ("[for x in [1, 2] : x if x == 1 || unknown.x]", [1, "..."]),
    ('{ for x in [1, 2] : x == 1 ? "a" : unknown.x => x }', {"a": 1, "...": "..."}),
    ('{ for x in [1, 2] : "a" => x... if x == 1 || unknown.x }', {"a": [1, "..."], "...": "..."}),
    # collections
    ("merge({ a = 1 }, unknown.x)", {"a": "?", "...": "..."}),
    ("merge(unknown.x, { a = 1 })", {"a": 1, "...": "..."}),
    ("merge(unknown.x...)", "?"),
    ("merge({ a = 1 }, unknown.x...)", {"a": "?", "...": "..."}),
    ("merge({ a = unknown.x }, { a = 1 })", {"a": 1}),
    ("concat([1], unknown.x, [2])", [1, 2, "..."]),
    ("concat(unknown.x, unknown.y)", "?"),
    ("length(concat([1], unknown.x))", "?"),
    ("length([unknown.x])", 1),
    ("length(toset([unknown.x]))", 1),
    ("length(toset([unknown.x, 1]))", "?"),
    ("length(unknown.x)", "?"),
    ("contains([unknown.x, 1], 1)", True),
    ("contains([unknown.x, 1], 2)", "?"),
    ("contains(concat([1], unknown.x), 1)", True),
    ('contains(["a${unknown.x}"], "b")', False),
    ('lookup({ a = 1 }, "a", unknown.x)', 1),
    ('lookup({ a = 1 }, "b", unknown.x)', "?"),
    ('lookup(unknown.x, "a", 1)', "?"),
    ("lookup({ a = 1 }, unknown.x, 1)", "?"),
    ('lookup(merge(unknown.x, { a = 1 }), "a", 2)', 1),
    ('lookup(merge(unknown.x, { a = 1 }), "b", 2)', "?"),
    ("keys(merge(unknown.x, { a = 1 }))", ["a", "..."]),
    ("values(merge(unknown.x, { a = 1 }))", [1, "..."]),
    ("keys({ a = unknown.x })", ["a"]),
    ("values({ a = unknown.x })", ["?"]),
    ("coalesce(unknown.x, 1)", "?"),
    ("coalesce(null, unknown.x)", "?"),
    ("coalesce(1, unknown.x)", 1),
    ('coalesce("a${unknown.x}", "b")', "a?"),
    ("coalescelist(unknown.x, [1])", "?"),
    ("coalescelist([1], unknown.x)", [1]),
    ('compact(["", "a", unknown.x])', ["a", "?", "..."]),
    ("distinct([1, 1, unknown.x])", [1, "?", "..."]),
    ("element([1, unknown.x], 0)", 1),
    ("element(concat([1], unknown.x), 0)", "?"),
    ("element([1, 2], unknown.x)", "?"),
    ("flatten([[1], unknown.x])", [1, "?", "..."]),
    ("flatten([[1], [unknown.x]])", [1, "?", "..."]),
    ("flatten([concat([1], unknown.x), 2])", [1, 2, "..."]),
    ("one([unknown.x])", "?"),
    ("one(unknown.x)", "?"),
    ("reverse([1, unknown.x])", ["?", 1]),
    ("slice([1, unknown.x], 0, 1)", [1]),
    ('sort(["b", "a", unknown.x])', ["a", "b", "?", "..."]),
    ("index([1, unknown.x], 1)", 0),
    ("index([unknown.x, 1], 1)", "?"),
    ('zipmap(["a", unknown.x], [1, 2])', {"a": 1, "...": "..."}),
    ('zipmap(["a"], [unknown.x])', {"a": "?"}),
    ("range(unknown.x)", "?"),
    ("alltrue([false, unknown.x])", False),
    ("alltrue([true, unknown.x])", "?"),
    ("anytrue([true, unknown.x])", True),
    ("setunion([1], unknown.x)", [1, "..."]),
    ("setsubtract([1, 2], [1])", [2]),
    ("setsubtract([1, 2], [1, unknown.x])", ["..."]),
    ("setsubtract([1], unknown.x)", ["..."]),
    ("setintersection([1, 2], [1, unknown.x])", [1, "..."]),
    ("setproduct([1], unknown.x)", "?"),
    ("chunklist([1, unknown.x], 1)", [[1], ["?"]]),
    ('toset(["b", unknown.x, "a"])', ["a", "b", "?"]),
    ("tolist([unknown.x, 1])", ["?", 1]),
    ("tostring(unknown.x)", "?"),
    ('tostring("a${unknown.x}")', "a?"),
    # faults and unknowns
    ("try(unknown.x, 1)", "?"),
    ("try(unknown.x.y, 1)", "?"),
    ("try({}.a, unknown.x)", "?"),
    ("try({ a = unknown.x }.a, 1)", "?"),
    ("can(unknown.x)", "?"),
    ("can([unknown.x])", "?"),
    # what is not in the tree
    ("timestamp()", "?"),
    ("uuid()", "?"),
    ('file("missing.txt")', "?"),
    ('fileexists("missing.txt")', "?"),
    ('templatefile("missing.txt", {})', "?"),
    ('abspath("x")', "?"),
    ('pathexpand("~/x")', "?"),
    ('provider::aws::arn_parse("x")', "?"),
    ('regex("\\\\p{Greek}", "a")', "?"),
]


@pytest.mark.parametrize(("expression", "value"), PARTIAL, ids=[expression for expression, _ in PARTIAL])
def test_partly_known(expression: str, value: object) -> None:
    assert value_of(expression) == value


def test_the_reason_is_that_of_the_first_unknown_part() -> None:
    assert unknown_of('"a${unknown.x}b${unknown.y}"').reason == "unknown.x has no value"
    assert unknown_of("unknown.x + unknown.y").reason == "unknown.x has no value"
    assert unknown_of("merge({}, unknown.y).a").reason == "unknown.y has no value"


def test_a_step_into_what_terraform_makes_names_the_part() -> None:
    unknown = unknown_of('computed.x.arns[0]["a"].b')
    assert unknown.reference == 'computed.x.arns[0]["a"].b'
    assert unknown.kind == "computed"
    assert unknown.reason == "computed.x is made by Terraform"


@pytest.mark.parametrize(
    "expression",
    [
        "computed.x",
        '"${computed.x}"',
        "try(computed.x, 1)",
        "coalesce(null, computed.x)",
        "true ? computed.x : null",
        "[computed.x][0]",
        "{ a = computed.x }.a",
        "tostring(computed.x)",
        "element([1, computed.x], 1)",
        "one([computed.x])",
        "merge({ a = 1 }, { a = computed.x }).a",
        "sensitive(computed.x)",
        "tolist(toset([computed.x]))[0]",
        "jsondecode(jsonencode({ a = computed.x })).a",
        "[for x in [computed.x] : x][0]",
        "flatten([[computed.x]])",
    ],
)
def test_what_is_passed_on_keeps_its_name(expression: str) -> None:
    node = node_of(expression)
    node = node.items()[0] if node.items() else node
    assert isinstance(node.value, Unknown)
    assert node.value.reference == "computed.x"


@pytest.mark.parametrize(
    "expression", ['"a${computed.x}"', "upper(computed.x)", "[computed.x, 1][computed.y]", "computed.x + 1"]
)
def test_what_is_made_of_something_unknown_has_no_name(expression: str) -> None:
    assert unknown_of(expression).reference == ""


def test_open_members_of_a_map_have_the_reason_of_the_map_that_is_not_known() -> None:
    node = node_of("merge({ a = 1 }, unknown.x, { b = 2 })")
    assert shown(node) == {"a": "?", "b": 2, "...": "..."}
    a = node.get("a")
    assert a is not None
    assert isinstance(a.value, Unknown)
    assert a.value.reason == "unknown.x has no value"
