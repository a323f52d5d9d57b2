"""HCL: what holds for any text, and for any tree that is written and read back."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parse.hcl_strategies import EXPRESSIONS, FILES, Writer
from parse.hcl_support import misplaced, names, nodes, read, value_of, without_spans
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.parse.hcl import parse_expression, parse_template
from vvbscan.parse.hcl_tree import Body, Broken, Expression, Literal, Template, TemplateFor, TemplateIf

SIGNS = tuple("{}[]()\"\\$%#/*=:,.?!<>&|+-~ \t\n\r'0a\0é😀\ufeff\u2028")
WORDS = (
    *('resource "a" "b" {\n', "}\n", "a = ", "b {\n", "x = 1\n", "  ", "for ", "in ", "if ", "=>", "..."),
    *(
        "${",
        "%{",
        "$${",
        "%{ if ",
        "%{ endif }",
        "%{ for x in ",
        "~}",
        "<<EOT\n",
        "<<-EOT\n",
        "EOT\n",
        "/*",
        "*/",
    ),
    *(
        "true",
        "null",
        "var.x",
        "[*]",
        ".*",
        ".0",
        "::",
        "1e9",
        "1.5",
        "<<<<<<< ours\n",
        "=======\n",
        "{{ ",
        "<% ",
    ),
)
DAMAGED = st.lists(st.sampled_from((*SIGNS, *WORDS)), max_size=40).map("".join) | st.text(max_size=60)


def zeroed(body: Body) -> object:
    return (
        {name: without_spans(one.expression) for name, one in body.attributes.items()},
        [
            (block.type.text, [label.text for label in block.labels], zeroed(block.body))
            for block in body.blocks
        ],
    )


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, st.randoms(use_true_random=False))
def test_an_expression_is_read_as_it_was_written(tree: Expression, chance: Random) -> None:
    text = Writer(chance).expression(tree, False)
    assert without_spans(value_of(text)) == without_spans(tree)


@settings(max_examples=200, deadline=None)
@given(FILES, st.randoms(use_true_random=False))
def test_a_file_is_read_as_it_was_written(tree: Body, chance: Random) -> None:
    text = Writer(chance).body(tree)
    file = read(text)
    assert file.problems == ()
    assert zeroed(file.body) == zeroed(tree)
    assert misplaced(file) == []


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, st.randoms(use_true_random=False))
def test_spans_select_just_the_characters_of_each_expression(tree: Expression, chance: Random) -> None:
    text = Writer(chance).expression(tree, False)
    expression, problems = parse_expression(text, DEFAULT_LIMITS)
    assert problems == ()
    for node in standing_alone(expression):
        written = text[node.start : node.end]
        alone, problems = parse_expression(written, DEFAULT_LIMITS)
        assert problems == ()
        assert (alone.start, alone.end) == (0, len(written))
        assert without_spans(alone) == without_spans(_as_variable(node))


def standing_alone(tree: Any) -> Iterator[Expression]:
    """The expressions within one that are written so that they could stand alone."""
    if isinstance(tree, (TemplateIf, TemplateFor)):
        bodies = [one for one in tree if isinstance(one, Template)]
        inner = [one for one in tree if not isinstance(one, Template)]
        tree = (*inner, *(part for body in bodies for part in body.parts if not is_text(part)))
    elif isinstance(tree, Template):
        yield tree
        tree = tuple(part for part in tree.parts if not is_text(part))
    elif isinstance(tree, Expression):
        yield tree
    if isinstance(tree, tuple):
        for item in tree:
            yield from standing_alone(item)


def is_text(part: Expression) -> bool:
    """Whether a part of a template is what stands between its interpolations."""
    return isinstance(part, Literal) and isinstance(part.value, str) and not part.style


def _as_variable(node: Expression) -> Expression:
    """What a key that is a name is if it stands alone."""
    if isinstance(node, Literal) and node.style == "bare":
        alone, _ = parse_expression(str(node.value), DEFAULT_LIMITS)
        return alone
    return node


@settings(max_examples=500, deadline=None)
@given(DAMAGED)
def test_any_text_is_read_to_its_end(text: str) -> None:
    file = read(text)
    assert misplaced(file) == []
    assert read(text)[1:] == file[1:]


@settings(max_examples=200, deadline=None)
@given(DAMAGED)
def test_any_text_is_a_template_or_a_problem(text: str) -> None:
    expression, problems = parse_template(text, DEFAULT_LIMITS)
    assert bool(problems) or not any(isinstance(node, Broken) for node in nodes(expression))
    for node in nodes(expression):
        assert 0 <= node.start <= node.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(FILES, st.randoms(use_true_random=False), st.data())
def test_damage_is_told_and_ends(tree: Body, chance: Random, data: st.DataObject) -> None:
    text = Writer(chance).body(tree)
    assume(text)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1)) if text else 0
        text = text[:place] + data.draw(st.sampled_from(("", *SIGNS, *WORDS))) + text[place + 1 :]
    file = read(text)
    assert misplaced(file) == []
    broken = any(isinstance(node, Broken) for node in nodes(file.body))
    assert not broken or file.problems


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(("[", "{a=", "(", "f(", '"${', "a[", "-", "1+(", "x?", "b {\n", "a = "))),
    st.integers(1, 30),
)
def test_no_depth_is_too_much(pieces: list[str], times: int) -> None:
    file = read("a = " + "".join(pieces) * times * 20)
    assert misplaced(file) == []


@settings(max_examples=100, deadline=None)
@given(FILES, st.integers(0, 30))
def test_limits_leave_what_was_read_before(tree: Body, most: int) -> None:
    text = Writer(None).body(tree)
    whole = read(text)
    file = read(text, Limits(nodes=most))
    assert misplaced(file) == []
    assert set(names(file.body)) <= set(names(whole.body))
    assert file.problems or zeroed(file.body) == zeroed(whole.body)
