"""Trees: three-valued, equal to a naive evaluator, with exact blame."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expr.nodes import UNKNOWN, node
from vvbscan.expr.scope import Fail, Scope, Unsure
from vvbscan.expr.tree import compile_tree
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue

VALUES: dict[str, object] = {"yes": True, "no": False, "unknown": UNKNOWN}


def verdict(tree: object, value: object, **params: object) -> str:
    root = node(value)
    found = compile_tree(tree, params)(Scope(root, node("anchor")))
    return "pass" if found is None else "fail" if isinstance(found, Fail) else "unknown"


def failure(tree: object, value: object, **params: object) -> Fail:
    found = compile_tree(tree, params)(Scope(node(value), node("anchor")))
    assert isinstance(found, Fail)
    return found


def leaf(name: str) -> dict[str, object]:
    return {"path": name, "equals": True, "absent": "fail"}


TREES = st.recursive(
    st.sampled_from([leaf("yes"), leaf("no"), leaf("unknown"), leaf("absent")]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
        st.tuples(inner, inner).map(lambda pair: {"when": pair[0], "then": pair[1]}),
    ),
    max_leaves=8,
)


def naive(tree: dict[str, Any]) -> bool | None:
    """Kleene's tables, written out."""
    if "all" in tree:
        parts = [naive(part) for part in tree["all"]]
        return False if False in parts else None if None in parts else True
    if "any" in tree:
        parts = [naive(part) for part in tree["any"]]
        return True if True in parts else None if None in parts else False
    if "not" in tree:
        inner = naive(tree["not"])
        return None if inner is None else not inner
    if "when" in tree:
        return naive({"any": [{"not": tree["when"]}, tree["then"]]})
    return {"yes": True, "no": False, "unknown": None, "absent": False}[tree["path"]]


@given(TREES)
def test_a_tree_is_what_kleenes_tables_say(tree: dict[str, Any]) -> None:
    assert verdict(tree, VALUES) == {True: "pass", False: "fail", None: "unknown"}[naive(tree)]


@given(TREES)
def test_a_negation_flips_and_two_cancel(tree: dict[str, Any]) -> None:
    flipped = {"pass": "fail", "fail": "pass", "unknown": "unknown"}
    assert verdict({"not": tree}, VALUES) == flipped[verdict(tree, VALUES)]
    assert verdict({"not": {"not": tree}}, VALUES) == verdict(tree, VALUES)


@given(TREES)
def test_a_brief_tree_comes_to_the_same(tree: dict[str, Any]) -> None:
    told = compile_tree(tree, {})(Scope(node(VALUES), node("anchor")))
    brief = compile_tree(tree, {}, brief=True)(Scope(node(VALUES), node("anchor")))
    assert type(brief) is type(told)
    if isinstance(brief, Unsure) and isinstance(told, Unsure):
        assert brief.unknown == told.unknown
        assert brief.ref.path == told.ref.path


@given(TREES)
def test_whoever_fails_is_blamed_and_nobody_else(tree: dict[str, Any]) -> None:
    root = node(VALUES)
    found = compile_tree(tree, {})(Scope(root, node("anchor")))
    if isinstance(found, Fail):
        assert found.refs
        assert {ref.path for ref in found.refs} <= {"yes", "no", "absent"}
    if isinstance(found, Unsure):
        assert found.ref.path == "unknown"


def test_a_failing_not_blames_what_made_its_inside_hold() -> None:
    tree = {"not": {"all": [leaf("a"), leaf("b")]}}
    assert [ref.path for ref in failure(tree, {"a": True, "b": True}).refs] == ["a", "b"]


def test_when_blames_the_consequence_only() -> None:
    tree = {"when": leaf("a"), "then": leaf("b")}
    assert [ref.path for ref in failure(tree, {"a": True, "b": False}).refs] == ["b"]


@pytest.mark.parametrize(("absent", "outcome"), [("pass", "pass"), ("fail", "fail"), ("unknown", "unknown")])
def test_a_leaf_says_what_absence_means(absent: str, outcome: str) -> None:
    assert verdict({"path": "a", "equals": True, "absent": absent}, {}) == outcome


