"""HCL with errors: what is said of them, and what is read in spite of them."""

from __future__ import annotations

from random import Random

import pytest

from parse.hcl_support import misplaced, names, nodes, read
from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Problem
from vvbscan.parse.hcl import parse_expression, parse_template
from vvbscan.parse.hcl_tree import Broken, Expression

AROUND = ("resource aws_db_instance main", "engine", "multi_az", "tags", "variable size")


def database(lines: str) -> str:
    """A file with some lines in the middle of its resource."""
    return (
        'resource "aws_db_instance" "main" {\n  engine = "postgres"\n'
        f"{lines}\n"
        '  multi_az = false\n  tags = {\n    Name = "approval"\n  }\n}\n\nvariable "size" {}\n'
    )


@pytest.mark.parametrize(
    ("lines", "message", "marked", "more"),
    [
        ('  name = "a', "the string does not end in its line", '"a', ("name",)),
        ('  name = a"', '`"` stands where the end of the line should stand', '"', ("name",)),
        ("  name = ${var.a}", "`$` stands where a value should stand", "$", ("name",)),
        ("  name = var.a.", "a name is missing behind the dot", ".", ("name",)),
        ("  name = 'a'", "`'` stands where a value should stand", "'", ("name",)),
        ("  name = “a”", "`“` stands where a value should stand", "“", ("name",)),
        ('  name = "${var.a"', '`"` stands where `}` should stand', '"', ("name",)),
        ('  name = "a\\d"', r"`\d` is no escape", r"\d", ("name",)),
        ('  name = "\\ud800"', r"`\ud800` is no character", r"\ud800", ("name",)),
        ('  list = ["a" "b"]', '`"` stands where a comma or `]` should stand', '"', ("list",)),
        (
            '  list = [\n    "a",',
            "`=` stands where a comma or `]` should stand, in what begins in line 3",
            "=",
            ("list",),
        ),
        ("  object = {\n    a = 1", "what begins here does not end", "{", ("object",)),
        ("  called = f(\n    a, b", "`m` stands where a comma or `)` should stand, in what begins in line 3", "m", ("called",)),
        ("  either = a ? b", "the line ends where `:` and the value for the other case should stand", "\n", ("either",)),
        ("  each = [for a in b]", "`]` stands where `:` and the result should stand", "]", ("each",)),
        ("  each = {for a in b : a}", "`}` stands where `=>` and a value should stand", "}", ("each",)),
        ("  call = f(a..., b)", "`,` stands where `)` should stand", ",", ("call",)),
        ("  both = a & b", "`&` stands where the end of the line should stand", "&", ("both",)),
        ("  sum = 1 +", "the line ends where a value should stand", "\n", ("sum",)),
        ("  sum = 1;", "`;` stands where the end of the line should stand", ";", ("sum",)),
        ("  name = <<EOT\n    text", "the here-document does not end: no line is `EOT` alone", "<<EOT", ("name",)),
        ("  name = << EOT", "a here-document needs a name and a line end behind `<<`", "<<", ("name",)),
        ("  name =", "the line ends where a value should stand", "\n", ("name",)),
        ("  name == 1", "an attribute is set with `=`", "==", ("name",)),
        ("  name : 1", "`:` stands where `=` should stand", ":", ("name",)),
        ('  "name" = 1', "the name of an attribute stands in no quotes", '"name" ', ("name",)),
        ("  name = 1,", "the attributes of a block are not separated by commas", ",", ("name",)),
        ("  a = 1 b = 2", "each attribute and each block stands in a line of its own", "b", ("a", "b")),
        ("  a {\n    b = 1 }", "`}` stands in the line of what is before it", "}", ("a", "b")),
        ("  a { b = 1\n  }", "a block of several lines begins in the line below `{`", "b", ("a", "b")),
        ("  a {\n    b = 1", "the block does not end", "a {", ("a", "b")),
        ("  a\n    b = 1\n  }", "the line ends where `{`, or `=` and a value, should stand", "\n", ("a", "b")),
        ('  a "${b}" {\n  }', "a label cannot have interpolations", '"${b}"', ("a ${b}",)),
        ("  a.b = 1", "`.` stands where `{`, or `=` and a value, should stand", ".", ()),
        ("  name var.a", "`.` stands where `{` should stand", ".", ("name",)),
        ("  name f({\n    a = 1\n  })", "`(` stands where `{` should stand", "(", ("name",)),
        ("  /* name = 1", "the comment has no end", "/*", ()),
        ("  a = {{ .Values.b }}", "text of a template engine, `{{ }}`", "{{", ("a",)),
        ("  {% if a %}", "text of a template engine, `{% %}`", "{%", ()),
        ("  <% if a %>", "text of a template engine, `<% %>`", "<%", ()),
        ("  \0", "the character U+0000 stands where `name = value` or a block should stand", "\0", ()),
    ],
)  # fmt: skip
def test_an_error_is_told_where_it_is_and_loses_nothing_else(
    lines: str, message: str, marked: str, more: tuple[str, ...]
) -> None:
    text = database(lines)
    file = read(text)
    assert sorted(names(file.body)) == sorted((*AROUND, *more))
    (problem,) = file.problems
    assert message in problem.message
    assert text[problem.start : problem.end] == marked
    assert (problem.level, problem.code) == ("error", "hcl-syntax")
    assert misplaced(file) == []


