"""Patterns of .gitignore's kind, as gitignore(5) describes them and git's wildmatch.c carries them out.

A pattern becomes one regular expression. What stands between two stars is matched by an atomic group at its
first place: a later place never matches more, and `*a*a*a*b` from a hostile tree does not take forever.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.engine.tree import DirectoryTree
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.outcome import Notice
from vvbscan.model.unit import Unreadable
from vvbscan.record import NamedTuple

_SPECIAL: Final = lazy_pattern(r"[*?\[\\]")
_CLASSES: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\v\f\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_LONGEST: Final = 4096
"""Characters of the longest pattern: no path is longer."""
_MOST_PATTERNS: Final = 10_000
"""Lines of one file that are read."""


class BadPattern(ValueError):
    """A line that can match nothing; `str()` says why."""


class _Rule(NamedTuple):
    negated: bool
    directories_only: bool
    by_name: bool
    """Whether the last step of a path is matched, else the whole of it."""
    matches: Callable[[str], bool]


class Patterns:
    """The patterns of one file or setting, in order; paths are relative to where it holds, with `/`."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Iterable[_Rule]) -> None:
        self._rules = tuple(rules)[::-1]

    @classmethod
    def from_lines(cls, lines: Iterable[str], *, strict: bool = False) -> Patterns:
        """The patterns of these lines. A malformed one matches nothing or, if strict, raises `BadPattern`.

        So does then a line that is no pattern: a setting has no use for comments and blank lines.
        """
        rules = []
        for line in lines:
            try:
                rule = _rule(line)
                if strict:
                    _refuse_no_pattern(line, rule)
            except BadPattern:
                if strict:
                    raise
                continue
            if rule is not None:
                rules.append(rule)
        return cls(rules)

    def verdict(self, path: str, *, directory: bool) -> bool | None:
        """What the last pattern that matches the path itself says; None if none does."""
        name = path[path.rfind("/") + 1 :]
        for rule in self._rules:
            if rule.directories_only and not directory:
                continue
            if rule.matches(name if rule.by_name else path):
                return not rule.negated
        return None

    def cover(self, path: str, *, directory: bool = False) -> bool:
        """Whether the path or a directory that it lies in is meant: below such a one, nothing is negated."""
        return any(verdict for verdict in self._verdicts(path, directory))

    def choose(self, path: str) -> bool:
        """Whether a file is meant by its own verdict or that of the nearest directory that has one."""
        chosen = False
        for verdict in self._verdicts(path, directory=False):
            chosen = chosen if verdict is None else verdict
        return chosen

    def _verdicts(self, path: str, directory: bool) -> Iterator[bool | None]:
        end = path.find("/")
        while end >= 0:
            yield self.verdict(path[:end], directory=True)
            end = path.find("/", end + 1)
        yield self.verdict(path, directory=directory)


class IgnoreFiles:
    """The .gitignore files of a tree, each read when a path beside or below it is asked for."""

    def __init__(self, tree: DirectoryTree) -> None:
        self.notices: list[Notice] = []
        """What of them could not be read."""
        self._tree = tree
        self._patterns: dict[str, Patterns | None] = {}

    def ignore(self, path: str, *, directory: bool) -> bool:
        """Whether git ignores a path whose parents it does not ignore; the nearest file decides."""
        folder = posixpath.dirname(path)
        while True:
            patterns = self._of(folder)
            if patterns is not None:
                below = path[len(folder) + 1 :] if folder else path
                verdict = patterns.verdict(below, directory=directory)
                if verdict is not None:
                    return verdict
            if not folder:
                return False
            folder = posixpath.dirname(folder)

    def _of(self, folder: str) -> Patterns | None:
        if folder not in self._patterns:
            self._patterns[folder] = self._read(posixpath.join(folder, ".gitignore"))
        return self._patterns[folder]

    def _read(self, path: str) -> Patterns | None:
        if not self._tree.is_file(path):
            return None
        try:
            data = self._tree.read_bytes(path)
        except Unreadable as error:
            self._tell(path, f"Its patterns are not known: {error}.")
            return None
        text = f"{data.decode('utf-8-sig', 'surrogateescape')}\n"
        lines = text.replace("\r\n", "\n").split("\n")[:-1]
        if len(lines) > _MOST_PATTERNS:
            self._tell(path, f"Only its first {_MOST_PATTERNS:,} lines were read.")
        return Patterns.from_lines(lines[:_MOST_PATTERNS])

    def _tell(self, path: str, message: str) -> None:
        self.notices.append(Notice("warning", "gitignore-not-read", message, path))


def _refuse_no_pattern(line: str, rule: _Rule | None) -> None:
    if "\n" in line:
        raise BadPattern("a pattern is one line; write several as a list")
    if rule is None:
        raise BadPattern(
            f"`{line}` is a comment; write `\\{line}`" if line[:1] == "#" else f"`{line}` names nothing"
        )


