"""Locations of spans, and the snippets that go with them."""

from __future__ import annotations

from hypothesis import given, settings

from report.samples import source
from report.strategies import locations
from vvbscan.model.location import Location, locate
from vvbscan.model.node import Source


def test_a_short_line_is_its_own_snippet() -> None:
    where = locate(source("a", "first\nsecond line\n"), 6, 12)
    assert (where.line, where.column, where.end_line, where.end_column) == (2, 1, 2, 7)
    assert (where.snippet, where.snippet_column) == ("second line", 1)


def test_of_a_long_line_the_snippet_is_the_stretch_with_the_span() -> None:
    text = "".join(f"{number:04}," for number in range(1000))
    start = text.index("0700")
    where = locate(source("a", text), start, start + 4)
    assert len(where.snippet) == 400
    first = where.column - where.snippet_column
    assert where.snippet[first : first + 4] == "0700"


@settings(max_examples=150, deadline=None)
@given(locations())
def test_the_snippet_is_text_of_the_line_and_has_the_start_of_the_span(
    located: tuple[Location, Source],
) -> None:
    where, of = located
    line = of.text.line(where.line)
    first = where.snippet_column - 1
    assert where.snippet == line[first : first + 400]
    # A span may start at or behind the end of its line, where the line end is.
    inside = of.text.text[where.start : where.start + 1]
    if where.column <= len(line):
        assert where.snippet[where.column - where.snippet_column] == inside
