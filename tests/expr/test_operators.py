"""Operators: typed, and decided on the known part of what is partly unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expr.nodes import UNKNOWN, node
from vvbscan.expr.operators import OPERATORS
from vvbscan.model.errors import RuleError
from vvbscan.model.node import Unknown


def partial(*parts: str | None) -> Unknown:
    return Unknown("variable", "it comes from outside", parts)


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "answer"),
    [
        ("equals", True, True, True), ("equals", True, 1, False), ("equals", "1", 1, False), ("equals", 1, 1.0, False),
        ("equals", "a", "a", True), ("in", ["a", "b"], "b", True), ("in", ["a", "b"], "c", False), ("in", [1], True, False),
        ("matches", "^v[0-9]+$", "v12", True), ("matches", "^v[0-9]+$", 12, False),
        ("starts_with", "ab", "abc", True), ("starts_with", ["x", "a"], "abc", True), ("starts_with", "b", "abc", False),
        ("ends_with", "bc", "abc", True), ("ends_with", ["x"], "abc", False), ("ends_with", "1", 1, False),
        ("contains", "b", "abc", True), ("contains", "b", ["a", "b"], True), ("contains", 1, ["1"], False),
        ("contains", "x", 5, False),
        ("lt", 5, 4, True), ("lt", 5, 5, False), ("le", 5, 5, True), ("gt", 5, 5.5, True), ("ge", 5, 5, True),
        ("ge", 5, "6", False), ("ge", 0, True, False),
        ("length", {"le": 3}, "abc", True), ("length", {"le": 1}, [1, 2], False), ("length", {"ge": 1, "lt": 3}, {"a": 1}, True),
        ("length", {"equals": 0}, 5, False),
        ("version", ">=21", "21.0.9", True), ("version", ">=21", "17", False),
        ("quantity", {"le": "512Mi"}, "0.5Gi", True), ("quantity", {"lt": "512Mi"}, "512Mi", False),
        ("duration", {"ge": "10s"}, "PT10S", True), ("size", {"le": "500MB"}, "1GiB", False),
        ("cidr_within", "10.0.0.0/8", "10.1.0.0/16", True), ("cidr_within", ["10.0.0.0/8"], "0.0.0.0/0", False),
        ("cidr_within", "fd00::/8", "10.0.0.1", False),
        ("set_within", ["a", "b"], ["a"], True), ("set_within", ["a"], ["a", "c"], False), ("set_within", ["a"], "a", False),
    ],
)  # fmt: skip
def test_known_values(operator: str, wanted: object, value: object, answer: bool) -> None:
    assert OPERATORS[operator](wanted)(node(value)) is answer


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "answer"),
    [
        ("equals", "repo:latest", partial(None, ":latest"), None), ("equals", "repo:12", partial(None, ":latest"), False),
        ("equals", "a", partial("ab", None), False), ("equals", True, partial("x", None), False),
        ("equals", True, partial(None), None), ("in", ["x", "y"], partial("z", None), False),
        ("in", ["x", "zy"], partial("z", None), None),
        ("ends_with", ":latest", partial(None, ":latest"), True), ("ends_with", ":latest", partial(None, ":12"), False),
        ("ends_with", ":latest", partial(None, "test"), None), ("ends_with", ":latest", partial("a", None), None),
        ("starts_with", "ghcr.io/", partial("ghcr.io/x", None), True), ("starts_with", "ghcr.io/", partial("quay", None), False),
        ("starts_with", "ghcr.io/", partial("ghcr", None), None), ("starts_with", "x", partial(None, "x"), None),
        ("contains", "pass", partial(None, "-password-", None), True), ("contains", "pass", partial(None, "x"), None),
        ("contains", "a", [partial("b", None), "c", ...], None), ("contains", "a", ["a", ...], True),
        ("contains", "a", [partial("b", None), "c"], False),
        ("set_within", ["a"], ["a", ...], None), ("set_within", ["a"], ["b", ...], False),
        ("length", {"le": 5}, ["a", ...], None), ("length", {"le": 5}, UNKNOWN, None),
        ("matches", "a", partial("a", None), None), ("lt", 5, UNKNOWN, None), ("version", ">=1", UNKNOWN, None),
        ("quantity", {"le": "1"}, UNKNOWN, None), ("quantity", {"le": "1"}, "lots", None), ("version", ">=1", "latest", None),
        ("cidr_within", "10.0.0.0/8", "my-subnet", None), ("cidr_within", "10.0.0.0/8", UNKNOWN, None),
    ],
)  # fmt: skip
def test_what_is_partly_unknown(operator: str, wanted: object, value: object, answer: bool | None) -> None:
    found = OPERATORS[operator](wanted)(node(value))
    assert (None if isinstance(found, Unknown) else found) is answer


@pytest.mark.parametrize(
    ("operator", "wanted"),
    [
        ("in", "a"), ("matches", 5), ("matches", "("), ("starts_with", [1]), ("lt", "5"), ("lt", True),
        ("length", 5), ("length", {}), ("length", {"about": 5}), ("quantity", {"le": "lots"}), ("version", "21"),
        ("cidr_within", "my-subnet"), ("set_within", "a"),
    ],
)  # fmt: skip
def test_operands_that_mean_nothing_are_refused(operator: str, wanted: object) -> None:
    with pytest.raises(RuleError):
        OPERATORS[operator](wanted)


TEXTS = st.text("ab:/.1", max_size=6)


@given(st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=5), st.lists(TEXTS, max_size=5), TEXTS)
def test_filling_in_the_unknown_never_contradicts_what_was_decided(
    parts: list[str | None], fillings: list[str], wanted: str
) -> None:
    filler = iter([*fillings, "", "", "", "", ""])
    full = "".join(next(filler) if part is None else part for part in parts)
    for operator in ("equals", "starts_with", "ends_with", "contains"):
        test = OPERATORS[operator](wanted)
        decided = test(node(Unknown("variable", "outside", tuple(parts))))
        assert isinstance(decided, Unknown) or decided is test(node(full))
