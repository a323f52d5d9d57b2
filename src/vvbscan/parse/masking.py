"""Text with stretches that a template engine fills in, masked at equal length for a parser.

The mask is a noncharacter of Unicode that the text does not have. It goes through the YAML parser like a
letter, so that what is left around it in a scalar is what is known of the value.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Final

from vvbscan.model.node import FOLDED, LITERAL, PLAIN, Unknown

_SIGNS: Final = tuple(map(chr, range(0xFDD0, 0xFDF0)))


def unused_sign(text: str) -> str:
    """A character to mask with, which the text does not have; empty if it has them all."""
    return next((sign for sign in _SIGNS if sign not in text), "")


class Masked:
    """A text with masked stretches, in order and apart from each other."""

    __slots__ = ("_ends", "_original", "_pattern", "alone", "misplaced", "sign", "stretches", "text")

    def __init__(
        self,
        original: str,
        text: str,
        sign: str,
        stretches: tuple[tuple[int, int], ...],
        alone: frozenset[int] = frozenset(),
    ) -> None:
        self.text = text
        """The text with `sign` in its masked stretches, of the same length as the original."""
        self.sign = sign
        self.stretches = stretches
        self.alone = alone
        """Starts of the stretches that have their lines for themselves. What is filled in there may be
        members of the collection around it, unless it is the whole of a value."""
        self.misplaced: tuple[int, int] | None = None
        """The first stretch of `alone` that turned out to be a part of a value."""
        self._original = original
        self._ends = [end for _, end in stretches]
        self._pattern = re.compile(f"{sign}+")

    def unknown(self, value: str, start: int, end: int, style: str) -> Unknown:
        """What is known of a scalar with masked characters that stands at a span of the text."""
        inside = self.stretches[bisect_right(self._ends, start) : bisect_left(self.stretches, (end,))]
        whole = style is PLAIN and not value.strip(self.sign)
        if style not in {LITERAL, FOLDED} and not (whole and len(inside) == 1):
            for stretch in inside:
                if stretch[0] in self.alone and self.misplaced is None:
                    self.misplaced = stretch
        shown = " ".join(" ".join(self._original[begin:stop].split()) for begin, stop in inside[:1])
        reason = f"`{shown}` is filled in by the template engine"
        if whole:
            return Unknown("template", reason)
        parts: list[str | None] = []
        for index, known in enumerate(self._pattern.split(value)):
            if index:
                parts.append(None)
            if known:
                parts.append(known)
        return Unknown("template", reason, tuple(parts))
