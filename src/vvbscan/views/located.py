"""From nodes to the located values that facts carry out of their unit."""

from __future__ import annotations

from vvbscan.model.facts import Located
from vvbscan.model.location import locate_node, way_of
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown


def located(node: Node | None, lacking: Node) -> Located:
    """A value with its place, for an absent one the place of what lacks it."""
    if node is None:
        return Located(None, locate_node(lacking))
    value, location, way = node.value, locate_node(node), way_of(node)
    if isinstance(value, Unknown):
        return Located(None, location, value.reason, way)
    if isinstance(value, (MapValue, SeqValue)):
        return Located(None, location, "it is a collection where a scalar is wanted", way)
    return Located(value, location, "", way)
