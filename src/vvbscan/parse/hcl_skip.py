"""Finding the end of brackets without reading what is in them."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.parse.hcl_heredoc import heredoc_end

_CODE: Final = lazy_pattern(r'#[^\n]*|//[^\n]*|/\*(?s:.*?)\*/|"|[\[{(]|[\]})]|<<-?([^\W\d][\w-]*)[ \t\r]*\n')
_QUOTED: Final = lazy_pattern(r'\\.|"|[$%]\{|\n|\$\$\{|%%\{')


def closing_of(text: str, position: int) -> int | None:
    """Where the bracket that stands at a position ends, None if it does not.

    Strings, here-documents and comments within are skipped; kinds of brackets are not told apart.
    """
    brackets = 0
    around: list[int] = []
    """Numbers of open brackets around each open string."""
    quoted = False
    while True:
        found = (_QUOTED if quoted else _CODE).search(text, position)
        if found is None:
            return None
        position = found.end()
        sign = found[0]
        if quoted:
            if sign == '"':
                brackets = around.pop()
                quoted = False
            elif sign in ("${", "%{"):
                around.append(-1)
                brackets = 1
                quoted = False
            elif sign == "\n":
                return None
        elif sign == '"':
            around.append(brackets)
            quoted = True
        elif sign in "[{(":
            brackets += 1
        elif sign in "]})":
            brackets -= 1
            if not brackets:
                if not around:
                    return position
                if around[-1] == -1:
                    around.pop()
                    quoted = True
        elif found[1]:
            end = heredoc_end(text, position, found[1])
            if end is None:
                return None
            position = end
