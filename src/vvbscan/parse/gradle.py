"""Build scripts of Gradle, in Groovy and in Kotlin, as far as they declare something.

Scripts are programs, and no program is run here: this reader finds what is written plainly (calls with their
arguments and blocks, assignments, strings) in either language and takes everything else as `Opaque`. It knows
nothing of types and no keywords beyond those that begin a statement. Sources: Groovy 4's lexical structure
(https://groovy-lang.org/syntax.html) and of Kotlin (https://kotlinlang.org/docs/reference/grammar.html).
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Source
from vvbscan.parse.gradle_expressions import DECIDING, DIGITS, TYPES, WORD_OPERATORS, Expressions
from vvbscan.parse.gradle_text import BLANK, MOST_DEPTH, NAME
from vvbscan.parse.gradle_tree import Argument, Block, Chain, Expression, GradleFile, Statement

_PARAMETERS: Final = lazy_pattern(r"\s*(?:\([\w$., :<>?\t]*\)[ \t]*|[\w$., :<>?\t]*?)->")
"""The parameters of a closure."""
_DECLARING: Final = frozenset(
    {"def", "val", "var", "final", "private", "internal", "const", "static", "public", "lateinit"}
)
_SKIPPED: Final = frozenset({"import", "package"})
_DEFINING: Final = frozenset(
    {"fun", "class", "interface", "object", "enum", "data", "abstract", "open", "sealed", "trait"}
)


def parse_gradle(source: Source, limits: Limits) -> GradleFile:
    """Read a build script. What cannot be read is a problem, and the rest is kept."""
    return _Reader(source, limits).read()


class _Reader(Expressions):
    """Reads statements."""

    def read(self) -> GradleFile:
        if self._text.startswith("#!"):
            self._at = self._line_end(0)
        block = self._block(0, closed=False)
        return GradleFile(self._source, block, tuple(self._comments), tuple(self._problems))

    def _block(self, start: int, *, closed: bool) -> Block:
        """What stands up to the closing brace, or up to the end of the file."""
        statements: list[Statement] = []
        self._depth += 1
        parameters = _PARAMETERS.match(self._text, self._at) if closed else None
        if parameters is not None:
            self._at = parameters.end()
        while True:
            char = self._peek(lines=True)
            if self._text.startswith("->", self._at):
                self._at += 2
                continue
            if not char:
                if closed:
                    self._problem("This brace is not closed.", start, start + 1)
                break
            if char == "}":
                if closed:
                    self._at += 1
                    break
                self._problem("This brace closes nothing.", self._at, self._at + 1)
                self._at += 1
            elif char in ";,)]":
                if char in ")]":
                    self._problem("This bracket closes nothing.", self._at, self._at + 1)
                self._at += 1
            elif self._left <= 0 or self._depth > MOST_DEPTH:
                self._skip_to("}" if closed else "")
            else:
                self._left -= 1
                before = self._at
                statement = self._statement()
                if statement is not None:
                    statements.append(statement)
                if self._at == before:
                    self._at += 1
        self._depth -= 1
        return Block(tuple(statements), start, self._at)

    def _statement(self) -> Statement | None:
        start = self._at
        while self._text.startswith("@", self._at):
            self._annotation()
        word = self._name()
        if word in _SKIPPED:
            self._at = self._line_end(self._at)
            return None
        if word in _DEFINING and self._defines():
            self._skip_definition()
            return None
        if word in DECIDING:
            return self._deciding(start, word)
        keyword = ""
        while word in _DECLARING:
            keyword = word
            self._at += len(word)
            self._blank(lines=False)
            if self._text.startswith("<", self._at):
                types = TYPES.match(self._text, self._at)
                self._at = types.end() if types is not None else self._at
            word = self._name()
        if word in _DEFINING and self._defines():
            self._skip_definition()
            return None
        return self._plain(start, keyword)

    def _annotation(self) -> None:
        self._at += 1
        while self._at < self._end and (self._text[self._at].isalnum() or self._text[self._at] in "_.:"):
            self._at += 1
        if self._peek() == "(":
            self._bracketed()
        self._blank(lines=True)

    def _defines(self) -> bool:
        """Whether a word that may begin a definition does: a name follows."""
        match = NAME.match(self._text, self._at)
        assert match is not None
        after = BLANK.match(self._text, match.end())
        assert after is not None
        return after.end() > match.end() and (
            NAME.match(self._text, after.end()) is not None or self._text.startswith("<", after.end())
        )

    def _skip_definition(self) -> None:
        """Go behind a function or class: its block, or the end of its line."""
        while True:
            char = self._peek()
            if char in ("", "\n", ";", "}"):
                return
            if char == "{":
                self._bracketed()
                return
            if char in "([":
                self._bracketed()
            elif char in "\"'":
                self._string()
            elif char == "=":
                self._at += 1
                self._blank(lines=True)
                self._expression()
            else:
                self._at += 1

    def _deciding(self, start: int, word: str) -> Statement:
        """A statement whose blocks are perhaps run."""
        self._at += len(word)
        if self._peek() == "(":
            self._bracketed()
        inner: Expression
        if self._peek() == "-" and self._text.startswith("->", self._at):
            self._at += 2
        if self._peek(lines=word != "else") == "{":
            at = self._at
            self._at += 1
            inner = self._block(at, closed=True)
        else:
            at = self._at
            statements: tuple[Statement, ...] = ()
            char = self._peek(lines=True)
            if char and char not in "});":
                self._depth += 1
                one = None if self._depth > MOST_DEPTH else self._statement()
                self._depth -= 1
                statements = () if one is None else (one,)
            inner = Block(statements, at, self._at)
        return Statement("if", inner, (), "", None, (), start, max(inner.end, self._written()))

    def _plain(self, start: int, keyword: str) -> Statement | None:
        """An expression, or an assignment, with what a command is called with."""
        target = self._operand()
        arguments: list[Argument] = []
        pairs: list[Argument] = []
        operator = ""
        value: Expression | None = None
        char = self._peek()
        if keyword and char == ":":
            self._skip_type()
            char = self._peek()
        if self._begins_argument(target, char):
            arguments = self._command_arguments()
            char = self._peek()
        while (name := self._name()) and name not in WORD_OPERATORS:
            self._at += len(name)
            self._blank(lines=False)
            if self._peek() in ("", "\n", "}", ";"):
                break
            before = self._at
            pairs.append(Argument(name, self._expression()))
            if self._at == before:
                break
            char = self._peek()
        for sign in ("=", "+="):
            if self._text.startswith(sign, self._at) and not self._text.startswith("==", self._at):
                operator = sign
                self._at += len(sign)
                self._blank(lines=True)
                value = self._expression()
                if isinstance(value, Chain) and self._begins_argument(value, self._peek()):
                    self._rest_of_line()
                    value = self._opaque(value.start)
                break
        else:
            if self._peek() not in ("", "\n", ";", "}", ")", "]"):
                self._operators()
        parts = (target, value or target, *(one.value for one in (*arguments, *pairs)))
        end = max(self._written(), *(one.end for one in parts))
        return Statement(keyword, target, tuple(arguments), operator, value, tuple(pairs), start, end)

    def _skip_type(self) -> None:
        """Go behind the type of a declaration in Kotlin."""
        while (char := self._peek()) not in ("", "\n", "=", ";", "{", "}", ")"):
            if char in "([":
                self._bracketed()
            elif self._text.startswith("by ", self._at):
                return
            else:
                name = self._name()
                self._at += len(name) or 1

    def _rest_of_line(self) -> None:
        """Go to the end of a statement."""
        while self._peek() not in ("", "\n", ";", "}", ")", "]", ","):
            before = self._at
            self._expression()
            if self._at == before:
                self._at += 1

    def _begins_argument(self, target: Expression, char: str) -> bool:
        """Whether what follows a name on its line is what a command of Groovy is called with."""
        if not isinstance(target, Chain) or not char:
            return False
        last = target.links[-1]
        if last.arguments is not None or last.block is not None or last.name == "[]":
            return False
        if char in "\"'[" or char in DIGITS:
            return True
        name = self._name()
        return bool(name) and name not in WORD_OPERATORS and name != "by"

    def _command_arguments(self) -> list[Argument]:
        arguments: list[Argument] = []
        while True:
            before = self._at
            arguments.append(self._argument(":"))
            if self._peek() != "," or self._at == before:
                return arguments
            self._at += 1
            self._blank(lines=True)