def test_a_broken_value_is_marked_as_such() -> None:
    text = database('  list = [\n    "a" "b",\n    "c"\n  ]')
    (resource, _) = read(text).body.blocks
    expression = resource.body.attributes["list"].expression
    assert isinstance(expression, Broken)
    assert text[expression.start : expression.end] == '[\n    "a" "b",\n    "c"\n  ]'
    broken = [node for node in nodes(resource) if isinstance(node, Broken)]
    assert broken == [expression]


def test_the_marks_of_a_conflict() -> None:
    text = database("<<<<<<< HEAD\n  size = 1\n  old = 1\n=======\n  size = 2\n  new = 1\n>>>>>>> other")
    file = read(text)
    assert sorted(names(file.body)) == sorted((*AROUND, "size", "old", "new"))
    (problem,) = file.problems
    assert problem.message == "the marker of a conflict, which a merge left in the file"
    assert text[problem.start : problem.end] == "<<<<<<<"


def test_a_name_that_is_set_twice() -> None:
    text = "a = 1\nb {\n  a = 2\n  c = 3\n  c = 4\n}\na = 5\n"
    file = read(text)
    assert getattr(file.body.attributes["a"].expression, "value") == 1  # noqa: B009
    assert [(one.code, text[one.start : one.end], one.message) for one in file.problems] == [
        ("duplicate-attribute", "c", "`c` is already set here, in line 4"),
        ("duplicate-attribute", "a", "`a` is already set here, in line 1"),
    ]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.7, 0.9])
def test_half_a_file_is_read_to_its_end(share: float) -> None:
    whole = database('  name = "a"') * 3
    text = whole[: int(len(whole) * share)]
    file = read(text)
    assert len(file.problems) == 1
    *found, _last = names(file.body)
    assert found == names(read(whole).body)[: len(found)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('resource "a" "b" {\n  c = 1\n\nresource "d" "e" {\n  f = 2\n}\n', ["resource a b", "c", "resource d e", "f"]),
        ('resource "a" "b"\n  c = 1\n}\n\nd {}\n', ["resource a b", "c", "d"]),
        ('resource "a "b" {\n  c = 1\n}\n\nd {}\n', ["resource a b", "c", "d"]),
        ('resource a" "b" {\n  c = 1\n}\n\nd {}\n', ["resource a b", "c", "d"]),
        ("a {\n  b {\n    c {\n      d = 1\n\n  e = 2\n}\n\nf {}\n", ["a", "b", "c", "d", "e", "f"]),
        ("}\na = 1\n}}\nb = 2\n", ["a", "b"]),
        ("a = [\nb = 1\nc {\n}\n", ["a", "b", "c"]),
        ("a = f(\n  {\n    b = 1\n\nc = 2\n", ["a", "c"]),
    ],
)  # fmt: skip
def test_missing_signs_of_blocks(text: str, found: list[str]) -> None:
    file = read(text)
    assert names(file.body) == found
    assert file.problems
    assert misplaced(file) == []


def test_text_that_is_no_hcl() -> None:
    garbage = "".join(map(chr, range(256))) * 20
    assert read(garbage).problems
    file = read("Read me first.\n\nThis tells how to install it.\nIt takes a while.\n")
    assert names(file.body) == []
    assert len(file.problems) == 1  # for all lines together
    (problem,) = read('{"resource": {}}\n').problems
    assert problem.hint == "a file in JSON syntax ends in .json"


