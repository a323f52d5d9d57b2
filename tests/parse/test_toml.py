"""TOML: values and places, what is said about faults, and the comparison with Python's own parser."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, Parsed, SeqValue, Source, plain
from vvbscan.parse.toml import parse_toml
from vvbscan.text import SourceText

LOCK = """\
# made by a tool
version = 1

[[package]]
name = "approval-client"
version = "1.4.2"
dependencies = [
    { name = "urllib3", marker = "os_name == 'posix'" }, # one
]

[package.metadata]
"requires dist".count = 0x1_0

[[package]]
name = 'urllib3'
"""


def read(text: str, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    return parse_toml(Source("x.toml", SourceText(text)), limits)


def value(text: str) -> object:
    parsed = read(text)
    assert not parsed.problems
    return plain(parsed.documents[0].root)


def walk(node: Node) -> list[Node]:
    found = [node]
    if isinstance(node.value, MapValue):
        for _, key, child in node.members():
            found += [key, *walk(child)]
    elif isinstance(node.value, SeqValue):
        for item in node.value.items:
            found += walk(item)
    return found


def test_a_lock_file() -> None:
    assert value(LOCK) == {
        "version": 1,
        "package": [
            {
                "name": "approval-client",
                "version": "1.4.2",
                "dependencies": [{"name": "urllib3", "marker": "os_name == 'posix'"}],
                "metadata": {"requires dist": {"count": 16}},
            },
            {"name": "urllib3"},
        ],
    }


def test_places() -> None:
    root = read(LOCK).documents[0].root
    first, second = root.at("package").items()  # type: ignore[union-attr]
    assert first.at("name").written == '"approval-client"'  # type: ignore[union-attr]
    assert first.key("version").written == "version"  # type: ignore[union-attr]
    assert first.written.startswith("[[package]]\nname")
    assert second.written == "[[package]]\nname = 'urllib3'"
    (dependency,) = first.at("dependencies").items()  # type: ignore[union-attr]
    assert dependency.written == '{ name = "urllib3", marker = "os_name == \'posix\'" }'
    metadata = first.at("metadata")
    assert metadata is not None
    assert metadata.written == '[package.metadata]\n"requires dist".count = 0x1_0'
    assert metadata.key("requires dist").written == '"requires dist"'  # type: ignore[union-attr]


def test_comments() -> None:
    parsed = read(LOCK)
    found = [(LOCK[one.start : one.end], one.own_line) for one in parsed.comments]
    assert found == [("# made by a tool", True), ("# one", False)]


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("a = 1\nb = \nc = 2\n", 10, "a value is missing"),
        ("a = 1\nb 2\nc = 2\n", 8, "`=` is missing"),
        ("a = 1\nb = yes\nc = 2\n", 10, "text needs quotes"),
        ("a = 1\na = 2\nc = 2\n", 6, "`a` is defined on line 1 already"),
        ('a = 1\nb = "x\nc = 2\n', 10, "not closed"),
        ("a = 1\nb = [1 2]\nc = 2\n", 13, "`,` or `]`"),
        ("a = 1\nb = 1 2\nc = 2\n", 12, "a comment"),
        ("a = 1\nb = 2024-02-30\nc = 2\n", 10, "no value"),
        ('a = 1\nb = "\\ud800"\nc = 2\n', 10, "stands for no character"),
        ("a = 1\n<<<<<<< HEAD\nc = 2\n", 6, "merge conflict"),
    ],
)
def test_a_fault_is_told_where_it_is_and_the_rest_is_read(text: str, where: int, words: str) -> None:
    parsed = read(text)
    (problem,) = parsed.problems
    assert problem.start == where
    assert words in problem.message
    known = plain(parsed.documents[0].root)
    assert isinstance(known, dict)
    assert (known["a"], known["c"]) == (1, 2)


def test_a_table_that_is_defined_twice_does_not_take_what_follows() -> None:
    parsed = read("[a]\nx = 1\n[a]\nx = 2\n[b]\ny = 3\n")
    assert [problem.start for problem in parsed.problems] == [11]
    assert plain(parsed.documents[0].root) == {"a": {"x": 1}, "b": {"y": 3}}


@pytest.mark.parametrize("opening", ["[", "{a=", "a."])
def test_nesting_is_bounded(opening: str) -> None:
    text = f"x = {opening * 100_000}" if opening != "a." else f"{opening * 100_000}a = 1"
    (problem,) = read(text).problems
    assert "more than 100" in problem.message


def test_the_number_of_values_is_bounded() -> None:
    parsed = read("".join(f'a{index} = "x"\n' for index in range(20)), Limits(nodes=10))
    assert [problem.message for problem in parsed.problems] == [
        "Not TOML: the file has more values than the limit allows."
    ]


# The comparison with tomllib, which reads TOML 1.0: what it does not take of TOML 1.1 is left out.

SIGNS = tuple("ab.=[]{},\"'\n10-_ #éex\t")
WORDS = (
    "[[",
    "]]",
    "\\n",
    '"""',
    "'''",
    "true",
    "1979-05-27",
    "07:32:00",
    "\r\n",
    "a = ",
    "\n[a]\n",
    "\\u00e9",
)
TEXTS = st.lists(st.sampled_from((*SIGNS, *WORDS)), max_size=14).map("".join)


DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:")


def comparable(data: Any) -> object:
    """Values as they are compared: dates as their text, and nan as equal to itself."""
    if isinstance(data, dict):
        return {key: comparable(child) for key, child in data.items()}
    if isinstance(data, list):
        return [comparable(child) for child in data]
    if isinstance(data, (dt.date, dt.time)):
        data = data.isoformat()
    if isinstance(data, str) and DATE.match(data):
        return data.replace(" ", "T")
    if isinstance(data, float) and math.isnan(data):
        return "nan"
    return data


@given(TEXTS)
@settings(max_examples=1000)
@example("[a.b]\nx = 1\n[a]\ny = 2")
@example("[a]\nb.c = 1\n[a.b]\nd = 2")
@example("[fruit]\napple.color = 1\n[fruit.apple.texture]\nx = 1")
@example("[[a]]\n[a.b]\nx = 1\n[[a]]")
@example("a = []\n[[a]]")
@example('a = """\nx\\\n   y"""')
@example("a = '''x'''''")
@example('a = """"x"""""')
@example("a = 07:32:00\nb = +1_000\nc = -nan\nd = 5e+2")
@example("a = 1\rb = 2")
@example("a = 1__0")
def test_as_tomllib_reads_it(text: str) -> None:
    try:
        expected = comparable(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        expected = None
    parsed = read(text)
    if expected is None:
        assert parsed.problems or "{" in text  # line breaks and trailing commas of TOML 1.1
    else:
        assert not parsed.problems
        assert repr(comparable(plain(parsed.documents[0].root))) == repr(expected)


KEYS = st.text(min_size=1, max_size=6)
DATA: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


def written(data: Any) -> str:
    """A value in TOML, collections in one line."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{written(key)} = {written(child)}" for key, child in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(written, data)) + "]"
    if isinstance(data, str):
        return (
            '"'
            + "".join(
                f"\\U{ord(sign):08x}" if sign in '"\\' or not sign.isprintable() else sign for sign in data
            )
            + '"'
        )
    return str(data).lower()


@given(st.dictionaries(KEYS, DATA, max_size=5))
def test_what_is_written_is_read(data: dict[str, Any]) -> None:
    text = "".join(f"{written(key)} = {written(child)}\n" for key, child in data.items())
    assert comparable(value(text)) == comparable(data)
    for node in walk(read(text).documents[0].root):
        assert 0 <= node.start <= node.end <= len(text)


@given(st.text(max_size=60) | TEXTS)
def test_any_text_is_read_and_problems_are_within_it(text: str) -> None:
    for problem in read(text).problems:
        assert 0 <= problem.start <= problem.end <= len(text)
