"""Interpolation: what `$NAME` and `${NAME...}` become, and where the characters were written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import DOUBLE, Node, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.compose.interpolation import Budget, Expanded, expand
from vvbscan.views.images import GAP

ENV = Source(".env", SourceText("SET=xx\nEMPTY=\nLONG=" + "y" * 30))
VARIABLES = {
    "SET": Node("xx", ENV, 4, 6),
    "EMPTY": Node("", ENV, 13, 13),
    "LONG": Node("y" * 30, ENV, 19, 49),
    "HALF": Node(Unknown("variable", "variable OUTER has no value in the tree", ("a", None)), ENV, 0, 1),
}


def expanded(text: str, budget: Budget | None = None) -> Expanded:
    node = Node(text, Source("compose.yaml", SourceText(f'"{text}"')), 0, len(text) + 2, DOUBLE)
    return expand(node, VARIABLES.get, budget or Budget(DEFAULT_LIMITS))


def shown(text: str) -> str:
    return expanded(text).flat.replace(GAP, "?")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("$SET", "xx"),
        ("${SET}", "xx"),
        ("a${SET}b$SET.c", "axxbxx.c"),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$1 costs $ 5", "$1 costs $ 5"),
        ("${SET:-d}", "xx"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${NONE:-d}", "d"),
        ("${NONE-d}", "d"),
        ("${NONE:-}", ""),
        ("${SET:+a}", "a"),
        ("${EMPTY:+a}", ""),
        ("${EMPTY+a}", "a"),
        ("${SET:?no}", "xx"),
        ("${NONE:-${SET}}", "xx"),
        ("${NONE:-${ALSO_NONE:-d}}", "d"),
        ('${NONE:-{"a": {}}}', '{"a": {}}'),
        ("${NONE:-a}b}", "ab}"),
        ("${NONE:-a-b}", "a-b"),
        ("$NONE", "?"),
        ("${NONE}", "?"),
        ("a${NONE}b", "a?b"),
        ("${NONE:?must be set}", "?"),
        ("${NONE:+a}", "?"),
        ("${HALF}", "?"),
        ("${HALF:-d}", "?"),
        ("${NONE:-x${ALSO_NONE}}", "x?"),
    ],
)
def test_value(text: str, value: str) -> None:
    assert shown(text) == value


@pytest.mark.parametrize("text", ["${", "${}", "${1}", "${A!b}", "${A/b/c}", "x${SET:-"])
def test_what_compose_refuses_is_unknown(text: str) -> None:
    node = expanded(text).node()
    assert isinstance(node.value, Unknown)
    assert node.value.kind == "unparsed"


def test_the_reason_names_every_variable() -> None:
    value = expanded("${ONE}/${TWO}").node().value
    assert isinstance(value, Unknown)
    assert value.reason == "variable ONE has no value in the tree; variable TWO has no value in the tree"
    assert value.parts == (None, "/", None)


def test_an_unknown_variable_keeps_the_reason_of_its_assignment() -> None:
    value = expanded("${HALF}").node().value
    assert isinstance(value, Unknown)
    assert value.reason == "variable OUTER has no value in the tree"


def test_a_variable_from_the_env_file_is_written_there() -> None:
    node = expanded("${SET}").node()
    assert (node.source.path, node.written) == (".env", "xx")
    (step,) = node.via
    assert (step.label, step.source.text.text[step.start : step.end]) == ("uses variable SET", "${SET}")


def test_a_default_is_written_inside_the_literal() -> None:
    node = expanded("${NONE:-postgres}").node()
    assert (node.source.path, node.written) == ("compose.yaml", "postgres")
    (step,) = node.via
    assert step.label == "uses the default of variable NONE"


def test_a_mixed_string_is_written_by_the_literal_and_names_its_assignments() -> None:
    node = expanded("a-${SET}").node()
    assert (node.value, node.source.path, node.written) == ("a-xx", "compose.yaml", '"a-${SET}"')
    (step,) = node.via
    assert (step.label, step.source.path) == ("sets variable SET", ".env")


def test_parts_are_narrowed_to_the_characters_that_wrote_them() -> None:
    text = expanded("${NONE:-host}:${SET}:80")
    assert text.flat == "host:xx:80"
    assert text.part(0, 4).written == "host"
    assert (text.part(5, 7).source.path, text.part(5, 7).written) == (".env", "xx")
    assert text.part(8, 10).written == "80"
    assert text.part(0, 7).written == "${NONE:-host}:${SET}"


def test_a_value_with_a_nul_is_unknown() -> None:
    assert isinstance(expanded("a\0b").node().value, Unknown)


def test_numbers_and_flags_become_the_text_that_a_container_gets() -> None:
    source = Source("compose.yaml", SourceText("1.50 true 7"))
    nodes = [Node(1.5, source, 0, 4), Node(True, source, 5, 9), Node(7, source, 10, 11)]
    assert [expand(node, VARIABLES.get, Budget(DEFAULT_LIMITS)).flat for node in nodes] == [
        "1.50",
        "true",
        "7",
    ]


def test_expansions_past_the_limit_are_unknown() -> None:
    budget = Budget(DEFAULT_LIMITS._replace(expansions=2))
    assert expanded("$SET$SET$SET", budget).flat.replace(GAP, "?") == "xxxx?"


def test_a_value_may_not_grow_past_the_limit() -> None:
    budget = Budget(DEFAULT_LIMITS._replace(expanded_length=40))
    value = expanded("$LONG$LONG", budget).node().value
    assert value == Unknown("limit", "it is longer than 40 characters")
    assert expanded("long without variables" * 2, budget).known


def test_a_variable_may_not_be_longer_than_the_limit() -> None:
    budget = Budget(DEFAULT_LIMITS._replace(expanded_length=20))
    assert expanded("a$LONG", budget).flat == f"a{GAP}"


def test_all_values_together_may_not_grow_past_the_size_of_a_file() -> None:
    budget = Budget(DEFAULT_LIMITS._replace(file_bytes=3))
    assert [expanded("$SET", budget).flat for _ in range(2)] == ["xx", GAP]


def test_defaults_nested_very_deep_end() -> None:
    depth = 5000
    assert shown("${NONE:-" * depth + "x" + "}" * depth) == "?"


PIECES = st.deferred(
    lambda: (
        st.sampled_from(
            [
                ("lit", "lit"),
                ("$SET", "xx"),
                ("${SET}", "xx"),
                ("$$", "$"),
                ("é:/", "é:/"),
                ("${EMPTY}", ""),
                ("${NONE}", GAP),
            ]
        )
        | st.tuples(st.just("${NONE:-"), TEMPLATES).map(lambda pair: (f"{pair[0]}{pair[1][0]}}}", pair[1][1]))
        | st.tuples(st.just("${SET:+"), TEMPLATES).map(lambda pair: (f"{pair[0]}{pair[1][0]}}}", pair[1][1]))
        | TEMPLATES.map(lambda template: (f"${{SET:-{template[0]}}}", "xx"))
        | TEMPLATES.map(lambda template: (f"${{EMPTY-{template[0]}}}", ""))
    )
)
TEMPLATES: st.SearchStrategy[tuple[str, str]] = st.lists(PIECES, max_size=3).map(
    lambda pieces: (" ".join(text for text, _ in pieces), " ".join(value for _, value in pieces))
)


@given(TEMPLATES)
@settings(max_examples=150)
def test_templates_have_the_value_they_were_built_for(template: tuple[str, str]) -> None:
    text, value = template
    assert expanded(text).flat == value


@given(
    st.text(st.sampled_from("$ {}:-+?aAé\\\n1SETNO/")) | TEMPLATES.map(lambda template: template[0]),
    st.data(),
)
@settings(max_examples=150)
def test_every_part_has_its_text_and_a_place(text: str, data: st.DataObject) -> None:
    whole = expanded(text)
    begin = data.draw(st.integers(0, len(whole.flat)))
    stop = data.draw(st.integers(begin, len(whole.flat)))
    for node, flat in ((whole.node(), whole.flat), (whole.part(begin, stop), whole.flat[begin:stop])):
        value = node.value
        if isinstance(value, Unknown):
            parts = value.parts or (None,)
            joined = "".join(GAP if part is None else part for part in parts)
            assert joined.replace(GAP * 2, GAP) in (flat, _squeezed(flat))
        else:
            assert value == flat
        assert 0 <= node.start <= node.end <= len(node.source.text.text)


def _squeezed(flat: str) -> str:
    while GAP * 2 in flat:
        flat = flat.replace(GAP * 2, GAP)
    return flat
