"""Expressions of GitHub Actions in texts: `${{ github.event.issue.title || 'none' }}`.

Nothing is evaluated. What is worked out is which values of contexts can become part of the text that an
expression leaves behind, and which ones it looks at all
(https://docs.github.com/en/actions/reference/workflows-and-actions/expressions).
"""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple

_OPEN: Final = "${{"
_TOKEN: Final = lazy_pattern(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>[-+]?(?:0[xXoO][0-9a-fA-F]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|(?P<sign>&&|\|\||[=!<>]=|[<>!()\[\],.*]))"
)
_DEPTH: Final = 50
"""Deepest nesting that is followed (GitHub itself allows 50)."""
_DECIDING: Final = frozenset(
    {"contains", "startswith", "endswith", "hashfiles", "success", "always", "failure", "cancelled"}
)
"""Functions whose outcome has nothing of the texts that they are given."""


class Reference(NamedTuple):
    """A value of a context: `github.event.issue.title`."""

    path: str
    """In lower case; `*` stands for all items, `?` for a name that is worked out."""
    start: int
    end: int
    whole: bool
    """Whether it goes through `toJSON`, which spells out all that is in it."""


class Embedded(NamedTuple):
    """An expression in a text, with the places of its signs in that text."""

    start: int
    end: int
    outcome: tuple[Reference, ...]
    """The values that can become part of the text."""
    references: tuple[Reference, ...]
    """All values that it looks at."""
    understood: bool
    """False for what is no expression, which GitHub refuses to run."""


def embedded_expressions(text: str) -> tuple[Embedded, ...]:
    """The expressions of a text in order."""
    found = []
    position = text.find(_OPEN)
    while position >= 0:
        end = _end(text, position + len(_OPEN))
        if end < 0:
            break
        found.append(_read(text, position, end))
        position = text.find(_OPEN, end)
    return tuple(found)


def bare_expression(text: str) -> Embedded:
    """A text that is an expression by itself, as a condition is."""
    return _understood(text, 0, len(text), 0, len(text))


def _read(text: str, start: int, end: int) -> Embedded:
    return _understood(text, start, end, start + len(_OPEN), end - 2)


def _end(text: str, position: int) -> int:
    """The place behind the `}}` that ends an expression; within quotes it does not. -1 if nothing ends it."""
    while True:
        close, quote = text.find("}}", position), text.find("'", position)
        if close < 0 or quote < 0 or close < quote:
            return close + 2 if close >= 0 else -1
        position = text.find("'", quote + 1) + 1
        if not position:
            return -1


def _understood(text: str, start: int, end: int, begin: int, stop: int) -> Embedded:
    try:
        reader = _Reader(text, begin, stop)
        outcome = reader.expression(0)
        reader.expect_end()
    except _NotUnderstoodError:
        return Embedded(start, end, (), (), understood=False)
    return Embedded(start, end, outcome, tuple(reader.references), understood=True)


class _NotUnderstoodError(Exception):
    """What is read is no expression."""


class _Reader:
    """Reads one expression by recursive descent. Each method gives what can become part of its outcome."""

    def __init__(self, text: str, begin: int, stop: int) -> None:
        self._text = text
        self._position = begin
        self._stop = stop
        self.references: list[Reference] = []
        self._kind = ""
        self._word = ""
        self._start = begin
        self._advance()

    def expression(self, depth: int) -> tuple[Reference, ...]:
        """`a || b`: either may be the outcome."""
        outcome = self._conjunction(depth)
        while self._takes("||"):
            outcome += self._conjunction(depth)
        return outcome

    def expect_end(self) -> None:
        """Refuse what follows."""
        if self._kind:
            raise _NotUnderstoodError

    def _conjunction(self, depth: int) -> tuple[Reference, ...]:
        """`a && b`: b, or an a that counts as false, which is no text."""
        outcome = self._comparison(depth)
        while self._takes("&&"):
            outcome = self._comparison(depth)
        return outcome

    def _comparison(self, depth: int) -> tuple[Reference, ...]:
        outcome = self._negation(depth)
        while self._kind == "sign" and self._word in ("==", "!=", "<", "<=", ">", ">="):
            self._advance()
            self._negation(depth)
            outcome = ()
        return outcome

    def _negation(self, depth: int) -> tuple[Reference, ...]:
        if depth > _DEPTH:
            raise _NotUnderstoodError
        if self._takes("!"):
            self._negation(depth + 1)
            return ()
        return self._value(depth)

    def _value(self, depth: int) -> tuple[Reference, ...]:
        kind, word, start = self._kind, self._word, self._start
        if kind in ("string", "number"):
            self._advance()
            return ()
        if self._takes("("):
            outcome = self.expression(depth + 1)
            self._expect(")")
            return self._members(outcome, depth)
        if kind != "name":
            raise _NotUnderstoodError
        self._advance()
        if self._takes("("):
            return self._members(self._call(word.lower(), depth), depth)
        if word.lower() in ("true", "false", "null", "nan", "infinity"):
            return ()
        path, end = self._path(word.lower(), start + len(word), depth)
        reference = Reference(path, start, end, whole=False)
        self.references.append(reference)
        return (reference,)

    def _call(self, function: str, depth: int) -> tuple[Reference, ...]:
        given = []
        if not self._takes(")"):
            given.append(self.expression(depth + 1))
            while self._takes(","):
                given.append(self.expression(depth + 1))
            self._expect(")")
        if function in _DECIDING:
            return ()
        if function == "tojson":
            return tuple(one._replace(whole=True) for outcome in given for one in outcome)
        if function == "case":  # conditions and values in turn, and what is given if none holds
            given = given[1::2] + (given[-1:] if len(given) % 2 else [])
        return tuple(one for outcome in given for one in outcome)

    def _path(self, path: str, end: int, depth: int) -> tuple[str, int]:
        while True:
            if self._takes("."):
                if self._kind != "name" and self._word != "*":
                    raise _NotUnderstoodError
                path, end = f"{path}.{self._word.lower()}", self._start + len(self._word)
                self._advance()
            elif self._takes("["):
                step = "?"
                if self._kind == "string":
                    step = self._word[1:-1].replace("''", "'").lower()
                elif self._kind == "number" or self._word == "*":
                    step = self._word
                if self._word == "*":
                    self._advance()
                else:
                    literal = self._kind in ("string", "number")
                    self.expression(depth + 1)
                    step = step if literal else "?"
                end = self._start + 1
                self._expect("]")
                path = f"{path}.{step}"
            else:
                return path, end

    def _members(self, outcome: tuple[Reference, ...], depth: int) -> tuple[Reference, ...]:
        """Members of what a call or a group gives: what they hold is part of it."""
        self._path("", 0, depth)
        return outcome

    def _takes(self, sign: str) -> bool:
        if self._kind != "sign" or self._word != sign:
            return False
        self._advance()
        return True

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise _NotUnderstoodError

    def _advance(self) -> None:
        match = _TOKEN.match(self._text, self._position, self._stop)
        if match is None or match.lastgroup is None:
            if self._text[self._position : self._stop].strip():
                raise _NotUnderstoodError
            self._kind = self._word = ""
            self._start = self._stop
            return
        self._kind = match.lastgroup
        self._word = match[self._kind]
        self._start = match.start(self._kind)
        self._position = match.end()
