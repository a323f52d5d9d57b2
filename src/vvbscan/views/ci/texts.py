"""Where the characters of a text in YAML were written."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import COMPUTED, LITERAL, MapValue, Node, SeqValue, Unknown
from vvbscan.parse.github_expressions import embedded_expressions


def characters(node: Node, begin: int, stop: int) -> Node:
    """Characters `begin` to `stop` of a text as a node of their own.

    Its span is that of these characters where it can be told: in a block of lines, else where the text was
    written as it is, else where as many copies of them stand in what was written as in the text. Otherwise
    it is the span of all.
    """
    text = node.text()
    assert text is not None, "only a text has characters"
    if node.style == LITERAL:
        return _in_block(node, text, begin, stop)
    part = node.part(begin, stop)
    if (part.start, part.end) != (node.start, node.end) or begin >= stop:
        return part
    wanted, written = text[begin:stop], node.written
    if text.count(wanted) != written.count(wanted):
        return part
    place = -1
    for _ in range(text.count(wanted, 0, begin) + 1):
        place = written.find(wanted, place + len(wanted) if place >= 0 else 0)
    return part if place < 0 else _spanning(part, node.start + place, node.start + place + len(wanted))


def _in_block(node: Node, text: str, begin: int, stop: int) -> Node:
    """In a block scalar each line stands as it is, behind its indentation."""
    whole = node._replace(value=text[begin:stop])
    written = node.written.split("\n")
    first = _offset(written, text, begin)
    last = _offset(written, text, max(stop - 1, begin))
    if first < 0 or last < 0:
        return whole
    return _spanning(whole, node.start + first, node.start + last + (stop > begin))


def _offset(written: list[str], text: str, position: int) -> int:
    """Where a character of a block scalar stands in its written lines; -1 if it cannot be told."""
    number = text.count("\n", 0, position)
    line_start = text.rfind("\n", 0, position) + 1
    line_end = text.find("\n", line_start)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    if number + 1 >= len(written):
        return -1
    shown = written[number + 1]
    body = shown.removesuffix("\r")
    if not body.endswith(line):
        return -1
    before = sum(len(other) + 1 for other in written[: number + 1])
    return before + len(body) - len(line) + position - line_start


def _spanning(node: Node, start: int, end: int) -> Node:
    return node._replace(start=start, end=end)


def with_unknowns(node: Node) -> Node:
    """A text whose expressions are unknown stretches, and any other node as it is."""
    text = node.text()
    found = () if text is None else embedded_expressions(text)
    if text is None or not found:
        return node
    parts: list[str | None] = []
    done = 0
    for one in found:
        parts += [text[done : one.start], None] if one.start > done else [None]
        done = one.end
    if done < len(text):
        parts.append(text[done:])
    reason = f"{text[found[0].start : found[0].end]} is worked out when the workflow runs"
    unknown = Unknown("expression", reason, () if parts == [None] else tuple(parts))
    return node._replace(value=unknown, style=COMPUTED)


def texts_of(node: Node | None) -> Iterator[Node]:
    """The texts within a value, in written order."""
    waiting = [] if node is None else [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one.value, MapValue):
            waiting += reversed(tuple(one.value.entries.values()))
        elif isinstance(one.value, SeqValue):
            waiting += reversed(one.value.items)
        elif isinstance(one.value, str):
            yield one
