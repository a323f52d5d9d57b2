"""JSON5, which Renovate takes: comments, keys without quotes, single quotes and trailing commas.

With its comments blanked it is a flow mapping of YAML in all that configurations use, and is read as one.
What JSON5 has beyond that, such as escapes in single quotes, is read as text.
https://spec.json5.org
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Comment, Parsed, Source
from vvbscan.parse.yaml import parse_replaced

_PIECE: Final = lazy_pattern(
    r"\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|[^\"'/]+|/",
    re.DOTALL,
)
_VISIBLE: Final = lazy_pattern(r"[^\r\n]")


def parse_json5(source: Source, limits: Limits) -> Parsed:
    """Parse a text of JSON5."""
    text = source.text.text
    pieces: list[str] = []
    comments: list[Comment] = []
    for found in _PIECE.finditer(text):
        if found["comment"] is None:
            pieces.append(found[0])
            continue
        line = text.rfind("\n", 0, found.start()) + 1
        comments.append(Comment(found.start(), found.end(), not text[line : found.start()].strip()))
        pieces.append(_VISIBLE.sub(" ", found[0]))
    parsed = parse_replaced(source, "".join(pieces), limits, "1.2")
    return parsed._replace(comments=tuple(comments))
