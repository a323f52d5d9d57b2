"""Expressions of HCL: operators by precedence, traversals, calls, collections.

The depth of what is read counts each level of the tree, so that whoever walks the tree needs no more levels.
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.model.node import Problem
from vvbscan.parse.hcl_lex import IDENTIFIER, NUMBER, PLAIN, Exhausted
from vvbscan.parse.hcl_numbers import number
from vvbscan.parse.hcl_template import Templates
from vvbscan.parse.hcl_tree import (
    QUOTED,
    Broken,
    Conditional,
    Expression,
    GetAttribute,
    GetIndex,
    Literal,
    Operation,
    Splat,
    Step,
    Traversal,
    Unary,
    Variable,
)

_OPERAND: Final = rf"({IDENTIFIER})((?:\.{IDENTIFIER})*+)|{PLAIN}|({NUMBER})|([\[{{(\"!-])|(<<)"
_NAME, _PATH, _STRING, _NUMBER, _SIGN, _HEREDOC = range(1, 7)
_AFTER: Final = r"(?:(\.(?!\.)|\[|\(|::)|(\|\||&&|[=!<>]=|[<>+*?%-]|/(?![/*]))|([#/]))?"
_SUFFIX, _OPERATOR, _COMMENT = range(1, 4)
_OPERANDS: Final = tuple(
    re.compile(blanks + f"(?:{_OPERAND})").match for blanks in (r"[ \t\r]*+", r"[ \t\r\n]*+")
)
_AFTERS: Final = tuple(re.compile(blanks + _AFTER).match for blanks in (r"[ \t\r]*+", r"[ \t\r\n]*+"))
_STEPS: Final = tuple(
    re.compile(rf"\.{blanks}(?:({IDENTIFIER})|([0-9]++)|(\*))").match
    for blanks in (r"[ \t\r]*+", r"[ \t\r\n]*+")
)
_FULL_SPLAT: Final = re.compile(r"\[[ \t\r\n]*+\*[ \t\r\n]*+\]").match

LEVELS: Final = {
    "||": 0,
    "&&": 1,
    "==": 2,
    "!=": 2,
    "<": 3,
    ">": 3,
    "<=": 3,
    ">=": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
"""Precedence of the operators, the loosest first."""
KEYWORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_NONE: Final = -1
"""Level of what is no operator."""


class Expressions(Templates):
    """Reads expressions."""

    __slots__ = ("ahead", "behind")

    ahead: str
    """The operator behind the last operand, empty if none follows."""
    behind: int
    """Where that operator ends."""

    def single(self) -> Expression:
        """Read the whole text as one expression."""
        made = self.expression(True, 0)
        if self.skip(True):
            self.unexpected("the end of the expression", 0)
        return made

    def expression(self, lines: bool, depth: int) -> Expression:
        """Read an expression; `lines` tells whether line ends are blanks in it."""
        outer = self.deepest
        self.deepest = depth
        value = self._operand(lines, depth)
        if self.ahead:
            if self.ahead != "?":
                value = self._operations(value, lines, depth, 0)
            if self.ahead == "?":
                value = self._conditional(value, lines, depth)
        self.deepest = max(self.deepest, outer)
        return value

    def _conditional(self, condition: Expression, lines: bool, depth: int) -> Expression:
        begin = self.behind - 1
        self._deepen(begin)
        self.position = self.behind
        then = self.expression(lines, depth + 1)
        if self.skip(lines) != ":":
            self.unexpected(
                "`:` and the value for the other case", begin, "a conditional is `condition ? a : b`"
            )
        self.position += 1
        otherwise = self.expression(lines, depth + 1)
        return Conditional(condition, then, otherwise, condition.start, otherwise.end)

    def _operations(self, value: Expression, lines: bool, depth: int, least: int) -> Expression:
        """Read operators of a level and tighter ones behind their first operand."""
        while (level := LEVELS.get(self.ahead, _NONE)) >= least:
            first, rest = value, []
            self._deepen(self.behind - 1)
            while LEVELS.get(self.ahead, _NONE) == level:
                operator = self.ahead
                self.position = self.behind
                outer, self.deepest = self.deepest, depth + 1
                operand = self._operand(lines, depth + 1)
                if LEVELS.get(self.ahead, _NONE) > level:
                    operand = self._operations(operand, lines, depth + 1, level + 1)
                self.deepest = max(self.deepest, outer)
                rest.append((operator, operand))
            value = Operation(first, tuple(rest), first.start, rest[-1][1].end)
        return value

    def _deepen(self, place: int) -> None:
        """Count a level around what was read."""
        self.deepest += 1
        if self.deepest > self.most:
            self.too_deep(place)

    def _operand(self, lines: bool, depth: int) -> Expression:
        """Read an operand with its unary operators and its steps, and look at the operator behind it."""
        if depth > self.most:
            self.skip(lines)
            self.too_deep(self.position)
        self.left -= 1
        if self.left < 0:
            raise Exhausted
        text = self.text
        found = _OPERANDS[lines](text, self.position)
        if found is None:
            self.skip(lines)
            found = _OPERANDS[lines](text, self.position)
            if found is None:
                self.unexpected("a value", self.position)
        kind = found.lastindex
        value: Expression
        steps: list[Step] = []
        callable_ = False
        if kind == _PATH:
            name = found[_NAME]
            start, end = found.span(_NAME)
            path = found[_PATH]
            value = Literal(KEYWORDS[name], start, end) if name in KEYWORDS else Variable(name, start, end)
            if path:
                for part in path[1:].split("."):
                    stop = end + 1 + len(part)
                    steps.append(GetAttribute(part, end, stop))
                    end = stop
            else:
                callable_ = True
            self.position = end
        elif kind == _STRING:
            start, end = found.span(_STRING)
            value = Literal(found[_STRING], start - 1, end + 1, QUOTED)
            self.position = end + 1
        elif kind == _NUMBER:
            self.position = found.end()
            value = self.number(found[_NUMBER], *found.span(_NUMBER))
        elif kind == _SIGN:
            start = found.start(_SIGN)
            sign = text[start]
            if sign in "-!":
                self.position = start + 1
                operand = self._operand(lines, depth + 1)
                return Unary(sign, operand, start, operand.end)
            value = self.quoted(start, depth) if sign == '"' else self.bracketed(sign, start, depth)
        else:
            value = self.heredoc(found.start(_HEREDOC), depth)
        return self._with_steps(value, steps, callable_, lines, depth)

    def _with_steps(
        self, value: Expression, steps: list[Step], callable_: bool, lines: bool, depth: int
    ) -> Expression:
        text, after = self.text, _AFTERS[lines]
        splat = False
        end = self.position
        while True:
            found = after(text, self.position)
            assert found is not None, "the pattern matches everywhere"
            kind = found.lastindex
            if kind is None:
                self.ahead = ""
                break
            if kind == _OPERATOR:
                self.ahead = found[_OPERATOR]
                self.behind = found.end()
                break
            if kind == _COMMENT:
                if not text.startswith(("#", "//", "/*"), found.start(_COMMENT)):
                    self.ahead = ""
                    break
                self.skip(lines)
                continue
            sign = found[_SUFFIX]
            place = found.start(_SUFFIX)
            if sign in ("(", "::"):
                if not isinstance(value, (Variable, Literal)) or not callable_:
                    self.ahead = ""
                    break
                value = self.call(text[value.start : value.end], value.start, place, depth)
                callable_ = False
            elif sign == ".":
                step = _STEPS[lines](text, place)
                if step is None:
                    self.fail(
                        "a name is missing behind the dot", place, None, "write the name of an attribute"
                    )
                end = self.position = step.end()
                if step.lastindex == 3:
                    splat = True
                    steps.append(Splat(True, (), place, end))
                else:
                    steps.append(GetAttribute(step[step.lastindex or 1], place, end))
                callable_ = False
                continue
            else:
                full = _FULL_SPLAT(text, place)
                if full is not None:
                    end = self.position = full.end()
                    splat = True
                    steps.append(Splat(False, (), place, end))
                else:
                    self.position = place + 1
                    key = self.expression(True, depth + 1)
                    if self.skip(True) != "]":
                        self.unexpected("`]`", place, "an index ends with `]`")
                    self.position += 1
                    end = self.position
                    steps.append(GetIndex(key, place, end))
                callable_ = False
                continue
            end = self.position
        if not steps:
            return value
        if type(value) is not Variable:
            self._deepen(value.start)
        if splat:
            steps = self._applied(steps, depth)
        return Traversal(value, tuple(steps), value.start, end)

    def _applied(self, steps: list[Step], depth: int) -> list[Step]:
        """The steps behind a splat as steps of the splat."""
        if depth + sum(type(step) is Splat and not step.legacy for step in steps) > self.most:
            self.too_deep(steps[0].start)
        behind: list[Step] = []
        """Steps behind the one that is looked at, the last of them first."""
        for step in reversed(steps):
            if type(step) is not Splat:
                behind.append(step)
                continue
            own: list[Step] = []
            while behind and (not step.legacy or type(behind[-1]) is GetAttribute):
                own.append(behind.pop())
            behind.append(step._replace(steps=tuple(own), end=own[-1].end if own else step.end))
        behind.reverse()
        return behind

    def number(self, written: str, start: int, end: int) -> Expression:
        """The number that is written at a span."""
        value = number(written)
        if value is None:
            message = "the number is too large to be calculated with"
            self.report(Problem("warning", "number-too-large", message, start, end))
            return Broken(start, end)
        return Literal(value, start, end)
