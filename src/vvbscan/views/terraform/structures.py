"""JSON texts of arguments as structures, with the places of what stands in them.

A policy or a list of containers is one string for Terraform. What it says is looked at as if it were
written in the language itself: in a heredoc every name and value has its own characters; where a text was
put together or escaped, its values have the place of the whole.
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Source, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.functions.json_text import structure_of as encoded_structure_of

_GAP: Final = "\ue000"
"""Stands for an unknown stretch while JSON is parsed; a character of the private use area."""
_LONGEST: Final = 100_000
_GAPS: Final = lazy_pattern(f"{_GAP}|[^{_GAP}]+")


class _Stretch(NamedTuple):
    """Characters of the text that stand in the file as they are."""

    begin: int
    end: int
    offset: int
    """What to add to a position in the text to get the one in the file."""


def structure_of(node: Node) -> Node | Unknown:
    """The structure of a value that is a JSON text; of what is a structure already, itself."""
    encoded = encoded_structure_of(node)
    if encoded is not None:
        return encoded
    value = node.value
    if isinstance(value, (MapValue, SeqValue)):
        return node
    if isinstance(value, Unknown):
        if not any(value.parts):
            return value
        text = "".join(_GAP if part is None else part for part in value.parts)
    elif isinstance(value, str):
        text = value
    else:
        return Unknown("unparsed", "the value is not a JSON text")
    if len(text) > _LONGEST:
        return Unknown("limit", f"the JSON text is longer than {_LONGEST} characters")
    from vvbscan.parse.json import parse_json  # few configurations have JSON texts
    from vvbscan.text import SourceText

    parsed = parse_json(Source(node.source.path, SourceText(text)), DEFAULT_LIMITS)
    if not parsed.documents:
        return value if isinstance(value, Unknown) else Unknown("unparsed", "the text is not valid JSON")
    unknown = value if isinstance(value, Unknown) else None
    return _Placing(node, text, unknown).placed(parsed.documents[0].root)


class _Placing:
    """Gives the values of a parsed text their places in the file."""

    __slots__ = ("_node", "_stretches", "_text", "_unknown")

    def __init__(self, node: Node, text: str, unknown: Unknown | None) -> None:
        self._node = node
        self._text = text
        self._unknown = unknown
        self._stretches = _stretches(node, text)

    def placed(self, parsed: Node) -> Node:
        value = parsed.value
        if isinstance(value, MapValue):
            entries = {name: self.placed(member) for name, member in value.entries.items()}
            keys = {name: self._at(value.keys[name], name) for name in entries}
            return self._at(parsed, MapValue(entries, keys, self._rest(value.entries)))
        if isinstance(value, SeqValue):
            return self._at(parsed, SeqValue(tuple(map(self.placed, value.items)), value.rest))
        if isinstance(value, str) and _GAP in value and self._unknown is not None:
            parts = tuple(None if part == _GAP else part for part in _GAPS.findall(value))
            reference = self._unknown.reference if parts == (None,) else ""
            known = parts if any(parts) else ()
            return self._at(parsed, self._unknown._replace(parts=known, reference=reference))
        return self._at(parsed, value)

    def _rest(self, names: object) -> Unknown | None:
        """Names that are not known may be any name."""
        assert hasattr(names, "__iter__")
        return self._unknown if any(_GAP in name for name in names) else None

    def _at(self, parsed: Node, value: object) -> Node:
        start = self._place(parsed.start)
        end = self._place(parsed.end - 1)
        whole = self._node
        if start is None or end is None or end < start:
            return Node(value, whole.source, whole.start, whole.end, COMPUTED, whole.via)  # type: ignore[arg-type]
        return Node(value, whole.source, start, end + 1, parsed.style, whole.via)  # type: ignore[arg-type]

    def _place(self, position: int) -> int | None:
        for stretch in self._stretches:
            if stretch.begin <= position < stretch.end:
                return position + stretch.offset
        return None


def _stretches(node: Node, text: str) -> list[_Stretch]:
    """Which characters of a text stand in the file, line by line, as indentation may have been removed."""
    written = node.written
    found: list[_Stretch] = []
    cursor = begin = 0
    for line in text.splitlines(keepends=True):
        for part in _GAPS.findall(line):
            if part == _GAP:
                cursor = _behind_interpolation(written, cursor)
            elif part.strip():
                at = written.find(part.rstrip(), cursor)
                if at >= 0:
                    found.append(_Stretch(begin, begin + len(part.rstrip()), node.start + at - begin))
                    cursor = at + len(part.rstrip())
            begin += len(part)
    return found


def _behind_interpolation(written: str, cursor: int) -> int:
    """Behind the `${…}` that comes next."""
    opened = written.find("${", cursor)
    if opened < 0:
        return cursor
    depth = 0
    for match in re.finditer(r"[{}]", written[opened:]):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return opened + match.end()
    return cursor
