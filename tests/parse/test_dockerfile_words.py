"""Words of Dockerfiles: literals, quotes, escapes and variables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.parse.dockerfile_words import MODIFIERS, Literal, Segment, Variable, Word, lex


def shown(word: Word) -> list[object]:
    return [_shown(segment) for segment in word.segments]


def _shown(segment: Segment) -> object:
    if isinstance(segment, Literal):
        return segment.text
    inner = [_shown(part) for part in segment.word]
    if segment.replacement:
        return (segment.name, segment.modifier, inner, [_shown(part) for part in segment.replacement])
    return (segment.name, segment.modifier, inner)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", ["abc"]),
        ("", []),
        ("a$B.c", ["a", ("B", "", []), ".c"]),
        ("${B}c", [("B", "", []), "c"]),
        ("'$A b'", ["$A b"]),
        ('"$A b"', [("A", "", []), " b"]),
        ("a\\$b", ["a", "$", "b"]),
        ('"a\\"b\\x"', ["a", '"', "b", "\\", "x"]),
        ("''", []),
        ("$", ["$"]),
        ("$/", ["$", "/"]),
        ("$1a", [("1", "", []), "a"]),
        ("$$", [("$", "", [])]),
        ("${A:-x}", [("A", ":-", ["x"])]),
        ("${A-${B:+y}}", [("A", "-", [("B", ":+", ["y"])])]),
        ('${A:-"a}b"}c', [("A", ":-", ["a}b"]), "c"]),
        ("${A:-a\\}b}", [("A", ":-", ["a", "}", "b"])]),
        ("${A:?no}", [("A", ":?", ["no"])]),
        ("${A#*-}", [("A", "#", ["*-"])]),
        ("${A##*-}", [("A", "##", ["*-"])]),
        ("${A%%-*}", [("A", "%%", ["-*"])]),
        ("${A%\\*}", [("A", "%", ["\\*"])]),
        ("${A/b/c}", [("A", "/", ["b"], ["c"])]),
        ("${A//b/c}", [("A", "//", ["b"], ["c"])]),
        ("${A:0:3}", [("A", ":0", [":3"])]),
        ("a\\", ["a"]),
    ],
)
def test_segments(text: str, expected: list[object]) -> None:
    word = lex(text, "\\")
    assert word.error == ""
    assert shown(word) == expected


def test_the_escape_sign_can_be_a_backtick() -> None:
    assert shown(lex("c:\\x`$A", "`")) == ["c:\\x", "$", "A"]


@pytest.mark.parametrize(
    "text",
    ["'a", '"a', "${", "${}", "${:-a}", "${A", "${A:-", "${A^^}", "${A/b", "${A/b/c", "${A:#b}", "${{A}}"],
)
def test_what_buildkit_refuses(text: str) -> None:
    word = lex(text, "\\")
    assert word.segments == ()
    assert word.error


def test_deep_nesting_is_refused() -> None:
    assert lex("${A:-" * 40 + "}" * 40, "\\").error == ""
    assert "nested" in lex("${A:-" * 60 + "}" * 60, "\\").error


@given(st.text(alphabet="aB1_${}:-+?#%/\\\"' `", max_size=30), st.sampled_from("\\`"))
def test_segments_lie_in_order_in_the_text(text: str, escape: str) -> None:
    word = lex(text, escape)
    check(word.segments, text, 0, len(text))


def check(segments: tuple[Segment, ...], text: str, begin: int, stop: int) -> None:
    for segment in segments:
        assert begin <= segment.start <= segment.end <= stop
        if isinstance(segment, Variable):
            assert text[segment.start] == "$"
            assert segment.modifier in MODIFIERS | {""} or segment.modifier[0] == ":"
            check(segment.word, text, segment.start, segment.end)
            check(segment.replacement, text, segment.start, segment.end)
        elif segment.end - segment.start == len(segment.text):
            assert text[segment.start : segment.end] == segment.text
        begin = segment.end