def _rule(line: str) -> _Rule | None:
    """The rule that a line makes; None for a comment or a blank line. Raises `BadPattern`."""
    if line.startswith("#"):
        return None
    text = _without_trailing_blanks(line)
    if text in ("", "/"):
        return None
    if len(text) > _LONGEST:
        raise BadPattern(f"a pattern has at most {_LONGEST} characters")
    negated = text.startswith("!")
    text = text[1:] if negated else text
    directories_only = text.endswith("/")
    text = text[:-1] if directories_only else text
    if not text:
        raise BadPattern(f"`{line}` names nothing")
    by_name = "/" not in text
    try:
        matches = _matcher(text.removeprefix("/"), by_name=by_name)
    except BadPattern as error:
        raise BadPattern(f"`{line}` is not a pattern: {error}") from None
    return _Rule(negated, directories_only, by_name, matches)


def _matcher(text: str, *, by_name: bool) -> Callable[[str], bool]:
    """A test for the name or the path. Most patterns are plain, and to compile one takes 0.1 ms."""
    if _SPECIAL.search(text) is None:
        return text.__eq__
    text = _as_bytes(text)
    if by_name and text[0] == "*" and _SPECIAL.search(text, 1) is None:
        ending = text[1:]
        return lambda name: _as_bytes(name).endswith(ending)
    expression = lazy_pattern(_step(text) if by_name else _path(_steps(text)), re.DOTALL)
    return lambda subject: expression.fullmatch(_as_bytes(subject)) is not None


def _as_bytes(text: str) -> str:
    """A character for each byte: git compares bytes, so that `?` is a byte and no letter beyond ASCII."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def _steps(text: str) -> list[str]:
    """What stands between the slashes of a path, of which those in brackets are none."""
    steps = []
    begin = position = 0
    while position < len(text):
        sign = text[position]
        position += 1
        if sign == "[":
            position = _brackets(text, position)[1]
        elif sign == "\\" and text[position : position + 1] != "/":
            position += 1
        elif sign in "/\\":
            steps.append(text[begin : position - 1])
            position += sign == "\\"  # it says of the slash what that is anyway
            begin = position
    return [*steps, text[begin:]]


def _without_trailing_blanks(line: str) -> str:
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return f"{kept} " if backslashes % 2 and len(kept) < len(line) else kept


def _path(steps: list[str]) -> str:
    """A regular expression for a whole path. The step `**` stands for any number of directories."""
    if steps[-1] == "**":
        steps = [*steps, "*"]  # behind the last slash it stands for all that is inside
    groups: list[list[str]] = [[]]
    for step in steps:
        if step == "**":
            groups.append([])
        else:
            groups[-1].append(_step(step))
    first, *between = ["".join(f"{step}/" for step in group) for group in groups[:-1]] or [""]
    final = "/".join(groups[-1])
    if len(groups) == 1:
        return final
    middle = "".join(f"(?>(?:[^/]+/)*?{group})" for group in between if group)
    return f"{first}{middle}(?:[^/]+/)*{final}"


def _step(text: str) -> str:
    """A regular expression for a step of a path."""
    pieces = [""]
    position = 0
    while position < len(text):
        sign = text[position]
        position += 1
        if sign == "*":
            pieces.append("")
        elif sign == "?":
            pieces[-1] += "[^/]"
        elif sign == "[":
            members, position = _brackets(text, position)
            pieces[-1] += members
        elif sign == "\\":
            if position == len(text):
                raise BadPattern("it ends in a backslash")
            pieces[-1] += re.escape(text[position])
            position += 1
        else:
            pieces[-1] += re.escape(sign)
    if len(pieces) == 1:
        return pieces[0]
    first, *between, final = pieces
    middle = "".join(f"(?>[^/]*?{piece})" for piece in between if piece)
    return f"{first}{middle}[^/]*{final}"


def _brackets(text: str, position: int) -> tuple[str, int]:
    """The expression for `[...]`, whose inside begins at `position`, and where it ends."""
    negated = text[position : position + 1] in ("!", "^")
    position += negated
    members = ""
    first = True
    while first or text[position : position + 1] != "]":
        first = False
        named = text[position:].startswith("[:")
        if named:
            name, _, _ = text[position + 2 :].partition(":]")
            if name not in _CLASSES:
                raise BadPattern(f"there is no class `[:{name}:]`")
            members += _CLASSES[name]
            position += len(name) + 4
            continue
        low, position = _member(text, position)
        high = low
        if text[position : position + 1] == "-" and text[position + 1 : position + 2] not in ("", "]"):
            high, position = _member(text, position + 1)
        # The first of a range matches, even of one that runs backwards.
        members += f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low)
    if negated:
        return f"[^/{members}]", position + 1
    return f"(?!/)[{members}]" if members else "(?!)", position + 1


def _member(text: str, position: int) -> tuple[str, int]:
    """A character between brackets and what is behind it."""
    if text[position : position + 1] == "\\":
        position += 1
    if position >= len(text):
        raise BadPattern("a `[` is not closed")
    return text[position], position + 1
