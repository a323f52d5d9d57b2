"""Values and where they were written.

A `Node` is one value of a document: immutable, without a parent and without a key, so that aliases,
overlays and module instances share it. The spans of keys live in the mapping. Nodes compare by
identity; compare `node.value` to compare values.

These are named tuples and not dataclasses because `import dataclasses` alone costs 19 ms of the
60 ms that scanning one file may take, and because building a frozen dataclass is four times slower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from vvbscan.record import NamedTuple, new_record

if TYPE_CHECKING:
    from vvbscan.text import SourceText

Scalar = str | int | float | bool | None

PLAIN: Final = "plain"
SINGLE: Final = "single"
DOUBLE: Final = "double"
LITERAL: Final = "literal"
FOLDED: Final = "folded"
FLOW: Final = "flow"
BLOCK: Final = "block"
COMPUTED: Final = "computed"
"""Style of a value that no place in the tree spells out (a default, the outcome of an expansion)."""


class Source:
    """A file as the analysis sees it: its path relative to the root, with `/`, and its text."""

    __slots__ = ("path", "text")

    def __init__(self, path: str, text: SourceText) -> None:
        self.path = path
        self.text = text

    def __repr__(self) -> str:
        return f"Source({self.path!r})"


class Origin(NamedTuple):
    """A step on the way by which a value reached its subject, such as the overlay that lists a patch."""

    label: str
    """What the place does, to be read behind the location: `overlay production lists this patch`."""
    source: Source
    start: int
    end: int


class Unknown(NamedTuple):
    """The value of a node that cannot be known from the tree, with what is known of it.

    `parts` holds the known text of a partial string in order; None stands for an unknown stretch:
    `${repo}:latest` is `(None, ":latest")`. Without parts nothing is known.
    """

    kind: str
    """One of `UNKNOWN_KINDS`."""
    reason: str
    """Why, in words that stand alone: `ARG TAG has no default`."""
    parts: tuple[str | None, ...] = ()
    reference: str = ""
    """What will have the value, if that has a name: `module.db.aws_db_instance.main[0].arn`. Equal names are
    the same value, which joins what refers to each other though nobody knows the value."""


UNKNOWN_KINDS: Final = {
    "variable": "a variable that gets its value outside the tree",
    "template": "text that a template engine fills in",
    "remote": "something that is fetched from outside the tree",
    "secret": "a value kept in a secret store",
    "expression": "an expression that is not evaluated",
    "default": "a default that depends on something unknown",
    "ambiguous": "several candidates, and nothing that decides between them",
    "open": "a collection that may have more members than are written",
    "limit": "a limit of the analysis was reached",
    "unparsed": "input that could not be parsed",
    "computed": "a value that the platform gives when it makes the thing",
    "plugin": "the work of a generator, transformer or plugin that is not run",
}


_SAME: Final[Any] = object()
_new: Final = object.__new__


class WrittenMembers(Protocol):
    """Where the members of mappings are before nodes are made of them."""

    def members(self, mapping: Any, *, keys: bool) -> Mapping[str, Node]:
        """The nodes of the values of a mapping, or of its keys, by name and in written order."""


class MapValue:
    """The members of a mapping in written order: values and, under the same names, their key nodes.

    Keys are the text of the key as written (`on`, `8080`), with quoting and escapes resolved. It is not to be
    changed. It is no named tuple like the others, so that a parser can leave its members unmade until they
    are asked for, and they are as quick to look up then as in any dictionary.
    """

    __slots__ = ("entries", "keys", "removed", "rest", "written")

    entries: Mapping[str, Node]
    keys: Mapping[str, Node]
    rest: Unknown | None
    """Set if there may be members that are not known; a missing key is then unknown, not absent."""
    removed: Mapping[str, Node] | None
    """Keys that an overlay removed, with the node that did it: where an absent value was made absent."""
    written: tuple[WrittenMembers, Any] | None
    """Where a parser left the members, and what it calls the mapping there."""

    def __init__(
        self,
        entries: Mapping[str, Node],
        keys: Mapping[str, Node],
        rest: Unknown | None = None,
        removed: Mapping[str, Node] | None = None,
    ) -> None:
        self.entries = entries
        self.keys = keys
        self.rest = rest
        self.removed = removed
        self.written = None

    @classmethod
    def as_written(cls, where: WrittenMembers, mapping: Any, rest: Unknown | None) -> MapValue:
        """The mapping that a parser has read, whose members become nodes when they are asked for."""
        made = _new(cls)
        made.rest = rest
        made.removed = None
        made.written = (where, mapping)
        return made

    @classmethod
    def at(cls, anchor: Node, entries: Mapping[str, Node]) -> MapValue:
        """A mapping that nobody wrote, all of whose keys are at one place."""
        made = _new(cls)
        made.entries = entries
        made.rest = None
        made.removed = None
        made.written = (_ALL_THERE, (entries, anchor))
        return made

    def __getattr__(self, name: str) -> Mapping[str, Node]:
        # This is called for what is not set, which is once for the values and once for the keys.
        if name not in ("entries", "keys") or self.written is None:
            raise AttributeError(name)
        where, mapping = self.written
        made = where.members(mapping, keys=name == "keys")
        setattr(self, name, made)
        return made

    def _replace(
        self,
        *,
        entries: Mapping[str, Node] = _SAME,
        keys: Mapping[str, Node] = _SAME,
        rest: Unknown | None = _SAME,
    ) -> MapValue:
        """A mapping of which some is another, as named tuples give it."""
        return MapValue(
            self.entries if entries is _SAME else entries,
            self.keys if keys is _SAME else keys,
            self.rest if rest is _SAME else rest,
            self.removed,
        )


class _AllThere:
    """Keys that are all at one place, of mappings whose values are there from the beginning."""

    def members(self, mapping: tuple[Mapping[str, Node], Node], *, keys: bool) -> Mapping[str, Node]:
        """The place of a mapping under the names of its entries."""
        assert keys, "the values were never left unmade"
        entries, place = mapping
        return dict.fromkeys(entries, place)


_ALL_THERE: Final = _AllThere()


class SeqValue(NamedTuple):
    """The items of a sequence."""

    items: tuple[Node, ...]
    rest: Unknown | None = None
    """Set if there may be items that are not known."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)


