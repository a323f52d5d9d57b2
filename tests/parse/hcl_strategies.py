"""Trees of HCL that hypothesis makes, and how they are written."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

from vvbscan.parse.hcl_expressions import LEVELS
from vvbscan.parse.hcl_tree import (
    BARE,
    QUOTED,
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    ForExpression,
    GetAttribute,
    GetIndex,
    Literal,
    Name,
    ObjectConstructor,
    Operation,
    Parenthesised,
    Splat,
    Step,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)

NAMES = st.sampled_from(("a", "var", "each", "a-b", "_x", "iffy", "format", "inner", "null-zone", "x1"))
TEXTS = st.text('ab "\\${}%~\n\té#/*', max_size=8).filter(lambda text: not text.endswith(("$", "%")))
PLAIN_TEXTS = st.text("ab -/é#'", max_size=8)
_LEVELS = {level: [sign for sign, one in LEVELS.items() if one == level] for level in LEVELS.values()}
_OPERANDS = (
    Variable,
    Call,
    Parenthesised,
    TupleConstructor,
    ObjectConstructor,
    ForExpression,
)
"""What can have steps."""


def _atoms(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        NAMES.map(lambda name: Variable(name, 0, 0)),
        st.integers(0, 10**20).map(lambda value: Literal(value, 0, 0)),
        st.sampled_from((0.5, 12.25, 1e-7, True, False, None)).map(lambda value: Literal(value, 0, 0)),
        texts.map(lambda text: Literal(text, 0, 0, QUOTED)),
    )


def _closed(expression: Expression, kinds: tuple[type, ...]) -> Expression:
    """In parentheses if it is not of certain kinds."""
    return expression if isinstance(expression, kinds) else Parenthesised(expression, 0, 0)


def _operand(expression: Expression, level: int) -> Expression:
    if isinstance(expression, Operation):
        tighter = LEVELS[expression.rest[0][0]] > level
        return expression if tighter else Parenthesised(expression, 0, 0)
    return Parenthesised(expression, 0, 0) if isinstance(expression, Conditional) else expression


@st.composite
def _operations(draw: st.DrawFn, inner: st.SearchStrategy[Expression]) -> Expression:
    level = draw(st.sampled_from(sorted(_LEVELS)))
    first, *others = draw(st.lists(inner, min_size=2, max_size=4))
    rest = [(draw(st.sampled_from(_LEVELS[level])), _operand(one, level)) for one in others]
    return Operation(_operand(first, level), tuple(rest), 0, 0)


@st.composite
def _steps(draw: st.DrawFn, inner: st.SearchStrategy[Expression], depth: int = 2) -> tuple[Step, ...]:
    attribute = st.one_of(NAMES, st.sampled_from(("0", "12"))).map(lambda name: GetAttribute(name, 0, 0))
    index = inner.map(lambda key: GetIndex(key, 0, 0))
    steps: list[Step] = list(draw(st.lists(st.one_of(attribute, index), max_size=3)))
    kind = draw(st.sampled_from(("", "full", "legacy"))) if depth else ""
    if kind == "full":
        steps.append(Splat(False, draw(_steps(inner, depth - 1)), 0, 0))
    elif kind == "legacy":
        steps.append(Splat(True, tuple(draw(st.lists(attribute, max_size=2))), 0, 0))
        if draw(st.booleans()):
            steps += [draw(index), *draw(_steps(inner, depth - 1))]
    return tuple(steps)


@st.composite
def _templates(
    draw: st.DrawFn,
    inner: st.SearchStrategy[Expression],
    texts: st.SearchStrategy[str],
    directives: bool,
    depth: int = 1,
) -> Template:
    parts: list[Expression] = []
    for _ in range(draw(st.integers(1, 3))):
        text = draw(texts)
        if text:
            parts.append(Literal(text, 0, 0))
        if not (directives and depth and draw(st.booleans())):
            parts.append(draw(inner))
            continue
        body = draw(_templates(inner, texts, directives, depth - 1))
        if draw(st.booleans()):
            other = draw(st.none() | _templates(inner, texts, directives, depth - 1))
            parts.append(TemplateIf(draw(inner), body, other, 0, 0))
        else:
            parts.append(TemplateFor(draw(st.just("") | NAMES), draw(NAMES), draw(inner), body, 0, 0))
    return Template(tuple(parts), 0, 0, QUOTED)


def _extended(
    texts: st.SearchStrategy[str], directives: bool
) -> Callable[[st.SearchStrategy[Expression]], st.SearchStrategy[Expression]]:
    closed_behind_signs = (Operation, Conditional) if directives else (Operation, Conditional, Unary)

    def extended(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        items = st.lists(inner, max_size=3).map(tuple)
        keys: st.SearchStrategy[Expression] = st.one_of(
            NAMES.map(lambda name: Literal(name, 0, 0, BARE)),
            texts.map(lambda text: Literal(text, 0, 0, QUOTED)),
            inner.map(lambda one: Parenthesised(one, 0, 0)),
        )
        roots = inner.map(lambda one: _closed(one, _OPERANDS))
        return st.one_of(
            inner.map(lambda one: Parenthesised(one, 0, 0)),
            st.builds(lambda one: TupleConstructor(one, 0, 0), items),
            st.lists(st.tuples(keys, inner), max_size=3).map(
                lambda members: ObjectConstructor(tuple(members), 0, 0)
            ),
            st.builds(
                lambda name, given, expanded: Call(name, given, expanded and bool(given), 0, 0),
                NAMES,
                items,
                st.booleans(),
            ),
            st.builds(
                lambda root, steps: Traversal(root, steps, 0, 0) if steps else root, roots, _steps(inner)
            ),
            st.builds(
                lambda sign, one: Unary(
                    sign, Parenthesised(one, 0, 0) if isinstance(one, closed_behind_signs) else one, 0, 0
                ),
                st.sampled_from("-!"),
                inner,
            ),
            _operations(inner),
            st.builds(
                lambda one, then, other: Conditional(
                    Parenthesised(one, 0, 0) if isinstance(one, Conditional) else one, then, other, 0, 0
                ),
                inner,
                inner,
                inner,
            ),
            st.builds(
                lambda key, value, over, result_key, result, grouped, condition: ForExpression(
                    key, value, over, result_key, result, grouped and result_key is not None, condition, 0, 0
                ),
                st.just("") | NAMES,
                NAMES,
                inner,
                st.none() | inner,
                inner,
                st.booleans(),
                st.none() | inner,
            ),
            _templates(inner, texts, directives),
        )

    return extended


EXPRESSIONS = st.recursive(_atoms(TEXTS), _extended(TEXTS, directives=True), max_leaves=12)
PLAIN_EXPRESSIONS = st.recursive(_atoms(PLAIN_TEXTS), _extended(PLAIN_TEXTS, directives=False), max_leaves=12)
"""Without escapes in strings, directives in templates, and signs right behind signs."""


def _bodies(
    expressions: st.SearchStrategy[Expression], inner: st.SearchStrategy[Body] | None
) -> st.SearchStrategy[Body]:
    attributes = st.dictionaries(NAMES, expressions, max_size=3).map(
        lambda found: {name: Attribute(Name(name, 0, 0), value) for name, value in found.items()}
    )
    if inner is None:
        return attributes.map(lambda found: Body(found, (), 0, 0))
    labels = st.lists(NAMES.map(lambda name: Name(name, 0, 0)), max_size=3).map(tuple)
    block = st.builds(
        lambda name, given, body: Block(Name(name, 0, 0), given, body, 0, 0), NAMES, labels, inner
    )
    return st.builds(
        lambda found, given: Body(found, tuple(given), 0, 0), attributes, st.lists(block, max_size=2)
    )


FILES = _bodies(EXPRESSIONS, _bodies(EXPRESSIONS, _bodies(EXPRESSIONS, None)))
PLAIN_FILES = _bodies(PLAIN_EXPRESSIONS, _bodies(PLAIN_EXPRESSIONS, None))


class Writer:
    """Writes trees, with blanks and comments wherever they may stand if it has a chance to choose."""

    def __init__(self, chance: Random | None) -> None:
        self._chance = chance

    def body(self, body: Body, indentation: str = "") -> str:
        items = [
            f"{indentation}{one.name.text}{self._blank(False)}={self._blank(False)}"
            f"{self.expression(one.expression, False)}"
            for one in body.attributes.values()
        ]
        for block in body.blocks:
            labels = "".join(
                f"{self._blank(False)}{self._choice((label.text, self._quoted(label.text)))}"
                for label in block.labels
            )
            inner = self.body(block.body, indentation + "  ")
            items.append(f"{indentation}{block.type.text}{labels} {{\n{inner}{indentation}}}")
        ends = ("\n", "\n\n", " # note\n", "\r\n", "\t// note }\n", " /* { */\n")
        return "".join(item + self._choice(ends) for item in items)

    def expression(self, tree: Any, lines: bool) -> str:
        kind = type(tree).__name__
        written: str = getattr(self, f"_{kind.lower()}")(tree, lines)
        return written

    def _choice(self, choices: tuple[str, ...]) -> str:
        return self._chance.choice(choices) if self._chance else choices[0]

    def _blank(self, lines: bool) -> str:
        choices = (" ", " ", "\t", "  ", " /* } */ ")
        return self._choice((*choices, "\n", " # ) note\n ", " // ]\n", "\r\n") if lines else choices)

    def _literal(self, tree: Literal, _lines: bool) -> str:
        value = tree.value
        if isinstance(value, bool) or value is None:
            return {True: "true", False: "false", None: "null"}[value]
        if isinstance(value, str):
            return value if tree.style == BARE else self._quoted(value)
        return format(value, "d") if isinstance(value, int) else repr(value)

    def _quoted(self, text: str) -> str:
        return f'"{_escaped(text)}"'

    def _variable(self, tree: Variable, _lines: bool) -> str:
        return tree.name

    def _parenthesised(self, tree: Parenthesised, _lines: bool) -> str:
        return f"({self._blank(True)}{self.expression(tree.inner, True)}{self._blank(True)})"

    def _many(self, items: tuple[Expression, ...], behind: str = "") -> str:
        between = f"{self._blank(True)},{self._blank(True)}"
        written = between.join(self.expression(item, True) for item in items)
        if items and not behind and self._chance and self._chance.random() < 0.3:
            behind = ","
        return f"{self._blank(True)}{written}{behind}{self._blank(True)}"

    def _tupleconstructor(self, tree: TupleConstructor, _lines: bool) -> str:
        return f"[{self._many(tree.items)}]"

    def _call(self, tree: Call, _lines: bool) -> str:
        behind = "..." if tree.expanded else ""
        return f"{tree.name}{self._choice(('', ' '))}({self._many(tree.arguments, behind)})"

    def _objectconstructor(self, tree: ObjectConstructor, _lines: bool) -> str:
        written = "{" + self._blank(True)
        for key, value in tree.items:
            sign = self._choice(("=", ":"))
            written += f"{self.expression(key, False)}{self._blank(False)}{sign}{self._blank(False)}"
            written += self.expression(value, False)
            written += self._choice((",", "\n", ", # note\n", ",\n", " // }\n", "\r\n")) + self._blank(True)
        return written + "}"

    def _unary(self, tree: Unary, lines: bool) -> str:
        return f"{tree.operator}{self._choice(('', ' '))}{self.expression(tree.operand, lines)}"

    def _operation(self, tree: Operation, lines: bool) -> str:
        written = self.expression(tree.first, lines)
        for sign, operand in tree.rest:
            written += f"{self._blank(lines)}{sign}{self._blank(lines)}{self.expression(operand, lines)}"
        return written

    def _conditional(self, tree: Conditional, lines: bool) -> str:
        parts = [self.expression(part, lines) for part in (tree.condition, tree.then, tree.otherwise)]
        signs = [f"{self._blank(lines)}{sign}{self._blank(lines)}" for sign in "?:"]
        return parts[0] + signs[0] + parts[1] + signs[1] + parts[2]

    def _forexpression(self, tree: ForExpression, _lines: bool) -> str:
        opening, closing = ("[", "]") if tree.result_key is None else ("{", "}")
        names = f"{tree.key} , {tree.value}" if tree.key else tree.value
        written = f"{opening}{self._choice(('', ' '))}for {names} in {self.expression(tree.collection, True)}"
        written += f"{self._blank(True)}:{self._blank(True)}"
        if tree.result_key is not None:
            written += f"{self.expression(tree.result_key, True)}{self._blank(True)}=>{self._blank(True)}"
        written += self.expression(tree.result, True) + ("..." if tree.grouped else "") + self._blank(True)
        if tree.condition is not None:
            written += f"if{self._blank(True)}{self.expression(tree.condition, True)}{self._blank(True)}"
        return written + closing

    def _traversal(self, tree: Traversal, lines: bool) -> str:
        return self.expression(tree.root, lines) + self._steps(tree.steps, lines)

    def _steps(self, steps: tuple[Step, ...], lines: bool) -> str:
        written = ""
        for step in steps:
            if self._chance and self._chance.random() < 0.1:
                written += self._blank(lines)
            if isinstance(step, GetAttribute):
                written += f".{step.name}"
            elif isinstance(step, GetIndex):
                written += f"[{self.expression(step.key, True)}]"
            else:
                written += (".*" if step.legacy else "[*]") + self._steps(step.steps, lines)
        return written

    def _template(self, tree: Template, _lines: bool) -> str:
        return f'"{self._parts(tree)}"'

    def _parts(self, tree: Template) -> str:
        written = ""
        for part in tree.parts:
            if isinstance(part, Literal) and not part.style and isinstance(part.value, str):
                written += _escaped(part.value)
            elif isinstance(part, TemplateIf):
                written += f"%{{ if {self.expression(part.condition, True)} }}{self._parts(part.then)}"
                if part.otherwise is not None:
                    written += f"%{{else}}{self._parts(part.otherwise)}"
                written += "%{ endif }"
            elif isinstance(part, TemplateFor):
                names = f"{part.key}, {part.value}" if part.key else part.value
                written += f"%{{for {names} in {self.expression(part.collection, True)} }}"
                written += f"{self._parts(part.body)}%{{endfor}}"
            else:
                written += f"${{{self._choice(('', ' '))}{self.expression(part, True)}{self._blank(True)}}}"
        return written


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return text.replace("${", "$${").replace("%{", "%%{")
