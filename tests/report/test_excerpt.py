"""Source lines as a terminal shows them."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.samples import place, source
from report.strategies import locations
from vvbscan.model.location import Location, locate
from vvbscan.model.node import Source
from vvbscan.report.escape import HIDDEN
from vvbscan.report.excerpt import excerpt


def shown(line: str, words: str, width: int = 60) -> list[str]:
    """The excerpt as two lines, the second with carets."""
    cut = excerpt(place(source("a", line), words), width)
    return [cut.line, " " * cut.start + "^" * (cut.end - cut.start)]


@pytest.mark.parametrize(
    ("line", "words", "expected"),
    [
        ("FROM maven:latest AS build", "maven:latest", ["FROM maven:latest AS build", "     ^^^^^^^^^^^^"]),
        ("\tkey:\tvalue", "value", ["    key:    value", "            ^^^^^"]),
        ("名前: 値 # x", "値", ["名前: 値 # x", "      ^^"]),
        ("e\u0301: x", "x", ["e\u0301: x", "   ^"]),
        ("a: \x1b[31mred", "red", [r"a: \x1b[31mred", "           ^^^"]),
        ("a: \u202eevil", "evil", [r"a: \u202eevil", "         ^^^^"]),
        ("a: \udcff", "\udcff", [r"a: \udcff", "   ^^^^^^"]),
        ("first\nsecond", "t\ns", ["first", "    ^"]),
        ("😀😀: 1", "1", ["😀😀: 1", "      ^"]),
    ],
    ids=["plain", "tabs", "wide", "combining", "escape", "direction", "surrogate", "two lines", "emoji"],
)
def test_carets_stand_below_the_span(line: str, words: str, expected: list[str]) -> None:
    assert shown(line, words) == expected


def test_an_empty_span_has_one_caret() -> None:
    line = source("a", "abc\n\n")
    cut = excerpt(locate(line, 3, 3), 60)
    assert cut == ("abc", 3, 4)
    assert excerpt(locate(line, 4, 4), 60) == ("", 0, 1)


def test_a_long_line_is_cut_around_the_span() -> None:
    words = " ".join(f"w{number:03}" for number in range(200))
    assert shown(words, "w000") == [words[:54] + "...", "^^^^"]
    start, carets = shown(words, "w100")
    assert start.startswith("...")
    assert start.endswith("...")
    assert start[len(carets) - 4 : len(carets)] == "w100"
    end, carets = shown(words, "w199")
    assert end == "..." + words[-54:]
    assert carets.endswith("^^^^")
    assert len(carets) == len(end)


def test_a_span_longer_than_the_width_is_underlined_to_the_cut() -> None:
    line, carets = shown("k: " + "x" * 1000, "x" * 1000)
    assert line == "k: " + "x" * 51 + "..."
    assert carets == "   " + "^" * 51


def columns(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


@settings(max_examples=200, deadline=None)
@given(locations(), st.integers(30, 120))
def test_any_line_fits_the_width_and_shows_nothing_hidden(
    located: tuple[Location, Source], width: int
) -> None:
    where, _ = located
    cut = excerpt(where, width)
    assert HIDDEN.search(cut.line) is None
    assert 0 <= cut.start < cut.end <= width + 1
    # Combining characters count as none there and as one here, so that only the rest is bounded by the width.
    spacing = "".join(char for char in cut.line if char.isascii() or char.isalnum())
    assert columns(spacing) <= width
