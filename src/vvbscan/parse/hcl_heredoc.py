"""Here-documents: how they begin and end, and the indentation of `<<-`."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.parse.hcl_lex import IDENTIFIER
from vvbscan.parse.hcl_pieces import Piece, Text

_OPENING: Final = re.compile(rf"<<(-?)({IDENTIFIER})\r?\n").match


def announced(text: str, start: int) -> re.Match[str] | None:
    """The first line of a here-document: whether it has a `-`, and its marker."""
    return _OPENING(text, start)


def ends_here(text: str, position: int, marker: str) -> int | None:
    """Where the marker ends if the line that begins at a position holds it alone."""
    stop = text.find("\n", position)
    line = text[position : stop if stop >= 0 else len(text)]
    if line.strip() != marker:
        return None
    return position + len(line.rstrip())


def heredoc_end(text: str, position: int, marker: str) -> int | None:
    """Where the text ends that begins at a position, with its marker, without a look into interpolations."""
    while position < len(text):
        end = ends_here(text, position, marker)
        if end is not None:
            return end
        position = text.find("\n", position) + 1 or len(text)
    return None


def strip_indentation(pieces: list[Piece]) -> None:
    """Remove the smallest indentation of the lines from each of them, as `<<-` wants it.

    Lines of white space alone do not count. What stands behind a line end that `~}` removed is no line of its
    own (`flushHeredocTemplateParts` of hashicorp/hcl).
    """
    smallest: int | None = None
    lines: list[Text] = []
    begins = True
    for piece in pieces:
        if begins:
            begins = False
            spaces = 0
            if type(piece) is Text:
                kept = piece.value.lstrip()
                if kept or not piece.value.endswith("\n"):
                    spaces = len(piece.value) - len(kept)
                    lines.append(piece)
                    smallest = spaces if smallest is None else min(smallest, spaces)
            else:
                smallest = 0
        begins = type(piece) is Text and piece.value.endswith("\n")
    if smallest:
        for line in lines:
            line.value = line.value[smallest:]
            line.start += smallest
