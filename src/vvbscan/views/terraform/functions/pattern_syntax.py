"""Regular expressions in the syntax of RE2, read into trees.

Source: github.com/google/re2/wiki/Syntax. Classes of Unicode's scripts are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.values import Exhausted, wrong_value

_LONGEST: Final = 1000
"""Characters of the longest pattern that is read."""
_MOST_REPETITIONS: Final = 1000
"""As RE2 has it."""
_DEEPEST: Final = 20
"""Groups within each other."""

Test = Callable[[str], bool]


class One(NamedTuple):
    """A character for which a test holds."""

    test: Test


class Border(NamedTuple):
    """A condition on a place between characters."""

    kind: str
    """`A` and `z` are the ends of the text, `^` and `$` those of a line, `b` and `B` are about words."""


class Group(NamedTuple):
    """What is captured, as the group of a number."""

    number: int
    inner: Tree


class Sequence(NamedTuple):
    """One after the other."""

    items: tuple[Tree, ...]


class Choice(NamedTuple):
    """One of several, the first that leads to a match."""

    items: tuple[Tree, ...]


class Repeat(NamedTuple):
    """Something from `least` to `most` times; `most` is None if there is no end."""

    inner: Tree
    least: int
    most: int | None
    greedy: bool


Tree = One | Border | Group | Sequence | Choice | Repeat

_QUOTED: Final = lazy_pattern(r"\\Q(.*?)(?:\\E|\Z)|\\.", re.DOTALL)
_SPECIAL: Final = lazy_pattern(r"[^A-Za-z0-9\s]")
_REPETITION: Final = lazy_pattern(r"\{([0-9]{1,5})(?:(,)([0-9]{0,5}))?\}")
_GROUP: Final = lazy_pattern(r"\(\?(?:P?<([A-Za-z0-9_]+)>|([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)]))")
_POSIX: Final = lazy_pattern(r"\[:(\^?)([a-z0-9]+):\]")
_CODE: Final = lazy_pattern(r"\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([0-7]{1,3}))")
_CATEGORY: Final = lazy_pattern(r"\\[pP](?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_CONTROLS: Final = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_WORD: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_CLASSES: Final[dict[str, frozenset[str]]] = {
    "d": frozenset("0123456789"),
    "s": frozenset("\t\n\f\r "),
    "w": _WORD,
}
_POSIX_CLASSES: Final[dict[str, Test]] = {
    "alnum": lambda sign: sign.isascii() and sign.isalnum(),
    "alpha": lambda sign: sign.isascii() and sign.isalpha(),
    "ascii": str.isascii,
    "blank": lambda sign: sign in "\t ",
    "cntrl": lambda sign: sign < " " or sign == "\x7f",
    "digit": lambda sign: "0" <= sign <= "9",
    "graph": lambda sign: "!" <= sign <= "~",
    "lower": lambda sign: "a" <= sign <= "z",
    "print": lambda sign: " " <= sign <= "~",
    "punct": lambda sign: "!" <= sign <= "~" and not sign.isalnum(),
    "space": lambda sign: sign in "\t\n\v\f\r ",
    "upper": lambda sign: "A" <= sign <= "Z",
    "word": _WORD.__contains__,
    "xdigit": lambda sign: sign in "0123456789abcdefABCDEF",
}


def _unquoted(match: re.Match[str]) -> str:
    """What is to be taken as it stands, with an escape before each sign."""
    quoted: str | None = match[1]
    return match[0] if quoted is None else _SPECIAL.sub(r"\\\g<0>", quoted)


def is_word(sign: str) -> bool:
    """Whether a character belongs to words as their borders see it."""
    return sign in _WORD


class Reader:
    """Reads one pattern."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise Exhausted(f"the pattern is longer than {_LONGEST} characters")
        self._text = _QUOTED.sub(_unquoted, text)
        self._position = 0
        self._flags = frozenset[str]()
        self._depth = 0
        self.names: list[str] = []
        """Of each group its name, empty if it has none."""

    def read(self) -> Tree:
        """The tree of the pattern. Raises `Refused` if it is not valid, `Exhausted` if it is too large."""
        tree = self._choice()
        if self._position < len(self._text):
            raise self._bad("a `)` without its `(`")
        return tree

    def _bad(self, what: str) -> Exception:
        return wrong_value(f"the pattern is not valid: {what} at character {self._position + 1}")

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _choice(self) -> Tree:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._position += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Tree:
        items: list[Tree] = []
        while self._peek() not in {"", "|", ")"}:
            item = self._atom()
            if item is not None:
                items.append(self._repeated(item))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _repeated(self, item: Tree) -> Tree:
        bounds = self._bounds()
        if bounds is None:
            return item
        lazy = self._peek() == "?"
        self._position += lazy
        if self._bounds() is not None:
            raise self._bad("a repetition of a repetition")
        return Repeat(item, *bounds, greedy=lazy is ("U" in self._flags))

    def _bounds(self) -> tuple[int, int | None] | None:
        sign = self._peek()
        if sign and sign in "*+?":
            self._position += 1
            return (1 if sign == "+" else 0), (1 if sign == "?" else None)
        match = _REPETITION.match(self._text, self._position)
        if match is None:
            return None
        self._position = match.end()
        least = int(match[1])
        most = least if match[2] is None else int(match[3]) if match[3] else None
        if least > _MOST_REPETITIONS or (most is not None and not least <= most <= _MOST_REPETITIONS):
            raise self._bad("a number of repetitions that is not allowed")
        return least, most

    def _atom(self) -> Tree | None:
        """The next thing that can be repeated; None for flags, which are nothing."""
        sign = self._peek()
        if sign == "(":
            return self._group()
        if sign == "[":
            return One(self._class())
        if sign == "\\":
            return self._escape()
        if sign in "*+?":
            raise self._bad("a repetition of nothing")
        self._position += 1
        if sign == ".":
            return One(_anything if "s" in self._flags else _no_line_end)
        if sign == "^":
            return Border("^" if "m" in self._flags else "A")
        if sign == "$":
            return Border("$" if "m" in self._flags else "z")
        return One(self._literal(sign))

    def _literal(self, sign: str) -> Test:
        return self._folded(sign.__eq__)

    def _folded(self, test: Test) -> Test:
        if "i" not in self._flags:
            return test
        return lambda sign: test(sign) or test(sign.lower()) or test(sign.upper())

    def _group(self) -> Tree | None:
        outer = self._flags
        number: int | None = None
        match = _GROUP.match(self._text, self._position)
        if match is not None and match[1] is None:
            self._set_flags(match[2], match[3] or "")
            self._position = match.end()
            if match[4] == ")":
                return None
        elif match is None and self._text.startswith("(?", self._position):
            raise self._bad("a kind of group that RE2 does not have")
        else:
            name = match[1] if match is not None else ""
            self.names.append(name)
            number = len(self.names)
            self._position = self._position + 1 if match is None else match.end()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Exhausted(f"the pattern has more than {_DEEPEST} groups within each other")
        inner = self._choice()
        self._depth -= 1
        if self._peek() != ")":
            raise self._bad("a `(` without its `)`")
        self._position += 1
        self._flags = outer
        return inner if number is None else Group(number, inner)

    def _set_flags(self, added: str, removed: str) -> None:
        if not set(added + removed) <= set("imsU"):
            raise self._bad("a flag that RE2 does not have")
        self._flags = (self._flags | set(added)) - set(removed)

    def _escape(self) -> Tree:
        text, position = self._text, self._position
        letter = text[position + 1 : position + 2]
        if letter and letter in "AzbB":
            self._position += 2
            return Border(letter)
        test = self._escaped_class()
        return One(test if test is not None else self._literal(self._escaped_sign()))

    def _escaped_class(self) -> Test | None:
        """A class with a letter for its name, or a category; None if something else stands here."""
        letter = self._text[self._position + 1 : self._position + 2]
        members = _CLASSES.get(letter.lower())
        if members is not None:
            self._position += 2
            return members.__contains__ if letter.islower() else lambda sign: sign not in members
        match = _CATEGORY.match(self._text, self._position)
        if match is None:
            return None
        self._position = match.end()
        negated = (letter == "P") is not bool(match[1])
        return _of_category(match[2] or match[3], negated=negated)

    def _escaped_sign(self) -> str:
        match = _CODE.match(self._text, self._position)
        if match is not None:
            code = int(match[1] or match[2], 16) if match[1] or match[2] else int(match[3], 8)
            if code > 0x10FFFF:
                raise self._bad("a character that Unicode does not have")
            self._position = match.end()
            return chr(code)
        letter = self._text[self._position + 1 : self._position + 2]
        if not letter or (letter.isalnum() and letter not in _CONTROLS):
            raise self._bad("an escape that RE2 does not have")
        self._position += 2
        return _CONTROLS.get(letter, letter)

    def _class(self) -> Test:
        self._position += 1
        negated = self._peek() == "^"
        self._position += negated
        tests: list[Test] = []
        first = True
        while first or self._peek() != "]":
            first = False
            if not self._peek():
                raise self._bad("a `[` without its `]`")
            tests.append(self._class_member())
        self._position += 1
        members = tuple(tests)
        test = self._folded(lambda sign: any(member(sign) for member in members))
        return (lambda sign: not test(sign)) if negated else test

    def _class_member(self) -> Test:
        match = _POSIX.match(self._text, self._position)
        if match is not None:
            named = _POSIX_CLASSES.get(match[2])
            if named is None:
                raise self._bad("a class that RE2 does not have")
            self._position = match.end()
            return (lambda sign: not named(sign)) if match[1] else named
        if self._peek() == "\\":
            escaped = self._escaped_class()
            if escaped is not None:
                return escaped
        low = self._class_sign()
        if self._peek() != "-" or self._text[self._position + 1 : self._position + 2] in {"]", ""}:
            return low.__eq__
        self._position += 1
        high = self._class_sign()
        if high < low:
            raise self._bad("a range that ends before it begins")
        return lambda sign: low <= sign <= high

    def _class_sign(self) -> str:
        if self._peek() == "\\":
            return self._escaped_sign()
        sign = self._peek()
        self._position += 1
        return sign


def _anything(sign: str) -> bool:
    del sign
    return True


def _nothing(sign: str) -> bool:
    del sign
    return False


def _no_line_end(sign: str) -> bool:
    return sign != "\n"


def _of_category(name: str, *, negated: bool) -> Test:
    from unicodedata import category

    if name == "Any":
        return _nothing if negated else _anything
    if len(name) > 2:
        raise Exhausted("patterns with scripts of Unicode are not evaluated")
    return lambda sign: category(sign).startswith(name) is not negated
