"""Collections of HCL, `for` expressions and calls: what stands in brackets."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.parse.hcl_lex import IDENTIFIER, PLAIN, Cursor
from vvbscan.parse.hcl_skip import closing_of
from vvbscan.parse.hcl_tree import (
    BARE,
    QUOTED,
    Broken,
    Call,
    Expression,
    ForExpression,
    Literal,
    ObjectConstructor,
    Parenthesised,
    TupleConstructor,
    Variable,
)

_FOR: Final = re.compile(r"for(?![\w-])").match
_KEY: Final = re.compile(rf"(?:({IDENTIFIER})|{PLAIN})[ \t\r]*+(?:=(?![=>])|:(?!:))").match
_WORD: Final = re.compile(IDENTIFIER).match


class Collections(Cursor):
    """Reads what stands in brackets."""

    __slots__ = ()

    def call(self, name: str, start: int, place: int, depth: int) -> Expression:
        """Read a call whose function's first name begins at `start`, from behind that name on."""
        text = self.text
        while text.startswith("::", place):
            self.position = place + 2
            self.skip(False)
            word = _WORD(text, self.position)
            if word is None:
                hint = "a function of a provider is `provider::name::function()`"
                self.fail("a name is missing behind `::`", place, place + 2, hint)
            name += f"::{word[0]}"
            self.position = word.end()
            self.skip(False)
            place = self.position
        if not text.startswith("(", place):
            self.unexpected("the parameters of the function in parentheses", start)
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

    def bracketed(self, sign: str, start: int, depth: int) -> Expression:
        """Read what stands in the parentheses, braces or brackets that begin at an offset."""
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

    def _skipped(self, bracket: int, start: int) -> Expression:
        """What stands for brackets that are nested too deep."""
        self.report(self.depth_problem(bracket))
        end = closing_of(self.text, bracket)
        if end is None:
            self.too_deep(bracket, len(self.text))
        self.position = end
        return Broken(start, end)
