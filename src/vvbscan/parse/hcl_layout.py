"""What the layout of lines says about where things end."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.parse.hcl_heredoc import heredoc_end
from vvbscan.parse.hcl_lex import IDENTIFIER

_ITEM: Final = lazy_pattern(
    rf"{IDENTIFIER}(?:[ \t]*+=(?![=>])|(?:[ \t]++(?:\"[^\"\n]*+\"|{IDENTIFIER}))*+[ \t]*+\{{)"
)
"""How an attribute or a block begins."""
_HEREDOC: Final = lazy_pattern(rf"<{{1,2}}-?({IDENTIFIER})[ \t]*\r?$")
_BLANKS: Final = lazy_pattern(r"[ \t]*")


def line_end(text: str, position: int) -> int:
    """Where the line ends that a position is in."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def indentation(text: str, position: int) -> int | None:
    """How many blanks stand before a position in its line, None if something else does."""
    start = position
    while start and text[start - 1] in " \t":
        start -= 1
    return position - start if not start or text[start - 1] == "\n" else None


def next_indentation(text: str, position: int) -> int | None:
    """The indentation of the next line that is not blank, None if there is none."""
    position = line_end(text, position) + 1
    while position < len(text):
        end = line_end(text, position)
        line = text[position:end]
        if line.strip():
            return len(line) - len(line.lstrip())
        position = end + 1
    return None


def broken_end(text: str, place: int, indented: int | None = None) -> int:
    """Where an item ends that begins at a place and cannot be read: at a line end.

    Lines that lie deeper are its own, and so is a closing bracket below where it begins. `indented` is the
    indentation to go by, if it is not that of the line.
    """
    here = indentation(text, place) if indented is None else indented
    end = _own_heredoc(text, place, line_end(text, place))
    if here is None:
        return end
    deeper = any(sign in text[place:end] for sign in "([{")
    start = end + 1
    while start < len(text):
        stop = line_end(text, start)
        line = text[start:stop]
        shown = line.strip()
        if shown and not shown.startswith(("#", "//")):
            depth = len(line) - len(line.lstrip())
            if depth < here:
                return end
            if depth == here:
                if shown[0] in ")]}":
                    if not deeper:
                        return end
                    if shown.rstrip(",")[-1:] not in ("(", "[", "{"):
                        return stop
                elif _ITEM.match(line, depth):
                    return end
            deeper = True
            stop = end = _own_heredoc(text, start, stop)
        start = stop + 1
    return end


def _own_heredoc(text: str, start: int, end: int) -> int:
    """Where the here-document ends that a line announces, else where the line does."""
    line = text[start:end]
    found = _HEREDOC.search(line)
    if found is None:
        return end
    closing = heredoc_end(text, end + 1, found[1])
    return end if closing is None else closing
