"""Bodies of HCL: attributes and blocks."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.model.node import Problem
from vvbscan.parse.hcl_expressions import KEYWORDS, Expressions
from vvbscan.parse.hcl_lex import IDENTIFIER, NUMBER, PLAIN
from vvbscan.parse.hcl_numbers import number
from vvbscan.parse.hcl_skip import closing_of
from vvbscan.parse.hcl_tree import (
    QUOTED,
    Attribute,
    Block,
    Body,
    Broken,
    Expression,
    GetAttribute,
    Literal,
    Name,
    Step,
    Traversal,
    Variable,
)

_LABEL: Final = rf'(?:"[^"\\\n$%]*+"|{IDENTIFIER})[ \t]*+'
_ITEM: Final = re.compile(
    r"[ \t\r\n]*+(?:"
    rf"({IDENTIFIER})[ \t]*+=(?![=>])[ \t]*+"
    # The commonest values together with the end of their line, in one match for speed.
    rf"(?:(?:{PLAIN}|({IDENTIFIER})((?:\.{IDENTIFIER})*+)|({NUMBER}))[ \t]*+(?=\r?\n|#|//))?"
    rf"|({IDENTIFIER})[ \t]*+((?:{_LABEL})*+)\{{"
    r"|(\})"
    r"|(#|//|/\*)"
    r")"
).match
_ATTRIBUTE, _STRING, _NAME, _PATH, _NUMBER, _TYPE, _LABELS, _END, _COMMENT = range(1, 10)
_WORDS: Final = re.compile(rf'"([^"]*+)"|({IDENTIFIER})').finditer
_WORD: Final = re.compile(IDENTIFIER).match


class Bodies(Expressions):
    """Reads bodies. What cannot be read ends the reading, unless `tolerant`: then it goes on behind it."""

    __slots__ = ("tolerant",)

    tolerant: bool

    def file(self) -> Body:
        """Read the whole text as a body."""
        return self._body(0, 0, 0)

    def _body(self, start: int, depth: int, begin: int) -> Body:
        """Read items up to the closing brace, or to the end of the text if `depth` is 0."""
        text = self.text
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while True:
            found = _ITEM(text, self.position)
            kind = found.lastindex if found is not None else None
            if found is None or kind is None:
                sign = self.skip(True)
                if not sign:
                    if depth:
                        self.fail("the block does not end", begin, start, "close it with `}`")
                    break
                self._odd_item()
                continue
            if kind == _COMMENT:
                self.position = self.comment(found.start(_COMMENT))
                continue
            if kind == _END:
                self.position = found.end()
                if not depth:
                    place = found.start(_END)
                    self.fail("`}` closes nothing", place, None, "remove it, or open its block with `{`")
                break
            if kind == _LABELS:
                blocks.append(self._block(found, depth))
                continue
            name = Name(found[_ATTRIBUTE], *found.span(_ATTRIBUTE))
            self.left -= 1
            self.position = found.end()
            if kind == _ATTRIBUTE:
                expression = self.expression(False, depth + 1)
                self._line_end()
            else:
                expression = _simple(found, kind)
            attribute = Attribute(name, expression)
            if name.text in attributes:
                self._repeated(attributes[name.text], name)
            else:
                attributes[name.text] = attribute
        return Body(attributes, tuple(blocks), start, self.position - 1 if depth else self.position)

    def _block(self, found: re.Match[str], depth: int) -> Block:
        begin, stop = found.span(_TYPE)
        type_ = Name(found[_TYPE], begin, stop)
        labels: tuple[Name, ...] = ()
        if found[_LABELS]:
            labels = tuple(
                [Name(one[1] or one[2] or "", *one.span()) for one in _WORDS(self.text, *found.span(_LABELS))]
            )
        self.position = end = found.end()
        if depth >= self.most:
            self.report(self.depth_problem(begin))
            closing = closing_of(self.text, end - 1)
            if closing is None:
                self.fail("the block does not end", begin, end, "close it with `}`")
            self.position = closing
            return Block(type_, labels, Body({}, (), end, closing - 1), begin, closing)
        body = self._body(end, depth + 1, begin)
        return Block(type_, labels, body, begin, self.position)

    def _line_end(self) -> None:
        sign = self.skip(False)
        if sign and sign not in "\n}":
            self.unexpected("the end of the line", self.position)

    def _odd_item(self) -> None:
        self.unexpected("`name = value` or a block", self.position)

    def _repeated(self, first: Attribute, name: Name) -> None:
        line = self.text.count("\n", 0, first.name.start) + 1
        message = f"{name.text} is already set in this block, in line {line}"
        self.report(
            Problem("error", "duplicate-attribute", message, name.start, name.end, "remove one of the two")
        )


def _simple(found: re.Match[str], kind: int) -> Expression:
    """The value that was matched together with its attribute."""
    if kind == _STRING:
        start, end = found.span(_STRING)
        return Literal(found[_STRING], start - 1, end + 1, QUOTED)
    if kind == _NUMBER:
        start, end = found.span(_NUMBER)
        value = number(found[_NUMBER])
        return Broken(start, end) if value is None else Literal(value, start, end)
    start, end = found.span(_NAME)
    name = found[_NAME]
    root: Expression
    root = Literal(KEYWORDS[name], start, end) if name in KEYWORDS else Variable(name, start, end)
    path = found[_PATH]
    if not path:
        return root
    steps: list[Step] = []
    for part in path[1:].split("."):
        stop = end + 1 + len(part)
        steps.append(GetAttribute(part, end, stop))
        end = stop
    return Traversal(root, tuple(steps), start, end)
