"""Strings with expressions: what their parts are for Quarkus and for Spring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.views.settings.names import QUARKUS, SPRING
from vvbscan.views.settings.template import Expression, Literal, Template, parse_template


def shown(template: Template | None) -> str:
    """The parts of a template: literals as they stand, expressions as `<key|default>`."""
    assert template is not None
    text = ""
    for piece in template.pieces:
        if isinstance(piece, Literal):
            text += piece.text
        else:
            default = "" if piece.default is None else "|" + shown(piece.default)
            text += f"<{shown(piece.key)}{default}{'!' if piece.handler else ''}>"
    return text


@pytest.mark.parametrize(
    ("text", "quarkus", "spring"),
    [
        ("plain", "plain", "plain"),
        ("${a}", "<a>", "<a>"),
        ("x${a}y${b:c}z", "x<a>y<b|c>z", "x<a>y<b|c>z"),
        ("${a:}", "<a|>", "<a|>"),
        ("${a:b:c}", "<a|b:c>", "<a|b:c>"),
        ("${a:${b:${c:d}}}", "<a|<b|<c|d>>>", "<a|<b|<c|d>>>"),
        ("${a${b}:c}", "<a<b>|c>", "<a<b>|c>"),
        ("http://${h}:${p:80}/x", "http://<h>:<p|80>/x", "http://<h>:<p|80>/x"),
        # braces: Quarkus ends at the first, Spring counts them
        ("${a:{x}}", "<a|{x>}", "<a|{x}>"),
        # without an end: Quarkus closes it, Spring takes it as text
        ("${a", "<a>", "${a"),
        ("${a:b", "<a|b>", "${a:b"),
        ("x${a:${b", "x<a|<b>>", "x${a:${b"),
        # secret handlers of Quarkus
        ("${aes::x:y}", "<aes::x:y!>", "<aes|:x:y>"),
        # escapes
        ("$$x", "$x", "$$x"),
        ("$${a}", "${a}", "$<a>"),
        ("\\${a}", "${a}", "${a}"),
        ("${a\\:b:c}", "<a\\|b:c>", "<a:b|c>"),
        ("$", "$", "$"),
        ("a$b", "a$b", "a$b"),
        ("}:{", "}:{", "}:{"),
    ],
)
def test_parts(text: str, quarkus: str, spring: str) -> None:
    assert shown(parse_template(text, QUARKUS)) == quarkus
    assert shown(parse_template(text, SPRING)) == spring


def test_nesting_too_deep_is_not_read() -> None:
    assert parse_template("${a:" * 100_000 + "}" * 100_000, QUARKUS) is None
    assert parse_template("${" * 100_000, SPRING) is None


def spans(template: Template) -> list[tuple[int, int]]:
    found = []
    for piece in template.pieces:
        found.append((piece.start, piece.end))
        if isinstance(piece, Expression):
            found += spans(piece.key)
            found += spans(piece.default) if piece.default is not None else []
    return found


@given(st.text(alphabet="ab$\\{}:", max_size=30), st.sampled_from([QUARKUS, SPRING]))
def test_parts_cover_the_text_in_order(text: str, framework: str) -> None:
    template = parse_template(text, framework)
    assert template is not None
    position = 0
    for piece in template.pieces:
        assert piece.start == position
        assert piece.start < piece.end <= len(text)
        position = piece.end
    assert position == len(text)
    assert all(0 <= start <= end <= len(text) for start, end in spans(template))
