"""TOML with the span of every key, value and comment.

An own parser, as tomllib tells no places and stops at the first fault. Each line that is at fault is a
problem, and reading goes on at the next one. Source: TOML 1.0.0; line breaks and trailing commas in inline
tables are read as in TOML 1.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import (
    DOUBLE,
    FLOW,
    PLAIN,
    SINGLE,
    Comment,
    Document,
    MapValue,
    Node,
    Parsed,
    Problem,
    SeqValue,
    Source,
)
from vvbscan.parse.toml_values import BARE_KEY, BASIC, LITERAL, NotToml, read_string, read_word

_SIMPLE: Final = lazy_pattern(
    rf'[ \t]*+({BARE_KEY})[ \t]*+=[ \t]*+("([^"\\\x00-\x1f\x7f]*+)")[ \t]*+(?:\r?\n|\Z)'
)
"""What most lines of lock files look like: `name = "value"`."""
_BLANK: Final = lazy_pattern(r"[ \t]*+")
_GAP: Final = lazy_pattern(r"(?:[ \t\n]|\r\n|#[^\n]*+)*+")
_REST_OF_LINE: Final = lazy_pattern(r"[ \t]*+(#[^\n]*+)?(?:\r?\n|\Z)")
_COMMENT: Final = lazy_pattern(r"#[^\n]*")
_CONTROL: Final = lazy_pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_KEY: Final = lazy_pattern(rf"{BARE_KEY}|{BASIC}|{LITERAL}")
_CONFLICT: Final = lazy_pattern(r"(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)

_Key = tuple[str, int, int]
"""Name and span of a part of a key."""


class _Table:
    """A table while it is read."""

    __slots__ = ("end", "entries", "keys", "kind", "start")

    def __init__(self, kind: str, start: int, end: int) -> None:
        self.kind = kind
        """`implied` by a longer header, made by a `header` or by a `dotted` key."""
        self.start = start
        self.end = end
        self.entries: dict[str, _Table | _Tables | Node] = {}
        self.keys: dict[str, tuple[int, int]] = {}


class _Tables:
    """An array of tables while it is read."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items: list[_Table] = []


def parse_toml(source: Source, limits: Limits) -> Parsed:
    """Parse a TOML file. What cannot be read is a problem, and the rest is kept."""
    return _Reader(source, limits).read()


