"""The JSON parser: values, spans, problems and limits."""

from __future__ import annotations

import json

import pytest

from parse.tree_support import at, codes, read_json, root, values, written
from vvbscan.model.limits import Limits
from vvbscan.model.node import DOUBLE, FLOW, PLAIN, Unknown, plain

TEXT = '{"name" : "a\\u00e9\\n", "list": [1, -2.5e3, true, null], "object":{"é😀": {}}\t}'


@pytest.mark.parametrize(
    ("path", "value", "style", "text"),
    [
        (("name",), "aé\n", DOUBLE, '"a\\u00e9\\n"'),
        (("list",), [1, -2500.0, True, None], FLOW, "[1, -2.5e3, true, null]"),
        (("object", "é😀"), {}, FLOW, "{}"),
    ],
)
def test_value_style_and_span(path: tuple[str, ...], value: object, style: str, text: str) -> None:
    node = at(read_json(TEXT), *path)
    assert (plain(node), node.style, node.written) == (value, style, text)


def test_keys_items_and_the_document() -> None:
    parsed = read_json(f"\n{TEXT} ")
    key = root(parsed).key("name")
    assert key is not None
    assert (key.value, key.written, key.style) == ("name", '"name"', DOUBLE)
    assert [(node.written, node.style) for node in at(parsed, "list").items()] == [
        ("1", PLAIN),
        ("-2.5e3", PLAIN),
        ("true", PLAIN),
        ("null", PLAIN),
    ]
    assert root(parsed).written == TEXT
    (document,) = parsed.documents
    assert (document.start, document.end) == (0, len(TEXT) + 2)


@pytest.mark.parametrize("text", ["", " \r\n\t"])
def test_nothing_is_no_document_and_no_problem(text: str) -> None:
    parsed = read_json(text)
    assert (parsed.documents, parsed.problems) == ((), ())


@pytest.mark.parametrize(
    "text", ["1", '"a"', "null", "[]", "{}", "[[], {}]", "[[[1]]]", '{"a": {"b": {}}, "c": []}']
)
def test_any_value_can_be_the_root(text: str) -> None:
    parsed = read_json(text)
    assert values(parsed) == [json.loads(text)]
    assert root(parsed).written == text


@pytest.mark.parametrize(
    "escape",
    ['\\"', "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u0041", "\\ud83d\\ude00", "\\ud83d", "\\uDE00\\ud83d"],
)
def test_escapes_mean_what_json_says(escape: str) -> None:
    text = f'{{"{escape}": "{escape}"}}'
    assert values(read_json(text)) == [json.loads(text)]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[1, 2", 5, "complete"),
        ('{"a": ', 6, "complete"),
        ('{"a"', 4, "complete"),
        ("[1,]", 3, "remove the comma"),
        ('{"a": 1,}', 8, "remove the comma"),
        ("[,]", 1, "value is expected"),
        ('{"a": }', 6, "value is expected"),
        ('{"a" 1}', 5, "colon"),
        ('{"a", "b"}', 4, "colon"),
        ("[1 2]", 3, "comma is missing"),
        ('{"a": 1 "b": 2}', 8, "comma is missing"),
        ('["a": 1]', 4, "comma is missing"),
        ('{"a": 1: 2}', 7, "second `:`"),
        ("[1}", 2, "`]`"),
        ('{"a": 1]', 7, "`}`"),
        ("]", 0, "value is expected"),
        ("{a: 1}", 1, '"a"'),
        ("{1: 1}", 1, '"1"'),
        ("['a']", 1, "double quotes"),
        ("[1] 2", 4, "one value"),
        ("{}\n{}", 3, "one value"),
        ("// a\n1", 0, "comment"),
        ("[1, # a\n2]", 4, "comment"),
        ("[1 /* a */]", 3, "comment"),
        ("[NaN]", 1, "null"),
        ("[-Infinity]", 1, "null"),
        ("[True]", 1, "write true"),
        ("[undefined]", 1, "write null"),
        ("[tru]", 1, "not a JSON value"),
        ("[-]", 1, "number"),
        ("[.5]", 1, "number"),
        ("[+1]", 1, "number"),
        ("[1.]", 2, "comma is missing"),
        ("[01]", 2, "comma is missing"),
        ('["abc', 1, "closing quote"),
        ('["a\nb"]', 1, "line end"),
        ('["a\tb"]', 3, "control character"),
        ('["\\x41"]', 2, "escape"),
        ('["\\u12"]', 2, "escape"),
        ('{"\\x": 1}', 2, "escape"),
        ('["a', 1, "closing quote"),
    ],
)
def test_syntax_error_says_where_and_what_to_do(text: str, place: int, words: str) -> None:
    parsed = read_json(text)
    assert parsed.documents == ()
    (problem,) = parsed.problems
    assert (problem.level, problem.code, problem.start) == ("error", "json-syntax", place)
    assert words in f"{problem.message}; {problem.hint}"


def test_repeated_name_is_reported_at_the_second_and_the_last_wins() -> None:
    parsed = read_json('{"a": 1,\n "b": 2, "\\u0061": 3}')
    assert values(parsed) == [{"a": 3, "b": 2}]
    (problem,) = parsed.problems
    assert (problem.level, problem.code, written(parsed, problem)) == (
        "warning",
        "duplicate-key",
        '"\\u0061"',
    )
    assert "line 1" in problem.message


@pytest.mark.parametrize("text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_nesting_that_is_too_deep_is_a_located_problem(text: str) -> None:
    parsed = read_json(text)
    assert codes(parsed) == ["nesting-too-deep"]
    assert root(parsed).written == text


def test_nesting_that_is_too_deep_and_never_ends() -> None:
    parsed = read_json('{"a":' * 100_000)
    assert codes(parsed) == ["nesting-too-deep", "json-syntax"]
    assert parsed.problems[1].start == 500_000


def test_what_is_too_deep_is_unknown_and_what_is_beside_it_is_read() -> None:
    parsed = read_json('{"a": [[["]", []], 1], [[]]], "b": {"c": 2}}', Limits(depth=3))
    assert plain(root(parsed), "?") == {"a": [["?", 1], ["?"]], "b": {"c": 2}}
    assert codes(parsed) == ["nesting-too-deep"]
    assert at(parsed, "a").items()[0].items()[0].written == '["]", []]'


def test_depth_that_is_just_allowed() -> None:
    assert codes(read_json("[" * 100 + "]" * 100)) == []
    assert codes(read_json("[" * 101 + "]" * 101)) == ["nesting-too-deep"]


def test_too_many_values() -> None:
    parsed = read_json("[" + "1," * 100 + "1]", Limits(nodes=50))
    assert (codes(parsed), parsed.documents) == (["too-many-nodes"], ())


def test_numbers_of_any_size() -> None:
    parsed = read_json(f"[{2**100}, 1e999, {'9' * 5000}]")
    exact, infinite, unknown = root(parsed).items()
    assert exact.value == 2**100
    assert infinite.value == float("inf")
    assert isinstance(unknown.value, Unknown)
    assert (unknown.value.kind, unknown.end - unknown.start) == ("limit", 5000)
