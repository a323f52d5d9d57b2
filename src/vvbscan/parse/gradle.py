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
from vvbscan.model.node import Comment, Problem, Source
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

_NAME: Final = lazy_pattern(r"[^\W\d][\w$]*|\$[\w$]+|`[^`\n]*`")
_NUMBER: Final = lazy_pattern(
    r"(?:(0[xX][0-9a-fA-F]+)|([0-9][0-9_]*)(\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?)[a-zA-Z_]*"
)
_BLANK: Final = lazy_pattern(r"(?:[ \t\f\r]|\\\r?\n)*")
_COMMENT: Final = lazy_pattern(r"//[^\n]*|/\*.*?\*/", 16)  # re.DOTALL
_TYPES: Final = lazy_pattern(r"<([\w.,?* \t]|<[\w.,?* \t]*>)*>(?=\s*[({.]|::)")
_PLAIN: Final = lazy_pattern(r"""[^"'\\$\n]*""")
_OPERATOR: Final = lazy_pattern(r"[-+*%<>=!&|^~?:@#]+|/|\.\.[.<]?")
_PREFIX: Final = lazy_pattern(r"[-+!~*&@#%<>|^?:.]|/")
_PARAMETERS: Final = lazy_pattern(r"\s*(?:\([\w$., :<>?\t]*\)[ \t]*|[\w$., :<>?\t]*?)->")
"""The parameters of a closure."""
_DIGITS: Final = "0123456789"
_SIMPLE_REFERENCE: Final = lazy_pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_WORD_OPERATORS: Final = frozenset(
    {"as", "in", "is", "instanceof", "to", "until", "downTo", "step", "and", "or", "shl"}
)
_DECLARING: Final = frozenset(
    {"def", "val", "var", "final", "private", "internal", "const", "static", "public", "lateinit"}
)
_DECIDING: Final = frozenset(
    {"if", "else", "for", "while", "when", "switch", "try", "catch", "finally", "do"}
)
_SKIPPED: Final = frozenset({"import", "package"})
_DEFINING: Final = frozenset(
    {"fun", "class", "interface", "object", "enum", "data", "abstract", "open", "sealed", "trait"}
)
_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSE: Final = frozenset(")]}")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_MOST_DEPTH: Final = 60


def parse_gradle(source: Source, limits: Limits) -> GradleFile:
    """Read a build script. What cannot be read is a problem, and the rest is kept."""
    return _Reader(source, limits).read()


