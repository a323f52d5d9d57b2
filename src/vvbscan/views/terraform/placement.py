"""Where the characters of a text were written that was put together from pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, Origin, Source, Unknown
from vvbscan.views.terraform.values import derived, text_of

_ESCAPE: Final = lazy_pattern(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)|\$\$\{|%%\{|.", 16)  # re.DOTALL
_ESCAPED: Final = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "$${": "${", "%%{": "%{"}


class Placement:
    """A text made of pieces, in which each unknown stretch is one `sign`."""

    __slots__ = ("_pieces", "_starts", "_unknowns", "_whole", "gaps", "sign", "text")

    def __init__(self, pieces: tuple[Node, ...], sign: str, whole: Node) -> None:
        """`whole` is the string itself, which is the place of what lies in no piece alone."""
        self.sign = sign
        self.gaps: list[int] = []
        """Where the signs stand."""
        self._unknowns: list[Unknown] = []
        self._pieces = [(piece, _offsets(piece)) for piece in pieces]
        self._starts: list[int] = []
        self._whole = whole
        texts: list[str] = []
        length = 0
        for piece in pieces:
            self._starts.append(length)
            text = text_of(piece)
            for part in (text.parts or (None,)) if isinstance(text, Unknown) else (text,):
                if part is None:
                    assert isinstance(text, Unknown)
                    self.gaps.append(length)
                    self._unknowns.append(text)
                texts.append(sign if part is None else part)
                length += len(texts[-1])
        self.text = "".join(texts)

    def span(self, start: int, end: int) -> tuple[Source, int, int, bool]:
        """Source and offsets of a stretch, and whether they are those of just its characters."""
        first = self._place(start, at_end=False)
        last = self._place(end, at_end=True)
        if first is not None and last is not None and first[0] is last[0] and first[1] < last[1]:
            return first[0], first[1], last[1], True
        index = bisect_right(self._starts, start) - 1
        if end <= (self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)):
            piece = self._pieces[index][0]
            return piece.source, piece.start, piece.end, False
        return self._whole.source, self._whole.start, self._whole.end, False

    def way(self, source: Source, start: int, end: int) -> tuple[Origin, ...]:
        """The way of what was written at a span: by the string, unless it is written within that."""
        whole = self._whole
        if source is whole.source and whole.start <= start and end <= whole.end:
            return whole.via
        used = Origin("used here", whole.source, whole.start, whole.end)
        return (used, *[step for step in whole.via if step.source is not source])

    def _place(self, offset: int, *, at_end: bool) -> tuple[Source, int] | None:
        """Where a character is written, or (`at_end`) where the one before the offset ends."""
        at = offset - 1 if at_end else offset
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return None
        piece, offsets = self._pieces[index]
        inside = at - self._starts[index] + (1 if at_end else 0)
        if offsets is None or inside >= len(offsets):
            return None
        return piece.source, offsets[inside]

    def unknown(self, start: int, end: int, shown: Unknown) -> Unknown:
        """What is unknown in a stretch; `shown` is what the parser made of it."""
        position = bisect_left(self.gaps, start)
        if position >= len(self.gaps) or self.gaps[position] >= end:
            return shown
        unknown = self._unknowns[position]
        alone = position + 1 >= len(self.gaps) or self.gaps[position + 1] >= end
        if alone and not any(shown.parts):
            return unknown if not unknown.parts else derived(unknown)
        return Unknown(unknown.kind, unknown.reason, shown.parts)


def _offsets(piece: Node) -> list[int] | range | None:
    """The offset in the source of each character of a piece and of its end; None if they are not written."""
    value = piece.value
    if not isinstance(value, str) or piece.style is COMPUTED:
        return None
    written = piece.written
    for quote in (0, 1):
        if written[quote : len(written) - quote] == value:
            return range(piece.start + quote, piece.start + quote + len(value) + 1)
    if written.startswith("<<"):
        return _by_line(value, written, written.find("\n") + 1, piece.start)
    quote = 1 if written.startswith('"') and written.endswith('"') else 0
    inner = written[quote : len(written) - quote]
    return _escaped(value, inner, piece.start + quote) or _by_line(value, written, 0, piece.start)


def _escaped(value: str, written: str, start: int) -> list[int] | None:
    offsets = []
    texts = []
    for match in _ESCAPE.finditer(written):
        escape, code = match[0], match[1] or match[2]
        text = chr(int(code, 16)) if code else _ESCAPED.get(escape, escape[-1])
        texts.append(text)
        offsets += [start + match.start()] * len(text)
    offsets.append(start + len(written))
    return offsets if "".join(texts) == value else None


def _by_line(value: str, written: str, position: int, start: int) -> list[int] | None:
    """Of lines of a heredoc, which have blanks before them; the first is looked for at `position`."""
    offsets: list[int] = []
    for line in value.splitlines(keepends=True):
        end = written.find("\n", position) + 1 or len(written)
        found = written.find(line.rstrip("\n"), position, end)
        if found < 0:
            return None
        offsets += range(start + found, start + found + len(line))
        position = end
    offsets.append(start + position)
    return offsets
