"""Nodes from plain values, for tests of what stands on nodes."""

from __future__ import annotations

from vvbscan.model.node import MapValue, Node, SeqValue, Source, Unknown
from vvbscan.text import SourceText

SOURCE = Source("test.yaml", SourceText("text of the test\n"))
UNKNOWN = Unknown("variable", "it comes from outside")


def node(value: object) -> Node:
    """A node of a plain value; an `Unknown` stands for itself, `...` in a collection makes it open."""
    if isinstance(value, dict):
        rest = UNKNOWN if ... in value else None
        members = {key: node(child) for key, child in value.items() if key is not ...}
        return Node(MapValue(members, {key: node(key) for key in members}, rest), SOURCE, 0, 4)
    if isinstance(value, (list, tuple)) and not isinstance(value, Unknown):
        rest = UNKNOWN if ... in value else None
        return Node(SeqValue(tuple(node(item) for item in value if item is not ...), rest), SOURCE, 0, 4)
    assert value is None or isinstance(value, (str, int, float, bool, Unknown))
    return Node(value, SOURCE, 0, 4)