class _Reader:
    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._text = source.text.text
        self._end = len(self._text)
        self._kotlin = source.path.endswith(".kts")
        self._at = 0
        self._blanks = (0, 0)
        """Where the blanks that were gone over last begin and end."""
        self._depth = 0
        self._left = limits.nodes
        self._comments: list[Comment] = []
        self._problems: list[Problem] = []

    def read(self) -> GradleFile:
        if self._text.startswith("#!"):
            self._at = self._line_end(0)
        block = self._block(0, closed=False)
        return GradleFile(self._source, block, tuple(self._comments), tuple(self._problems))

    # Blanks and characters.

    def _blank(self, *, lines: bool) -> None:
        """Go over blanks and comments, over ends of lines only if asked to."""
        text, start = self._text, self._at
        if start == self._blanks[1]:
            start = self._blanks[0]
        while True:
            match = _BLANK.match(text, self._at)
            assert match is not None
            self._at = match.end()
            if text.startswith(("//", "/*"), self._at):
                comment = _COMMENT.match(text, self._at)
                end = comment.end() if comment is not None else self._end
                self._comment(self._at, end)
                if "\n" in text[self._at : end] and not lines:
                    self._at = end
                    continue
                self._at = end
            elif lines and text.startswith("\n", self._at):
                self._at += 1
            else:
                self._blanks = (start, self._at)
                return

    def _written(self) -> int:
        """Where what was read last ends, without the blanks behind it."""
        return self._blanks[0] if self._blanks[1] == self._at else self._at

    def _opaque(self, start: int) -> Opaque:
        """What was read since a place, not understood."""
        return Opaque(start, max(start, self._written()))

    def _comment(self, start: int, end: int) -> None:
        if self._comments and self._comments[-1].start >= start:
            return
        before = self._text[self._text.rfind("\n", 0, start) + 1 : start]
        self._comments.append(Comment(start, end, own_line=not before.strip()))

    def _peek(self, *, lines: bool = False) -> str:
        """The next character that is no blank, empty at the end."""
        self._blank(lines=lines)
        return self._text[self._at : self._at + 1]

    def _name(self) -> str:
        """The name that begins here, empty if none does; it stays unread."""
        match = _NAME.match(self._text, self._at)
        return match[0] if match is not None else ""

    def _line_end(self, start: int) -> int:
        found = self._text.find("\n", start)
        return self._end if found < 0 else found

    def _problem(self, message: str, start: int, end: int) -> None:
        if len(self._problems) < 1:
            self._problems.append(Problem("error", "gradle-syntax", message, start, min(end, self._end)))

    # Statements.

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
            elif self._left <= 0 or self._depth > _MOST_DEPTH:
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

    def _skip_to(self, closing: str, other: str = "") -> None:
        """Go to a closing bracket of this level, or the end; with `other`, to that or any closing sign."""
        stack: list[str] = []
        while self._at < self._end:
            char = self._peek(lines=True)
            if not char or (not stack and (char == closing or (other and (char == other or char in _CLOSE)))):
                return
            if char in "\"'":
                self._string()
            elif char in _OPEN:
                stack.append(_OPEN[char])
                self._at += 1
            else:
                if stack and char == stack[-1]:
                    stack.pop()
                self._at += 1

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
        if word in _DECIDING:
            return self._deciding(start, word)
        keyword = ""
        while word in _DECLARING:
            keyword = word
            self._at += len(word)
            self._blank(lines=False)
            if self._text.startswith("<", self._at):
                types = _TYPES.match(self._text, self._at)
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
        match = _NAME.match(self._text, self._at)
        assert match is not None
        after = _BLANK.match(self._text, match.end())
        assert after is not None
        return after.end() > match.end() and (
            _NAME.match(self._text, after.end()) is not None or self._text.startswith("<", after.end())
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

    def _bracketed(self) -> None:
        """Go behind the bracket that opens here and the one that closes it."""
        start = self._at
        closing = _OPEN[self._text[start]]
        self._at += 1
        self._skip_to(closing)
        if self._text.startswith(closing, self._at):
            self._at += 1
        else:
            self._problem("This bracket is not closed.", start, start + 1)

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
                one = None if self._depth > _MOST_DEPTH else self._statement()
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
        while (name := self._name()) and name not in _WORD_OPERATORS:
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
        if char in "\"'[" or char in _DIGITS:
            return True
        name = self._name()
        return bool(name) and name not in _WORD_OPERATORS and name != "by"

    def _command_arguments(self) -> list[Argument]:
        arguments: list[Argument] = []
        while True:
            before = self._at
            arguments.append(self._argument(":"))
            if self._peek() != "," or self._at == before:
                return arguments
            self._at += 1
            self._blank(lines=True)

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

    # Expressions.

    def _expression(self) -> Expression:
        """An expression with its operators; where it has any but `+` of strings, it is opaque."""
        start = self._at
        self._depth += 1
        if self._depth > _MOST_DEPTH or self._left <= 0:
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
            elif char in _OPEN:
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
            return name if name in _WORD_OPERATORS else ""
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
        if char and char in _DIGITS:
            return self._number()
        if char == "[":
            items = Items(self._arguments("]"), start, self._at)
            if self._continues():
                self._chain(Link("", start, self._at))
                return self._opaque(start)
            return items
        if char == "{":
            self._at += 1
            if self._depth > _MOST_DEPTH:
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
        if name in _DECIDING:
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
                if self._depth <= _MOST_DEPTH:
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
        types = _TYPES.match(self._text, self._at) if self._text.startswith("<", self._at) else None
        if types is not None:
            link = link._replace(types=types[0][1:-1])
            self._at = types.end()
        here = self._at
        if self._peek() == "(":
            link = link._replace(arguments=self._arguments(")"))
            here = self._at
        if self._peek() == "{" and self._depth <= _MOST_DEPTH:
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
            if not char or (char in _CLOSE and char != closing):
                self._problem("This bracket is not closed.", start, start + 1)
                break
            if char == closing:
                self._at += 1
                break
            if self._depth > _MOST_DEPTH:
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

    def _slashed(self) -> Expression:
        """A string between slashes, of Groovy."""
        start = self._at
        opening, closing = ("$/", "/$") if self._text.startswith("$/", start) else ("/", "/")
        at = start + len(opening)
        stop = self._end if opening == "$/" else self._line_end(at)
        while at < stop:
            if self._text.startswith(closing, at):
                self._at = at + len(closing)
                return self._opaque(start)
            at += 2 if self._text[at] == "\\" else 1
        self._at = start + 1  # a sign of division
        return self._opaque(start)

    def _string(self) -> Literal | Template:
        """A string with one or three quotes of either kind."""
        text, start = self._text, self._at
        quote = text[start]
        triple = text.startswith(quote * 3, start)
        closing = quote * 3 if triple else quote
        parts: list[str | Expression] = []
        written: list[str] = []
        self._at += len(closing)
        while True:
            plain = _PLAIN.match(text, self._at)
            assert plain is not None
            written.append(plain[0])
            self._at = plain.end()
            char = text[self._at : self._at + 1]
            if not char or (char == "\n" and not triple):
                self._problem("This string is not closed.", start, self._at)
                break
            if text.startswith(closing, self._at):
                self._at += len(closing)
                while triple and self._kotlin and text.startswith(quote, self._at):
                    written.append(quote)
                    self._at += 1
                break
            if char == "\\" and not (triple and self._kotlin):
                after = text[self._at + 1 : self._at + 2]
                written.append(_ESCAPES.get(after, "" if after == "\n" else after))
                self._at += 2
            elif char == "$" and quote == '"' and (inner := self._inserted()) is not None:
                if any(written):
                    parts.append("".join(written))
                written = []
                parts.append(inner)
            else:
                written.append(char)
                self._at += 1
        if not parts:
            return Literal("".join(written), start, self._at)
        if any(written):
            parts.append("".join(written))
        return Template(tuple(parts), start, self._at)

    def _inserted(self) -> Expression | None:
        """What is put into a string here, None if the sign stands for itself."""
        start = self._at
        if self._text.startswith("${", start):
            if self._depth >= _MOST_DEPTH:
                end = self._text.find("}", start)
                self._at = self._end if end < 0 else end + 1
                return self._opaque(start)
            self._at += 2
            self._blank(lines=True)
            inner = self._expression() if self._peek(lines=True) != "}" else Opaque(self._at, self._at)
            if self._peek(lines=True) != "}":
                inner = Opaque(start, self._at)
                self._skip_to("}")
            self._at += 1
            return inner
        match = _SIMPLE_REFERENCE.match(self._text, start + 1)
        if match is None:
            return None
        names = match[0].split(".")[: 1 if self._kotlin else None]
        at = start + 1
        links = []
        for name in names:
            links.append(Link(name, at, at + len(name)))
            at += len(name) + 1
        self._at = at - 1
        return Chain(tuple(links), start + 1, self._at)


def _is_text(one: Expression) -> bool:
    return isinstance(one, Template) or (isinstance(one, Literal) and isinstance(one.value, str))
