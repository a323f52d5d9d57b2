"""Types of variables, and what values become under them."""

from __future__ import annotations

import pytest

from views.terraform_evaluate_support import node_of, parsed, scope_of, shown
from vvbscan.model.node import Node, Unknown
from vvbscan.views.terraform.conversion import convert, read_type
from vvbscan.views.terraform.scope import EvaluationFault
from vvbscan.views.terraform.value_types import ValueType
from vvbscan.views.terraform.values import SET, Refused


def type_of(text: str) -> ValueType:
    expression, source = parsed(text)
    return read_type(expression, scope_of(source))


def converted(value: str, wanted: str, **variables: str) -> Node:
    return convert(node_of(value, variables), type_of(wanted))


@pytest.mark.parametrize(
    ("wanted", "value", "outcome"),
    [
        ("any", '[1, "a"]', [1, "a"]),
        ("string", '"a"', "a"),
        ("string", "1", "1"),
        ("string", "true", "true"),
        ("string", "null", None),
        ('"string"', "1", "1"),
        ("number", '"1.5"', 1.5),
        ("number", '"1e3"', 1000),
        ("bool", '"true"', True),
        ("bool", '"0"', False),
        ("list(string)", '["a", 1, true]', ["a", "1", "true"]),
        ("list(string)", "[]", []),
        ("list(string)", "null", None),
        ("list(string)", '["a", null]', ["a", None]),
        ("list", '["a", 1]', ["a", "1"]),
        ("list(any)", '["a", 1]', ["a", "1"]),
        ("list(number)", '["1"]', [1]),
        ("list(string)", 'toset(["b", "a"])', ["a", "b"]),
        ("set(string)", '["b", "a", "b", 1]', ["1", "a", "b"]),
        ("set(number)", '["3", 20, 3]', [3, 20]),
        ("map(string)", "{ b = 1, a = true }", {"b": "1", "a": "true"}),
        ("map", '{ b = 1, a = "x" }', {"b": "1", "a": "x"}),
        ("map(any)", "{ b = 1 }", {"b": 1}),
        ("map(list(string))", "{ a = [1] }", {"a": ["1"]}),
        ("tuple([string, number])", '[1, "2"]', ["1", 2]),
        ("object({})", "{ a = 1 }", {}),
        ("object({ a = string })", "{ a = 1, b = 2 }", {"a": "1"}),
        ("object({ a = string })", "{ a = null }", {"a": None}),
        ("object({ a = optional(string) })", "{}", {"a": None}),
        ('object({ a = optional(string, "x") })', "{}", {"a": "x"}),
        ('object({ a = optional(string, "x") })', "{ a = null }", {"a": "x"}),
        ('object({ a = optional(string, "x") })', '{ a = "y" }', {"a": "y"}),
        ('object({ a = optional(number, "5") })', "{}", {"a": 5}),
        (
            'object({ a = optional(object({ b = optional(string, "x"), c = optional(bool) }), {}) })',
            "{}",
            {"a": {"b": "x", "c": None}},
        ),
        (
            'list(object({ port = number, cidrs = optional(list(string), ["10.0.0.0/8"]) }))',
            '[{ port = "22" }, { port = 80, cidrs = [] }]',
            [{"port": 22, "cidrs": ["10.0.0.0/8"]}, {"port": 80, "cidrs": []}],
        ),
        (
            "map(object({ size = optional(number, 1) }))",
            "{ a = {}, b = { size = 2 } }",
            {"a": {"size": 1}, "b": {"size": 2}},
        ),
        # what is unknown stays so
        ("string", "unknown.x", "?"),
        ("list(string)", "unknown.x", "?"),
        ("list(string)", "[unknown.x, 1]", ["?", "1"]),
        ("list(string)", "concat([1], unknown.x)", ["1", "..."]),
        ("map(string)", "merge(unknown.x, { a = 1 })", {"a": "1", "...": "..."}),
        ("object({ a = string, b = string })", "merge(unknown.x, { a = 1 })", {"a": "1", "b": "?"}),
        ("tuple([string])", "concat([1], unknown.x)", [1, "..."]),
    ],
)
def test_conversion(wanted: str, value: str, outcome: object) -> None:
    assert shown(converted(value, wanted)) == outcome


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ("string", "[]"),
        ("number", '"a"'),
        ("number", "true"),
        ("bool", "1"),
        ("bool", '"yes"'),
        ("list(string)", '"a"'),
        ("list(string)", "{}"),
        ("list(number)", '["a"]'),
        ("set(string)", "{}"),
        ("map(string)", "[]"),
        ("map(string)", "{ a = [] }"),
        ("object({ a = string })", "{}"),
        ("object({ a = string })", "[]"),
        ("tuple([string])", "[1, 2]"),
    ],
)
def test_refusal(wanted: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        converted(value, wanted)
    assert refused.value.code == "terraform-type"


@pytest.mark.parametrize(
    "text",
    [
        "strin",
        "1",
        "list(string, string)",
        "tuple(string)",
        "object(string)",
        'object({ (upper("a")) = string })',
        "optional(string)",
        "object({ a = optional() })",
        "list(foo)",
    ],
)
def test_what_is_no_type(text: str) -> None:
    with pytest.raises(EvaluationFault) as fault:
        type_of(text)
    assert fault.value.code == "terraform-no-type"


def test_a_default_of_an_attribute_that_has_another_type() -> None:
    with pytest.raises(EvaluationFault) as fault:
        type_of('object({ a = optional(number, "x") })')
    assert fault.value.code == "terraform-type"


def test_what_has_the_type_is_passed_on() -> None:
    node = node_of('"a"')
    assert convert(node, type_of("string")) is node


def test_what_is_converted_keeps_its_place() -> None:
    node = converted('["a", 1]', "list(string)")
    assert node.written == '["a", 1]'
    assert [item.written for item in node.items()] == ['"a"', "1"]
    default = converted("{}", 'object({ a = optional(string, "x") })').get("a")
    assert default is not None
    assert default.written == '"x"'


def test_sets_are_told_apart() -> None:
    assert converted('["a"]', "set(string)").style == SET
    assert converted('["a"]', "list(string)").style != SET


def test_an_attribute_that_may_be_absent_is_unknown_for_the_reason_of_the_object() -> None:
    absent = converted("merge(unknown.x, {})", "object({ a = string })")
    assert isinstance(absent.value, Unknown)
    member = converted("merge(unknown.x, { b = 1 })", "object({ a = string })").get("a")
    assert member is not None
    assert isinstance(member.value, Unknown)
    assert member.value.reason == "unknown.x has no value"


@pytest.mark.parametrize(
    ("expression", "equal"),
    [
        ("var.list == []", False),
        ("var.list != []", True),
        ("tolist([]) == tolist([])", True),
        ('toset(["a"]) == ["a"]', False),
        ("tomap({ a = 1 }) == { a = 1 }", False),
        ("concat([1], [2]) == [1, 2]", None),
        ("concat([1], [2]) == [1]", False),
    ],
)
def test_lists_and_tuples_are_not_equal(expression: str, equal: bool | None) -> None:
    value = node_of(expression, {"list": "tolist([])"}).value
    assert (None if isinstance(value, Unknown) else value) is equal
