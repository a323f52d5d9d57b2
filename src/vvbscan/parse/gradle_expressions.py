"""Expressions of build scripts of Gradle: chains of names with arguments and blocks, lists, operators."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.parse.gradle_text import CLOSE, MOST_DEPTH, OPEN, ScriptText
from vvbscan.parse.gradle_tree import (
    Argument,
    Block,
    Chain,
    Expression,
    Items,
    Link,
    Literal,
    Opaque,
    Statement,
    Template,
)

_NUMBER: Final = lazy_pattern(
    r"(?:(0[xX][0-9a-fA-F]+)|([0-9][0-9_]*)(\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?)[a-zA-Z_]*"
)
TYPES: Final = lazy_pattern(r"<([\w.,?* \t]|<[\w.,?* \t]*>)*>(?=\s*[({.]|::)")
_OPERATOR: Final = lazy_pattern(r"[-+*%<>=!&|^~?:@#]+|/|\.\.[.<]?")
_PREFIX: Final = lazy_pattern(r"[-+!~*&@#%<>|^?:.]|/")
DIGITS: Final = "0123456789"
WORD_OPERATORS: Final = frozenset(
    {"as", "in", "is", "instanceof", "to", "until", "downTo", "step", "and", "or", "shl"}
)
DECIDING: Final = frozenset({"if", "else", "for", "while", "when", "switch", "try", "catch", "finally", "do"})
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


class Expressions(ScriptText):
    """Reads expressions."""

    def _argument(self, signs: str = ":=") -> Argument:
        """`name: value` of Groovy, `name = value` of Kotlin, or a value."""
        start = self._at
        name = self._name()
        if not name and self._text[start : start + 1] in ("'", '"'):
            key = self._string()
            if isinstance(key, Literal) and isinstance(key.value, str) and self._peek() == ":":
                name = key.value
            else:
                self._at = start
                name = ""
        else:
            self._at += len(name)
        if name:
            char = self._peek()
            double = self._text[self._at : self._at + 2] in ("::", "==")
            if char and char in signs and not double:
                self._at += 1
                self._blank(lines=True)
                return Argument(name, self._expression())
            self._at = start
        return Argument("", self._expression())

    def _expression(self) -> Expression:
        """An expression with its operators; where it has any but `+` of strings, it is opaque."""
        start = self._at
        self._depth += 1
        if self._depth > MOST_DEPTH or self._left <= 0:
            found: Expression = self._too_deep(start)
        else:
            found = self._operand()
            found = self._operators(found)
        self._depth -= 1
        return found

    def _too_deep(self, start: int) -> Opaque:
        while self._at < self._end and (char := self._peek()) not in ("", "\n", ",", ";", ")", "]", "}"):
            if char in "\"'":
                self._string()
            elif char in OPEN:
                self._bracketed()
            else:
                self._at += 1
        return self._opaque(start)

    def _operators(self, left: Expression | None = None) -> Expression:
        """What comes of an operand with the operators and operands behind it."""
        found: Expression = Opaque(self._at, self._at) if left is None else left
        joined: list[Expression] = []
        while (sign := self._sign()) != "":
            self._left -= 1
            before = self._at
            self._at += len(sign)
            if sign in ("as", "as?"):
                self._peek()
                self._at += 1 if self._text.startswith("?", self._at) else 0
                self._blank(lines=False)
                self._operand()
                continue
            self._blank(lines=True)
            right = self._operand() if self._peek() not in ("", ")", "]", "}", ",", ";") else None
            if sign == "?" and self._peek() == ":":
                self._at += 1
                self._blank(lines=True)
                right = self._operand()
            if sign == "+" and right is not None and (joined or _is_text(found) or _is_text(right)):
                joined = joined or [found]
                joined.append(right)
            else:
                joined = []
                found = self._opaque(min(found.start, before))
        return Template(tuple(joined), found.start, joined[-1].end) if joined else found

    def _sign(self) -> str:
        """The operator that follows an operand, empty if none does; it stays unread."""
        self._peek()
        name = self._name()
        if name:
            return name if name in WORD_OPERATORS else ""
        match = _OPERATOR.match(self._text, self._at)
        sign = match[0] if match is not None else ""
        return "" if sign in ("=", ":") or sign.startswith("->") else sign

    def _operand(self) -> Expression:
        """A string, a number, a list, a block or a chain."""
        start = self._at
        char = self._peek()
        self._left -= 1
        if char in ("'", '"'):
            text = self._string()
            if (
                isinstance(text, Literal)
                and isinstance(text.value, str)
                and self._text.startswith("(", self._at)
            ):
                return self._chain(Link(text.value, text.start, text.end))
            if self._continues():
                self._chain(Link("", text.start, text.end))
                return self._opaque(start)
            return text
        if char == "/" or self._text.startswith("$/", self._at):
            return self._slashed()
        if char and char in DIGITS:
            return self._number()
        if char == "[":
            items = Items(self._arguments("]"), start, self._at)
            if self._continues():
                self._chain(Link("", start, self._at))
                return self._opaque(start)
            return items
        if char == "{":
            self._at += 1
            if self._depth > MOST_DEPTH:
                self._at -= 1
                self._bracketed()
                return self._opaque(start)
            return self._closure(start)
        if char == "(":
            arguments = self._arguments(")")
            if self._continues() or len(arguments) != 1 or arguments[0].name:
                self._chain(Link("", start, self._at))
                return self._opaque(start)
            return arguments[0].value
        name = self._name()
        if name in _WORDS:
            self._at += len(name)
            return Literal(_WORDS[name], start, self._at)
        if name in DECIDING:
            statement = self._deciding(start, name)
            while self._name() == "else":
                self._deciding(self._at, "else")
            return self._opaque(statement.start)
        if name == "new":
            self._at += len(name)
            self._peek()
            self._chain(None)
            return self._opaque(start)
        if name:
            return self._chain(None)
        match = _PREFIX.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
            if self._peek() not in ("", "\n", ")", "]", "}", ",", ";"):
                self._depth += 1
                if self._depth <= MOST_DEPTH:
                    self._operand()
                self._depth -= 1
        return self._opaque(start)

    def _closure(self, start: int) -> Block:
        """A block as a value; the names before `->` are left out."""
        return self._block(start, closed=True)

    def _continues(self) -> bool:
        return self._text.startswith((".", "?.", "["), self._at) and not self._text.startswith("..", self._at)

    def _chain(self, first: Link | None) -> Chain:
        """Names with dots between them, each with arguments, types, an index and a block if it has them."""
        start = self._at if first is None else first.start
        links: list[Link] = []
        link = first if first is not None else self._link()
        while True:
            link = self._called(link)
            links.append(link)
            if self._text.startswith("[", self._at):
                at = self._at
                links.append(Link("[]", at, at, arguments=self._arguments("]")))
            here = self._at
            self._blank(lines=True)
            dot = next(
                (one for one in ("?.", "*.", ".", "!!.", "::") if self._text.startswith(one, self._at)), ""
            )
            if not dot or self._text.startswith("..", self._at):
                self._at = here
                return Chain(tuple(links), start, here)
            self._at += len(dot)
            self._blank(lines=True)
            if not self._name():
                if self._text[self._at : self._at + 1] in ("'", '"'):
                    at = self._at
                    text = self._string()
                    value = text.value if isinstance(text, Literal) and isinstance(text.value, str) else ""
                    link = Link(value, at, self._at)
                    continue
                return Chain(tuple(links), start, self._at)
            link = self._link()

    def _link(self) -> Link:
        name = self._name()
        start = self._at
        self._at += len(name)
        return Link(name.strip("`"), start, self._at)

    def _called(self, link: Link) -> Link:
        types = TYPES.match(self._text, self._at) if self._text.startswith("<", self._at) else None
        if types is not None:
            link = link._replace(types=types[0][1:-1])
            self._at = types.end()
        here = self._at
        if self._peek() == "(":
            link = link._replace(arguments=self._arguments(")"))
            here = self._at
        if self._peek() == "{" and self._depth <= MOST_DEPTH:
            at = self._at
            self._at += 1
            return link._replace(block=self._block(at, closed=True))
        self._at = here
        return link

    def _arguments(self, closing: str) -> tuple[Argument, ...]:
        """What stands between brackets, separated by commas."""
        start = self._at
        self._at += 1
        arguments: list[Argument] = []
        self._depth += 1
        while True:
            char = self._peek(lines=True)
            if not char or (char in CLOSE and char != closing):
                self._problem("This bracket is not closed.", start, start + 1)
                break
            if char == closing:
                self._at += 1
                break
            if self._depth > MOST_DEPTH:
                self._skip_to(closing)
                continue
            if char in ",;":
                self._at += 1
                continue
            before = self._at
            arguments.append(self._argument())
            self._blank(lines=True)
            if self._at == before or self._text[self._at : self._at + 1] not in (",", closing):
                self._skip_to(closing, ",")
                arguments[-1] = Argument("", self._opaque(before))
        self._depth -= 1
        return tuple(arguments)

    def _number(self) -> Expression:
        match = _NUMBER.match(self._text, self._at)
        assert match is not None
        start = self._at
        self._at = match.end()
        if self._continues() and not self._text.startswith("[", self._at):
            self._chain(Link("", start, self._at))
            return self._opaque(start)
        digits = (match[1] or match[2]).replace("_", "")
        if match[3]:
            return Literal(float(digits + match[3].replace("_", "")), start, self._at)
        if len(digits) > 18:  # more than a number of Java has
            return self._opaque(start)
        return Literal(int(digits, 16) if match[1] else int(digits), start, self._at)

    def _block(self, start: int, *, closed: bool) -> Block:
        """What stands up to the closing brace, or up to the end of the file."""
        raise NotImplementedError

    def _deciding(self, start: int, word: str) -> Statement:
        """A statement whose blocks are perhaps run."""
        raise NotImplementedError


def _is_text(one: Expression) -> bool:
    return isinstance(one, Template) or (isinstance(one, Literal) and isinstance(one.value, str))
