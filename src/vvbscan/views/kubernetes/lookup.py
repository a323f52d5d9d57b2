"""Looking into objects as the API server does: null is absent, and what is unknown stays unknown."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.views.records import computed


def reach(node: Node | None, *keys: str) -> Node | None:
    """The value at the end of a chain of keys, None if it is absent.

    An unknown on the way is given as it is; a key that an open mapping may or may not have is an unknown
    node. A null is absent: the API server drops it before it applies defaults.
    """
    for key in keys:
        if node is None:
            return None
        value = node.value
        if type(value) is MapValue:  # twice as fast as isinstance, and half the time of a view is spent here
            child = value.entries.get(key)
            node = node.replace_value(value.rest) if child is None and value.rest is not None else child
        elif not isinstance(value, Unknown):
            return None
    return None if node is None or node.value is None else node


def removals(node: Node | None) -> Mapping[str, Node]:
    """What removed keys from a mapping, by their names."""
    value = None if node is None else node.value
    return (value.removed or {}) if isinstance(value, MapValue) else {}


def removal(node: Node | None, key: str) -> Node | None:
    """What removed a key from a mapping, None if nothing did."""
    return removals(node).get(key)


def text_at(node: Node | None, *keys: str) -> str:
    """The string at the end of a chain of keys, empty if there is none or it is unknown."""
    found = reach(node, *keys)
    return (found.text() or "") if found is not None else ""


def shown(node: Node | None) -> str:
    """A scalar as it appears in an address: `*` for what is unknown of it, empty if it is absent."""
    value = None if node is None else node.value
    if isinstance(value, str):
        return value
    if isinstance(value, Unknown):
        return "".join("*" if part is None else part for part in value.parts) or "*"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return ""


def first_key(node: Node) -> Node:
    """The key node of the first member of a mapping, the node itself if there is none."""
    value = node.value
    return next(iter(value.keys.values()), node) if isinstance(value, MapValue) else node


def mapping(
    anchor: Node,
    members: Mapping[str, Node | None],
    keys: Mapping[str, Node | None] | None = None,
    rest: Unknown | None = None,
    removed: Mapping[str, Node] | None = None,
) -> Node:
    """A computed mapping at `anchor`, without the members that are None.

    `keys` gives the places that stand for members when something below them is missing; by default
    that is the anchor.
    """
    entries = {name: node for name, node in members.items() if node is not None}
    if keys is None and rest is None and removed is None:
        return computed(MapValue.at(anchor, entries), anchor)
    places = dict.fromkeys(entries, anchor)
    if keys is not None:
        for name, place in keys.items():
            if place is not None and name in entries:
                places[name] = place
    return computed(MapValue(entries, places, rest, removed), anchor)
