"""Dotenv files (`.env`, the `env_file` of compose files), read as Compose reads them.

Source: compose-spec/compose-go, `dotenv/parser.go` at e70e961 (July 2026), and the section "Env_file format"
of the Compose specification. Compose refuses a whole file for one bad line; here the line is a problem and
the others are kept.
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import (
    BLOCK,
    DOUBLE,
    PLAIN,
    SINGLE,
    Comment,
    Document,
    MapValue,
    Node,
    Parsed,
    Problem,
    Source,
    Unknown,
)
from vvbscan.record import NamedTuple

_BLANK: Final = r"\t\v\f\r \x85\xa0"
_START: Final = lazy_pattern(r"\s*")
_REST_OF_LINE: Final = lazy_pattern(r"[^\n]*")
_BLANKS: Final = lazy_pattern(rf"[{_BLANK}]*")
_NAME: Final = lazy_pattern(rf"(?:export[{_BLANK}]+)?([\w.\-\[\]{_BLANK}]*)([=:\n]|\Z)")
_QUOTED: Final = {
    '"': lazy_pattern(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
    "'": lazy_pattern(r"'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL),
}
_ESCAPE: Final = lazy_pattern(r'\\([abfnrtv$"\\]|0[0-3][0-7]{2})')
_ESCAPED: Final = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    # A `$` that must not begin a variable; interpolation turns the pair into one sign.
    "$": "$$",
    '"': '"',
    "\\": "\\",
}


class Assignment(NamedTuple):
    """One line of a dotenv file."""

    name: Node
    value: Node | None
    """None if the line is a bare name: the value comes from the environment of who runs Compose.

    In plain and double-quoted values, `$NAME` and `${NAME}` are still to be interpolated, and `$$` stands
    for one `$`; single-quoted values are literal. A value whose closing quote is missing is unknown."""


class Dotenv(NamedTuple):
    """A dotenv file; a name that is assigned twice is there twice."""

    source: Source
    assignments: tuple[Assignment, ...]
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_dotenv(source: Source, limits: Limits) -> Dotenv:
    """The assignments of a dotenv file in written order."""
    reader = _Reader(source, limits)
    reader.read()
    return Dotenv(source, tuple(reader.assignments), tuple(reader.comments), tuple(reader.problems))


def read_raw_dotenv(source: Source, limits: Limits) -> Dotenv:
    """The assignments of an `env_file` with `format: raw`: quotes, `$` and `#` have no meaning.

    The values are of the style `SINGLE`, as nothing in them is to be interpolated.
    """
    text = source.text.text
    assignments: list[Assignment] = []
    comments: list[Comment] = []
    problems: list[Problem] = []
    for line in re.finditer(r"[^\n]+", text):
        if len(assignments) >= limits.nodes:
            problems.append(_too_many(limits, line.start()))
            break
        content = line[0].rstrip("\r")
        begin = line.start() + len(content) - len(content.lstrip())
        content = content.lstrip()
        if content.startswith("#"):
            comments.append(Comment(begin, begin + len(content), own_line=True))
        elif content:
            name, equals, value = content.partition("=")
            name_node = Node(name, source, begin, begin + len(name))
            end = begin + len(content)
            value_node = Node(value, source, end - len(value), end, SINGLE) if equals else None
            assignments.append(Assignment(name_node, value_node))
    return Dotenv(source, tuple(assignments), tuple(comments), tuple(problems))


def parse_dotenv(source: Source, limits: Limits) -> Parsed:
    """Parse a dotenv file into one document: a mapping of the names to what was assigned last.

    A bare name has the value None.
    """
    dotenv = read_dotenv(source, limits)
    seen: set[str] = set()
    repeated = []
    for name, _ in dotenv.assignments:
        text = str(name.value)
        if text in seen:
            message = f"{text} is assigned twice"
            repeated.append(Problem("warning", "duplicate-key", message, name.start, name.end))
        seen.add(text)
    return as_document(dotenv._replace(problems=(*dotenv.problems, *repeated)))


def as_document(dotenv: Dotenv) -> Parsed:
    """The assignments as one document: a mapping of the names to what was assigned last."""
    source, end = dotenv.source, len(dotenv.source.text.text)
    entries = {
        str(name.value): value or Node(None, source, name.end, name.end) for name, value in dotenv.assignments
    }
    keys = {str(name.value): name for name, _ in dotenv.assignments}
    root = Node(MapValue(entries, keys), source, 0, end, BLOCK)
    return Parsed(source, (Document(root, 0, end),), dotenv.comments, dotenv.problems)


class _Reader:
    """One pass over a dotenv file."""

    __slots__ = ("assignments", "comments", "limits", "position", "problems", "source", "text")

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.text = source.text.text
        self.limits = limits
        self.position = 0
        self.assignments: list[Assignment] = []
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []

    def read(self) -> None:
        text = self.text
        while True:
            start = self.position = _end(_START, text, self.position)
            if start >= len(text):
                return
            if len(self.assignments) >= self.limits.nodes:
                self.problems.append(_too_many(self.limits, start))
                return
            if text[start] == "#":
                self._comment(start)
            else:
                self._assignment(start)

    def _comment(self, start: int) -> None:
        end = _end(_REST_OF_LINE, self.text, start)
        own_line = not self.text[self.text.rfind("\n", 0, start) + 1 : start].strip()
        self.comments.append(Comment(start, start + len(self.text[start:end].rstrip()), own_line))
        self.position = end

    def _assignment(self, start: int) -> None:
        match = _NAME.match(self.text, start)
        if match is None:
            self._skip_line(start, "a line of a dotenv file is NAME=VALUE")
            return
        name = match[1].rstrip()
        begin = match.start(1)
        self.position = match.end()
        if not name:
            self._skip_line(start, "the name before the = is missing")
            return
        if " " in name:
            self._skip_line(start, f"the name '{name}' contains a space")
            return
        node = Node(name, self.source, begin, begin + len(name))
        bare = match[2] not in ("=", ":")
        self.assignments.append(Assignment(node, None if bare else self._value()))

    def _value(self) -> Node:
        text = self.text
        start = _end(_BLANKS, text, self.position)
        quote = text[start : start + 1]
        if quote in _QUOTED:
            return self._quoted(start, quote)
        end = self.position = _end(_REST_OF_LINE, text, start)
        comment = text.find(" #", start, end)
        if comment >= 0:
            # The sign of the comment is found again by the main loop.
            end = self.position = comment
        value = text[start:end].rstrip()
        return Node(value, self.source, start, start + len(value), PLAIN)

    def _quoted(self, start: int, quote: str) -> Node:
        match = _QUOTED[quote].match(self.text, start)
        if match is None:
            end = _end(_REST_OF_LINE, self.text, start)
            self._skip_line(start, "the closing quote is missing")
            unknown = Unknown("unparsed", "the closing quote is missing")
            return Node(unknown, self.source, start, end, DOUBLE if quote == '"' else SINGLE)
        self.position = match.end()
        value = match[1].replace("\\" + quote, quote)
        if quote == "'":
            return Node(value, self.source, start, match.end(), SINGLE)
        return Node(_ESCAPE.sub(_unescape, value), self.source, start, match.end(), DOUBLE)

    def _skip_line(self, start: int, message: str) -> None:
        end = self.position = _end(_REST_OF_LINE, self.text, start)
        self.problems.append(Problem("error", "dotenv-syntax", message, start, end))


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where a pattern that matches everywhere ends."""
    match = pattern.match(text, position)
    return match.end() if match else position


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    return chr(int(escape, 8)) if escape[0] == "0" else _ESCAPED[escape]


def _too_many(limits: Limits, position: int) -> Problem:
    message = f"the file assigns more than {limits.nodes} variables; the others are not read"
    return Problem("error", "too-many-nodes", message, position, position)
