"""Where the characters of a text that a file holds as a string stand in the file."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from vvbscan.model.node import LITERAL, Node, Origin


class Places:
    """Where the characters of a string stand in its file."""

    __slots__ = ("_lines", "_starts", "holder", "is_exact")

    def __init__(self, holder: Node, text: str) -> None:
        self.holder = holder
        self._lines: list[int] = []
        """Position in the string of each line."""
        self._starts: list[int] = []
        """Offset in the file of the first character of each line."""
        self.is_exact = self._find_block(text) if holder.style == LITERAL else self._find_quoted(text)

    def _find_quoted(self, text: str) -> bool:
        written = self.holder.written
        for quote in ("", '"', "'"):
            if written == f"{quote}{text}{quote}":
                self._lines, self._starts = [0], [self.holder.start + len(quote)]
                return True
        return False

    def _find_block(self, text: str) -> bool:
        header, _, body = self.holder.written.partition("\n")
        offset = self.holder.start + len(header) + 1
        lines = text.split("\n")
        written = body.split("\n")
        if not lines[-1]:
            lines.pop()
        position = 0
        for line, raw in zip(lines, written, strict=False):
            content = raw.rstrip("\r")
            if not content.endswith(line) or content[: len(content) - len(line)].strip(" "):
                return False
            self._lines.append(position)
            self._starts.append(offset + len(content) - len(line))
            position += len(line) + 1
            offset += len(raw) + 1
        return len(lines) <= len(written)

    def lines(self, text: str) -> tuple[int, ...]:
        """Offset in the file of each line of the string; empty where the file spells it otherwise."""
        if not self.is_exact:
            return ()
        if self.holder.style == LITERAL:
            return tuple(self._starts)
        lengths = (len(line) + 1 for line in text.split("\n"))
        return tuple(accumulate(lengths, initial=self._starts[0]))[:-1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the file of a stretch of the string."""
        if not self.is_exact or not self._lines:
            return self.holder.start, self.holder.end
        first = self._offset(start)
        return first, max(first, self._offset(end))

    def _offset(self, position: int) -> int:
        line = bisect_right(self._lines, position) - 1
        return min(self._starts[line] + position - self._lines[line], self.holder.end)

    def node(self, node: Node) -> Node:
        """A node of the string at its place in the file."""
        start, end = self.span(node.start, node.end)
        source = self.holder.source
        via = tuple(Origin(step.label, source, *self.span(step.start, step.end)) for step in node.via)
        return Node(node.value, source, start, end, node.style, (*via, *self.holder.via))
