"""The words of HCL's native syntax, and the place in a text that a parser has come to.

Source: HCL Native Syntax Specification (hashicorp/hcl, hclsyntax/spec.md), and `scan_tokens.rl` beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final, NoReturn

from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Problem
from vvbscan.parse.hcl_faults import HCL_SYNTAX, unexpected_hint, unexpected_message
from vvbscan.parse.hcl_tree import Expression

IDENTIFIER: Final = "[^\\W\\d][\\w\u00b7\u0300-\u036f-]*+"
"""With the combining marks of Latin, Greek and Cyrillic, which `\\w` leaves out."""
NUMBER: Final = r"[0-9]++(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
PLAIN: Final = r'"((?:[^"\\\n$%]++|[$%](?!\{))*+)"'
"""A string without escapes and interpolation."""
BLANK: Final = r"[ \t\r]*+"

_BLANKS: Final = re.compile(BLANK).match
_LINES: Final = re.compile(r"[ \t\r\n]*+").match

MOST_PROBLEMS: Final = 200
"""Problems that are reported for one file; a file with more has one cause many times."""

_ONCE: Final = frozenset({"nesting-too-deep", "too-many-nodes", "too-many-errors"})
"""Codes of problems that are reported once a file."""


class SyntaxFault(Exception):
    """The text cannot be read on; the problem says why."""

    def __init__(self, problem: Problem, reach: int) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.reach = reach
        """How far the text was looked at."""


class Exhausted(Exception):
    """A limit of the file was reached; nothing more is read."""


class Cursor:
    """A text, how far it was read, and what was met besides its values."""

    __slots__ = (
        "_starts",
        "comments",
        "deepest",
        "left",
        "limits",
        "most",
        "position",
        "problems",
        "reported",
        "text",
    )

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self._starts: list[int] | None = None
        """Where the lines begin, once somebody asks for one."""
        self.position = 0
        self.limits = limits
        self.most = min(limits.depth, _MOST_DEPTH)
        self.left = limits.nodes
        """Expressions that may still be made."""
        self.deepest = 0
        """Depth of the deepest expression within the one that is read."""
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self.reported: set[str] = set()

    def report(self, problem: Problem) -> None:
        """Add a problem, unless there are very many or it only repeats what was said."""
        if len(self.problems) < MOST_PROBLEMS and problem.code not in self.reported:
            self.problems.append(problem)
            if problem.code in _ONCE:
                self.reported.add(problem.code)

    def fail(
        self, message: str, start: int, end: int | None = None, hint: str = "", reach: int = 0
    ) -> NoReturn:
        """Give up what is read, with a problem at the span, or at one character."""
        stop = min(start + 1, len(self.text)) if end is None else end
        raise SyntaxFault(Problem("error", HCL_SYNTAX, message, start, stop, hint), max(reach, stop))

    def unexpected(self, wanted: str, begin: int, hint: str = "") -> NoReturn:
        """Give up since something else should stand here; `begin` is where what is read began."""
        self.skip(False)
        place = self.position
        line = self.line(begin)
        message = unexpected_message(self.text, place, wanted, line if line != self.line(place) else 0)
        self.fail(message, place, None, unexpected_hint(self.text, place, hint))

    def line(self, position: int) -> int:
        """The line that a position is in."""
        if self._starts is None:
            self._starts = [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]
        return bisect_right(self._starts, position)

    def skip(self, lines: bool) -> str:
        """Move past blanks and comments, and past line ends if `lines`; the character that stands there.

        At the end of the text it is empty.
        """
        text = self.text
        blanks = _LINES if lines else _BLANKS
        position = blanks(text, self.position).end()  # type: ignore[union-attr]  # it matches everywhere
        sign = text[position : position + 1]
        while sign == "#" or (sign == "/" and text.startswith(("//", "/*"), position)):
            position = blanks(text, self.comment(position)).end()  # type: ignore[union-attr]
            sign = text[position : position + 1]
        self.position = position
        return sign

    def comment(self, start: int) -> int:
        """Keep the comment that begins at an offset; where it ends, which is before the end of its line."""
        text = self.text
        if text.startswith("/*", start):
            end = text.find("*/", start + 2) + 2
            if end < 2:
                self.fail("the comment has no end", start, start + 2, "close it with `*/`", len(text))
        else:
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            if text[end - 1] == "\r":
                end -= 1
        before = start
        while before and text[before - 1] in " \t":
            before -= 1
        self.comments.append(Comment(start, end, not before or text[before - 1] in "\r\n"))
        return end

    def too_deep(self, start: int, reach: int = 0) -> NoReturn:
        """Give up an expression with too many levels."""
        raise SyntaxFault(self.depth_problem(start), max(reach, start))

    def limit_problem(self) -> Problem:
        """Why the rest of the file is not read."""
        message = f"there are more than {self.limits.nodes} values; what follows is not read"
        place = min(self.position, len(self.text))
        return Problem("error", "too-many-nodes", message, place, min(place + 1, len(self.text)))

    def depth_problem(self, start: int) -> Problem:
        """The problem with what is nested too deep."""
        message = f"more than {self.most} expressions within each other"
        return Problem("error", "nesting-too-deep", message, start, min(start + 1, len(self.text)))

    def expression(self, lines: bool, depth: int) -> Expression:
        """Read an expression; `lines` tells whether line ends are blanks in it."""
        raise NotImplementedError


_MOST_DEPTH: Final = 120
"""Levels that are read whatever the limits say: each takes up to six calls of Python, which allows 1,000."""
