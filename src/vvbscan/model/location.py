"""Locations: spans turned into lines and columns, ready to leave the unit they were found in."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Node, Source
from vvbscan.record import NamedTuple, new_record
from vvbscan.text import SourceText

_SNIPPET_LENGTH: Final = 400
_SNIPPET_LEAD: Final = 100
"""Characters kept in front of a span that lies beyond the snippet's length."""


class Location(NamedTuple):
    """A stretch of a file. Lines and columns are 1-based, ends exclusive, columns in code points."""

    path: str
    start: int
    """Code-point offset of the first character."""
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    utf16_column: int
    """`column` in UTF-16 code units, SARIF's default unit."""
    utf16_end_column: int
    snippet: str
    """Text of the first line; of a long line at most 400 characters, among them the start of the span."""
    snippet_column: int = 1
    """Column of the first character of `snippet`."""


class RelatedLocation(NamedTuple):
    """A further place that explains a finding, with what it does."""

    label: str
    location: Location


class ForeignSource(Source):
    """A place in a file that another unit read and a fact carries: a ready location, the text of its value.

    It lets such a value be a node like any other. Every span in it has the whole location.
    """

    __slots__ = ("location",)

    def __init__(self, location: Location, text: str) -> None:
        super().__init__(location.path, SourceText(text))
        self.location = location

    def place(self, start: int, end: int) -> Location:
        """The location of a span of the text."""
        del start, end
        return self.location


class ForeignText(ForeignSource):
    """A text of several lines that another unit's file holds; the place of each line is known, or of none."""

    __slots__ = ("lines", "name")

    def __init__(self, name: str, location: Location, text: str, lines: tuple[Location, ...]) -> None:
        super().__init__(location, text)
        self.name = name
        self.lines = lines

    def place(self, start: int, end: int) -> Location:
        """The location of a span of the text."""
        line, column, end_line, end_column = self.text.span(start, max(start, end))
        if not 0 < line <= end_line <= len(self.lines):
            return self.location
        first, last = self.lines[line - 1], self.lines[end_line - 1]
        return first._replace(
            start=first.start + column - 1,
            end=last.start + end_column - 1,
            column=first.column + column - 1,
            end_line=last.line,
            end_column=last.column + end_column - 1,
            utf16_column=first.utf16_column + self.text.utf16_column_at(line, column) - 1,
            utf16_end_column=last.utf16_column + self.text.utf16_column_at(end_line, end_column) - 1,
        )


def locate(source: Source, start: int, end: int) -> Location:
    """The location of a span of a source."""
    if isinstance(source, ForeignSource):
        return source.place(start, end)
    text = source.text
    line, column, end_line, end_column = text.span(start, max(start, end))
    first = 0
    if column > _SNIPPET_LENGTH or (end_line == line and end_column > _SNIPPET_LENGTH + 1):
        first = max(0, column - 1 - _SNIPPET_LEAD)
    begins, ends = text.utf16_column_at(line, column), text.utf16_column_at(end_line, end_column)
    snippet = text.line_part(line, first, _SNIPPET_LENGTH)
    return new_record(
        Location,
        (source.path, start, end, line, column, end_line, end_column, begins, ends, snippet, first + 1),
    )


def locate_node(node: Node) -> Location:
    """Where the node was written."""
    return locate(node.source, node.start, node.end)


def masked(location: Location) -> Location:
    """The same place with the characters of the span made unreadable in its snippet."""
    first = location.column - location.snippet_column
    last = location.end_column - location.snippet_column if location.end_line == location.line else None
    shown = location.snippet
    stop = len(shown) if last is None else min(last, len(shown))
    return location._replace(snippet=shown[:first] + "*" * (stop - first) + shown[stop:])


def way_of(node: Node) -> tuple[RelatedLocation, ...]:
    """The labelled steps by which the node's value came to its subject."""
    return tuple(RelatedLocation(step.label, locate(step.source, step.start, step.end)) for step in node.via)