class Node(NamedTuple):
    """One value and the characters that wrote it: `source.text.text[start:end]`, quotes included."""

    value: Scalar | MapValue | SeqValue | Unknown
    source: Source
    start: int
    end: int
    style: str = PLAIN
    via: tuple[Origin, ...] = ()
    """The way from where the value was written to where it takes effect, nearest step first."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        value = self.value
        shown = type(value).__name__ if isinstance(value, (MapValue, SeqValue)) else repr(value)
        return f"Node({shown}, {self.source.path}[{self.start}:{self.end}])"

    @property
    def written(self) -> str:
        """The characters of the source that the node spans."""
        return self.source.text.text[self.start : self.end]

    def get(self, key: str) -> Node | None:
        """The member of a mapping, None if the node is no mapping or has no such key."""
        value = self.value
        return value.entries.get(key) if type(value) is MapValue else None  # twice as fast as isinstance

    def at(self, *keys: str) -> Node | None:
        """The member at the end of a chain of keys, None if a step is missing."""
        node: Node | None = self
        for key in keys:
            if node is None:
                return None
            node = node.get(key)
        return node

    def key(self, name: str) -> Node | None:
        """The key node of a member of a mapping."""
        value = self.value
        return value.keys.get(name) if isinstance(value, MapValue) else None

    def items(self) -> tuple[Node, ...]:
        """The items of a sequence, empty for every other node."""
        value = self.value
        return value.items if isinstance(value, SeqValue) else ()

    def members(self) -> Iterator[tuple[str, Node, Node]]:
        """Name, key node and value of each member of a mapping, in written order."""
        value = self.value
        if isinstance(value, MapValue):
            for name, child in value.entries.items():
                yield name, value.keys[name], child

    def text(self) -> str | None:
        """The value if it is a string, else None."""
        value = self.value
        return value if isinstance(value, str) else None

    def replace_value(self, value: Scalar | MapValue | SeqValue | Unknown, *via: Origin) -> Node:
        """The same place with another value, its way extended by `via`."""
        way = (*via, *self.via)
        return new_record(Node, (value, self.source, self.start, self.end, COMPUTED, way))

    def through(self, *via: Origin) -> Node:
        """The same node with `via` added behind the way it already has."""
        way = (*self.via, *via)
        return new_record(Node, (self.value, self.source, self.start, self.end, self.style, way))

    def part(self, begin: int, stop: int) -> Node:
        """Characters `begin` to `stop` of a string value as a node of their own.

        Its span is narrowed to those characters where the source spells the string verbatim;
        where escapes or folding stand between, it is the span of the whole string.
        """
        value = self.value
        if not isinstance(value, str):
            raise TypeError("only a known string has parts")
        written = self.written
        for quote in ("", '"', "'"):
            if written == f"{quote}{value}{quote}":
                first = self.start + len(quote)
                return self._replace(value=value[begin:stop], start=first + begin, end=first + stop)
        return self._replace(value=value[begin:stop])


class Comment(NamedTuple):
    """A comment of a document; the span includes the comment sign."""

    start: int
    end: int
    own_line: bool
    """True if nothing but white space stands before it on its line."""


class Problem(NamedTuple):
    """Something that a parser could not read as it was meant."""

    level: str
    """`error`: part of the input was lost; `warning`: read, though doubtful; `note`."""
    code: str
    """Stable short name: `yaml-syntax`, `duplicate-key`, `nesting-too-deep`."""
    message: str
    start: int
    end: int
    hint: str = ""
    """What to do about it."""


class Document(NamedTuple):
    """One document of a file (a YAML stream has several)."""

    root: Node
    start: int
    end: int


class Parsed(NamedTuple):
    """What a parser made of a file. Parsers never raise on bad input: they report problems."""

    source: Source
    documents: tuple[Document, ...]
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()


def plain(node: Node, unknown: object = None) -> object:
    """The value of a node as plain dicts, lists and scalars, unknowns replaced by `unknown`.

    Shared nodes are expanded; the composers' alias budget bounds how far.
    """
    value = node.value
    if isinstance(value, MapValue):
        return {key: plain(child, unknown) for key, child in value.entries.items()}
    if isinstance(value, SeqValue):
        return [plain(child, unknown) for child in value.items]
    if isinstance(value, Unknown):
        return unknown
    return value
