"""Dotenv files as Compose reads them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import DOUBLE, PLAIN, SINGLE, Source, Unknown
from vvbscan.parse.dotenv import Assignment, Dotenv, parse_dotenv, read_dotenv, read_raw_dotenv
from vvbscan.text import SourceText


def source(text: str) -> Source:
    return Source(".env", SourceText(text))


def read(text: str) -> Dotenv:
    return read_dotenv(source(text), DEFAULT_LIMITS)


def assigned(text: str) -> dict[str, object]:
    return {str(name.value): None if value is None else value.value for name, value in read(text).assignments}


@pytest.mark.parametrize(
    ("line", "value", "style"),
    [
        ("VAR=VAL", "VAL", PLAIN),
        ('VAR="VAL"', "VAL", DOUBLE),
        ("VAR='VAL'", "VAL", SINGLE),
        ("VAR=VAL # comment", "VAL", PLAIN),
        ("VAR=VAL# not a comment", "VAL# not a comment", PLAIN),
        ('VAR="VAL # not a comment"', "VAL # not a comment", DOUBLE),
        ('VAR="VAL" # comment', "VAL", DOUBLE),
        ("VAR='$OTHER'", "$OTHER", SINGLE),
        ("VAR='Let\\'s go!'", "Let's go!", SINGLE),
        ('VAR="{\\"hello\\": \\"json\\"}"', '{"hello": "json"}', DOUBLE),
        ('VAR="some\\tvalue"', "some\tvalue", DOUBLE),
        ("VAR='some\\tvalue'", "some\\tvalue", SINGLE),
        ("VAR=some\\tvalue", "some\\tvalue", PLAIN),
        ("VAR=", "", PLAIN),
        ("VAR = VAL ", "VAL", PLAIN),
        ("VAR: VAL", "VAL", PLAIN),
        ("export VAR=VAL", "VAL", PLAIN),
        ("  VAR=VAL\r", "VAL", PLAIN),
        ('VAR="two\nlines"', "two\nlines", DOUBLE),
        ('VAR="\\$NOT_A_VARIABLE"', "$$NOT_A_VARIABLE", DOUBLE),
        ('VAR="\\0101\\q"', "A\\q", DOUBLE),
        ("VAR=a=b", "a=b", PLAIN),
        # compose-go drops the blanks before it looks for a comment, which then is none.
        ("VAR= # no comment", "# no comment", PLAIN),
    ],
)
def test_one_line(line: str, value: str, style: str) -> None:
    (assignment,) = read(line).assignments
    assert assignment.name.value == "VAR"
    assert assignment.value is not None
    assert (assignment.value.value, assignment.value.style) == (value, style)
    assert assignment.name.written == "VAR"


def test_spans_of_values_include_quotes_but_not_comments() -> None:
    written = [
        assignment.value.written
        for assignment in read("A=x # c\nB=\"y\" # c\nC='z'\n").assignments
        if assignment.value
    ]
    assert written == ["x", '"y"', "'z'"]


def test_a_bare_name_takes_its_value_from_elsewhere() -> None:
    assert assigned("A\nB=1\nC") == {"A": None, "B": "1", "C": None}


def test_a_name_that_is_assigned_twice_is_kept_twice_in_order() -> None:
    assert [value and value.value for _, value in read("A=1\nA=2\n").assignments] == ["1", "2"]


def test_comments_are_found_with_their_place() -> None:
    text = "# first\nA=1 # second\n  # third\n"
    comments = read(text).comments
    assert [text[comment.start : comment.end] for comment in comments] == ["# first", "# second", "# third"]
    assert [comment.own_line for comment in comments] == [True, False, True]


@pytest.mark.parametrize("line", ["?bad=1", "=1", "A B=1", "a$b=1", 'X="open'])
def test_a_bad_line_is_a_problem_and_the_others_are_kept(line: str) -> None:
    dotenv = read(f"A=1\n{line}\nB='2'\n")
    (problem,) = dotenv.problems
    assert problem.level == "error"
    assert problem.code == "dotenv-syntax"
    assert line.endswith(dotenv.source.text.text[problem.start : problem.end])
    values = {str(name.value): value and value.value for name, value in dotenv.assignments}
    assert values["A"] == "1"
    assert values["B"] == "2"


def test_a_value_without_its_closing_quote_is_unknown() -> None:
    (assignment,) = read('A="open').assignments
    assert assignment.value is not None
    assert isinstance(assignment.value.value, Unknown)


def test_names_past_the_limit_are_not_read() -> None:
    limits = DEFAULT_LIMITS._replace(nodes=2)
    for reader in (read_dotenv, read_raw_dotenv):
        dotenv = reader(source("A=1\nB=2\nC=3\n"), limits)
        assert len(dotenv.assignments) == 2
        assert [problem.code for problem in dotenv.problems] == ["too-many-nodes"]


def test_raw_files_have_no_quotes_and_no_trailing_comments() -> None:
    dotenv = read_raw_dotenv(source("# c\nA='1' # x\r\n\nB\n C=$X\n"), DEFAULT_LIMITS)
    values = [(name.value, value and value.value) for name, value in dotenv.assignments]
    assert values == [("A", "'1' # x"), ("B", None), ("C", "$X")]
    assert all(value is None or value.style == SINGLE for _, value in dotenv.assignments)
    assert len(dotenv.comments) == 1


def test_the_document_maps_names_to_what_was_assigned_last() -> None:
    parsed = parse_dotenv(source("A=1\nB\nA=2\n"), DEFAULT_LIMITS)
    (document,) = parsed.documents
    assert {name: node.value for name, _, node in document.root.members()} == {"A": "2", "B": None}
    assert [problem.code for problem in parsed.problems] == ["duplicate-key"]


LINES = st.lists(
    st.text(st.sampled_from("AB_=:#'\"\\$ {}\t\r\n-é1"), max_size=12)
    | st.sampled_from(["A=1", "export B=2", "C='x'", 'D="y\\n"', "# note", "E"]),
    max_size=8,
).map("\n".join)


@given(LINES)
@example('A="\\')
@example("export\nA=1")
def test_whatever_is_read_stands_where_it_is_said_to_stand(text: str) -> None:
    dotenv = read(text)
    for name, value in dotenv.assignments:
        assert name.written == name.value
        if value is not None:
            assert 0 <= name.end <= value.start <= value.end <= len(text)
            if value.style == PLAIN:
                assert value.written == value.value
            elif not isinstance(value.value, Unknown):
                quote = '"' if value.style == DOUBLE else "'"
                assert value.written[0] == value.written[-1] == quote
    for comment in dotenv.comments:
        assert text[comment.start] == "#"
    assert list(dotenv.assignments) == sorted(dotenv.assignments, key=start_of)


def start_of(assignment: Assignment) -> int:
    return assignment.name.start


SIMPLE = st.text(st.characters(exclude_characters="'\0", exclude_categories=["Cs"]), max_size=10)


@given(st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True), SIMPLE, max_size=5))
def test_single_quoted_values_come_back_as_they_were_written(values: dict[str, str]) -> None:
    values = {name: value for name, value in values.items() if "\\" not in value and name != "export"}
    text = "\n".join(f"{name}='{value}'" for name, value in values.items())
    assert assigned(text) == values
