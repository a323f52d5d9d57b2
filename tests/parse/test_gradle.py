"""Build scripts of Gradle: what is read, and that everything can be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source
from vvbscan.parse.gradle import parse_gradle
from vvbscan.parse.gradle_tree import (
    Argument,
    Block,
    Chain,
    Expression,
    GradleFile,
    Items,
    Link,
    Literal,
    Opaque,
    Statement,
    Template,
)
from vvbscan.text import SourceText


def parse(text: str, *, kotlin: bool = False) -> GradleFile:
    name = "build.gradle.kts" if kotlin else "build.gradle"
    return parse_gradle(Source(name, SourceText(text)), DEFAULT_LIMITS)


def shown(value: Expression | None) -> str:
    """An expression in short."""
    if isinstance(value, Literal):
        return repr(value.value)
    if isinstance(value, Template):
        return "+".join(repr(part) if isinstance(part, str) else f"<{shown(part)}>" for part in value.parts)
    if isinstance(value, Chain):
        return ".".join(map(_link, value.links))
    if isinstance(value, Items):
        return f"[{_list(value.items)}]"
    if isinstance(value, Block):
        return "{" + "; ".join(map(_statement, value.statements)) + "}"
    return "?" if isinstance(value, Opaque) else ""


def _link(link: Link) -> str:
    types = f"<{link.types}>" if link.types else ""
    called = "" if link.arguments is None else f"({_list(link.arguments)})"
    return f"{link.name}{types}{called}{'' if link.block is None else shown(link.block)}"


def _list(arguments: tuple[Argument, ...]) -> str:
    return ", ".join(f"{one.name}: {shown(one.value)}" if one.name else shown(one.value) for one in arguments)


def _statement(one: Statement) -> str:
    parts = [one.keyword, shown(one.target), _list(one.arguments), one.operator, shown(one.value)]
    parts += [f"{pair.name} {shown(pair.value)}" for pair in one.pairs]
    return " ".join(part for part in parts if part)


def read(text: str, *, kotlin: bool = False) -> list[str]:
    file = parse(text, kotlin=kotlin)
    assert file.problems == ()
    return [_statement(one) for one in file.block.statements]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("id 'java'", ["id 'java'"]),
        ("id('a') version '1' apply false", ["id('a') version '1' apply False"]),
        ("id 'a' version '1'\nid 'b'", ["id 'a' version '1'", "id 'b'"]),
        ("implementation 'a:b:1', 'c:d:2',\n    'e:f:3'", ["implementation 'a:b:1', 'c:d:2', 'e:f:3'"]),
        ("x group: 'a', name: 'b'", ["x group: 'a', name: 'b'"]),
        ("x([group: 'a', 'name': 'b'])", ["x([group: 'a', name: 'b'])"]),
        ("a { b { c = 1 } }", ["a{b{c = 1}}"]),
        ("x 'a' , { y 'b' }", ["x 'a', {y 'b'}"]),
        ("ext.v = '1.0'\next['w'] = 2", ["ext.v = '1.0'", "ext.[]('w') = 2"]),
        ('def v = "$a.b-${c.d()}!"', ["def v = <a.b>+'-'+<c.d()>+'!'"]),
        ("String v = '1'", ["String v = '1'"]),
        ("final def v = 'a' + b + 'c'", ["def v = <'a'>+<b>+<'c'>"]),
        ("v = 'a' + 'b'", ["v = <'a'>+<'b'>"]),
        ("v = a ? 'b' : 'c'", ["v = ?"]),
        ("check.dependsOn x, y", ["check.dependsOn x, y"]),
        ("check.dependsOn << x", ["check.dependsOn"]),
        ("list += ['a', 'b']", ["list += ['a', 'b']"]),
        ("a\n  .b()\n  .c { d }", ["a.b().c{d}"]),
        ("if (a) { b 'c' } else d 'e'", ["if {b 'c'}", "if {d 'e'}"]),
        ("try { a() } catch (e) { b() }", ["if {a()}", "if {b()}"]),
        ("import a.b.C\nx()", ["x()"]),
        ("@Deprecated('x') def y = 1", ["def y = 1"]),
        ("a = ~/x{2}'/\nb = 1", ["a = ?", "b = 1"]),
        ("a = $/x'/$\nb = 1", ["a = ?", "b = 1"]),
        ("a = 6 / 2\nb = 1", ["a = ?", "b = 1"]),
        ("v = '''a\n'b\\n'''", ['v = "a\\n\'b\\n"']),
        ("task go(type: Exec) { x 1 }", ["task go(type: Exec){x 1}"]),
        ("void f(a) { } \nx()", ["void f(a){}", "x()"]),
        ("a { b -> c 'd' }", ["a{c 'd'}"]),
        ("// a\nx() /* b\n */ ; y()", ["x()", "y()"]),
        ("v = new File('a')\nw 1", ["v = ?", "w 1"]),
        ("a.b = c as int\nd 2", ["a.b = c", "d 2"]),
    ],
)
def test_groovy(text: str, statements: list[str]) -> None:
    assert read(text) == statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ('kotlin("jvm") version "2.3" apply false', ["kotlin('jvm') version '2.3' apply False"]),
        ("`java-library`", ["java-library"]),
        ("implementation(libs.a.b)", ["implementation(libs.a.b)"]),
        ('"conf"("a:b:1")', ["conf('a:b:1')"]),
        ('x(group = "a", name = "b")', ["x(group: 'a', name: 'b')"]),
        ('x(\n    "a",\n    "b",\n)', ["x('a', 'b')"]),
        ('val v: String = "1"', ["val v = '1'"]),
        ('val v by extra("1")', ["val v by extra('1')"]),
        ("val v by getting { a() }", ["val v by getting{a()}"]),
        (
            "tasks.withType<Test>().configureEach { a = true }",
            ["tasks.withType<Test>().configureEach{a = True}"],
        ),
        ('tasks.named<A<B>>("x") { }', ["tasks.named<A<B>>('x'){}"]),
        ("a?.b()!!.c", ["a.b().c"]),
        ('v = a as String\nw = b ?: "c"', ["v = a", "w = ?"]),
        ('fun f(a: Int): String {\n  return "}"\n}\nx()', ["x()"]),
        ("class A : B() { }\nx()", ["x()"]),
        ("fun f() = 1\nx()", ["x()"]),
        ('v = "$a.b"', ["v = <a>+'.b'"]),
        ('v = """"$a""""', ["v = '\"'+<a>+'\"'"]),
        ('v = """\\"""', ["v = '\\\\'"]),
        ("when { a -> b() }", ["if {b()}"]),
        ("a { it.b = c::class }", ["a{it.b = c.class}"]),
        ('mapOf("a" to "b")', ["mapOf(?)"]),
        ("for (a in b) c(a)", ["if {c(a)}"]),
    ],
)
def test_kotlin(text: str, statements: list[str]) -> None:
    assert read(text, kotlin=True) == statements


@pytest.mark.parametrize(
    ("text", "written"),
    [("a {\n b(\n", "("), ("a { b {", "{"), ("x 'a\ny()", "'a"), ("x }", "}"), ('x """a', '"""a')],
)
def test_what_is_not_closed_is_told_once(text: str, written: str) -> None:
    (problem,) = parse(text).problems
    assert problem.code == "gradle-syntax"
    assert text[problem.start : problem.end] == written


def test_after_an_error_the_rest_is_read() -> None:
    file = parse("x 'a\ny 'b'\n} z 'c'")
    assert [_statement(one) for one in file.block.statements] == ["x 'a'", "y 'b'", "z 'c'"]


def test_spans_and_comments() -> None:
    text = "#!/usr/bin/env gradle\n// one\na 'b' // two\nc /* three */ 'd'\n"
    file = parse(text)
    assert [text[one.start : one.end] for one in file.block.statements] == ["a 'b'", "c /* three */ 'd'"]
    comments = [(text[one.start : one.end], one.own_line) for one in file.comments]
    assert comments == [("// one", True), ("// two", False), ("/* three */", False)]


@pytest.mark.parametrize("opening", ["{", "(", "[", "a{", "a(", "if (x) ", "-", "'a' + (", '"${', "b.c<"])
def test_depth_is_bounded(opening: str) -> None:
    for kotlin in (False, True):
        parse(opening * 20_000, kotlin=kotlin)


_PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "b.c",
                "'x'",
                '"$a"',
                '"${b}"',
                "'''",
                '"""',
                "{",
                "}",
                "(",
                ")",
                "[",
                "]",
                "\n",
                " ",
                ",",
                "=",
            ),
            *(
                "if",
                "else",
                "val ",
                "def ",
                "fun f",
                "/",
                "//",
                "/*",
                "*/",
                "$/",
                "\\",
                "<T>",
                "::",
                "?.",
                "->",
                "+",
            ),
            *("1", "0x", "1.5", "@A", "`", "$", "as ", "by ", "new ", ";", ":", "é", "\r\n", "\t", "\0"),
        ]
    ),
    max_size=40,
).map("".join)


