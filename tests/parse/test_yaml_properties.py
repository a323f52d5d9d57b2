"""YAML: what holds for any text, and for any value that PyYAML writes."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from parse.tree_support import read_yaml, values, walk
from vvbscan.model.limits import Limits
from vvbscan.model.node import DOUBLE, PLAIN, SINGLE, MapValue, Parsed, SeqValue, Unknown, plain
from vvbscan.parse.scalars import resolve

PIECES = (
    *"abyn01 .-+:,#'\"|>[]{}&*!%@`~?=<\\\n\t\r\x85\u2028\0é😀",
    *(
        "- ",
        ": ",
        "? ",
        "---\n",
        "...\n",
        "\n  ",
        "\n - ",
        "a: ",
        "b: ",
        "<<: ",
        "&x ",
        "*x",
        "!!str ",
        "# c\n",
    ),
    *("|\n  ", ">-\n  ", "{{ x }}", "{a: b}", "[a]", "'q'", '"q"', "\\x41", "\r\n", "%YAML 1.1\n"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)
SMALL = Limits(depth=4, nodes=60, alias_nodes=20, documents=4)


def check_places(parsed: Parsed) -> None:
    text = parsed.source.text.text
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.message
    for before, comment in zip((None, *parsed.comments), parsed.comments, strict=False):
        assert text[comment.start] == "#"
        assert comment.start < comment.end <= len(text)
        assert before is None or before.end <= comment.start
    end = 0
    for document in parsed.documents:
        assert end <= document.start <= document.root.start <= document.root.end <= document.end <= len(text)
        end = document.end
        for node, parent, is_key in walk(document.root):
            assert 0 <= node.start <= node.end <= len(text)
            if parent is not None and not node.via and not parent.via:
                assert parent.start <= node.start <= node.end <= parent.end
            if is_key:
                assert isinstance(node.value, str)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("a: &x\n  b: c\n? *x\n: d\n")
@example("!!map {a: !x }")
@example("[a: , {b: c}: ]")
@example("- |\n\n\n- >+ # x\n \n")
def test_any_text_gives_nodes_with_places_in_the_text(text: str) -> None:
    check_places(read_yaml(text))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_limits_hold_for_any_text(text: str) -> None:
    parsed = read_yaml(text, SMALL)
    check_places(parsed)
    assert len(parsed.documents) <= SMALL.documents
    for document in parsed.documents:
        depth = {document.root: 1}
        for node, parent, _ in walk(document.root):
            if parent is not None:
                depth[node] = depth[parent] + 1
            if isinstance(node.value, (MapValue, SeqValue)):
                assert depth[node] <= SMALL.depth


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_is_written_in_one_line_means_the_value_of_its_node(text: str) -> None:
    for document in read_yaml(text).documents:
        for node, _, is_key in walk(document.root):
            simple = node.style in {PLAIN, SINGLE, DOUBLE} and not isinstance(node.value, Unknown)
            if is_key or not simple or len(node.written.splitlines()) > 1 or _is_tagged(text, node.start):
                continue
            again = read_yaml(f"- {node.written}")
            assert values(again) == [[node.value]]


def _is_tagged(text: str, start: int) -> bool:
    """Whether there may be a tag before a value, which is not part of its span."""
    return "!" in text[:start]


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_what_stands_in_front_does_not_lose_a_document(text: str, other: str) -> None:
    alone = read_yaml(f"--- [{other!r}, x]\n")
    behind = read_yaml(f"{text}\n--- [{other!r}, x]\n")
    if alone.documents and "\0" not in text:
        assert plain(behind.documents[-1].root) == plain(alone.documents[0].root)


STRINGS = st.text(max_size=12) | st.sampled_from(
    ["yes", "on", "~", "null", "010", "1e3", "a: b", "# x", " x ", "x\n\ny\n"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | STRINGS.filter(
        lambda text: isinstance(resolve(text), str) or text in {"", "~", "null", "yes", "on", "010"}
    )
)
DATA: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(
    DATA.filter(lambda data: data is not None),
    st.sampled_from([None, False, True]),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(2, 5),
    st.sampled_from([20, 80]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_pyyaml_writes_is_read_back(
    data: Any, flow: bool | None, style: str | None, indent: int, width: int, unicode: bool, line_end: str
) -> None:
    text = yaml.safe_dump(
        data,
        default_flow_style=flow,
        default_style=style,
        indent=indent,
        width=width,
        allow_unicode=unicode,
        line_break=line_end,
        sort_keys=False,
    )
    # PyYAML writes NEL and U+2028 so that it does not read them back itself.
    assume(yaml.safe_load(text) == data)
    parsed = read_yaml(text)
    assert values(parsed) == [data]
    assert [problem.message for problem in parsed.problems] == []
