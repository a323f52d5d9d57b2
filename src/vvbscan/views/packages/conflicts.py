"""Lines that a merge of git left in a file, and locks that have them."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, Problem, Source, Unknown
from vvbscan.views.packages.model import Lock

_BEGIN: Final = lazy_pattern(r"^<{7}(?: [^\r\n]*)?(?=\r?$)", re.MULTILINE)
_END: Final = lazy_pattern(r"^>{7}(?: [^\r\n]*)?(?=\r?$)", re.MULTILINE)

_MARKERS: Final = ("<" * 7, "|" * 7, "=" * 7, ">" * 7)


def merge_conflict(source: Source) -> Node | None:
    """The line that the first conflict begins with, None if there is none."""
    text = source.text.text
    if "\n>>>>>>>" not in text:
        return None
    begin = _BEGIN.search(text)
    if begin is None or _END.search(text, begin.end()) is None:
        return None
    return Node(begin[0], source, *begin.span())


def torn_lock(source: Source) -> Lock | None:
    """A lock in which a merge left its lines, of which nothing else is known; None if there are none."""
    conflict = merge_conflict(source)
    if conflict is None:
        return None
    kind = posixpath.basename(source.path)
    both = Unknown("unparsed", f"a merge left both of its sides in {kind}")
    return Lock(kind, source.path, (), both, conflict, top_of(source))


def top_of(source: Source) -> Node:
    """The first character of a file: what is pointed at if it lacks something."""
    return Node(None, source, 0, min(1, len(source.text.text)), COMPUTED)


def told_once(source: Source, problems: tuple[Problem, ...], code: str) -> tuple[Problem, ...]:
    """The problems of a file in which a merge left its lines: one for them all, not one for each."""
    conflict = merge_conflict(source)
    if conflict is None:
        return problems
    text = source.text.text
    kept = (one for one in problems if not text.startswith(_MARKERS, one.start))
    message = "A merge conflict was left in the file."
    return (*kept, Problem("error", code, message, conflict.start, conflict.end, "resolve it"))
