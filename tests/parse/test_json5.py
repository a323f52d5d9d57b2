"""JSON5: what it has beyond JSON, and that JSON is read as ever."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Parsed, Source, plain
from vvbscan.parse.json5 import parse_json5
from vvbscan.text import SourceText


def read(text: str) -> Parsed:
    return parse_json5(Source("renovate.json5", SourceText(text)), DEFAULT_LIMITS)


def value(text: str) -> object:
    parsed = read(text)
    assert parsed.problems == ()
    return plain(parsed.documents[0].root)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a: 'b', \"c\": [1, 2,],}", {"a": "b", "c": [1, 2]}),
        ("// one\n{a: true, /* two\n lines */ b: null}", {"a": True, "b": None}),
        ("{a: 'https://example.com', b: \"/* no */\"}", {"a": "https://example.com", "b": "/* no */"}),
        ("{\n\ta: 1,\n\tb: {c: 'x//y'}\n}", {"a": 1, "b": {"c": "x//y"}}),
    ],
)
def test_comments_quotes_and_commas(text: str, expected: object) -> None:
    assert value(text) == expected


def test_places_and_comments_are_those_of_the_file() -> None:
    text = "{ // first\n  a: 'b', // second\n  // third\n}"
    parsed = read(text)
    node = parsed.documents[0].root.get("a")
    assert node is not None
    assert node.written == "'b'"
    assert [(text[one.start : one.end], one.own_line) for one in parsed.comments] == [
        ("// first", False),
        ("// second", False),
        ("// third", True),
    ]


_TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_characters="\x7f"), max_size=8
).filter(lambda text: not any("\x7f" <= sign <= "\x9f" for sign in text))


@given(
    st.dictionaries(
        _TEXTS,
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**6), 10**6) | _TEXTS,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_json_is_json5(content: dict[str, object]) -> None:
    assert value(json.dumps(content, ensure_ascii=False)) == content


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for document in read(text).documents:
        assert 0 <= document.root.start <= document.root.end <= len(text)
