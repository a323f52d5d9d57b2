"""Where a value is used: the argument that a literal elsewhere gets to, as the last step of its way."""

from __future__ import annotations

from operator import is_not
from typing import Final

from vvbscan.model.node import MapValue, Node, Origin, SeqValue, Source, Unknown

_MOST_ITEMS: Final = 100
"""Items of a list that get the step each."""


def used_in(node: Node, source: Source, start: int, end: int) -> Node:
    """The value of the argument at a span, with that on the way of what was written elsewhere.

    What a variable or a local gave has such a step already; what is reached through `each.value` or the name
    of a `for` has none, nor have the items of a list.
    """
    value = node.value
    if isinstance(value, Unknown):
        return node
    if isinstance(value, SeqValue) and 0 < len(value.items) <= _MOST_ITEMS:
        items = tuple(
            [
                item if isinstance(item.value, (MapValue, Unknown)) else _used(item, source, start, end)
                for item in value.items
            ]
        )
        if any(map(is_not, items, value.items)):
            node = node._replace(value=SeqValue(items, value.rest))
    return _used(node, source, start, end)


def _used(node: Node, source: Source, start: int, end: int) -> Node:
    if node.source is source and start <= node.start and node.end <= end:
        return node
    for step in reversed(node.via):
        if step.source is source and start <= step.start and step.end <= end:
            return node
    return node.through(Origin("used here", source, start, end))
