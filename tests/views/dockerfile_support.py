"""Helpers of the tests of the views of Dockerfiles."""

from __future__ import annotations

from vvbscan.engine.tree import MemoryTree
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.dockerfile.kind import KIND

UNIT = Unit("dockerfile:app/Dockerfile", "dockerfile", ("app/Dockerfile",))


def load(
    text: str, others: dict[str, str] | None = None, limits: Limits = DEFAULT_LIMITS, unit: Unit = UNIT
) -> Loaded:
    """Load a Dockerfile that lies at `app/Dockerfile`."""
    tree = MemoryTree({"app/Dockerfile": text, **(others or {})})
    return KIND.load(unit, tree, Options(limits=limits))


def subjects(loaded: Loaded | str, view: str) -> dict[str, Subject]:
    """The subjects of a view by their address, which no two share."""
    if isinstance(loaded, str):
        loaded = load(loaded)
    found = list(KIND.views[view](loaded))
    by_address = {subject.address: subject for subject in found}
    assert len(by_address) == len(found)
    return by_address


def shown(node: Node | None) -> object:
    """A value as plain data; an unknown as `?` and its kind, with the parts that are known."""
    if node is None:
        return None
    value = node.value
    if isinstance(value, Unknown):
        return (f"?{value.kind}", *value.parts)
    if isinstance(value, SeqValue):
        return [*map(shown, value.items), *(["..."] if value.rest else [])]
    if isinstance(value, MapValue):
        rest = {"...": True} if value.rest else {}
        return {name: shown(child) for name, child in value.entries.items()} | rest
    return value


def way(node: Node) -> list[tuple[str, str]]:
    """The steps of a node's way: label and characters."""
    return [(step.label, step.source.text.text[step.start : step.end]) for step in node.via]
