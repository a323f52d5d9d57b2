"""Columns and parts of lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vvbscan.text import SourceText

TEXTS = st.text(alphabet="ab\u00e9\u20ac\U0001f600\r\n", max_size=40)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(0, 45))
def test_columns_in_utf16_units_are_those_of_the_encoded_line(text: str, offset: int) -> None:
    source = SourceText(text)
    line, column = source.position(offset)
    before = text[source.offset(line) : source.offset(line, column)]
    assert source.utf16_column(offset) == len(before.encode("utf-16-le")) // 2 + 1


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(0, 10), st.integers(1, 10))
def test_a_part_of_a_line_is_cut_from_the_line(text: str, first: int, length: int) -> None:
    source = SourceText(text)
    for number in range(1, len(source.line_starts) + 1):
        assert source.line_part(number, first, length) == source.line(number)[first : first + length]
