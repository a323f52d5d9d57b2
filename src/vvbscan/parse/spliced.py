"""Texts that a file does not spell in one stretch, with the places of their characters."""

from __future__ import annotations

from bisect import bisect_right

from vvbscan.model.node import DOUBLE, PLAIN, Node, Source


class Spliced:
    """Text that is spread over pieces of a source, such as the lines of a block.

    Positions in `text` are turned into places in the source piece by piece.
    """

    __slots__ = ("_offsets", "_starts", "source", "text")

    def __init__(self, source: Source, pieces: list[tuple[int, int]]) -> None:
        whole = source.text.text
        self.source = source
        self._offsets = [begin for begin, _ in pieces] or [0]
        if len(pieces) == 1:
            begin, stop = pieces[0]
            self.text = whole[begin:stop]
            self._starts = [0]
            return
        texts = [whole[begin:stop] for begin, stop in pieces]
        self.text = "".join(texts)
        self._starts = [0]
        length = 0
        for text in texts[:-1]:
            length += len(text)
            self._starts.append(length)

    def place(self, position: int) -> int:
        """The offset in the source of the character at a position."""
        starts = self._starts
        piece = bisect_right(starts, position) - 1 if len(starts) > 1 else 0
        return self._offsets[piece] + position - starts[piece]

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """The offsets in the source that cover the characters from `begin` to `stop`."""
        first = self.place(begin)
        return first, self.place(stop - 1) + 1 if stop > begin else first

    def written(self, begin: int, stop: int) -> str:
        """The characters from `begin` to `stop` as people wrote them."""
        return self.text[begin:stop]

    def node(self, begin: int, stop: int) -> Node:
        """The characters from `begin` to `stop` as a plain node."""
        first, last = self.span(begin, stop)
        return Node(self.written(begin, stop), self.source, first, last, PLAIN)

    def decoded(self, value: str, begin: int, stop: int) -> Node:
        """A node for characters that stand for another text, such as a quoted string."""
        first, last = self.span(begin, stop)
        return Node(value, self.source, first, last, DOUBLE)
