"""HCL's native syntax, construct by construct: what it is read into, and which characters that spans."""

from __future__ import annotations

import pytest

from parse.hcl_support import names, pieces, read, value_of, without_spans
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.parse.hcl import parse_expression
from vvbscan.parse.hcl_tree import (
    BARE,
    HEREDOC,
    QUOTED,
    Broken,
    Call,
    ForExpression,
    Literal,
    ObjectConstructor,
    Operation,
    Splat,
    Traversal,
    Unary,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("0.5", 0.5),
        ("1.0", 1),
        ("1e3", 1000),
        ("15E-1", 1.5),
        ("1.50e+1", 15),
        ("12345678901234567890123", 12345678901234567890123),
        ("true", True),
        ("false", False),
        ("null", None),
        ('"a b"', "a b"),
        ('""', ""),
        ('"$ % $x %y"', "$ % $x %y"),
        ('"$"', "$"),
        (r'"\n\r\t\"\\"', '\n\r\t"\\'),
        (r'"\u00e9\U0001F600"', "é😀"),
        ('"$${a} %%{b}"', "${a} %{b}"),
        ('"$$${a}"', "$${a}"),
    ],
)
def test_a_literal(written: str, value: object) -> None:
    literal = value_of(written)
    assert isinstance(literal, Literal)
    assert (literal.value, type(literal.value)) == (value, type(value))
    assert (literal.start, literal.end) == (4, 4 + len(written))
    assert literal.style == (QUOTED if isinstance(value, str) else "")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("var", ["Variable var"]),
        ("größe-1", ["Variable größe-1"]),
        ("a.b.c", ["Traversal a.b.c", "Variable a", "GetAttribute .b", "GetAttribute .c"]),
        ("a . b", ["Traversal a . b", "Variable a", "GetAttribute . b"]),
        ('a["x"]', ['Traversal a["x"]', "Variable a", 'GetIndex ["x"]', 'Literal "x"']),
        ("a.0.1", ["Traversal a.0.1", "Variable a", "GetAttribute .0", "GetAttribute .1"]),
        ("a[b.c]", ["Traversal a[b.c]", "Variable a", "GetIndex [b.c]", "Traversal b.c", "Variable b", "GetAttribute .c"]),
        ("a[*].b", ["Traversal a[*].b", "Variable a", "Splat [*].b", "GetAttribute .b"]),
        (
            "a[ * ].b[0]",
            ["Traversal a[ * ].b[0]", "Variable a", "Splat [ * ].b[0]", "GetAttribute .b", "GetIndex [0]", "Literal 0"],
        ),
        ("a.*.b[0]", ["Traversal a.*.b[0]", "Variable a", "Splat .*.b", "GetAttribute .b", "GetIndex [0]", "Literal 0"]),
        ("a[*].b[*].c", ["Traversal a[*].b[*].c", "Variable a", "Splat [*].b[*].c", "GetAttribute .b", "Splat [*].c", "GetAttribute .c"]),
        ("a.*[*].b", ["Traversal a.*[*].b", "Variable a", "Splat .*", "Splat [*].b", "GetAttribute .b"]),
        ("f(a, 1).b", ["Traversal f(a, 1).b", "Call f(a, 1)", "Variable a", "Literal 1", "GetAttribute .b"]),
        ("f ()", ["Call f ()"]),
        ("(a)", ["Parenthesised (a)", "Variable a"]),
        ("(\n  a\n  .b // why\n)", ["Parenthesised (\n  a\n  .b // why\n)", "Traversal a\n  .b", "Variable a", "GetAttribute .b"]),
        ("-a.b", ["Unary -a.b", "Traversal a.b", "Variable a", "GetAttribute .b"]),
        ("!a && b", ["Operation !a && b", "Unary !a", "Variable a", "Variable b"]),
        ("a ? b : c", ["Conditional a ? b : c", "Variable a", "Variable b", "Variable c"]),
        (
            "a ? b : c ? d : e",
            ["Conditional a ? b : c ? d : e", "Variable a", "Variable b", "Conditional c ? d : e", *("Variable c", "Variable d", "Variable e")],
        ),
        ("[a, [1],]", ["TupleConstructor [a, [1],]", "Variable a", "TupleConstructor [1]", "Literal 1"]),
        ("[ ]", ["TupleConstructor [ ]"]),
        ("[\n  # one\n  1,\n  /* two */ 2\n]", ["TupleConstructor [\n  # one\n  1,\n  /* two */ 2\n]", "Literal 1", "Literal 2"]),
        (
            '{ a = 1, "b" : 2 }',
            ['ObjectConstructor { a = 1, "b" : 2 }', "Literal a", "Literal 1", 'Literal "b"', "Literal 2"],
        ),
        ("{\n  (a) = 1\n\n  b = 2 # two\n}", ["ObjectConstructor {\n  (a) = 1\n\n  b = 2 # two\n}", "Parenthesised (a)", "Variable a", "Literal 1", "Literal b", "Literal 2"]),
        (
            '{ "${a}x" = 1 }',
            ['ObjectConstructor { "${a}x" = 1 }', 'Template "${a}x"', "Variable a", "Literal x", "Literal 1"],
        ),
        (
            '"x ${a} y"',
            ['Template "x ${a} y"', "Literal x ", "Variable a", "Literal  y"],
        ),
        ('"${a}"', ['Template "${a}"', "Variable a"]),
        ('"${ f("}") }"', ['Template "${ f("}") }"', 'Call f("}")', 'Literal "}"']),
        ('"${"${a}"}"', ['Template "${"${a}"}"', 'Template "${a}"', "Variable a"]),
        (r'"\t${a}\""', [r'Template "\t${a}\""', r"Literal \t", "Variable a", r"Literal \""]),
    ],
)  # fmt: skip
def test_the_characters_of_each_expression(written: str, found: list[str]) -> None:
    expression, problems = parse_expression(written, DEFAULT_LIMITS)
    assert problems == ()
    assert pieces(written, expression) == found
    assert without_spans(value_of(written)) == without_spans(expression)


