"""What a parser has read, in reading order, from which nodes are made when they are asked for.

A file of some megabytes has hundreds of thousands of values, of which the rules look at few. As objects that
refer to each other, or even as a tuple each, they would be visited by the garbage collector over and over
while the file grows, which costs more than parsing it. Strings and numbers it does not visit; so what a
parser leaves are lists of these, and collections refer to their members by index.

Nodes refer to the tape, and the tape to no node but what is anchored: that way they need no collector to be
freed. A mapping makes the nodes of its members when it is first asked for one, and keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from vvbscan.model.node import MapValue, Node, Scalar, SeqValue, Source, Unknown
from vvbscan.record import new_record

SEQUENCE: Final = 0
MAPPING: Final = 1
WrittenCollection = tuple[Any, ...]
"""`SEQUENCE` or `MAPPING`, the unknown rest or None, and the indexes of the items or of the keys. The value
of a key stands right behind it."""
_HEAD: Final = 2
"""Where the indexes of a collection begin."""
_FEW: Final = _HEAD + 4
"""Up to four members are made with their mapping: those of a container's variable, say, which are asked for
anyhow."""
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

    def root(self, index: int, few: int = _FEW) -> Node:
        """A node of the key or value at an index, which the tape does not keep.

        If it is a mapping that is no longer than `few`, counted with its head, its members are made with it.
        """
        value = self.values[index]
        kind = type(value)
        if kind is Node:
            node: Node = value
            return node
        if kind is tuple:
            if value[0] == SEQUENCE:
                value = SeqValue(tuple([self.root(item) for item in value[_HEAD:]]), value[1])
            else:
                made = MapValue.as_written(self, value, value[1])
                if len(value) <= few:
                    made.entries = self.members(value, keys=False, few=_HEAD)
                value = made
        return new_record(
            Node, (value, self.source, self.starts[index], self.ends[index], self.styles[index], ())
        )

    def members(self, mapping: WrittenCollection, *, keys: bool, few: int = _FEW) -> Mapping[str, Node]:
        """The nodes of the values of a written mapping, or of its keys, by name and in written order."""
        values, source, starts, ends, styles = self.values, self.source, self.starts, self.ends, self.styles
        offset = 0 if keys else 1
        if len(mapping) > _MANY:
            return _Members(self, {values[key]: key + offset for key in mapping[_HEAD:]})
        nodes: dict[str, Node] = {}
        for key in mapping[_HEAD:]:
            index = key + offset
            value = values[index]
            kind = type(value)
            # Most members are scalars: to make their nodes here saves most of the calls.
            nodes[values[key]] = (
                self.root(index, few)
                if kind is tuple or kind is Node
                else new_record(Node, (value, source, starts[index], ends[index], styles[index], ()))
            )
        return nodes

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


class _Members(Mapping[str, Node]):
    """The values or the keys of a large mapping, of which most are never asked for: made one by one."""

    __slots__ = ("_indexes", "_nodes", "_tape")

    def __init__(self, tape: Tape, indexes: dict[str, int]) -> None:
        """`indexes` says where on the tape the member of each name is."""
        self._tape = tape
        self._indexes = indexes
        self._nodes: dict[str, Node] = {}
        """Those that were made, to be the same ones every time."""

    def __getitem__(self, name: str) -> Node:
        node = self._nodes.get(name)
        if node is None:
            node = self._nodes[name] = self._tape.root(self._indexes[name])
        return node

    def __contains__(self, name: object) -> bool:
        return name in self._indexes

    def __iter__(self) -> Iterator[str]:
        return iter(self._indexes)

    def __len__(self) -> int:
        return len(self._indexes)


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
    if value.written is not None:
        tape, mapping = value.written
        if isinstance(tape, Tape):
            return tape.plain(mapping, depth)
    return {key: plain_data(child, depth - 1) for key, child in value.entries.items()}
