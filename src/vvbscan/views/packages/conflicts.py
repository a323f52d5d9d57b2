"""Lines that a merge of git left in a file."""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Source

_BEGIN: Final = lazy_pattern(r"^<{7}(?: [^\r\n]*)?(?=\r?$)", re.MULTILINE)
_END: Final = lazy_pattern(r"^>{7}(?: [^\r\n]*)?(?=\r?$)", re.MULTILINE)


def merge_conflict(source: Source) -> Node | None:
    """The line that the first conflict begins with, None if there is none."""
    text = source.text.text
    if "\n>>>>>>>" not in text:
        return None
    begin = _BEGIN.search(text)
    if begin is None or _END.search(text, begin.end()) is None:
        return None
    return Node(begin[0], source, *begin.span())
