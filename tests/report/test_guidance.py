"""Sentences cut to size."""

from __future__ import annotations

import pytest

from vvbscan.report.guidance import first_paragraph, first_sentence, sentence


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("Over\ntwo lines. Then more.\n", "Over two lines."),
        ("TLS 1.2 is old, e.g. in v1.21.0. Use 1.3.", "TLS 1.2 is old, e.g. in v1.21.0."),
        ("Why? `latest` moves.", "Why?"),
        ("No period\n\nAnother paragraph.", "No period"),
        ("", ""),
    ],
)
def test_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_first_paragraph_is_one_line() -> None:
    assert first_paragraph("\n a\n  b \n \t\nc") == "a b"


@pytest.mark.parametrize(
    ("text", "limit", "whole"),
    [
        ("a b", 10, "a b."),
        ("a b.", 10, "a b."),
        ("a b", 3, "a…."),
        ("abcdef", 5, "abc…."),
        ("ab cdef", 5, "ab…."),
    ],
)
def test_a_sentence_ends_with_a_period_within_its_limit(text: str, limit: int, whole: str) -> None:
    assert sentence(text, limit) == whole
    assert len(whole) <= limit
