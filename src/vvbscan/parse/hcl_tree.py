"""What HCL's native syntax is parsed into: bodies of attributes and blocks, and expressions.

Spans are code-point offsets into the file, ends exclusive. Expressions are trees and not values: what they
come to depends on where they are evaluated. Operator chains and traversals are flat, so that the depth of a
tree is what people nest.

Source: HCL Native Syntax Specification (hashicorp/hcl, hclsyntax/spec.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.model.node import Comment, Problem, Source
from vvbscan.record import NamedTuple

BARE: Final = "bare"
"""Style of an object's key that is written as an identifier."""
QUOTED: Final = "quoted"
HEREDOC: Final = "heredoc"
TEXT: Final = "text"
"""Style of a template that is a whole text: a template file, a string of JSON."""


class Literal(NamedTuple):
    """A number, `true`, `false`, `null`, or a string without interpolation."""

    value: str | int | float | bool | None
    start: int
    """Quotes and the markers of a heredoc are within the span."""
    end: int
    style: str = ""
    """`QUOTED`, `HEREDOC` or `BARE` for strings, empty for the others."""


class Template(NamedTuple):
    """A string with interpolations or directives; escapes, trim markers and indentation are resolved."""

    parts: tuple[Expression, ...]
    """In order. What stands between interpolations is a `Literal` with the span of just those characters.

    `"${x}"` alone is a template of one part, which has the value of `x` whatever its type."""
    start: int
    end: int
    style: str


class TemplateIf(NamedTuple):
    """`%{ if condition }…%{ else }…%{ endif }` in a template."""

    condition: Expression
    then: Template
    otherwise: Template | None
    start: int
    end: int


class TemplateFor(NamedTuple):
    """`%{ for key, value in collection }…%{ endfor }` in a template."""

    key: str
    """Empty if only one name is given."""
    value: str
    collection: Expression
    body: Template
    start: int
    end: int


class Variable(NamedTuple):
    """The first name of a traversal: `var`, `local`, `aws_db_instance`, the name of a `for`."""

    name: str
    start: int
    end: int


class GetAttribute(NamedTuple):
    """`.name`; also the legacy index `.0`, whose name is then `0`."""

    name: str
    start: int
    """Where the dot stands."""
    end: int


class GetIndex(NamedTuple):
    """`[key]`."""

    key: Expression
    start: int
    end: int


class Splat(NamedTuple):
    """`[*]`, or `.*` if `legacy`; the steps behind it apply to every item (of `.*` only attributes)."""

    legacy: bool
    steps: tuple[Step, ...]
    start: int
    end: int
    """Behind the last of its steps."""


class Traversal(NamedTuple):
    """Steps from a value: `aws_lb.front[0].arn`, `local.zones["a"]`, `aws_instance.web[*].id`."""

    root: Expression
    steps: tuple[Step, ...]
    start: int
    end: int


class Call(NamedTuple):
    """A call of a function."""

    name: str
    """With namespace if it has one: `provider::aws::arn_parse`, `core::max`."""
    arguments: tuple[Expression, ...]
    expanded: bool
    """Whether the last argument ends in `...`."""
    start: int
    end: int


class Unary(NamedTuple):
    """`!operand` or `-operand`."""

    operator: str
    operand: Expression
    start: int
    end: int


class Operation(NamedTuple):
    """Operators of one precedence, from left to right: `first` and then each operator with its operand."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    """Operators of one level: `||`; `&&`; `==` `!=`; `<` `>` `<=` `>=`; `+` `-`; `*` `/` `%`."""
    start: int
    end: int


class Conditional(NamedTuple):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    start: int
    end: int


class Parenthesised(NamedTuple):
    """An expression in parentheses, which makes the key of an object an expression."""

    inner: Expression
    start: int
    end: int


class TupleConstructor(NamedTuple):
    """`[a, b]`."""

    items: tuple[Expression, ...]
    start: int
    end: int


class ObjectConstructor(NamedTuple):
    """`{ key = value, "key" : value, (expression) = value }`."""

    items: tuple[tuple[Expression, Expression], ...]
    """A key that is a single identifier is a `Literal` of style `BARE`."""
    start: int
    end: int


class ForExpression(NamedTuple):
    """`[for key, value in collection : result if condition]`, or with braces and `=>` for an object."""

    key: str
    """Empty if only one name is given."""
    value: str
    collection: Expression
    result_key: Expression | None
    """The key of an object's `for`; None for a tuple's."""
    result: Expression
    grouped: bool
    """Whether results of equal keys are grouped (`...`)."""
    condition: Expression | None
    start: int
    end: int


class Broken(NamedTuple):
    """What could not be parsed; a problem of the file says why. Its value is unknown."""

    start: int
    end: int


Step = GetAttribute | GetIndex | Splat
Expression = (
    Literal
    | Template
    | TemplateIf
    | TemplateFor
    | Variable
    | Traversal
    | Call
    | Unary
    | Operation
    | Conditional
    | Parenthesised
    | TupleConstructor
    | ObjectConstructor
    | ForExpression
    | Broken
)


class Name(NamedTuple):
    """A name as written: of an attribute, a block or a label. A quoted label's span includes its quotes."""

    text: str
    start: int
    end: int


class Attribute(NamedTuple):
    """`name = expression`."""

    name: Name
    expression: Expression


class Block(NamedTuple):
    """`type "label" "label" { … }`."""

    type: Name
    labels: tuple[Name, ...]
    body: Body
    start: int
    end: int
    """Behind the closing brace; of a block that is not closed, where it was given up."""


class Body(NamedTuple):
    """Attributes by name and blocks in written order, of a file or a block."""

    attributes: Mapping[str, Attribute]
    """Of attributes with one name the first, as Terraform refuses a second; the others are problems."""
    blocks: tuple[Block, ...]
    start: int
    end: int


class HclFile(NamedTuple):
    """What a parser made of a file. Parsers never raise on bad input: they report problems."""

    source: Source
    body: Body
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