@pytest.mark.parametrize(
    ("written", "grouped"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 * 2 + 3", "(1 * 2) + 3"),
        ("a || b && c == d < e + f * g", "a || (b && (c == (d < (e + (f * g)))))"),
        ("a * b + c < d == e && f || g", "(((((a * b) + c) < d) == e) && f) || g"),
        ("a + b * c - d / e", "a + (b * c) - (d / e)"),
        ("a == b != c", "a == b != c"),
        ("-a + !b", "(-a) + (!b)"),
        ("a && b ? c || d : e + f", "(a && b) ? (c || d) : (e + f)"),
    ],
)
def test_precedence(written: str, grouped: str) -> None:
    def shown(tree: object) -> object:
        """A tree without parentheses."""
        if isinstance(tree, tuple):
            return shown(tree[1]) if tree[0] == "Parenthesised" else tuple(shown(item) for item in tree)
        return tree

    assert shown(without_spans(value_of(written))) == shown(without_spans(value_of(grouped)))


def test_operators_of_one_level_are_one_operation() -> None:
    operation = value_of("a - b + c - d")
    assert isinstance(operation, Operation)
    assert [sign for sign, _ in operation.rest] == ["-", "+", "-"]


def test_long_chains_are_flat() -> None:
    operation = value_of(" + ".join(["x"] * 20_000))
    assert isinstance(operation, Operation)
    assert len(operation.rest) == 19_999
    traversal = value_of("a" + ".b" * 20_000)
    assert isinstance(traversal, Traversal)
    assert len(traversal.steps) == 20_000
    template = value_of('"' + "${x}-" * 10_000 + '"')
    assert len(getattr(template, "parts")) == 20_000  # noqa: B009


def test_a_call_of_a_providers_function() -> None:
    call = value_of("provider::aws::arn_parse(var.arns...)")
    assert isinstance(call, Call)
    assert (call.name, call.expanded) == ("provider::aws::arn_parse", True)


@pytest.mark.parametrize(
    ("written", "key", "value", "has_key", "grouped", "filtered"),
    [
        ("[for x in y : x]", "", "x", False, False, False),
        ("[for i, x in y : x if x > 1]", "i", "x", False, False, True),
        ("{for k, v in y : k => v}", "k", "v", True, False, False),
        ("{ for k, v in y : k => v... if v }", "k", "v", True, True, True),
        ("[\n  for\n  x\n  in\n  y\n  :\n  x\n  if\n  x\n]", "", "x", False, False, True),
    ],
)
def test_for(written: str, key: str, value: str, has_key: bool, grouped: bool, filtered: bool) -> None:
    expression = value_of(written)
    assert isinstance(expression, ForExpression)
    assert (expression.key, expression.value, expression.grouped) == (key, value, grouped)
    assert (expression.result_key is not None, expression.condition is not None) == (has_key, filtered)


def test_the_steps_of_splats() -> None:
    traversal = value_of("a.*.b.c[0][*].d")
    assert isinstance(traversal, Traversal)
    legacy, _index, full = traversal.steps
    assert isinstance(legacy, Splat)
    assert isinstance(full, Splat)
    assert (legacy.legacy, len(legacy.steps), full.legacy, len(full.steps)) == (True, 2, False, 1)


@pytest.mark.parametrize("key", ["a", "true", "null", "for-each", "forty", "in", "if"])
def test_a_key_that_is_a_name_is_text(key: str) -> None:
    for written in (f"{{ {key} = 1 }}", f"{{{key}:1}}", f"{{ {key} /* why */ = 1 }}"):
        expression = value_of(written)
        assert isinstance(expression, ObjectConstructor)
        name, _ = expression.items[0]
        assert isinstance(name, Literal)
        assert (name.value, name.style) == (key, BARE)