class _Reader:
    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._text = source.text.text
        self._limits = limits
        self._root = _Table("header", 0, len(self._text))
        self._table = self._root
        self._comments: list[Comment] = []
        self._problems: list[Problem] = []
        self._nodes = 0

    def read(self) -> Parsed:
        """All of the file."""
        text, at = self._text, 0
        simple = _SIMPLE.match
        while at < len(text):
            match = simple(text, at)
            if match is not None:
                name, begin = match[1], match.start(2)
                if name not in self._table.entries and self._nodes < self._limits.nodes:
                    self._nodes += 1
                    table = self._table
                    table.entries[name] = Node(match[3], self._source, begin, match.end(2), DOUBLE)
                    table.keys[name] = match.span(1)
                    table.end = max(table.end, match.end(2))
                    at = match.end()
                    continue
            try:
                at = self._line(at)
            except NotToml as fault:
                at = self._skip(at, fault)
        root = self._node(self._root)
        document = Document(root, 0, len(text))
        return Parsed(self._source, (document,), tuple(self._comments), tuple(self._problems))

    # Lines

    def _line(self, at: int) -> int:
        """Read what begins on a line; where the next one begins. Raises `NotToml`."""
        text = self._text
        at = _end(_BLANK.match(text, at), at)
        if text.startswith("[[", at):
            at = self._header(at, 2)
        elif text.startswith("[", at):
            at = self._header(at, 1)
        elif at < len(text) and text[at] not in "#\r\n":
            key, at = self._key(at)
            at = self._equals(at)
            value, at = self._value(at, 1)
            self._assign(self._table, key, value)
        return self._line_end(at)

    def _line_end(self, at: int) -> int:
        match = _REST_OF_LINE.match(self._text, at)
        if match is None:
            at = _end(_BLANK.match(self._text, at), at)
            raise NotToml("nothing but a comment may follow on this line", at)
        if match[1] is not None:
            self._comment(*match.span(1))
        return match.end()

    def _comment(self, start: int, end: int) -> None:
        if self._text.endswith("\r", start, end):
            end -= 1
        control = _CONTROL.search(self._text, start, end)
        if control is not None:
            raise NotToml("a comment has a control character", control.start())
        line = self._text.rfind("\n", 0, start) + 1
        self._comments.append(Comment(start, end, not self._text[line:start].strip()))

    def _skip(self, at: int, fault: NotToml) -> int:
        """Report a fault, and go on behind its line."""
        place = min(max(fault.at, at), len(self._text))
        message, hint = f"Not TOML: {fault}.", ""
        if _CONFLICT.match(self._text, at):
            message, hint = "A merge conflict was left in the file.", "resolve it"
        self._problems.append(
            Problem("error", "toml-syntax", message, place, min(place + 1, len(self._text)), hint)
        )
        if str(fault) == _TOO_MANY:
            return len(self._text)
        line_end = self._text.find("\n", place)
        return len(self._text) if line_end < 0 else line_end + 1

    # Keys and headers

    def _key(self, at: int) -> tuple[list[_Key], int]:
        """The parts of a key, and where it ends."""
        parts: list[_Key] = []
        while True:
            match = _KEY.match(self._text, at)
            if match is None:
                raise NotToml("a key is missing here", at)
            name = match[0]
            if name[0] in "\"'":
                name, _, _ = read_string(self._text, at)
            parts.append((name, *match.span()))
            if len(parts) > self._limits.depth:
                raise NotToml(f"the key has more than {self._limits.depth} parts", at)
            end = match.end()
            at = _end(_BLANK.match(self._text, end), end)
            if not self._text.startswith(".", at):
                return parts, end
            at = _end(_BLANK.match(self._text, at + 1), at + 1)

    def _equals(self, at: int) -> int:
        at = _end(_BLANK.match(self._text, at), at)
        if not self._text.startswith("=", at):
            raise NotToml("`=` is missing behind the key", at)
        return _end(_BLANK.match(self._text, at + 1), at + 1)

    def _header(self, at: int, brackets: int) -> int:
        begin = _end(_BLANK.match(self._text, at + brackets), at + brackets)
        key, end = self._key(begin)
        end = _end(_BLANK.match(self._text, end), end)
        if not self._text.startswith("]" * brackets, end):
            raise NotToml(f"`{']' * brackets}` is missing behind the name of the table", end)
        stop = end + brackets
        self._count()
        # Until the header is understood, what follows belongs nowhere.
        self._table = _Table("header", at, stop)
        holder = self._root
        for name, start, part_end in key[:-1]:
            holder = self._inside(holder, name, start, part_end, "implied")
        name, start, part_end = key[-1]
        known = holder.entries.get(name)
        if brackets == 2:
            if known is None:
                known = holder.entries[name] = _Tables()
                holder.keys[name] = (start, part_end)
            if not isinstance(known, _Tables):
                raise self._again(name, start, holder)
            known.items.append(self._table)
        elif isinstance(known, _Table) and known.kind == "implied":
            known.kind, known.start, known.end = "header", at, max(known.end, stop)
            self._table = known
        elif known is None:
            holder.entries[name] = self._table
            holder.keys[name] = (start, part_end)
        else:
            raise self._again(name, start, holder)
        return stop

    def _inside(self, holder: _Table, name: str, start: int, end: int, kind: str) -> _Table:
        """The table of a name in another, made if there is none."""
        known = holder.entries.get(name)
        if known is None:
            self._count()
            known = holder.entries[name] = _Table(kind, start, end)
            holder.keys[name] = (start, end)
        if isinstance(known, _Tables):
            if kind == "implied":
                return known.items[-1]
            raise self._again(name, start, holder)
        if not isinstance(known, _Table):
            raise self._again(name, start, holder)
        if kind == "dotted" and known.kind != "dotted":
            raise self._again(name, start, holder)
        return known

    def _again(self, name: str, at: int, holder: _Table) -> NotToml:
        line, _ = self._source.text.position(holder.keys[name][0])
        return NotToml(f"`{name}` is defined on line {line} already", at)

    def _assign(self, table: _Table, key: Sequence[_Key], value: Node) -> None:
        holder = table
        for name, start, end in key[:-1]:
            holder = self._inside(holder, name, start, end, "dotted")
            holder.end = max(holder.end, value.end)
        name, start, end = key[-1]
        if name in holder.entries:
            raise self._again(name, start, holder)
        holder.entries[name] = value
        holder.keys[name] = (start, end)
        table.end = max(table.end, value.end)

    # Values

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise NotToml(_TOO_MANY, len(self._text))

    def _value(self, at: int, depth: int) -> tuple[Node, int]:
        """The value at an offset, and where it ends."""
        self._count()
        if depth > self._limits.depth:
            raise NotToml(f"values are nested more than {self._limits.depth} deep", at)
        sign = self._text[at : at + 1]
        if sign == "[":
            return self._array(at, depth)
        if sign == "{":
            return self._inline_table(at, depth)
        if sign in ('"', "'"):
            text, end, quote = read_string(self._text, at)
            return Node(text, self._source, at, end, DOUBLE if quote == '"' else SINGLE), end
        value, end = read_word(self._text, at)
        return Node(value, self._source, at, end, PLAIN), end

    def _gap(self, at: int) -> int:
        """Behind white space, line ends and comments."""
        end = _end(_GAP.match(self._text, at), at)
        for match in _COMMENT.finditer(self._text, at, end):
            self._comment(*match.span())
        return end

    def _array(self, begin: int, depth: int) -> tuple[Node, int]:
        items = []
        at = self._gap(begin + 1)
        while not self._text.startswith("]", at):
            item, at = self._value(at, depth + 1)
            items.append(item)
            at = self._gap(at)
            if self._text.startswith(",", at):
                at = self._gap(at + 1)
            elif not self._text.startswith("]", at):
                raise NotToml("`,` or `]` is missing in the array", at)
        return Node(SeqValue(tuple(items)), self._source, begin, at + 1, FLOW), at + 1

    def _inline_table(self, begin: int, depth: int) -> tuple[Node, int]:
        table = _Table("dotted", begin, begin + 1)
        at = self._gap(begin + 1)
        while not self._text.startswith("}", at):
            key, at = self._key(at)
            value, at = self._value(self._equals(at), depth + len(key))
            self._assign(table, key, value)
            at = self._gap(at)
            if self._text.startswith(",", at):
                at = self._gap(at + 1)
            elif not self._text.startswith("}", at):
                raise NotToml("`,` or `}` is missing in the inline table", at)
        table.end = at + 1
        return self._node(table)._replace(style=FLOW), at + 1

    # Nodes

    def _node(self, table: _Table) -> Node:
        """A table as a node. Headers have at most as many parts as the limit allows, so this is no deeper."""
        entries: dict[str, Node] = {}
        for name, value in table.entries.items():
            if isinstance(value, Node):
                entries[name] = value
            elif isinstance(value, _Table):
                entries[name] = self._node(value)
            else:
                items = tuple(self._node(item) for item in value.items)
                entries[name] = Node(SeqValue(items), self._source, items[0].start, items[-1].end)
        keys = {name: Node(name, self._source, *span) for name, span in table.keys.items()}
        return Node(MapValue(entries, keys), self._source, table.start, table.end)


_TOO_MANY: Final = "the file has more values than the limit allows"


def _end(match: re.Match[str] | None, at: int) -> int:
    return at if match is None else match.end()
