"""TOML with the places of its keys: tomllib's values, and a light scan for where each key stands.

tomllib gives no positions. Keys in table headers and at the beginning of a line are found exactly; what
stands in an inline table or array has the place of the key that it belongs to.
"""

from __future__ import annotations

import re
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Document, MapValue, Node, Parsed, Problem, SeqValue, Source

_HEADER: Final = lazy_pattern(r"^[ \t]*\[{1,2}[ \t]*([^\]\n]+?)[ \t]*\]{1,2}", re.MULTILINE)
_NAME: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY: Final = lazy_pattern(rf"^[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*=", re.MULTILINE)
_PART: Final = lazy_pattern(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_ERROR_PLACE: Final = lazy_pattern(r"\(at line (\d+), column (\d+)\)")

_Places = dict[tuple[str, ...], tuple[int, int]]


def parse_toml(source: Source, limits: Limits) -> Parsed:
    """Parse a TOML file. A syntax error is a problem, and the document then is empty."""
    import tomllib  # 18 ms, and only configuration is TOML

    text = source.text.text
    empty = Node(MapValue({}, {}), source, 0, 0)
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _ERROR_PLACE.search(str(error))
        at = source.text.offset(int(place.group(1)), int(place.group(2))) if place else len(text)
        message = f"Not TOML: {_ERROR_PLACE.sub('', str(error)).strip()}."
        problem = Problem("error", "toml-syntax", message, min(at, len(text)), min(at + 1, len(text)))
        return Parsed(source, (Document(empty, 0, len(text)),), (), (problem,))
    root = _node(data, source, _places(text), (), (0, len(text)), limits.depth)
    return Parsed(source, (Document(root, 0, len(text)),))


def _places(text: str) -> _Places:
    places: _Places = {}
    headers = [(match.start(), match.start(1), match.end(1)) for match in _HEADER.finditer(text)]
    sections = [(0, 0, 0), *headers]
    for index, (begin, start, end) in enumerate(sections):
        table = tuple(part.strip("\"'") for part in _PART.findall(text[start:end]))
        if table:
            places.setdefault(table, (start, end))
        stop = sections[index + 1][0] if index + 1 < len(sections) else len(text)
        for match in _KEY.finditer(text, end if index else begin, stop):
            key = tuple(part.strip("\"'") for part in _PART.findall(match.group(1)))
            places.setdefault((*table, *key), match.span(1))
    return places


def _node(
    value: object, source: Source, places: _Places, key: tuple[str, ...], place: tuple[int, int], depth: int
) -> Node:
    """A value as a node at the place of its key; nesting is bounded by tomllib and by `depth`."""
    if isinstance(value, dict) and depth > 0:
        entries, keys = {}, {}
        for name, child in value.items():
            path = (*key, name)
            where = places.get(path, place)
            entries[name] = _node(child, source, places, path, where, depth - 1)
            keys[name] = Node(name, source, *where)
        return Node(MapValue(entries, keys), source, *place)
    if isinstance(value, list) and depth > 0:
        items = tuple(_node(item, source, places, key, place, depth - 1) for item in value)
        return Node(SeqValue(items), source, *place)
    scalar = value if isinstance(value, (str, int, float, bool)) else str(value)
    return Node(scalar, source, *place)
