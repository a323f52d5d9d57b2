"""What a build script of Gradle declares: statements, blocks and expressions with their places."""

from __future__ import annotations

from vvbscan.model.node import Comment, Problem, Source
from vvbscan.record import NamedTuple


class Literal(NamedTuple):
    """A string without anything to put in, a number, `true`, `false` or `null`."""

    value: str | int | float | bool | None
    start: int
    end: int


class Template(NamedTuple):
    """A string with values to put in."""

    parts: tuple[str | Expression, ...]
    start: int
    end: int


class Argument(NamedTuple):
    """An argument of a call, a member of a list or of a map."""

    name: str
    """Empty if it has none."""
    value: Expression


class Link(NamedTuple):
    """A name in a chain, with what it is called with."""

    name: str
    """`[]` where an index stands in place of a name."""
    start: int
    end: int
    types: str = ""
    """What stands between `<` and `>` behind it."""
    arguments: tuple[Argument, ...] | None = None
    """None if it is not called."""
    block: Block | None = None


class Chain(NamedTuple):
    """`libs.versions.java.get()`, `platform("a:b:1")`."""

    links: tuple[Link, ...]
    start: int
    end: int


class Items(NamedTuple):
    """A list, or a map of Groovy."""

    items: tuple[Argument, ...]
    start: int
    end: int


class Opaque(NamedTuple):
    """An expression of another kind."""

    start: int
    end: int


class Block(NamedTuple):
    """What stands between braces, or the whole file."""

    statements: tuple[Statement, ...]
    start: int
    end: int


Expression = Literal | Template | Chain | Items | Opaque | Block


class Statement(NamedTuple):
    """A statement: `id("a") version "1"`, `group = "a"`, `implementation "a:b:1", "c:d:2"`."""

    keyword: str
    """`val`, `def` where something is declared; `if` where a condition, a loop or a handler decides whether
    its block, which is the target, is run; else empty."""
    target: Expression
    arguments: tuple[Argument, ...]
    """What a command of Groovy without parentheses is called with."""
    operator: str
    """`=`, `+=`, or empty."""
    value: Expression | None
    """What stands behind the operator."""
    pairs: tuple[Argument, ...]
    """What follows with a word before it: `version "1"`, `apply false`, `by extra("1")`."""
    start: int
    end: int


class GradleFile(NamedTuple):
    """A script that was read. What is not understood in it is `Opaque`."""

    source: Source
    block: Block
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]
