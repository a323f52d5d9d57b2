"""JSON: what holds for any text, and the comparison with Python's own parser."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parse.tree_support import read_json, values, walk
from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, SeqValue, Unknown

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
