"""Properties files: Java's grammar, exact spans, Spring's documents."""

from __future__ import annotations

import pytest

from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Node, Parsed, Source, Unknown
from vvbscan.parse.properties import parse_properties
from vvbscan.text import SourceText


def parse(text: str, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    return parse_properties(Source("a.properties", SourceText(text)), limits)


def values(parsed: Parsed) -> list[dict[str, object]]:
    return [
        {name: value.value for name, _, value in document.root.members()} for document in parsed.documents
    ]


def entry(text: str, name: str) -> tuple[Node, Node]:
    root = parse(text).documents[0].root
    key, value = root.key(name), root.get(name)
    assert key is not None
    assert value is not None
    return key, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1", {"a": "1"}),
        ("a:1", {"a": "1"}),
        ("a 1", {"a": "1"}),
        ("a\t\f 1", {"a": "1"}),
        ("  a  =  1 ", {"a": "1 "}),
        ("a = = 1", {"a": "= 1"}),
        ("a : = 1", {"a": "= 1"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=1", {"": "1"}),
        ("a=1\nb=2\r\nc=3\rd=4", {"a": "1", "b": "2", "c": "3", "d": "4"}),
        ("a=x # no comment", {"a": "x # no comment"}),
        ("# c\n! d\n  # e\na=1", {"a": "1"}),
        ("#a=1\\\nb=2", {"b": "2"}),
        ("a=b\\\n   c", {"a": "bc"}),
        ("a=b\\\r\n\tc\\\n\td", {"a": "bcd"}),
        ("a=b\\\n# c", {"a": "b# c"}),
        ("a=b\\\n\nc=d", {"a": "b", "c": "d"}),
        ("a=b\\\\\nc=d", {"a": "b\\", "c": "d"}),
        ("a\\\nb=1", {"ab": "1"}),
        ("a\\ b\\=c\\:d=1", {"a b=c:d": "1"}),
        ("a=\\t\\n\\r\\f\\q\\\\", {"a": "\t\n\r\fq\\"}),
        ("a=\\u0041\\u00e9", {"a": "Aé"}),
        ("\\u0061=1", {"a": "1"}),
        ("a=\\ud83d\\ude00", {"a": "😀"}),
        ("a=\\\\u0041", {"a": "\\u0041"}),
        ("a=b\\", {"a": "b"}),
        ("a\x85b=\u2028c", {"a\x85b": "\u2028c"}),
        ("%prod.x=1\n%dev,test.x=2", {"%prod.x": "1", "%dev,test.x": "2"}),
        ('quarkus.log.category."io.acme".level=DEBUG', {'quarkus.log.category."io.acme".level': "DEBUG"}),
    ],
)
def test_grammar(text: str, expected: dict[str, str]) -> None:
    parsed = parse(text)
    assert values(parsed) == [expected]
    assert parsed.problems == ()


@pytest.mark.parametrize("text", ["", "\n\n", "  \t\f\r\n", "# only\n! comments\n", "\\\n\n"])
def test_a_file_without_keys_has_no_document(text: str) -> None:
    assert parse(text).documents == ()


def test_a_line_that_is_only_a_backslash_leaves_the_logical_line_empty() -> None:
    # JDK 17: the length of the logical line is 0 again, so `#` begins a comment.
    parsed = parse("\\\n  # c\na=1")
    assert values(parsed) == [{"a": "1"}]
    assert [parsed.source.text.text[c.start : c.end] for c in parsed.comments] == ["# c"]


@pytest.mark.parametrize("text", ["\\", "  \\", "\\\n"])
def test_a_backslash_before_the_end_of_the_file_is_an_empty_key(text: str) -> None:
    # JDK 17 gives `{=}`: readLine returns a line of length 0, which is not the end of the file.
    assert values(parse(text)) == [{"": ""}]


def test_spans_leave_blanks_out() -> None:
    text = "# c\n  some.key \t=  a value \n"
    key, value = entry(text, "some.key")
    assert (key.written, value.written) == ("some.key", "a value ")
    assert text[value.start] == "a"


def test_a_value_over_several_lines_has_the_covering_span() -> None:
    key, value = entry("list = one,\\\n    two,\\\n    three\nnext=1", "list")
    assert key.written == "list"
    assert value.value == "one,two,three"
    assert value.written == "one,\\\n    two,\\\n    three"


def test_spans_of_escaped_keys_and_values() -> None:
    key, value = entry("  a\\ b\\\n  c : v\\u0041\\\n  w", "a bc")
    assert key.written == "a\\ b\\\n  c"
    assert value.written == "v\\u0041\\\n  w"


def test_an_empty_value_stands_behind_its_separator() -> None:
    _, value = entry("key =  \nnext=1", "key")
    assert (value.value, value.start, value.end) == ("", 7, 7)


def test_parts_of_a_verbatim_value_have_their_own_span() -> None:
    text = "protocols=TLSv1.2,TLSv1.3"
    _, value = entry(text, "protocols")
    part = value.part(8, 15)
    assert (part.value, text[part.start : part.end]) == ("TLSv1.3", "TLSv1.3")


def test_parts_of_an_escaped_value_have_the_whole_span() -> None:
    _, value = entry("a=x\\,y", "a")
    part = value.part(0, 1)
    assert (part.value, part.written) == ("x", "x\\,y")


def test_a_duplicate_key_is_reported_and_the_last_value_counts() -> None:
    text = "a=1\nb=2\na=3"
    parsed = parse(text)
    assert values(parsed) == [{"b": "2", "a": "3"}]
    (problem,) = parsed.problems
    assert (problem.level, problem.code) == ("warning", "duplicate-key")
    assert (problem.start, text[problem.start : problem.end]) == (8, "a")


def test_duplicates_are_those_of_one_document() -> None:
    assert parse("a=1\n#---\na=2").problems == ()


def test_a_malformed_escape_costs_its_value_only() -> None:
    text = "a=x\\u00zz\nb=\\n1\nc\\u12=3\nd=4"
    parsed = parse(text)
    (found,) = values(parsed)
    assert isinstance(found["a"], Unknown)
    assert {name: value for name, value in found.items() if name != "a"} == {"b": "\n1", "d": "4"}
    assert [(p.level, p.code, text[p.start : p.end]) for p in parsed.problems] == [
        ("error", "malformed-escape", "\\u00zz"),
        ("error", "malformed-escape", "\\u12=3"),
    ]


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    assert values(parse("a=\\ud800x")) == [{"a": "\ufffdx"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1\n#---\nb=2", [{"a": "1"}, {"b": "2"}]),
        ("a=1\n!---\nb=2", [{"a": "1"}, {"b": "2"}]),
        ("a=1\n#---  \t\nb=2", [{"a": "1"}, {"b": "2"}]),
        ("a=1\r\n#---\r\nb=2", [{"a": "1"}, {"b": "2"}]),
        ("#---\na=1\n#---\n#---\nb=2\n#---", [{"a": "1"}, {"b": "2"}]),
        ("a=1\n! c\n#---\nb=2", [{"a": "1"}, {"b": "2"}]),
        ("a=1\n# c\n\n#---\nb=2", [{"a": "1"}, {"b": "2"}]),
        ("a=1\n#---\nb=2\n# c\nc=3", [{"a": "1"}, {"b": "2", "c": "3"}]),
        # no separators
        ("a=1\n#----\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\n#--- x\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\n# ---\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\n #---\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\\\n#---\nb=2", [{"a": "1#---", "b": "2"}]),
        # a comment with the same sign before it, or any before the first key behind it
        ("a=1\n# c\n#---\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\n#---\n# c\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\n#---\n! c\nb=2", [{"a": "1", "b": "2"}]),
        ("a=1\n#---\n\n# c\nb=2", [{"a": "1", "b": "2"}]),
    ],
)
def test_documents_are_split_where_spring_boot_does(text: str, expected: list[dict[str, str]]) -> None:
    # Checked by hand against OriginTrackedPropertiesLoader of Spring Boot 4.
    assert values(parse(text)) == expected


def test_documents_have_spans() -> None:
    text = "a=1\n#---\nb=2\n"
    parsed = parse(text)
    assert [text[d.start : d.end] for d in parsed.documents] == ["a=1\n", "b=2\n"]
    assert [(d.root.start, d.root.end) for d in parsed.documents] == [
        (d.start, d.end) for d in parsed.documents
    ]


def test_comments_have_spans() -> None:
    text = "# one\n  ! two\na=1 # no\n#---\nb=2\n"
    parsed = parse(text)
    assert [text[c.start : c.end] for c in parsed.comments] == ["# one", "! two", "#---"]
    assert all(comment.own_line for comment in parsed.comments)


def test_more_nodes_than_allowed_are_a_located_problem() -> None:
    parsed = parse("a=1\nb=2\nc=3", DEFAULT_LIMITS._replace(nodes=4))
    assert values(parsed) == [{"a": "1", "b": "2"}]
    (problem,) = parsed.problems
    assert (problem.level, problem.code, problem.start) == ("error", "too-many-nodes", 8)


def test_more_documents_than_allowed_are_a_located_problem() -> None:
    parsed = parse("a=1\n#---\nb=2\n#---\nc=3", DEFAULT_LIMITS._replace(documents=2))
    assert values(parsed) == [{"a": "1"}, {"b": "2"}]
    assert [(p.level, p.code) for p in parsed.problems] == [("error", "too-many-documents")]


@pytest.mark.parametrize(
    "text",
    ["\\" * 100_001, "a\\\n" * 50_000, "\\\n" * 50_000, "=" * 100_000, "#---\n" * 20_000, "\\u" * 20_000],
)
def test_hostile_texts_end(text: str) -> None:
    parsed = parse(text)
    assert parsed.source.text.text == text


def test_a_problem_that_is_everywhere_is_told_some_times() -> None:
    codes = [problem.code for problem in parse("a=b\n" * 1000 + "c=\\u1\n").problems]
    assert codes == ["duplicate-key"] * 200 + ["malformed-escape"]
