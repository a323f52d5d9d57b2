"""What a parser has read, in reading order, from which nodes are made when they are asked for.

A file of some megabytes has hundreds of thousands of values, of which the rules look at few. As objects that
refer to each other they would be visited by the garbage collector over and over while the file grows, which
costs more than parsing it. Tuples of strings and numbers it forgets after the first visit; so that is what a
parser leaves, and collections refer to their members by index.

Nodes refer to the tape, and the tape to no node but what is anchored: that way they need no collector to be
freed. A mapping makes the nodes of its members when it is first asked for one, and keeps them.
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
_HEAD: Final = 5
"""Where the indexes of a collection begin."""

Written = WrittenScalar | WrittenCollection | Node | None
"""None stands for a collection whose end was not read."""

_new_tuple: Final = tuple.__new__
"""Makes a record without the call that its fields' names and defaults cost: there are very many nodes."""


class Tape:
    """The values of one file in reading order."""

    __slots__ = ("source", "written")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.written: list[Written] = []

    def node(self, index: int) -> Node:
        """The node at an index, the same one every time, also among the members of its collection."""
        node = self.written[index] = self.root(index)
        return node

    def root(self, index: int) -> Node:
        """The node at an index, which the tape does not keep: what no other node holds."""
        written = self.written[index]
        if type(written) is Node:
            return written
        assert written is not None, "only complete documents are given out"
        return _node(self, written)

    def plain(self, index: int, depth: int) -> object:
        """The value at an index as `plain_data` gives it."""
        written = self.written[index]
        if type(written) is Node:
            return plain_data(written, depth)
        assert written is not None, "only complete documents are given out"
        if len(written) < _HEAD:
            return None if type(written[0]) is Unknown else written[0]
        return self.plain_collection(written, depth)

    def plain_collection(self, written: WrittenCollection, depth: int) -> object:
        """The value of a collection as `plain_data` gives it."""
        if not depth:
            raise RecursionError("the value is nested too deep")
        plain = self.plain
        if written[0] == SEQUENCE:
            return [plain(item, depth - 1) for item in written[_HEAD:]]
        tape: Any = self.written
        members: dict[str, object] = {}
        for key in written[_HEAD:]:
            value = tape[key + 1]
            if len(value) < _HEAD and type(value[0]) is not Unknown:  # half of all values
                members[tape[key][0]] = value[0]
            else:
                members[tape[key][0]] = plain(key + 1, depth - 1)
        return members


class Members(Mapping[str, Node]):
    """The values or the keys of a mapping on a tape, by name and in written order."""

    __slots__ = ("_mapping", "_nodes", "_offset", "_tape")

    def __init__(self, tape: Tape, mapping: WrittenCollection, offset: int) -> None:
        """`offset` says how far behind the key of each member the node stands."""
        self._tape = tape
        self._mapping = mapping
        self._offset = offset
        self._nodes: dict[str, Node] | None = None

    def __getitem__(self, name: str) -> Node:
        return self._all()[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The node of a name, or the default."""
        nodes = self._nodes
        return (self._all() if nodes is None else nodes).get(name, default)

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
        return self._tape.plain_collection(self._mapping, depth)

    def _all(self) -> dict[str, Node]:
        if self._nodes is None:
            tape, offset = self._tape, self._offset
            written: Any = tape.written
            self._nodes = {
                written[key][0]: node if type(node) is Node else _node(tape, node)
                for key in self._mapping[_HEAD:]
                for node in (written[key + offset],)
            }
        return self._nodes


def _node(tape: Tape, written: WrittenScalar | WrittenCollection) -> Node:
    """A new node of what is written."""
    if len(written) < _HEAD:
        value, start, end, style = written
    else:
        kind, start, end, style, rest = written[:_HEAD]
        if kind == SEQUENCE:
            value = SeqValue(tuple([tape.root(item) for item in written[_HEAD:]]), rest)
        else:
            value = MapValue(Members(tape, written, 1), Members(tape, written, 0), rest)
    return _new_tuple(Node, (value, tape.source, start, end, style, ()))


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
