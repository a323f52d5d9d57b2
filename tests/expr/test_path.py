"""Paths: what they may look like, and what they lead to."""

from __future__ import annotations

import pytest

from expr.nodes import UNKNOWN, node
from vvbscan.expr.path import compile_path, look_up
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue, Node

ROOT = node(
    {"spec": {"ports": [{"name": "http"}], "empty": None, "text": "x"}, "open": {...: 1}, "gap": UNKNOWN}
)
ANCHOR = node("anchor")


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("spec.ports[0].name", ("spec", "ports", 0, "name")),
        ('labels["app.kubernetes.io/name"]', ("labels", "app.kubernetes.io/name")),
        (
            "settings[\"quarkus.log.category.'io.acme'.level\"]",
            ("settings", "quarkus.log.category.'io.acme'.level"),
        ),
        (".", ()),
        ("read-only", ("read-only",)),
    ],
)
def test_steps_of_a_path(path: str, steps: tuple[str | int, ...]) -> None:
    assert compile_path(path) == steps


@pytest.mark.parametrize("path", ["", ".a", "a..b", "a[", "a[x]", "a b", 'a["b]', "a.", "a[-1]"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(RuleError):
        compile_path(path)


def test_a_value_is_found() -> None:
    assert look_up(ROOT, ANCHOR, ("spec", "ports", 0, "name")).node.value == "http"


def test_an_absent_key_points_at_the_nearest_key_that_is_there() -> None:
    found = look_up(ROOT, ANCHOR, ("spec", "template", "metadata"))
    assert found.absent
    assert found.node is ROOT.key("spec")


def test_at_the_root_the_anchor_stands_for_what_is_absent() -> None:
    assert look_up(ROOT, ANCHOR, ("nothing",)).node is ANCHOR


def test_null_counts_as_absent() -> None:
    spec = ROOT.get("spec")
    assert spec is not None
    found = look_up(ROOT, ANCHOR, ("spec", "empty"))
    assert found.absent
    assert found.node is spec.key("empty")


@pytest.mark.parametrize(
    "steps", [("spec", "text", "further"), ("spec", "ports", 4), ("spec", "ports", "name")]
)
def test_steps_into_what_has_no_such_member_are_absent(steps: tuple[str | int, ...]) -> None:
    assert look_up(ROOT, ANCHOR, steps).absent


@pytest.mark.parametrize("steps", [("open", "key"), ("gap", "key")])
def test_what_may_be_there_is_unknown(steps: tuple[str | int, ...]) -> None:
    found = look_up(ROOT, ANCHOR, steps)
    assert found.unknown == UNKNOWN
    assert not found.absent


def test_what_an_overlay_removed_points_at_the_overlay() -> None:
    remover = node("null in the patch")
    root = Node(MapValue({}, {}, None, {"limits": remover}), remover.source, 0, 1)
    found = look_up(root, ANCHOR, ("limits",))
    assert found.absent
    assert found.node is remover
