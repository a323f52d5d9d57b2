"""What a parser has read, in reading order, from which nodes are made when they are asked for.

A file of some megabytes has hundreds of thousands of values, of which the rules look at few. As objects that
refer to each other they would be visited by the garbage collector over and over while the file grows, which
costs more than parsing it. Tuples of strings and numbers it forgets after the first visit; so that is what a
parser leaves, and collections refer to their members by index.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Final

from vvbscan.model.node import MapValue, Node, Scalar, SeqValue, Source, Unknown

WrittenScalar = tuple[Scalar | Unknown, int, int, str]
"""Value, start, end, style."""

SEQUENCE: Final = 0
MAPPING: Final = 1
WrittenCollection = tuple[Any, ...]
"""`SEQUENCE` or `MAPPING`, start, end, style, the unknown rest or None, and the indexes of the items or of
the keys. The value of a key stands right behind it. A collection is always longer than a scalar."""


class Tape:
    """The values of one file in reading order."""

    __slots__ = ("_source", "written")

    def __init__(self, source: Source) -> None:
        self._source = source
        self.written: list[WrittenScalar | WrittenCollection | Node | None] = []
        """None stands for a collection whose end was not read."""

    def node(self, index: int) -> Node:
        """The node at an index, the same one every time."""
        written = self.written[index]
        if type(written) is Node:
            return written
        assert written is not None, "only complete documents are given out"
        value, start, end, style = written[:4]
        if len(written) > 4:
            rest = written[4]
            if value == SEQUENCE:
                value = SeqValue(tuple([self.node(item) for item in written[5:]]), rest)
            else:
                names: Any = self.written
                indexes = {names[key][0]: key for key in written[5:]}
                value = MapValue(Members(self, indexes, 1), Members(self, indexes, 0), rest)
        node = self.written[index] = Node(value, self._source, start, end, style)
        return node

    def plain(self, index: int, depth: int) -> object:
        """The value at an index as `plain_data` gives it."""
        written = self.written[index]
        if type(written) is Node:
            return plain_data(written, depth)
        assert written is not None, "only complete documents are given out"
        if len(written) == 4:
            return None if type(written[0]) is Unknown else written[0]
        if not depth:
            raise RecursionError("the value is nested too deep")
        if written[0] == SEQUENCE:
            return [self.plain(item, depth - 1) for item in written[5:]]
        names: Any = self.written
        return {names[key][0]: self.plain(key + 1, depth - 1) for key in written[5:]}


class Members(Mapping[str, Node]):
    """The values or the keys of a mapping on a tape, by name and in written order."""

    __slots__ = ("_indexes", "_nodes", "_offset", "_tape")

    def __init__(self, tape: Tape, indexes: dict[str, int], offset: int) -> None:
        """`indexes` says where the key of each member stands, `offset` how far behind it the node."""
        self._tape = tape
        self._indexes = indexes
        self._offset = offset
        self._nodes: dict[str, Node] | None = None

    def __getitem__(self, name: str) -> Node:
        return self._tape.node(self._indexes[name] + self._offset)

    def get(self, name: str, default: Any = None) -> Any:
        """The node of a name, or the default."""
        index = self._indexes.get(name)
        if index is None:
            return default
        written = self._tape.written[index + self._offset]
        return written if type(written) is Node else self._tape.node(index + self._offset)

    def __contains__(self, name: object) -> bool:
        return name in self._indexes

    def __iter__(self) -> Iterator[str]:
        return iter(self._indexes)

    def __len__(self) -> int:
        return len(self._indexes)

    def __repr__(self) -> str:
        return f"Members({self._all()!r})"

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._indexes.keys()

    def values(self) -> ValuesView[Node]:
        """The nodes."""
        return self._all().values()

    def items(self) -> ItemsView[str, Node]:
        """Names and nodes."""
        return self._all().items()

    def plain(self, depth: int) -> dict[str, object]:
        """The members as `plain_data` gives them."""
        tape, offset = self._tape, self._offset
        return {name: tape.plain(index + offset, depth) for name, index in self._indexes.items()}

    def _all(self) -> dict[str, Node]:
        if self._nodes is None:
            node, offset = self._tape.node, self._offset
            self._nodes = {name: node(index + offset) for name, index in self._indexes.items()}
        return self._nodes


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
        return value.entries.plain(depth - 1)
    return {key: plain_data(child, depth - 1) for key, child in value.entries.items()}