def test_most_of_a_file_survives_any_lost_sign() -> None:
    text = (database('  name = "${var.a}-b"\n  list = [1, f("x")]\n  a "b" {\n    c = 1\n  }') + "\n") * 3
    whole = names(read(text).body)
    chance = Random(7)  # noqa: S311
    for sign in '"{}=()[],':
        places = [place for place, one in enumerate(text) if one == sign]
        shares = []
        for place in chance.sample(places, min(30, len(places))):
            found = names(read(text[:place] + text[place + 1 :]).body)
            shares.append(sum(min(found.count(name), whole.count(name)) for name in set(whole)) / len(whole))
        assert sum(shares) / len(shares) > 0.97, sign


NESTED = {
    "brackets": ("[", "]"),
    "parentheses": ("(", ")"),
    "objects": ("{ a = ", "}"),
    "calls": ("f(", ")"),
    "indexes": ("a[", "]"),
    "templates": ('"${', '}"'),
    "for": ("[for a in ", ": a]"),
    "operators": ("1 + 2 * (3 - ", ")"),
}


@pytest.mark.parametrize("kind", NESTED)
@pytest.mark.parametrize("times", [150, 5000, 30_000])
def test_nesting_is_bounded(kind: str, times: int) -> None:
    opening, closing = NESTED[kind]
    file = read(f"a = 1\nb = {opening * times}1{closing * times}\nc = 3\n")
    assert [one.code for one in file.problems] == ["nesting-too-deep"]
    assert list(file.body.attributes) == ["a", "b", "c"]
    assert misplaced(file) == []


@pytest.mark.parametrize("opening", [opening for opening, _ in NESTED.values()])
def test_nesting_that_does_not_end_is_bounded(opening: str) -> None:
    file = read(f"a = 1\nb = {opening * 20_000}\nc = 3\n")
    assert "nesting-too-deep" in [one.code for one in file.problems]
    assert list(file.body.attributes) == ["a", "b", "c"]


@pytest.mark.parametrize("kind", NESTED)
def test_what_people_nest_is_read(kind: str) -> None:
    opening, closing = NESTED[kind]
    assert read(f"a = {opening * 30}1{closing * 30}\n").problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "!" * 5000 + "a",
        "a ? b : " * 5000 + "c",
        "a ? " * 5000 + "b" + " : c" * 5000,
        "a" + "[*]" * 5000,
        '"' + "%{ if a }" * 5000 + "%{ endif }" * 5000 + '"',
    ],
)
def test_chains_that_nest_are_bounded(text: str) -> None:
    file = read(f"a = {text}\nb = 1\n")
    assert [one.code for one in file.problems] == ["nesting-too-deep"]
    assert list(file.body.attributes) == ["a", "b"]


def test_blocks_within_each_other_are_bounded() -> None:
    file = read("a {\n" * 20_000 + "}\n" * 20_000 + "b = 1\n")
    assert [one.code for one in file.problems] == ["nesting-too-deep"]
    assert list(file.body.attributes) == ["b"]


@pytest.mark.parametrize(
    "written", ["(" * 99 + "1" + ")" * 99, "f(" * 99 + "1" + ")" * 99, '"${' * 99 + "a" + '}"' * 99]
)
def test_the_depth_is_that_of_the_tree(written: str) -> None:
    def height(tree: object) -> int:
        if not isinstance(tree, tuple):
            return 0
        return max(map(height, tree), default=0) + ("start" in getattr(tree, "_fields", ()))

    expression, problems = parse_expression(written, DEFAULT_LIMITS)
    assert problems == ()
    assert 100 <= height(expression) <= DEFAULT_LIMITS.depth + 1


def test_the_number_of_values_is_bounded() -> None:
    file = read("a = 1\nb = [" + "1, " * 1000 + "]\nc = 1\n", Limits(nodes=100))
    assert list(file.body.attributes) == ["a"]
    assert [one.code for one in file.problems] == ["too-many-nodes"]


def test_the_number_of_problems_is_bounded() -> None:
    assert len(read("a = @\n" * 5000).problems) == 200


@pytest.mark.parametrize(
    "text", ["a = <<B\n" * 50_000, "a = {\n" * 50_000, "/*\n" * 50_000, "a = 1 } " * 50_000, "}" * 50_000]
)
def test_work_on_errors_is_bounded(text: str) -> None:
    """Each of these would be looked through to its end again and again."""
    file = read(text)
    assert file.problems
    assert misplaced(file) == []


def test_a_text_is_read_from_any_depth_of_calls() -> None:
    def from_below(depth: int) -> tuple[Expression, tuple[Problem, ...]]:
        return from_below(depth - 1) if depth else parse_template("${[" * 90, DEFAULT_LIMITS)

    for depth in range(0, 900, 100):
        try:
            expression, problems = from_below(depth)
        except RecursionError:
            continue
        assert isinstance(expression, Broken)
        assert problems
