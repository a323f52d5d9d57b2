"""The line of a location as a terminal shows it, with what to underline."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from vvbscan.model.location import Location
from vvbscan.record import NamedTuple
from vvbscan.report.escape import HIDDEN, spelled

_TAB: Final = 4
_CUT: Final = "..."


class Excerpt(NamedTuple):
    """A line to show and the columns of the span in it, counted from 0 in columns of the terminal."""

    line: str
    start: int
    end: int
    """Exclusive, at least one past `start`."""


def excerpt(place: Location, width: int) -> Excerpt:
    """The line on which a location starts, cut to so many columns around the start of the span.

    Tabs become blanks, characters that a terminal would obey become escapes, and wide characters count as
    two columns. Of a span of several lines it is the part on the first. The caret of an empty span at the end
    of a line stands behind it, which can be one column past the width.
    """
    cells, edges = _layout(place.snippet)
    first = min(max(place.column - place.snippet_column, 0), len(cells))
    last = len(cells)
    if place.end_line == place.line:
        last = min(max(place.end_column - place.snippet_column, first), len(cells))
    begin, stop = 0, len(cells)
    head = _CUT if place.snippet_column > 1 else ""
    tail = ""
    room = max(width - 2 * len(_CUT), 1)
    if len(head) + edges[-1] > width:
        # A third of the room is for what stands in front of the span, more if the rest of the line is short.
        back = min(max(edges[first] - room // 3, 0), max(edges[-1] - room, 0))
        if edges[first] > back > 0:
            begin = bisect_left(edges, back)
            head = _CUT
        stop = max(bisect_right(edges, edges[begin] + room) - 1, begin + 1)
        if stop < len(cells):
            tail = _CUT
    start = len(head) + edges[min(first, stop)] - edges[begin]
    end = len(head) + edges[min(max(last, first), stop)] - edges[begin]
    return Excerpt(head + "".join(cells[begin:stop]) + tail, start, max(end, start + 1))


def _layout(line: str) -> tuple[list[str] | str, list[int] | range]:
    """What is shown for each character, and the column at which each starts, with that of the end."""
    if line.isascii() and line.isprintable():
        return line, range(len(line) + 1)
    cells: list[str] = []
    edges = [0]
    for char in line:
        if char == "\t":
            cell = " " * (_TAB - edges[-1] % _TAB)
        elif (hidden := HIDDEN.match(char)) is not None:
            cell = spelled(hidden)
        else:
            cell = char
        cells.append(cell)
        edges.append(edges[-1] + (len(cell) if cell.isascii() else _columns(cell)))
    return cells, edges


def _columns(char: str) -> int:
    """Columns that a character takes in a terminal."""
    from unicodedata import category, east_asian_width

    if category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1
