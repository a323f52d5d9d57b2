"""Profile expressions of Spring against a plain evaluator."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vvbscan.views.settings.profile_expression import matches, names


@pytest.mark.parametrize(
    ("expression", "active", "expected"),
    [
        ("prod", {"prod"}, True),
        ("prod", set(), False),
        ("!prod", set(), True),
        ("prod & eu", {"prod"}, False),
        ("prod & !eu", {"prod"}, True),
        ("prod | eu", {"eu"}, True),
        ("prod & (eu | us)", {"prod", "us"}, True),
        ("!(eu | us)", {"eu"}, False),
        ("!!prod", {"prod"}, True),
        ("my profile", {"my profile"}, True),
        # malformed
        ("prod & eu | us", {"prod"}, None),
        ("(prod", {"prod"}, None),
        ("prod)", {"prod"}, None),
        ("& prod", {"prod"}, None),
        ("", set(), None),
        ("!", set(), None),
        ("()", set(), None),
    ],
)
def test_matches(expression: str, active: set[str], expected: bool | None) -> None:
    assert matches(expression, active) is expected


def test_names() -> None:
    assert names("prod & (eu | !us)") == {"prod", "eu", "us"}


def test_deep_nesting_ends() -> None:
    assert matches("(" * 100_000 + "a" + ")" * 100_000, {"a"}) is None
    assert matches("!" * 100_001 + "a", {"a"}) is False


EXPRESSIONS = st.recursive(
    st.sampled_from("abc"),
    lambda inner: (
        st.tuples(st.just("!"), inner)
        | st.tuples(st.sampled_from("&|"), st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


def spelt(expression: object) -> str:
    if isinstance(expression, str):
        return expression
    assert isinstance(expression, tuple)
    sign, operand = expression
    if sign == "!":
        return f"!({spelt(operand)})"
    return f" {sign} ".join(f"({spelt(one)})" for one in operand)


def holds(expression: object, active: frozenset[str]) -> bool:
    if isinstance(expression, str):
        return expression in active
    assert isinstance(expression, tuple)
    sign, operand = expression
    if sign == "!":
        return not holds(operand, active)
    return (all if sign == "&" else any)(holds(one, active) for one in operand)


@settings(max_examples=150)
@given(EXPRESSIONS, st.frozensets(st.sampled_from("abc")))
def test_means_what_it_says(expression: object, active: frozenset[str]) -> None:
    assert matches(spelt(expression), active) is holds(expression, active)
