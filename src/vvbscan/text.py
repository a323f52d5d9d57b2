"""Decoded text of one file, and the way from an offset to a line and a column.

Everything above this layer speaks of *offsets*: code points counted from the start of the decoded
text, a byte order mark not included. Lines and columns are computed here, at the edge, from tables
that are built once a file.

A line ends at LF, CR LF or CR. NEL, U+2028 and U+2029 are ordinary characters: neither editors nor
GitHub count them as line ends.
"""

from __future__ import annotations

import codecs
from bisect import bisect_left, bisect_right
from itertools import accumulate

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

_LINE_END = lazy_pattern(r"\r\n|\n|\r")
_ASTRAL = lazy_pattern("[\U00010000-\U0010ffff]")
"""Characters that need two UTF-16 code units."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Position(NamedTuple):
    """A place in a text: 1-based line and 1-based column, the column in code points."""

    line: int
    column: int


class SourceText:
    """The decoded text of one file with its line table.

    `bom` tells that the file began with a byte order mark, which `text` does not contain.
    """

    __slots__ = ("_astral", "_starts", "bom", "text")

    def __init__(self, text: str, *, bom: bool = False) -> None:
        self.text = text
        self.bom = bom
        self._starts: list[int] | None = None
        self._astral: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """Offset of the first character of every line; a text ending in a line end has a last, empty line."""
        if self._starts is None:
            if "\r" in self.text:
                self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
            else:
                lengths = [len(line) + 1 for line in self.text.split("\n")]
                self._starts = [0, *accumulate(lengths[:-1])]
        return self._starts

    def position(self, offset: int) -> Position:
        """Line and column of an offset; offsets past the end are clamped to it."""
        if not 0 <= offset <= len(self.text):
            offset = 0 if offset < 0 else len(self.text)
        starts = self._starts or self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def span(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Lines and columns of an offset and of one that is not before it, mostly in the same line."""
        length = len(self.text)
        if not 0 <= start <= end <= length:
            return *self.position(start), *self.position(end)
        starts = self._starts or self.line_starts
        line = bisect_right(starts, start)
        column = start - starts[line - 1] + 1
        line_end = starts[line] if line < len(starts) else length + 1
        if end < line_end:
            return line, column, line, column + end - start
        return line, column, *self.position(end)

    def utf16_column(self, offset: int) -> int:
        """1-based column of an offset counted in UTF-16 code units, as SARIF's `utf16CodeUnits` wants it."""
        return self.utf16_column_at(*self.position(offset))

    def utf16_column_at(self, line: int, column: int) -> int:
        """The same for a line and its column in code points."""
        if self._astral is None:
            text = self.text
            self._astral = [] if text.isascii() else [match.start() for match in _ASTRAL.finditer(text)]
        if not self._astral:
            return column
        # Counted in a table: a minified file is one line of megabytes.
        start = self.line_starts[line - 1]
        return column + bisect_left(self._astral, start + column - 1) - bisect_left(self._astral, start)

    def line(self, number: int) -> str:
        """Text of a 1-based line, without its line end."""
        starts = self.line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def line_part(self, number: int, first: int, length: int) -> str:
        """At most `length` characters of a 1-based line from its 0-based character `first` on."""
        starts = self.line_starts
        begin = starts[number - 1] + first
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[begin : min(begin + length, end)].rstrip("\r\n")

    def offset(self, line: int, column: int = 1) -> int:
        """Offset of a 1-based line and code-point column."""
        return self.line_starts[line - 1] + column - 1


class Undecodable(ValueError):
    """Bytes that are no text in the encoding of the file."""

    def __init__(self, reason: str, readable: SourceText, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        """Why, in words."""
        self.readable = readable
        """The text with U+FFFD in place of each undecodable byte: offsets in it are exact."""
        self.offset = offset
        """Code-point offset of the first undecodable byte in `readable`."""


def as_utf8(data: bytes) -> bytes:
    """The bytes of a file as UTF-8 without a byte order mark, for a first look; undecodable ones replaced."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            return rest if name == "utf-8" else rest.decode(name, "replace").encode("utf-8", "replace")
    return data


def decode(data: bytes) -> SourceText:
    """Decode the bytes of a file: by its byte order mark, else as UTF-8.

    Raises `Undecodable` if the bytes are not valid in that encoding.
    """
    encoding, bom = "utf-8", False
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data, encoding, bom = data[len(mark) :], name, True
            break
    try:
        return SourceText(data.decode(encoding), bom=bom)
    except UnicodeDecodeError as error:
        before = len(data[: error.start].decode(encoding, "replace"))
        readable = SourceText(data.decode(encoding, "replace"), bom=bom)
        byte = data[error.start]
        reason = f"byte 0x{byte:02x} is not valid {encoding.upper()}"
        raise Undecodable(reason, readable, before) from None
