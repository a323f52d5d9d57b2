"""From nodes to the located values that facts carry out of their unit, and back."""

from __future__ import annotations

from vvbscan.model.facts import Located
from vvbscan.model.location import ForeignSource, Location, locate_node, way_of
from vvbscan.model.node import MapValue, Node, Origin, SeqValue, Unknown


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


def foreign_node(value: Located, *further: Origin) -> Node:
    """A located value as a node in the unit that reads the fact; an absent one is a null."""
    text = "" if value.value is None else str(value.value)
    way = tuple(foreign_origin(step.label, step.location) for step in value.via)
    held = Unknown("variable", value.unknown) if value.unknown else value.value
    return Node(held, ForeignSource(value.location, text), 0, len(text), via=(*way, *further))


def foreign_origin(label: str, location: Location) -> Origin:
    """A step of a way that stands in another unit's file."""
    return Origin(label, ForeignSource(location, ""), 0, 0)
