"""The type that the branches of a condition, and the items of a collection, have in common.

What Terraform makes of many such expressions is recorded in `tests/data/expressions/terraform.json`.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_evaluate_support import fault_of, node_of, value_of
from views.terraform_support import told
from vvbscan.views.terraform.conversion import convert
from vvbscan.views.terraform.scope import EvaluationFault
from vvbscan.views.terraform.unification import type_of, unify
from vvbscan.views.terraform.values import TYPED

VALUES = st.recursive(
    st.sampled_from(('"x"', '"1"', "1", "2.5", "true", "null")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from("ab"), inner).map(
            lambda members: "{" + ", ".join(f"{key} = {value}" for key, value in members.items()) + "}"
        ),
    ),
    max_leaves=6,
)


@given(VALUES.filter(lambda text: "null" not in text))
def test_a_value_has_its_own_type_in_common_with_itself(text: str) -> None:
    type_ = type_of(node_of(text))
    assert unify([type_]) == type_


@given(VALUES)
def test_a_value_stays_of_its_own_type(text: str) -> None:
    type_ = type_of(node_of(text))
    assert type_of(convert(node_of(text), type_)) == type_


@given(VALUES, VALUES)
def test_no_order_changes_what_is_in_common(one: str, two: str) -> None:
    types = [type_of(node_of(text)) for text in (one, two)]
    assert unify(types) == unify(types[::-1])


@given(VALUES, VALUES)
def test_the_taken_branch_is_one_of_both_whatever_the_other_is(one: str, two: str) -> None:
    """A value and the same value in text: nothing else comes of a condition."""
    try:
        found = value_of(f"true ? {one} : {two}")
    except EvaluationFault:
        assert unify([type_of(node_of(one)), type_of(node_of(two))]) is None
    else:
        assert in_text(found) == in_text(value_of(one))


def in_text(value: object) -> object:
    """A value with its numbers and bools as strings."""
    if isinstance(value, dict):
        return {key: in_text(member) for key, member in value.items()}
    if isinstance(value, list):
        return [in_text(item) for item in value]
    return str(value).lower() if isinstance(value, (bool, int, float)) else value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('true ? "a" : []', "a scalar and a list"),
        ("true ? [] : {}", "a list and a map"),
        ("true ? 1 : true", "a bool and a number"),
        ("true ? [1] : [true]", "a tuple"),
        ('true ? 1 : [for x in ["a"] : x]', "a list and a number"),
    ],
)
def test_branches_without_a_type_in_common(text: str, message: str) -> None:
    fault = fault_of(text)
    assert (fault.code, fault.message) == (
        "terraform-type",
        f"the branches of the condition have no type in common: {message}",
    )


def test_a_branch_that_cannot_be_evaluated_has_any_type() -> None:
    assert value_of("true ? [1] : var.list[5]", list='["a"]') == [1]
    assert value_of("true ? [1] : unknown.x") == [1]


def test_what_is_converted_keeps_its_place() -> None:
    node = node_of('true ? { port = 80 } : { port = "x" }')
    member = node.get("port")
    assert member is not None
    assert (member.value, member.written) == ("80", "80")


def test_lists_that_are_concatenated_make_a_list() -> None:
    assert node_of('concat(tolist([1]), tolist(["a"]))').style is TYPED
    assert node_of('concat(tolist([1]), ["a"])').style is not TYPED


def test_it_is_told_where_the_condition_stands() -> None:
    files = (
        'variable "on" {\n  default = true\n}\nresource "x" "y" {\n  a = var.on ? "a" : ["b"]\n  b = 1\n}\n'
    )
    assert told(files) == ["terraform-type main.tf:5"]
