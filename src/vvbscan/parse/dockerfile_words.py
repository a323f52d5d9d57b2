"""Words of a Dockerfile with quotes, escapes and variables, as BuildKit's `shell/lex.go` (v0.24) reads them.

Only the structure is read here; what a variable stands for is the business of the views.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

MODIFIERS: Final = frozenset({":-", "-", ":+", "+", ":?", "?", "#", "##", "%", "%%", "/", "//"})
"""The modifiers of `${NAME<modifier>...}` that BuildKit knows."""

_DEPTH: Final = 50
"""Deepest nesting of `${A:-${B:-...}}` that is read."""
_SPECIAL: Final = "@*#?-$!0"
"""Special parameters of the shell, whose names are one sign."""


class Literal(NamedTuple):
    """Characters that stand for themselves."""

    text: str
    start: int
    end: int
    """Where it is written. If an escape sign is left out, the span is longer than the text."""


class Variable(NamedTuple):
    """`$NAME` or `${NAME}`, with a modifier or without."""

    name: str
    modifier: str
    """Empty, one of `MODIFIERS`, or what BuildKit refuses when it needs the value (`:0`)."""
    word: tuple[Literal | Variable, ...]
    """What follows the modifier; of `/` the pattern."""
    replacement: tuple[Literal | Variable, ...]
    """Of `/`."""
    start: int
    end: int


Segment = Literal | Variable


class Word(NamedTuple):
    """A word or text, split into what stands for itself and what is a variable."""

    segments: tuple[Segment, ...]
    quoted: bool
    """Whether some of it is quoted."""
    error: str
    """Why BuildKit refuses it, empty if it does not; then there are no segments."""


def lex(text: str, escape: str) -> Word:
    """Split a text into segments; positions are those in the text."""
    if not _marks(escape).search(text):
        return Word((Literal(text, 0, len(text)),) if text else (), quoted=False, error="")
    lexer = Lexer(text, escape)
    try:
        segments = lexer.until("", raw=False, depth=0)
    except _Refused as refused:
        return Word((), lexer.quoted, str(refused))
    return Word(tuple(segments), lexer.quoted, "")


@cache
def _marks(escape: str) -> re.Pattern[str]:
    """Finds what is not plain text."""
    return re.compile(f"[$'\"{re.escape(escape)}]")


@cache
def _plain(escape: str, stop: str) -> re.Pattern[str]:
    """A run of plain text before a mark or a stop sign."""
    return re.compile(f"[^$'\"{re.escape(escape + stop)}]+")


class _Refused(Exception):
    """The text is not what BuildKit takes."""


class Lexer:
    """A reading position in a text; `variable` can be used alone to step over one."""

    __slots__ = ("escape", "position", "quoted", "text")

    def __init__(self, text: str, escape: str) -> None:
        self.text = text
        self.escape = escape
        self.position = 0
        self.quoted = False

    def skip_variable(self, position: int) -> int:
        """Where the variable that starts at a position ends, -1 if BuildKit refuses it."""
        self.position = position
        try:
            self._variable(depth=0)
        except _Refused:
            return -1
        return self.position

    def until(self, stop: str, *, raw: bool, depth: int) -> list[Segment]:
        """Read up to a stop sign and over it, or to the end of the text if the sign is empty.

        In a raw text (a pattern) an escape sign is kept.
        """
        text, escape = self.text, self.escape
        plain = _plain(escape, stop)
        segments: list[Segment] = []
        while self.position < len(text):
            start = self.position
            sign = text[start]
            if sign == stop:
                self.position += 1
                return segments
            run = plain.match(text, start)
            if run:
                self.position = run.end()
                segments.append(Literal(run[0], start, run.end()))
            elif sign == "$":
                segments.append(self._variable(depth=depth))
            elif sign == "'":
                self._single_quoted(segments)
            elif sign == '"':
                self._double_quoted(segments, raw=raw, depth=depth)
            else:
                self.position = min(start + 2, len(text))
                kept = text[start if raw else start + 1 : self.position]
                if kept:
                    segments.append(Literal(kept, start, self.position))
        if stop:
            raise _Refused("a closing brace is missing")
        return segments

    def _single_quoted(self, segments: list[Segment]) -> None:
        start = self.position + 1
        close = self.text.find("'", start)
        if close < 0:
            raise _Refused("a single quote is not closed")
        self.quoted = True
        if close > start:
            segments.append(Literal(self.text[start:close], start, close))
        self.position = close + 1

    def _double_quoted(self, segments: list[Segment], *, raw: bool, depth: int) -> None:
        text, escape = self.text, self.escape
        plain = _plain(escape, "")
        self.quoted = True
        self.position += 1
        while self.position < len(text):
            start = self.position
            sign = text[start]
            if sign == '"':
                self.position += 1
                return
            if sign == "$":
                segments.append(self._variable(depth=depth))
                continue
            run = plain.match(text, start)
            if run:
                stop = run.end()
                kept = run[0]
            elif sign == escape and text[start + 1 : start + 2] in ('"', "$", escape):
                stop = start + 2
                kept = text[start if raw else start + 1 : stop]
            else:
                stop = start + 1
                kept = "" if sign == escape and stop == len(text) else sign
            self.position = stop
            segments.append(Literal(kept, start, stop))
        raise _Refused("a double quote is not closed")

    def _variable(self, *, depth: int) -> Segment:
        text = self.text
        start = self.position
        self.position += 1
        if text[self.position : self.position + 1] != "{":
            name = self._name()
            if not name:
                return Literal("$", start, self.position)
            return Variable(name, "", (), (), start, self.position)
        if depth >= _DEPTH:
            raise _Refused(f"variables are nested deeper than {_DEPTH}")
        self.position += 1
        if text[self.position : self.position + 1] in ("", "{", "}", ":"):
            raise _Refused("a substitution needs a name")
        name = self._name()
        sign = self._next()
        word: list[Segment] = []
        replacement: list[Segment] = []
        modifier = sign
        if sign == "}":
            modifier = ""
        elif sign == "/":
            if text[self.position : self.position + 1] == "/":
                self.position += 1
                modifier = "//"
            word = self.until("/", raw=True, depth=depth + 1)
            replacement = self.until("}", raw=True, depth=depth + 1)
        elif sign in ("#", "%"):
            word = self.until("}", raw=True, depth=depth + 1)
            first = word[0] if word else None
            if isinstance(first, Literal) and first.text.startswith(sign):
                modifier = sign * 2
                word[0] = Literal(first.text[1:], first.start + 1, first.end)
        elif sign in ("-", "+", "?", ":"):
            if sign == ":":
                modifier += self._next()
                if modifier in (":#", ":%"):
                    raise _Refused(f"the modifier {modifier} is not supported")
            word = self.until("}", raw=False, depth=depth + 1)
        else:
            raise _Refused(f"the modifier {sign or 'at the end'} is not supported")
        return Variable(name, modifier, tuple(word), tuple(replacement), start, self.position)

    def _next(self) -> str:
        """The sign at the position, empty at the end; steps over it."""
        sign = self.text[self.position : self.position + 1]
        self.position += len(sign)
        return sign

    def _name(self) -> str:
        """The name of a variable at the position, empty if there is none; steps over it."""
        found = _NAME.match(self.text, self.position)
        if not found:
            return ""
        self.position = found.end()
        return found[0]


_NAME: Final = lazy_pattern(rf"\d+|[{re.escape(_SPECIAL)}]|[^\W\d]\w*")
