"""Expressions of GitHub Actions: what can become part of the text that they leave behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.parse.github_expressions import bare_expression, embedded_expressions


def outcome(expression: str) -> list[str]:
    (one,) = embedded_expressions("${{ " + expression + " }}")
    assert one.understood
    return [reference.path for reference in one.outcome]


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("github.event.issue.title", ["github.event.issue.title"]),
        ("GitHub.Event.Issue['Title']", ["github.event.issue.title"]),
        ("github.event.commits[0].message", ["github.event.commits.0.message"]),
        ("github.event.commits.*.message", ["github.event.commits.*.message"]),
        ("github.event[inputs.name].body", ["github.event.?.body"]),
        ("a.b && c.d", ["c.d"]),
        ("a.b || c.d", ["a.b", "c.d"]),
        ("a.b && c.d || e.f", ["c.d", "e.f"]),
        ("a.b == 'x'", []),
        ("a.b == c.d && 'yes' || 'no'", []),
        ("!a.b", []),
        ("(a.b || c.d)", ["a.b", "c.d"]),
        ("contains(a.b, 'x')", []),
        ("hashFiles('**/pom.xml')", []),
        ("format('{0} {1}', a.b, c.d)", ["a.b", "c.d"]),
        ("join(a.b, ', ')", ["a.b"]),
        ("case(a.b == 1, c.d, e.f, g.h, i.j)", ["c.d", "g.h", "i.j"]),
        ("fromJSON(a.b).name", ["a.b"]),
        ("'it''s }} text'", []),
        ("true", []),
        ("-1.5e3", []),
    ],
)
def test_what_can_become_part_of_the_text(expression: str, paths: list[str]) -> None:
    assert outcome(expression) == paths


def test_all_that_is_looked_at_is_named() -> None:
    one = bare_expression("github.actor == 'bot' && contains(a.b, c[d.e])")
    assert [reference.path for reference in one.references] == ["github.actor", "a.b", "d.e", "c.?"]
    assert one.outcome == ()


def test_to_json_spells_out_all_that_is_in_it() -> None:
    (one,) = embedded_expressions("${{ toJSON(secrets) }}")
    assert [(reference.path, reference.whole) for reference in one.outcome] == [("secrets", True)]


def test_places_in_a_text_with_several() -> None:
    text = "echo ${{ a.b }} and ${{c.d}}"
    found = embedded_expressions(text)
    assert [text[one.start : one.end] for one in found] == ["${{ a.b }}", "${{c.d}}"]
    assert [text[ref.start : ref.end] for one in found for ref in one.outcome] == ["a.b", "c.d"]


@pytest.mark.parametrize(
    "expression", ["", "a.", "a b", "f(a", "a ==", "a[", '"a"', "(" * 99 + "a" + ")" * 99]
)
def test_what_is_no_expression(expression: str) -> None:
    (one,) = embedded_expressions("${{ " + expression + " }}")
    assert (one.understood, one.outcome, one.references) == (False, (), ())


@pytest.mark.parametrize("text", ["", "$ { { a } }", "${{ a", "${{ 'a }}", "${ a }}"])
def test_what_is_not_closed_is_text(text: str) -> None:
    assert embedded_expressions(text) == ()


_PATHS = st.sampled_from(["github.actor", "github.event.issue.title", "env.name", "a.*.b"])
_TREES = st.recursive(
    _PATHS.map(lambda path: (path, frozenset({path}), frozenset({path}))),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(
            lambda p: (f"({p[0][0]} || {p[1][0]})", p[0][1] | p[1][1], p[0][2] | p[1][2])
        ),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} && {p[1][0]})", p[1][1], p[0][2] | p[1][2])),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} == {p[1][0]})", frozenset(), p[0][2] | p[1][2])),
        inner.map(lambda one: (f"!{one[0]}", frozenset(), one[2])),
        inner.map(lambda one: (f"format('{{0}}', {one[0]})", one[1], one[2])),
    ),
    max_leaves=12,
)


@given(_TREES)
def test_outcome_and_references_follow_from_the_parts(
    tree: tuple[str, frozenset[str], frozenset[str]],
) -> None:
    text, passed_on, looked_at = tree
    one = bare_expression(text)
    assert one.understood
    assert {reference.path for reference in one.outcome} == passed_on
    assert {reference.path for reference in one.references} == looked_at


@given(st.text(alphabet="ab.${}[]()'!&|=<>, *0\n", max_size=60))
def test_any_text_is_read_and_places_lie_in_it(text: str) -> None:
    end = 0
    for one in embedded_expressions(text):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.start + 3] == "${{"
        assert text[one.end - 2 : one.end] == "}}"
        end = one.end
        for reference in one.references:
            assert one.start < reference.start <= reference.end < one.end
