"""Templates of HCL: interpolations, directives, what `~` removes, and the indentation of here-documents."""

from __future__ import annotations

import pytest

from parse.hcl_support import pieces, read, value_of
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.parse.hcl import parse_template
from vvbscan.parse.hcl_tree import (
    TEXT,
    Expression,
    Literal,
    Template,
    TemplateFor,
    TemplateIf,
    Variable,
)


def shown(template: Expression) -> str:
    """A template with its text, names in angle brackets, and directives in braces."""
    if isinstance(template, Literal):
        return str(template.value)
    if isinstance(template, Variable):
        return f"<{template.name}>"
    if isinstance(template, TemplateIf):
        otherwise = "" if template.otherwise is None else f"|{shown(template.otherwise)}"
        return f"{{{shown(template.condition)}?{shown(template.then)}{otherwise}}}"
    if isinstance(template, TemplateFor):
        names = f"{template.key},{template.value}" if template.key else template.value
        return f"{{{names} in {shown(template.collection)}:{shown(template.body)}}}"
    assert isinstance(template, Template)
    return "".join(shown(part) for part in template.parts)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a ${b} c", "a <b> c"),
        ("a ${~ b} c", "a<b> c"),
        ("a ${b ~} c", "a <b>c"),
        ("a ${~b~} c", "a<b>c"),
        (r"a\n${~b~}\n\t c", "a<b>c"),
        ("${a}${b}", "<a><b>"),
        ("%{ if a }b%{ endif }", "{<a>?b}"),
        ("%{if a}b%{else}c%{endif}", "{<a>?b|c}"),
        ("%{ if a ~} b %{~ else ~} c %{~ endif }", "{<a>?b|c}"),
        ("%{ for x in y }${x}, %{ endfor }", "{x in <y>:<x>, }"),
        ("%{ for k, v in y }%{ if k }${v}%{ endif }%{ endfor }", "{k,v in <y>:{<k>?<v>}}"),
        ("%{ if a }%{ if b }c%{ endif }%{ else }%{ if d }e%{ endif }%{ endif }", "{<a>?{<b>?c}|{<d>?e}}"),
        ("${ # why\n  a\n}", "<a>"),
    ],
)
def test_in_quotes(written: str, read_as: str) -> None:
    assert shown(value_of(f'"{written}"')) == read_as


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("%{ for x in y ~}\n  - ${x}\n%{ endfor ~}\n", "{x in <y>:  - <x>\n}"),
        ("a\n  ${~ b ~}\n  c\n", "a\n<b>  c\n"),
        ("a ${b}\n\n%{ if c }\nd\n%{ endif }\n", "a <b>\n\n{<c>?\nd\n}\n"),
        (r"\n ${b}", r"\n <b>"),
    ],
)  # checked with hashicorp/hcl: `~` reaches to the end of its line
def test_a_text_as_a_template(text: str, read_as: str) -> None:
    template, problems = parse_template(text, DEFAULT_LIMITS)
    assert problems == ()
    assert shown(template) == read_as
    assert isinstance(template, Template)
    assert (template.start, template.end, template.style) == (0, len(text), TEXT)


def test_a_text_without_interpolations_is_a_literal() -> None:
    assert parse_template("a $${b}\n", DEFAULT_LIMITS) == (Literal("a ${b}\n", 0, 8, TEXT), ())


@pytest.mark.parametrize(
    ("lines", "read_as"),
    [
        (["    a ${b}", "      c", "    EOT"], "a <b>\n  c\n"),
        (["    ${a}", "      b", "  EOT"], "<a>\n  b\n"),
        (["    a", "${b}", "  EOT"], "    a\n<b>\n"),
        (["    %{ for x in y ~}", "    - ${x}", "    %{ endfor ~}", "  EOT"], "{x in <y>:    - <x>\n}"),
        (["  a${~ b ~}", "    c", "  EOT"], "a<b>    c\n"),
        (['  ${"', '"}', "  EOT"], None),
    ],
)  # each checked with hashicorp/hcl
def test_the_indentation_of_here_documents(lines: list[str], read_as: str | None) -> None:
    file = read("a = <<-EOT\n" + "\n".join(lines) + "\n")
    if read_as is None:
        assert file.problems
        return
    assert file.problems == ()
    assert shown(file.body.attributes["a"].expression) == read_as


def test_a_marker_within_an_interpolation_ends_nothing() -> None:
    text = "a = <<EOT\n${f(<<EOT\nb\nEOT\n)}\n${c}EOT\nEOT\n"
    file = read(text)
    assert file.problems == ()
    template = file.body.attributes["a"].expression
    assert pieces(text, template)[1:] == [
        "Call f(<<EOT\nb\nEOT\n)",
        "Literal <<EOT\nb\nEOT",
        "Literal \n",
        "Variable c",
        "Literal EOT\n",
    ]


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("${}", "nothing stands between the braces", "${}"),
        ("a ${b", "the file ends where `}` should stand", ""),
        ("${b c}", "`c` stands where `}` should stand", "c"),
        ("%{ foo }", "this is no directive of a template", "%{ foo"),
        ("%{ if a }b", "`%{ if }` has no end", "%{ if a }"),
        ("%{ for a in b }c", "`%{ for }` has no end", "%{ for a in b }"),
        ("a%{ endif }", "`%{ endif }` has no beginning", "%{ endif }"),
        ("%{ if a }%{ endfor }", "`%{ endfor }` has no beginning", "%{ endfor }"),
        ("%{ if a }%{ else }%{ else }%{ endif }", "`%{ else }` has no beginning", "%{ else }"),
        ("%{ for a b }", "`b` stands where `in` and a collection should stand", "b"),
    ],
)
def test_what_is_wrong_with_a_template(text: str, message: str, marked: str) -> None:
    expression, (problem,) = parse_template(text, DEFAULT_LIMITS)
    assert type(expression).__name__ == "Broken"
    assert problem.message == message
    assert text[problem.start : problem.end] == marked
    assert (problem.level, problem.code) == ("error", "hcl-syntax")


def test_templates_within_each_other_are_bounded() -> None:
    for text in ('${"' * 5000, "%{ if a }" * 5000, "${f(" * 5000):
        _, problems = parse_template(text, DEFAULT_LIMITS)
        assert [problem.level for problem in problems][:1] == ["error"]