def test_the_absence_of_a_negated_leaf_is_that_of_the_leaf() -> None:
    assert verdict({"not": {"path": "a", "equals": True, "absent": "fail"}}, {}) == "pass"


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"a": 1}, "pass"),
        ({}, "fail"),
        ({"a": None}, "fail"),
        ({"a": UNKNOWN}, "unknown"),
        ({...: 1}, "unknown"),
    ],
)
def test_exists_looks_at_presence_only(value: object, outcome: str) -> None:
    assert verdict({"path": "a", "exists": True}, value) == outcome


@pytest.mark.parametrize(
    ("tree", "outcome"),
    [
        ({"path": "a.b", "exists": True}, "fail"),
        ({"path": "a.b", "exists": False}, "pass"),
        ({"each": "a.b", "assert": leaf("c")}, "pass"),
        ({"count": "a.b", "equals": 0}, "pass"),
    ],
)
def test_what_is_absent_is_so_though_the_name_of_its_holder_is_not_known(
    tree: dict[str, object], outcome: str
) -> None:
    root = node({"a": {}})
    assert isinstance(root.value, MapValue)
    unnamed = root._replace(value=root.value._replace(keys={"a": node(UNKNOWN)}))
    found = compile_tree(tree, {})(Scope(unnamed, node("anchor")))
    assert ("pass" if found is None else "fail" if isinstance(found, Fail) else "unknown") == outcome


def test_a_collection_that_should_not_be_there_is_pointed_at_by_its_key() -> None:
    tree = {"path": "a", "exists": False}
    assert failure(tree, {"a": {"b": 1}}).refs[0].node.value == "a"
    assert failure(tree, {"a": 5}).refs[0].node.value == 5


def test_of_a_sequence_the_item_that_is_wrong_is_blamed() -> None:
    contains = {"not": {"path": "a", "contains": "x", "absent": "fail"}}
    assert failure(contains, {"a": ["y", "x"]}).refs[0].node.value == "x"
    within = {"path": "a", "set_within": ["y"], "absent": "fail"}
    assert failure(within, {"a": ["y", "z"]}).refs[0].node.value == "z"


EACH = {"each": "ports", "assert": {"path": "port", "lt": 100, "absent": "fail"}}


@pytest.mark.parametrize(
    ("ports", "outcome"),
    [
        ([{"port": 1}, {"port": 2}], "pass"), ([{"port": 1}, {"port": 200}], "fail"), ([], "pass"), (None, "pass"),
        ([{"port": 1}, ...], "unknown"), ([{"port": 200}, ...], "fail"), ([{"port": UNKNOWN}], "unknown"),
        (UNKNOWN, "unknown"), ({"a": {"port": 1}, "b": {"port": 300}}, "fail"),
    ],
)  # fmt: skip
def test_each(ports: object, outcome: str) -> None:
    assert verdict(EACH, {"ports": ports}) == outcome


def test_each_blames_the_item_and_says_its_place() -> None:
    found = failure(EACH, {"ports": [{"port": 1}, {"port": 200}]})
    assert [(ref.path, ref.node.value) for ref in found.refs] == [("ports[1].port", 200)]


def test_an_item_that_is_a_value_has_the_place_of_the_item() -> None:
    inner = {"each": ".", "assert": {"path": ".", "equals": "a", "absent": "fail"}}
    fail = failure({"each": "lists", "assert": inner}, {"lists": [["a"], ["a", "b"]]})
    assert [ref.path for ref in fail.refs] == ["lists[1][1]"]


@pytest.mark.parametrize(
    ("ports", "outcome"),
    [([{"port": 1}], "fail"), ([{"port": 200}], "pass"), ([{"port": 1}, ...], "unknown")],
)
def test_not_each_wants_one_that_does_not(ports: object, outcome: str) -> None:
    assert verdict({"not": EACH}, {"ports": ports}) == outcome


@pytest.mark.parametrize(
    ("bound", "items", "outcome"),
    [
        ({"le": 1}, [1], "pass"), ({"le": 1}, [1, 2], "fail"), ({"le": 1}, [1, ...], "unknown"), ({"le": 1}, [1, 2, ...], "fail"),
        ({"ge": 1}, [1, ...], "pass"), ({"ge": 2}, [1, ...], "unknown"), ({"ge": 2}, [1], "fail"), ({"ge": 1}, None, "fail"),
        ({"equals": 1}, [1, 2, ...], "fail"), ({"equals": 1}, [1, ...], "unknown"), ({"equals": 1}, [1], "pass"),
        ({"lt": 2}, [1], "pass"), ({"gt": 1}, [1, 2, ...], "pass"), ({"le": 0}, UNKNOWN, "unknown"),
    ],
)  # fmt: skip
def test_count(bound: dict[str, int], items: object, outcome: str) -> None:
    tree = {"count": "items", **bound}
    assert verdict(tree, {"items": items}) == outcome
    flipped = {"pass": "fail", "fail": "pass", "unknown": "unknown"}
    assert verdict({"not": tree}, {"items": items}) == flipped[outcome]


