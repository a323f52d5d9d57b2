"""The text of a build script of Gradle: blanks, comments, brackets and strings of Groovy and Kotlin."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Problem, Source
from vvbscan.parse.gradle_tree import Chain, Expression, Link, Literal, Opaque, Template

NAME: Final = lazy_pattern(r"[^\W\d][\w$]*|\$[\w$]+|`[^`\n]*`")
BLANK: Final = lazy_pattern(r"(?:[ \t\f\r]|\\\r?\n)*")
_COMMENT: Final = lazy_pattern(r"//[^\n]*|/\*.*?\*/", 16)  # re.DOTALL
_PLAIN: Final = lazy_pattern(r"""[^"'\\$\n]*""")
_SIMPLE_REFERENCE: Final = lazy_pattern(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
OPEN: Final = {"(": ")", "[": "]", "{": "}"}
CLOSE: Final = frozenset(")]}")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
MOST_DEPTH: Final = 60


class ScriptText:
    """A script and how far it is read."""

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

    def _blank(self, *, lines: bool) -> None:
        """Go over blanks and comments, over ends of lines only if asked to."""
        text, start = self._text, self._at
        if start == self._blanks[1]:
            start = self._blanks[0]
        while True:
            match = BLANK.match(text, self._at)
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
        match = NAME.match(self._text, self._at)
        return match[0] if match is not None else ""

    def _line_end(self, start: int) -> int:
        found = self._text.find("\n", start)
        return self._end if found < 0 else found

    def _problem(self, message: str, start: int, end: int) -> None:
        if len(self._problems) < 1:
            self._problems.append(Problem("error", "gradle-syntax", message, start, min(end, self._end)))

    def _skip_to(self, closing: str, other: str = "") -> None:
        """Go to a closing bracket of this level, or the end; with `other`, to that or any closing sign."""
        stack: list[str] = []
        while self._at < self._end:
            char = self._peek(lines=True)
            if not char or (not stack and (char == closing or (other and (char == other or char in CLOSE)))):
                return
            if char in "\"'":
                self._string()
            elif char in OPEN:
                stack.append(OPEN[char])
                self._at += 1
            else:
                if stack and char == stack[-1]:
                    stack.pop()
                self._at += 1

    def _bracketed(self) -> None:
        """Go behind the bracket that opens here and the one that closes it."""
        start = self._at
        closing = OPEN[self._text[start]]
        self._at += 1
        self._skip_to(closing)
        if self._text.startswith(closing, self._at):
            self._at += 1
        else:
            self._problem("This bracket is not closed.", start, start + 1)

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
            if self._depth >= MOST_DEPTH:
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

    def _expression(self) -> Expression:
        """An expression, which what is put into a string is."""
        raise NotImplementedError
