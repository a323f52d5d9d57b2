"""Where YAML values begin and end, where libyaml's marks include more than the value."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_PROPERTY: Final = lazy_pattern(r"(?:!<[^>]*>|[&!][^\s,\[\]{}]*)(?:\s+|(?<=\s)#[^\n\r\x85\u2028\u2029]*)*")
_BLOCK_HEADER: Final = lazy_pattern(r"[|>][-+0-9]*")
_LINE: Final = lazy_pattern(r"[^\n\r\x85\u2028\u2029]*")


def after_properties(text: str, start: int, end: int, count: int) -> int:
    """Where a value begins behind its tag and anchor, of which it has `count`."""
    for _ in range(count):
        match = _PROPERTY.match(text, start, end)
        if match:
            start = match.end()
    return start


def block_scalar_text(text: str, start: int, end: int, value: str) -> tuple[int, int]:
    """Where the lines of a block scalar begin, and the end of the last one that is not blank.

    Without any text both are the end of its indicator: a comment behind that is not part of the value.
    """
    header = _BLOCK_HEADER.match(text, start)
    assert header is not None, "a block scalar begins with its indicator"
    if not value.strip("\n"):
        return header.end(), header.end()
    written = start + len(text[start:end].rstrip())
    return _line_end(text, header.end()), min(_line_end(text, written), end)


def _line_end(text: str, position: int) -> int:
    match = _LINE.match(text, position)
    assert match is not None, "the pattern matches everywhere"
    return match.end()