def test_count_counts_what_it_is_told_to() -> None:
    tree = {"count": "items", "where": {"path": ".", "equals": "a", "absent": "fail"}, "le": 1}
    assert verdict(tree, {"items": ["a", "b", "b"]}) == "pass"
    assert verdict(tree, {"items": ["a", "a", "b"]}) == "fail"
    assert verdict(tree, {"items": ["a", UNKNOWN]}) == "unknown"


COMPARE = {"path": "limit", "quantity": {"ge": {"path": "request"}}, "absent": "pass"}


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ({"limit": "1Gi", "request": "512Mi"}, "pass"), ({"limit": "1Mi", "request": "512Mi"}, "fail"),
        ({"limit": "1Mi"}, "pass"), ({"limit": "1Mi", "request": UNKNOWN}, "unknown"), ({"limit": "1", "request": "x"}, "unknown"),
    ],
)  # fmt: skip
def test_a_value_is_compared_with_another(value: object, outcome: str) -> None:
    assert verdict(COMPARE, value) == outcome


def test_both_sides_of_a_comparison_are_blamed() -> None:
    found = failure(COMPARE, {"limit": "1Mi", "request": "512Mi"})
    assert [ref.path for ref in found.refs] == ["limit", "request"]


def test_parameters_are_put_in() -> None:
    tree = {"path": "tag", "in": "$tags", "absent": "fail"}
    assert verdict(tree, {"tag": "b"}, tags=["a", "b"]) == "pass"
    assert verdict(tree, {"tag": "b"}, tags=["a"]) == "fail"


def test_a_part_names_its_blame_message_and_boxes() -> None:
    tree = {
        "all": [
            {"path": "a", "exists": True, "blame": "name", "message": "{name} lacks a", "boxes": ["1.1.1"]},
            {"path": "b", "equals": 2, "absent": "fail", "message": "b of {name} is {got}, not {$two}"},
        ]
    }
    found = failure(tree, {"name": "web", "b": 3}, two="two")
    assert found.refs[0].path == "name"
    assert found.message == "web lacks a; b of web is 3, not two"
    assert found.boxes == ("1.1.1",)
    assert found.whole, "the second part concerns all boxes"


def test_a_message_shows_no_line_breaks_of_the_scanned_tree() -> None:
    tree = {"path": "a", "equals": 1, "absent": "fail", "message": "a is {a}, b is {b|nothing}, c is {c}"}
    found = failure(tree, {"a": "x\n::error::" + "y" * 500})
    assert "\n" not in found.message
    assert "b is nothing, c is (not set)" in found.message
    assert len(found.message) < 200


@pytest.mark.parametrize(
    "tree",
    [
        [], {}, {"path": "a"}, {"path": "a", "equls": 1, "absent": "fail"}, {"path": "a", "equals": 1},
        {"path": "a", "equals": 1, "absent": "maybe"}, {"path": "a", "exists": "yes"}, {"all": []}, {"all": {}},
        {"path": "a", "exists": True, "absent": "fail"}, {"all": [leaf("a")], "any": [leaf("a")]},
        {"path": "a", "equals": 1, "in": [1], "absent": "fail"}, {"not": leaf("a"), "absent": "pass"},
        {"count": "a"}, {"count": "a", "le": "3"}, {"count": "a", "le": 3, "ge": 1}, {"each": "a"},
        {"path": "a", "in": "$nothing", "absent": "fail"}, {"path": "a..b", "exists": True},
        {"path": "a", "exists": True, "message": "{$nothing}"}, {"path": "a", "exists": True, "blame": 5},
        {"path": "a", "exists": True, "boxes": "1.1.1"}, {"path": 5, "exists": True},
    ],
)  # fmt: skip
def test_what_is_no_tree_is_refused(tree: object) -> None:
    with pytest.raises(RuleError):
        compile_tree(tree, {})
