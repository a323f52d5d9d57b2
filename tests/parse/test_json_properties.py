"""JSON: what holds for any text, and the comparison with Python's own parser."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parse.tree_support import read_json, source_of, values, walk
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, SeqValue, Unknown, plain
from vvbscan.parse.json import parse_json_stream

SIGNS = tuple("{}[]:,\"\\/-+.0123eEtruefalsn \t\n\r#'\0é😀")
WORDS = (
    "true",
    "false",
    "null",
    '"a"',
    '"a":',
    "12",
    "-0.5e+3",
    "\\u0041",
    "\\n",
    '""',
    "NaN",
    "{}",
    "[]",
    "//",
)
TEXTS = st.lists(st.sampled_from((*SIGNS, *WORDS)), max_size=20).map("".join) | st.text(max_size=30)
DATA: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


def refused(constant: str) -> None:
    raise ValueError(f"RFC 8259 has no {constant}")


def oracle(text: str) -> object:
    """What Python reads, without the constants that it takes beyond RFC 8259, or the error."""
    try:
        return json.loads(text, parse_constant=refused)
    except ValueError as error:
        return error


@settings(max_examples=500, deadline=None)
@given(TEXTS)
@example('{"a": 1, "a": [{}]}')
@example("[1.0, 1e5, -0, 0.0]")
def test_texts_are_accepted_exactly_as_by_python(text: str) -> None:
    parsed = read_json(text)
    expected = oracle(text)
    if not text.strip(" \t\n\r"):
        assert (parsed.documents, parsed.problems) == ((), ())
    elif isinstance(expected, ValueError):
        assert parsed.documents == ()
        assert [problem.level for problem in parsed.problems][-1] == "error"
    else:
        assert repr(values(parsed)) == repr([expected])
        assert {problem.code for problem in parsed.problems} <= {"duplicate-key"}


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_any_text_gives_nodes_with_places_in_the_text(text: str) -> None:
    parsed = read_json(text)
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    for document in parsed.documents:
        for node, parent, _ in walk(document.root):
            assert 0 <= node.start < node.end <= len(text)
            assert parent is None or parent.start < node.start < node.end < parent.end
            if not isinstance(node.value, (MapValue, SeqValue, Unknown)):
                assert repr(json.loads(node.written)) == repr(node.value)


@settings(max_examples=200, deadline=None)
@given(
    DATA,
    st.sampled_from([None, 0, 2, "\t"]),
    st.booleans(),
    st.sampled_from([(",", ":"), (" , ", " : "), (",\r\n", ": ")]),
)
def test_what_python_writes_is_read_back(
    data: Any, indent: int | str | None, ascii_only: bool, separators: tuple[str, str]
) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only, separators=separators)
    parsed = read_json(text)
    assert values(parsed) == [data]
    assert parsed.problems == ()


@settings(max_examples=200, deadline=None)
@given(DATA)
def test_limits_hold_for_any_value(data: Any) -> None:
    parsed = read_json(json.dumps(data), Limits(depth=2))
    (document,) = parsed.documents
    depth = {document.root: 1}
    for node, parent, _ in walk(document.root):
        if parent is not None:
            depth[node] = depth[parent] + 1
        if isinstance(node.value, (MapValue, SeqValue)):
            assert depth[node] <= 2


@given(st.lists(DATA.filter(lambda value: not isinstance(value, (int, float)) or value is True), max_size=4))
def test_texts_one_behind_the_other_are_read_as_each_alone(items: list[Any]) -> None:
    texts = [json.dumps(item) for item in items]
    parsed = parse_json_stream(source_of("\n".join(texts)), DEFAULT_LIMITS)
    assert [plain(document.root) for document in parsed.documents] == [json.loads(text) for text in texts]
    assert [document.root.written for document in parsed.documents] == texts
    assert parsed.problems == ()


@given(TEXTS)
def test_a_stream_has_what_is_read_of_a_text_alone(text: str) -> None:
    alone, stream = read_json(text), parse_json_stream(source_of(text), DEFAULT_LIMITS)
    if not alone.problems:
        assert values(stream) == values(alone)
        assert [one.root.written for one in stream.documents] == [one.root.written for one in alone.documents]
        assert stream.problems == ()


def test_what_stands_before_an_error_is_kept() -> None:
    parsed = parse_json_stream(source_of('{"a": 1}\n{"b": 2,}\n{"c": 3}'), DEFAULT_LIMITS)
    assert [plain(document.root) for document in parsed.documents] == [{"a": 1}]
    (problem,) = parsed.problems
    assert (problem.code, problem.start) == ("json-syntax", 17)
