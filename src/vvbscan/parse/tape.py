"""What a parser has read, in reading order, from which nodes are made when they are asked for.

A file of some megabytes has hundreds of thousands of values, of which the rules look at few. As objects that
refer to each other, or even as a tuple each, they would be visited by the garbage collector over and over
while the file grows, which costs more than parsing it. Strings and numbers it does not visit; so what a
parser leaves are lists of these, and collections refer to their members by index.

Nodes refer to the tape, and the tape to no node but what is anchored: that way they need no collector to be
freed. A mapping makes the nodes of its members when it is first asked for one, and keeps them.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Final

from vvbscan.model.node import MapValue, Node, Scalar, SeqValue, Source, Unknown
from vvbscan.record import NamedTuple, new_record

SEQUENCE: Final = 0
MAPPING: Final = 1
WrittenCollection = tuple[Any, ...]
"""`SEQUENCE` or `MAPPING`, the unknown rest or None, and the indexes of the items or of the keys. The value
of a key stands right behind it."""
_HEAD: Final = 2
"""Where the indexes of a collection begin."""
_MANY: Final = 100
"""Above so many members the nodes of a mapping are made one by one, and not all when one is asked for."""


class Tape:
    """The values of one file in reading order; what stands at one index of its lists is one value."""

    __slots__ = ("ends", "source", "starts", "styles", "values")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.values: list[Any] = []
        """Scalars, unknowns, written collections (None as long as the end is not read), nodes as they are.
        A key is the text of its name."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.styles: list[str] = []

    def append(self, value: Scalar | Unknown | Node, start: int, end: int, style: str) -> None:
        """Add a value."""
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)
        self.styles.append(style)

    def set(self, index: int, value: Unknown | WrittenCollection | Node, end: int, style: str) -> None:
        """Complete a collection."""
        self.values[index] = value
        self.ends[index] = end
        self.styles[index] = style

    def node(self, index: int) -> Node:
        """The node of the value at an index, the same one every time, also as a member of its collection."""
        node = self.values[index] = self.root(index)
        return node

    def root(self, index: int) -> Node:
        """A node of the key or value at an index, which the tape does not keep."""
        value = self.values[index]
        kind = type(value)
        if kind is Node:
            node: Node = value
            return node
        if kind is tuple:
            if value[0] == SEQUENCE:
                value = SeqValue(tuple([self.root(item) for item in value[_HEAD:]]), value[1])
            else:
                names, rest = Members(self, value, 0), value[1]
                value = new_record(MapValue, (Members(self, value, 1), names, rest, None))
        return new_record(
            Node, (value, self.source, self.starts[index], self.ends[index], self.styles[index], ())
        )

    def plain(self, value: Any, depth: int) -> object:
        """What stands for a value on the tape as `plain_data` gives it."""
        kind = type(value)
        if kind is not tuple:
            return plain_data(value, depth) if kind is Node else None if kind is Unknown else value
        if not depth:
            raise RecursionError("the value is nested too deep")
        values, plain = self.values, self.plain
        if value[0] == SEQUENCE:
            return [plain(values[item], depth - 1) for item in value[_HEAD:]]
        members: dict[str, object] = {}
        for key in value[_HEAD:]:
            member = values[key + 1]
            # Most members are strings: to take them here saves most of the calls.
            members[values[key]] = member if type(member) is str else plain(member, depth - 1)
        return members


class Members(Mapping[str, Node]):
    """The values or the keys of a mapping on a tape, by name and in written order."""

    __slots__ = ("_mapping", "_nodes", "_offset", "_some", "_tape")

    def __init__(self, tape: Tape, mapping: WrittenCollection, offset: int) -> None:
        """`offset` says how far behind the key of each member the node stands."""
        self._tape = tape
        self._mapping = mapping
        self._offset = offset
        self._nodes: dict[str, Node] | None = None
        self._some: _Some | None = None

    def __getitem__(self, name: str) -> Node:
        nodes = self._nodes
        return (self._all() if nodes is None else nodes)[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The node of a name, or the default."""
        nodes = self._nodes
        if nodes is None:
            if len(self._mapping) > _MANY:
                return self._one(name, default)
            nodes = self._all()
        return nodes.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._mapping) - _HEAD

    def __repr__(self) -> str:
        return f"Members({self._all()!r})"

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._all().keys()

    def values(self) -> ValuesView[Node]:
        """The nodes."""
        return self._all().values()

    def items(self) -> ItemsView[str, Node]:
        """Names and nodes."""
        return self._all().items()

    def plain(self, depth: int) -> object:
        """The members as `plain_data` gives them."""
        return self._tape.plain(self._mapping, depth)

    def _one(self, name: str, default: Any) -> Any:
        """A node of a mapping of which most are never asked for: it keeps the indexes of the others only."""
        some = self._some
        if some is None:
            values = self._tape.values
            some = self._some = _Some({values[key]: key for key in self._mapping[_HEAD:]}, {})
        node = some.nodes.get(name)
        if node is None and name in some.keys:
            node = some.nodes[name] = self._tape.root(some.keys[name] + self._offset)
        return default if node is None else node

    def _all(self) -> dict[str, Node]:
        if self._nodes is None:
            tape, offset = self._tape, self._offset
            values, source, starts, ends, styles = (
                tape.values,
                tape.source,
                tape.starts,
                tape.ends,
                tape.styles,
            )
            nodes = self._nodes = {}
            for key in self._mapping[_HEAD:]:
                index = key + offset
                value = values[index]
                kind = type(value)
                # Most members are scalars: to make their nodes here saves most of the calls.
                nodes[values[key]] = (
                    tape.root(index)
                    if kind is tuple or kind is Node
                    else new_record(Node, (value, source, starts[index], ends[index], styles[index], ()))
                )
            if self._some is not None:
                nodes.update(self._some.nodes)
                self._some = None
        return self._nodes


class _Some(NamedTuple):
    """What is asked for of a large mapping."""

    keys: dict[str, int]
    """The index of each key by its name."""
    nodes: dict[str, Node]
    """Those that were made, to be the same ones every time."""


def plain_data(node: Node, depth: int) -> object:
    """The value of a node as dicts, lists and scalars, None for what is unknown.

    Of what lies on a tape no nodes are made for it. Raises `RecursionError` if there are more than `depth`
    levels.
    """
    value = node.value
    if isinstance(value, Unknown):
        return None
    if not isinstance(value, (MapValue, SeqValue)):
        return value
    if not depth:
        raise RecursionError("the value is nested too deep")
    if isinstance(value, SeqValue):
        return [plain_data(item, depth - 1) for item in value.items]
    if isinstance(value.entries, Members):
        return value.entries.plain(depth)
    return {key: plain_data(child, depth - 1) for key, child in value.entries.items()}
