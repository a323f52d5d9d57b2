"""Expressions of HCL: operators by precedence, traversals, calls, collections.

The depth of what is read counts each level of the tree, so that whoever walks the tree needs no more levels.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from vvbscan.model.node import Problem
from vvbscan.parse.hcl_faults import unexpected_hint, unexpected_message
from vvbscan.parse.hcl_lex import IDENTIFIER, NUMBER, PLAIN, Exhausted
from vvbscan.parse.hcl_numbers import number
from vvbscan.parse.hcl_skip import closing_of
from vvbscan.parse.hcl_template import Templates
from vvbscan.parse.hcl_tree import (
    BARE,
    QUOTED,
    Broken,
    Call,
    Conditional,
    Expression,
    ForExpression,
    GetAttribute,
    GetIndex,
    Literal,
    ObjectConstructor,
    Operation,
    Parenthesised,
    Splat,
    Step,
    Traversal,
    TupleConstructor,
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
_FOR: Final = re.compile(r"for(?![\w-])").match
_KEY: Final = re.compile(rf"(?:({IDENTIFIER})|{PLAIN})[ \t\r]*+(?:=(?![=>])|:(?!:))").match
_WORD: Final = re.compile(IDENTIFIER).match

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
                self.no_value()
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
            value = self.quoted(start, depth) if sign == '"' else self._bracketed(sign, start, depth)
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
                if not callable_:
                    self.ahead = ""
                    break
                value = self._call(value.start, place, depth)
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

    def _call(self, start: int, place: int, depth: int) -> Expression:
        """Read the parameters of a function whose name begins at `start`."""
        text = self.text
        while text.startswith("::", place):
            self.position = place + 2
            self.skip(False)
            word = _WORD(text, self.position)
            if word is None:
                self.fail(
                    "a name is missing behind `::`",
                    place,
                    place + 2,
                    "a function of a provider is `provider::name::function()`",
                )
            self.position = word.end()
            self.skip(False)
            place = self.position
        if not text.startswith("(", place):
            self.unexpected("the parameters of the function in parentheses", start)
        name = text[start:place]
        if not name.isidentifier():
            name = "".join(name.split())
        if depth >= self.most:
            return self._skipped(place, start)
        arguments: list[Expression] = []
        expanded = False
        self.position = place + 1
        while (sign := self.skip(True)) != ")":
            arguments.append(self.expression(True, depth + 1))
            sign = self.skip(True)
            if sign == "." and text.startswith("...", self.position):
                self.position += 3
                expanded = True
                if self.skip(True) != ")":
                    self.unexpected("`)`", place, "`...` stands behind the last argument")
                break
            if sign == ",":
                self.position += 1
            elif sign != ")":
                self.unexpected("a comma or `)`", place, "separate arguments with commas, end them with `)`")
        self.position += 1
        return Call(name, tuple(arguments), expanded, start, self.position)

    def _bracketed(self, sign: str, start: int, depth: int) -> Expression:
        if depth >= self.most:
            return self._skipped(start, start)
        self.position = start + 1
        if sign == "(":
            inner = self.expression(True, depth + 1)
            if self.skip(True) != ")":
                self.unexpected("`)`", start, "close the parenthesis with `)`")
            self.position += 1
            return Parenthesised(inner, start, self.position)
        sign_behind = self.skip(True)
        if sign_behind == "f" and _FOR(self.text, self.position):
            return self._for(start, sign == "{", depth)
        return self._object(start, depth) if sign == "{" else self._tuple(start, depth)

    def _tuple(self, start: int, depth: int) -> Expression:
        items: list[Expression] = []
        while self.skip(True) != "]":
            items.append(self.expression(True, depth + 1))
            sign = self.skip(True)
            if sign == ",":
                self.position += 1
            elif sign != "]":
                self.unexpected("a comma or `]`", start, "separate items with commas, end them with `]`")
        self.position += 1
        return TupleConstructor(tuple(items), start, self.position)

    def _object(self, start: int, depth: int) -> Expression:
        text = self.text
        items: list[tuple[Expression, Expression]] = []
        while self.skip(True) != "}":
            found = _KEY(text, self.position)
            if found is not None:
                if found.lastindex == 1:
                    key: Expression = Literal(found[1], *found.span(1), BARE)
                else:
                    key = Literal(found[2], found.start(2) - 1, found.end(2) + 1, QUOTED)
                self.left -= 1
                self.position = found.end()
            else:
                key = self._key(start, depth)
            items.append((key, self.expression(False, depth + 1)))
            sign = self.skip(False)
            if sign and sign in ",\n":
                self.position += 1
            elif sign != "}":
                self.unexpected(
                    "a comma, a line end or `}`", start, "write each `key = value` on a line of its own"
                )
        self.position += 1
        return ObjectConstructor(tuple(items), start, self.position)

    def _key(self, start: int, depth: int) -> Expression:
        key = self.expression(False, depth + 1)
        if type(key) is Variable:
            key = Literal(key.name, key.start, key.end, BARE)
        elif type(key) is Literal and not key.style and (key.value is None or type(key.value) is bool):
            key = Literal(self.text[key.start : key.end], key.start, key.end, BARE)
        sign = self.skip(False)
        if sign not in ("=", ":") or self.text.startswith(("==", "=>"), self.position):
            self.unexpected("`=` and a value", start, "an object has members of the form `key = value`")
        self.position += 1
        return key

    def _for(self, start: int, braces: bool, depth: int) -> Expression:
        """Read a `for` expression from the keyword on."""
        text = self.text
        end_sign = "}" if braces else "]"
        self.position += 3
        key, value, collection = self.for_clause(start, depth)
        if self.skip(True) != ":":
            self.unexpected("`:` and the result", start, "a `for` is `for name in collection : result`")
        self.position += 1
        result_key = None
        grouped = False
        result = self.expression(True, depth + 1)
        sign = self.skip(True)
        if braces:
            if not text.startswith("=>", self.position):
                self.unexpected("`=>` and a value", start, "in braces the result is `key => value`")
            self.position += 2
            result_key = result
            result = self.expression(True, depth + 1)
            sign = self.skip(True)
            if sign == "." and text.startswith("...", self.position):
                self.position += 3
                grouped = True
                sign = self.skip(True)
        condition = None
        word = _WORD(text, self.position)
        if word is not None and word[0] == "if":
            self.position = word.end()
            condition = self.expression(True, depth + 1)
            sign = self.skip(True)
        if sign != end_sign:
            self.unexpected(f"`{end_sign}`", start, f"close the `for` with `{end_sign}`")
        self.position += 1
        return ForExpression(
            key, value, collection, result_key, result, grouped, condition, start, self.position
        )

    def for_clause(self, start: int, depth: int) -> tuple[str, str, Expression]:
        """Read the names and the collection of a `for`: `key, value in collection`."""
        text = self.text
        names: list[str] = []
        while True:
            self.skip(True)
            word = _WORD(text, self.position)
            if word is None:
                self.unexpected("the name of an item", start, "a `for` is `for name in collection`")
            names.append(word[0])
            self.position = word.end()
            if len(names) == 2 or self.skip(True) != ",":
                break
            self.position += 1
        self.skip(True)
        word = _WORD(text, self.position)
        if word is None or word[0] != "in":
            self.unexpected("`in` and a collection", start, "a `for` is `for name in collection`")
        self.position = word.end()
        collection = self.expression(True, depth + 1)
        return names[0] if len(names) == 2 else "", names[-1], collection

    def unexpected(self, wanted: str, begin: int, hint: str = "") -> NoReturn:
        """Give up since something else should stand here; `begin` is where what is read began."""
        self.skip(False)
        place = self.position
        message = unexpected_message(self.text, place, wanted, begin)
        self.fail(message, place, None, unexpected_hint(self.text, place, hint))

    def no_value(self) -> NoReturn:
        """Give up since no value stands here."""
        self.unexpected("a value", self.position)

    def _skipped(self, bracket: int, start: int) -> Expression:
        """What stands for brackets that are nested too deep."""
        self.report(self.depth_problem(bracket))
        end = closing_of(self.text, bracket)
        if end is None:
            self.too_deep(bracket, len(self.text))
        self.position = end
        return Broken(start, end)
