"""Edits of node trees: every edit gives a new tree and shares what it leaves alone.

A collection that was edited keeps the span it had: it is still written where it was, only some of its
members come from elsewhere. What an edit brings in keeps its own source and span.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from vvbscan.model.node import MapValue, Node, Origin, SeqValue

Path = tuple[str | int, ...]
"""Keys of mappings and positions in sequences, from the root of an object down."""


def with_value(node: Node, value: MapValue | SeqValue) -> Node:
    """An edited collection: other members at the same place."""
    return Node(value, node.source, node.start, node.end, node.style, node.via)


def with_member(node: Node, name: str, key: Node, value: Node) -> Node:
    """A mapping with a member set; a new one comes last."""
    members = node.value
    assert isinstance(members, MapValue), "only mappings have members"
    removed = members.removed
    if removed is not None and name in removed:
        removed = {other: place for other, place in removed.items() if other != name} or None
    keys = members.keys if name in members.keys else {**members.keys, name: key}
    return with_value(node, MapValue({**members.entries, name: value}, keys, members.rest, removed))


def without_member(node: Node, name: str, by: Node) -> Node:
    """A mapping without a member; `by` is the node that removed it."""
    members = node.value
    assert isinstance(members, MapValue), "only mappings have members"
    if name not in members.entries and members.rest is None:
        return node
    entries = {other: value for other, value in members.entries.items() if other != name}
    keys = {other: key for other, key in members.keys.items() if other != name}
    removed = {**(members.removed or {}), name: by}
    return with_value(node, MapValue(entries, keys, members.rest, removed))


def with_items(node: Node, items: Sequence[Node]) -> Node:
    """A sequence with other items."""
    rest = node.value.rest if isinstance(node.value, SeqValue) else None
    return with_value(node, SeqValue(tuple(items), rest))


def child(node: Node, step: str | int) -> Node | None:
    """The member or item one step below a node."""
    value = node.value
    if isinstance(value, MapValue):
        return value.entries.get(step) if isinstance(step, str) else None
    if isinstance(value, SeqValue) and isinstance(step, int) and 0 <= step < len(value.items):
        return value.items[step]
    return None


def reached(root: Node, path: Path) -> Node:
    """The node at the end of a path that exists."""
    node = root
    for step in path:
        below = child(node, step)
        assert below is not None, "the path exists"
        node = below
    return node


def replaced(root: Node, edits: Mapping[Path, Node]) -> Node:
    """A tree with the nodes at the ends of existing paths replaced; no path goes through another."""
    levels: dict[int, dict[Path, dict[str | int, Node]]] = {}
    for path, node in edits.items():
        if not path:
            return node
        levels.setdefault(len(path), {}).setdefault(path[:-1], {})[path[-1]] = node
    for depth in range(max(levels, default=0), 0, -1):
        for parent, below in levels.get(depth, {}).items():
            edited = _with_children(reached(root, parent), below)
            if not parent:
                return edited
            levels.setdefault(depth - 1, {}).setdefault(parent[:-1], {})[parent[-1]] = edited
    return root


def _with_children(node: Node, below: Mapping[str | int, Node]) -> Node:
    value = node.value
    if isinstance(value, MapValue):
        entries = {name: below.get(name, inner) for name, inner in value.entries.items()}
        return with_value(node, value._replace(entries=entries))
    return with_items(node, [below.get(index, inner) for index, inner in enumerate(node.items())])


def with_origin(root: Node, origin: Origin) -> Node:
    """A tree in which every key and value came by way of `origin`."""
    return moved(root, lambda node: node.through(origin))


def moved(root: Node, place: Callable[[Node], Node]) -> Node:
    """A tree with every key and value given another place by `place`; what is shared stays shared."""
    done: dict[int, Node] = {}
    pending: list[tuple[Node, bool]] = [(root, False)]
    while pending:
        node, is_built = pending.pop()
        if id(node) in done:
            continue
        value = node.value
        if not isinstance(value, (MapValue, SeqValue)):
            done[id(node)] = place(node)
            continue
        if not is_built:
            below = value.entries.values() if isinstance(value, MapValue) else value.items
            pending.append((node, True))
            pending.extend((inner, False) for inner in below if id(inner) not in done)
        elif isinstance(value, MapValue):
            entries = {name: done[id(inner)] for name, inner in value.entries.items()}
            keys = {name: place(key) for name, key in value.keys.items()}
            done[id(node)] = with_value(place(node), MapValue(entries, keys, value.rest, value.removed))
        else:
            items = tuple(done[id(inner)] for inner in value.items)
            done[id(node)] = with_value(place(node), SeqValue(items, value.rest))
    return done[id(root)]


def walk(root: Node) -> Iterator[tuple[Path, Node]]:
    """Every node of a tree with its path, a shared one once for each place it stands; in no order of use."""
    pending: list[tuple[Path, Node]] = [((), root)]
    while pending:
        path, node = pending.pop()
        yield path, node
        value = node.value
        if isinstance(value, MapValue):
            pending.extend(((*path, name), inner) for name, inner in value.entries.items())
        elif isinstance(value, SeqValue):
            pending.extend(((*path, index), inner) for index, inner in enumerate(value.items))