@given(st.one_of(_PIECES, st.text(max_size=60)), st.booleans())
def test_any_text_is_read_and_spans_lie_in_order(text: str, kotlin: bool) -> None:
    file = parse(text, kotlin=kotlin)
    assert len(file.problems) <= 1
    _check(file.block, 0, len(text))
    for comment in file.comments:
        assert text[comment.start : comment.end].startswith(("//", "/*"))


def _check(block: Block, start: int, end: int) -> None:
    assert start <= block.start <= block.end <= end
    at = block.start
    for one in block.statements:
        assert at <= one.start <= one.end <= block.end
        at = one.end
        parts = [one.target, one.value, *(each.value for each in (*one.arguments, *one.pairs))]
        for part in parts:
            if part is not None:
                _check_expression(part, one.start, one.end)


def _check_expression(value: Expression, start: int, end: int) -> None:
    assert start <= value.start <= value.end <= end
    if isinstance(value, Block):
        _check(value, start, end)
    elif isinstance(value, Items):
        for item in value.items:
            _check_expression(item.value, start, end)
    elif isinstance(value, Template):
        for part in value.parts:
            if not isinstance(part, str):
                _check_expression(part, start, end)
    elif isinstance(value, Chain):
        for link in value.links:
            if link.block is not None:
                _check(link.block, start, end)
            for argument in link.arguments or ():
                _check_expression(argument.value, start, end)


_NAMES = st.from_regex(re.compile(r"[a-z][a-zA-Z]{0,6}", re.ASCII), fullmatch=True).filter(
    lambda name: (
        name not in ("if", "do", "for", "def", "val", "var", "fun", "in", "is", "as", "to", "by", "new")
    )
)
_STRINGS = st.text(alphabet="ab:.-+${}'\"\\\n€", max_size=8)


@given(_NAMES, _STRINGS, st.sampled_from("'\""), st.booleans())
def test_a_string_is_read_back(name: str, value: str, quote: str, kotlin: bool) -> None:
    if kotlin:
        quote = '"'
    written = (
        value.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n").replace("$", "\\$")
    )
    (one,) = parse(f"{name}({quote}{written}{quote})", kotlin=kotlin).block.statements
    assert isinstance(one.target, Chain)
    (link,) = one.target.links
    assert link.name == name
    assert link.arguments is not None
    (argument,) = link.arguments
    assert isinstance(argument.value, Literal)
    assert argument.value.value == value
