"""Java properties files, and Spring's documents in them.

The grammar is that of `java.util.Properties.load`: its API documentation (JDK 17) and, for what that leaves
open, the code of its `LineReader`. The documents are those of Spring Boot's `OriginTrackedPropertiesLoader`
(2.4 to 4.1). Quarkus knows no documents; who reads for Quarkus takes the documents as one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import (
    BLOCK,
    PLAIN,
    Comment,
    Document,
    MapValue,
    Node,
    Parsed,
    Problem,
    Source,
    Unknown,
)
from vvbscan.record import NamedTuple, new_record

# Blank space, then a comment, a line without backslashes, or a whole logical line with backslashes.
# A backslash at the end of a line that holds nothing else leaves the logical line empty, so it is blank space
# too, unless nothing but the end of the file follows. The quantifiers are possessive and any character is
# matched by some branch: the scan is linear.
_STEP: Final = lazy_pattern(
    r"""
    (?: [ \t\f\r\n] | \\ (?: \r\n | [\r\n] (?!\Z) ) )*+
    (?:
        ( [#!] [^\r\n]*+ )
      | \Z
      | ( [^ \t\f\r\n=:\\]*+ ) [ \t\f]*+ [=:]?+ [ \t\f]*+ ( [^\r\n\\]*+ ) (?! [^\r\n] )
      | ( (?: [^\r\n\\] | \\ (?: \r\n | [\s\S] | \Z ) )++ )
    )
    """,
    re.VERBOSE,
)
_COMMENT: Final = 1
_KEY_GROUP: Final = 2
_SIMPLE: Final = 3
_WITH_BACKSLASHES: Final = 4

_CONTINUATION: Final = lazy_pattern(r"(?<!\\)(?:\\\\)*+(\\(?:\r\n|[\r\n]|\Z)[ \t\f]*+)")
_KEY: Final = lazy_pattern(r"(?:[^ \t\f=:\\]|\\[\s\S])*+")
_SEPARATOR: Final = lazy_pattern(r"[ \t\f]*+[=:]?+[ \t\f]*+")
_ESCAPE: Final = lazy_pattern(r"\\(?:u([0-9A-Fa-f]{4})|([\s\S]))")
_CONTROL: Final = {"t": "\t", "r": "\r", "n": "\n", "f": "\f"}
_NEWLINE: Final = lazy_pattern(r"\r\n|\n|\r")
_BLANK: Final = " \t\f"
_MOST_PROBLEMS: Final = 200
"""Problems of a code that are reported for one file."""


class _LogicalLine(NamedTuple):
    """A key and its value with their spans in the source."""

    key: str | None
    """None if an escape in it is malformed."""
    key_start: int
    key_end: int
    value: str | Unknown
    value_start: int
    value_end: int
    malformed: tuple[int, ...]
    """Offsets of the malformed escapes."""


def parse_properties(source: Source, limits: Limits) -> Parsed:
    r"""Parse a properties file into flat mappings from key text to value, one a document.

    Spans leave out the blanks around keys and before values; a value that goes on over several lines has the
    span from its first to its last character. A file without any key has no document.

    A lone surrogate that an escape spells (`\uD800`) becomes U+FFFD: Java keeps it, no output could hold it.
    """
    text = source.text.text
    comments: list[Comment] = []
    problems: list[Problem] = []
    splitter = _Documents(source)
    entries, keys = splitter.entries, splitter.keys
    left = limits.nodes
    for match in _STEP.finditer(text):
        kind = match.lastindex
        if kind == _SIMPLE:
            key = match[_KEY_GROUP]
            value: str | Unknown = match[_SIMPLE]
            key_start, value_end = match.start(_KEY_GROUP), match.end()
            key_end, value_start = key_start + len(key), value_end - len(value)
        elif kind == _COMMENT:
            start, end = match.span(_COMMENT)
            comments.append(Comment(start, end, own_line=True))
            if splitter.at_comment(start, end):
                entries, keys = splitter.entries, splitter.keys
                if len(splitter.closed) >= limits.documents:
                    problems.append(_too_much("documents", limits.documents, start, end))
                    break
            continue
        elif kind == _WITH_BACKSLASHES:
            line = _logical_line(text, *match.span(_WITH_BACKSLASHES))
            problems.extend(_malformed(offset, text) for offset in line.malformed)
            if line.key is None:
                continue
            key, key_start, key_end, value, value_start, value_end, _ = line
        else:
            break
        left -= 2
        if left < 0:
            problems.append(_too_much("nodes", limits.nodes, key_start, len(text)))
            break
        if key in entries:
            problems.append(_duplicate(key, key_start, key_end))
            del entries[key], keys[key]
        keys[key] = new_record(Node, (key, source, key_start, key_end, PLAIN, ()))
        entries[key] = new_record(Node, (value, source, value_start, value_end, PLAIN, ()))
    return Parsed(source, splitter.finish(len(text)), tuple(comments), _first_of_each(problems))


class _Documents:
    """Splits the entries into documents where Spring Boot does.

    A line `#---` or `!---` begins a document if it starts in the first column, has only blanks behind it, and
    the line before is no comment with the same sign. A comment that follows before any key (of either sign,
    also behind empty lines) takes the split back.
    """

    __slots__ = ("_last_end", "_last_sign", "_source", "_start", "closed", "entries", "keys")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._start = 0
        self._last_sign = ""
        self._last_end = 0
        self.closed: list[tuple[dict[str, Node], dict[str, Node], int, int]] = []
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Node] = {}

    def at_comment(self, start: int, end: int) -> bool:
        """Take note of a comment; whether `entries` and `keys` are other mappings now."""
        if self._is_separator(start, end):
            self._last_end = end
            return self._begin(start, end)
        self._last_sign, self._last_end = self._source.text.text[start], end
        if not self.entries and self.closed:
            self.entries, self.keys, self._start, _ = self.closed.pop()
            return True
        return False

    def finish(self, end: int) -> tuple[Document, ...]:
        """The documents that hold at least one key."""
        if self.entries:
            self.closed.append((self.entries, self.keys, self._start, end))
        return tuple(
            Document(Node(MapValue(entries, keys), self._source, start, stop, BLOCK), start, stop)
            for entries, keys, start, stop in self.closed
        )

    def _is_separator(self, start: int, end: int) -> bool:
        text = self._source.text.text
        if not text.startswith("---", start + 1) or text[start + 4 : end].strip(_BLANK):
            return False
        if start and text[start - 1] not in "\r\n":
            return False
        if text[self._last_end : start].strip(_BLANK) not in {"\n", "\r\n", "\r"}:
            self._last_sign = ""  # the line before is no comment
        return text[start] != self._last_sign

    def _begin(self, start: int, end: int) -> bool:
        changed = bool(self.entries)
        if changed:
            self.closed.append((self.entries, self.keys, self._start, start))
            self.entries, self.keys = {}, {}
        newline = _NEWLINE.match(self._source.text.text, end)
        self._start = newline.end() if newline else end
        return changed


def _logical_line(text: str, start: int, end: int) -> _LogicalLine:
    """The key and value of a logical line that contains backslashes."""
    pieces: list[str] = []
    logical_starts: list[int] = []
    offsets: list[int] = []
    length, position = 0, start
    for match in _CONTINUATION.finditer(text, start, end):
        cut = match.start(1)
        pieces.append(text[position:cut])
        logical_starts.append(length)
        offsets.append(position)
        length += cut - position
        position = match.end()
    pieces.append(text[position:end])
    logical_starts.append(length)
    offsets.append(position)
    line = "".join(pieces)

    def offset(index: int) -> int:
        """Where the character of the logical line stands in the file."""
        piece = bisect_right(logical_starts, index) - 1
        return offsets[piece] + index - logical_starts[piece]

    def stop(index: int) -> int:
        """Where the stretch of the logical line that ends before `index` ends in the file."""
        return offset(index - 1) + 1

    key_stop = _end(_KEY, line, 0)
    value_from = _end(_SEPARATOR, line, key_stop)
    key, bad_in_key = _unescape(line[:key_stop])
    value, bad_in_value = _unescape(line[value_from:])
    key_start = offset(0)
    value_start = offset(value_from)
    malformed = tuple(map(offset, (*bad_in_key, *(value_from + index for index in bad_in_value))))
    return _LogicalLine(
        key=key,
        key_start=key_start,
        key_end=stop(key_stop) if key_stop else key_start,
        value=Unknown("unparsed", "the value has a malformed \\uXXXX escape") if value is None else value,
        value_start=value_start,
        value_end=stop(len(line)) if value_from < len(line) else value_start,
        malformed=malformed,
    )


def _end(pattern: re.Pattern[str], line: str, start: int) -> int:
    """Where the match of a pattern that matches everywhere ends."""
    match = pattern.match(line, start)
    return match.end() if match else start


def _unescape(written: str) -> tuple[str | None, tuple[int, ...]]:
    """What `written` stands for, None if an escape in it is malformed, and the indexes of those escapes."""
    if "\\" not in written:
        return written, ()
    malformed: list[int] = []

    def replacement(match: re.Match[str]) -> str:
        code, char = match.groups()
        if code:
            return chr(int(code, 16))
        if char == "u":
            malformed.append(match.start())
        return _CONTROL.get(char, char)

    text = _ESCAPE.sub(replacement, written)
    if malformed:
        return None, tuple(malformed)
    if not text.isascii():  # two escapes may spell one character
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text, ()


def _malformed(offset: int, text: str) -> Problem:
    return Problem(
        "error",
        "malformed-escape",
        "\\u must be followed by four hexadecimal digits; Java refuses the whole file",
        offset,
        min(offset + 6, len(text)),
        "write the escape with four digits, or a literal backslash as \\\\",
    )


def _first_of_each(problems: list[Problem]) -> tuple[Problem, ...]:
    """The first problems of each code; a file with more has one cause many times."""
    counts: dict[str, int] = {}
    kept = []
    for problem in problems:
        counts[problem.code] = counts.get(problem.code, 0) + 1
        if counts[problem.code] <= _MOST_PROBLEMS:
            kept.append(problem)
    return tuple(kept)


def _duplicate(key: str, start: int, end: int) -> Problem:
    return Problem(
        "warning",
        "duplicate-key",
        f"the key `{key}` is set before in this document; the last value counts",
        start,
        end,
        "keep one of the lines",
    )


def _too_much(what: str, limit: int, start: int, end: int) -> Problem:
    message = f"the file has more than {limit} {what}; the rest is not read"
    return Problem("error", f"too-many-{what}", message, start, end)