def test_a_minus_is_an_operator() -> None:
    assert isinstance(value_of("-1"), Unary)


@pytest.mark.parametrize("written", ["9" * 5000, "1e5000", "1e99999999"])
def test_numbers_that_are_too_large(written: str) -> None:
    file = read(f"a = {written}\nb = [{written}]\n")
    assert isinstance(file.body.attributes["a"].expression, Broken)
    assert [(one.level, one.code) for one in file.problems] == [("warning", "number-too-large")] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1\n", ["a"]),
        ("a=1", ["a"]),
        ("a = 1\r\nb = 2\r\n", ["a", "b"]),
        ("\n\n  a = 1 # b = 2\n// c = 3\n/* d = 4\n*/ e = 5\n", ["a", "e"]),
        ('a "b" {\n}\n', ["a b"]),
        ('a b "c d" {\n  e = 1\n  f {}\n}\n', ["a b c d", "e", "f"]),
        ("a { b = 1 }\n", ["a", "b"]),
        ("a { b = c.d } # why\n", ["a", "b"]),
        ("a{}", ["a"]),
        ('a /* why */ "b" /* so */ {\n}\n', ["a b"]),
        ('a "b\\"c" {\n}\n', ['a b"c']),
        ("a /* is */ = /* one */ 1\n", ["a"]),
        ("", []),
        ("# nothing\n", []),
    ],
)
def test_bodies(text: str, found: list[str]) -> None:
    file = read(text)
    assert file.problems == ()
    assert names(file.body) == found


def test_the_spans_of_a_block() -> None:
    text = 'x = 1\n\nresource "aws_instance" web { # why\n  a = 1\n}\n'
    (block,) = read(text).body.blocks
    assert text[block.start : block.end].startswith("resource")
    assert text[block.start : block.end].endswith("}")
    assert [text[one.start : one.end] for one in (block.type, *block.labels)] == [
        "resource",
        '"aws_instance"',
        "web",
    ]
    assert text[block.body.start : block.body.end] == " # why\n  a = 1\n"


def test_comments() -> None:
    text = "# one\na = 1 // two\nb = [ /* three */\n  # four\n  1, # five\n]\r\n#six\r\nc = (1 # seven\n)\n"
    found = [(text[one.start : one.end], one.own_line) for one in read(text).comments]
    assert found == [
        ("# one", True),
        ("// two", False),
        ("/* three */", False),
        ("# four", True),
        ("# five", False),
        ("#six", True),
        ("# seven", False),
    ]


def test_text_of_strings_is_no_comment() -> None:
    text = 'a = "# no"\nb = <<EOT\n# no\n// no\nEOT\nc = "${d}/* no */"\n'
    assert read(text).comments == ()


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["<<EOT", "a", "  b", "EOT"], "a\n  b\n"),
        (["<<EOT", "EOT"], ""),
        (["<<EOT", "a", "  EOT  "], "a\n"),
        (["<<EOT", " EOTX", "EOT x", "EOT"], " EOTX\nEOT x\n"),
        (["<<EOT", r"a\n $${b} %%{c} $d", "EOT"], "a\\n ${b} %{c} $d\n"),
        (["<<-EOT", "    a", "      b", "", "    c", "  EOT"], "a\n  b\n\nc\n"),
        (["<<-EOT", "  ", "    a", "      ", "   b", "  EOT"], "  \n a\n      \nb\n"),
        (["<<-EOT", "\ta", "\t\tb", "EOT"], "a\n\tb\n"),
        (["<<-a-b", "  x", "a-b"], "x\n"),
    ],
)  # each checked with hashicorp/hcl
def test_here_documents(lines: list[str], value: str) -> None:
    text = "a = " + "\n".join(lines) + "\nb = 1\n"
    file = read(text)
    assert file.problems == ()
    assert list(file.body.attributes) == ["a", "b"]
    literal = file.body.attributes["a"].expression
    assert isinstance(literal, Literal)
    assert (literal.value, literal.style) == (value, HEREDOC)
    assert text[literal.start : literal.end].endswith(lines[0].lstrip("<-"))


def test_the_line_ends_of_a_here_document_are_those_of_the_file() -> None:
    assert value_of("<<EOT\r\na\r\nEOT\r") == Literal("a\r\n", 4, 17, HEREDOC)


def test_here_documents_stand_wherever_expressions_do() -> None:
    text = 'a = f(<<A, "x", <<-B\n'
    assert read(text).problems  # the marker ends its line
    file = read('a = f(<<A\nx\nA\n, "y", {\n  b = <<-B\n    z\n  B\n  c = 1\n})\n')
    assert file.problems == ()
    call = file.body.attributes["a"].expression
    assert isinstance(call, Call)
    assert len(call.arguments) == 3
