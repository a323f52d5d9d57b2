"""JSON with the exact span of every key and value.

Accepts exactly what RFC 8259 calls JSON; Python's own parser also takes `NaN` and `Infinity`. A repeated name
is reported and the last one wins, as in every common reader. A text without any character but white space has
no document and no problem.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, missing in typeshed
from typing import Any, Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import (
    DOUBLE,
    FLOW,
    PLAIN,
    Document,
    MapValue,
    Node,
    Parsed,
    Problem,
    Scalar,
    SeqValue,
    Source,
    Unknown,
)
from vvbscan.parse.json_syntax import (
    BRACKET_OR_STRING,
    DELIMITER,
    END,
    FIRST,
    NEXT,
    SPACE,
    STRING,
    WORD,
    Place,
    explain,
)

_MEMBER: Final = re.compile(
    rf"{SPACE}(?:"
    # A string is an item of an array, or the name of a member of an object with its value.
    rf"({STRING}){SPACE}(?::{SPACE}(?:({STRING})|({WORD})|([\[{{])))?"
    rf"|({WORD})|([\[{{])"
    rf")?{SPACE}[,\]}}]?"
)
"""A member of a collection together with what stands behind it, in one match for speed."""
_STRING_ITEM, _STRING_MEMBER, _WORD_MEMBER, _OPEN_MEMBER, _WORD_ITEM = range(1, 6)

_MOST_DIGITS: Final = 4000
"""Python refuses to convert more than 4300 digits (`sys.int_info.default_max_str_digits`)."""

_MOST_PROBLEMS: Final = 200
"""Problems that are reported for one file; a file with more has one cause many times."""


class _Broken(Exception):
    """The text is no JSON, or a limit was reached; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Words(dict[str, "Scalar | Unknown"]):
    """Values of numbers and literals, converted once each."""

    def __missing__(self, text: str) -> Scalar | Unknown:
        value: Scalar | Unknown
        if not text.lstrip("-").isdecimal():
            value = float(text)
        elif len(text) > _MOST_DIGITS:
            value = Unknown("limit", f"the number has more than {_MOST_DIGITS} digits")
        else:
            value = int(text)
        self[text] = value
        return value


def parse_json(source: Source, limits: Limits) -> Parsed:
    """Parse a JSON text. With a syntax error there is no document, only the problem."""
    problems: list[Problem] = []
    text = source.text.text
    try:
        root = _read(source, text, limits, problems)
    except _Broken as broken:
        return Parsed(source, (), (), (*problems, broken.problem))
    documents = () if root is None else (Document(root, 0, len(text)),)
    return Parsed(source, documents, (), tuple(problems))


def _read(source: Source, text: str, limits: Limits, problems: list[Problem]) -> Node | None:
    new: Any = tuple.__new__
    match = _MEMBER.match
    words = _Words({"true": True, "false": False, "null": None})
    most_nodes, most_depth = limits.nodes, limits.depth
    # The collection that is being read; the text as a whole is a sequence of one item.
    entries: dict[str, Node] | None = None
    keys: dict[str, Node] = {}
    items: list[Node] = []
    name = ""
    begin = 0
    stack: list[tuple[dict[str, Node] | None, dict[str, Node], list[Node], str, int]] = []
    expected = FIRST
    count = 0
    position = 0
    value: Any
    while True:
        found = match(text, position)
        assert found is not None, "every part of the pattern is optional"
        kind = found.lastindex
        end = found.end()
        if kind is not None:
            if expected is DELIMITER or expected is END:
                raise _Broken(explain(text, position, Place(expected, entries is not None, begin)))
            count += 1
            if entries is not None:
                start, stop = found.span(1)
                if kind is _STRING_ITEM or stop < 0:
                    raise _Broken(explain(text, position, Place(expected, True, begin)))
                name = text[start + 1 : stop - 1]
                if "\\" in name:
                    name = scanstring(text, start + 1, True)[0]
                node = new(Node, (name, source, start, stop, DOUBLE, ()))
                if name in keys:
                    _repeated(source, keys[name], node, problems)
                keys[name] = node
                count += 1
            elif kind is not _STRING_ITEM and kind < _WORD_ITEM:
                raise _Broken(explain(text, found.end(1), Place(DELIMITER, False, begin)))
            start, stop = found.span(kind)
            if kind <= _STRING_MEMBER:
                value = text[start + 1 : stop - 1]
                if "\\" in value:
                    value = scanstring(text, start + 1, True)[0]
                node = new(Node, (value, source, start, stop, DOUBLE, ()))
            elif kind is _WORD_MEMBER or kind is _WORD_ITEM:
                value = words[text[start:stop]]
                node = new(Node, (value, source, start, stop, PLAIN, ()))
            elif len(stack) < most_depth:
                stack.append((entries, keys, items, name, begin))
                begin = start
                if text[start] == "{":
                    entries, keys = {}, {}
                else:
                    entries, items = None, []
                expected = FIRST
                position = stop
                if text[end - 1] not in "]}":
                    continue
                node = None
            else:
                node = _skipped(source, text, start, limits, problems)
                end = node.end
            if node is not None:
                if entries is None:
                    items.append(node)
                else:
                    entries[name] = node
                expected = DELIMITER if stack else END
                position = max(stop, node.end)
        # What stands behind the member.
        sign = text[end - 1] if end > position else ""
        if sign == ",":
            if expected is not DELIMITER:
                raise _Broken(explain(text, position, Place(expected, entries is not None, begin)))
            expected = NEXT
        elif sign and sign in "]}":
            if expected is NEXT or expected is END or not stack or (sign == "}") is (entries is None):
                raise _Broken(explain(text, position, Place(expected, entries is not None, begin)))
            if count > most_nodes:
                message = f"the file has more than {most_nodes} values; it is not read"
                raise _Broken(Problem("error", "too-many-nodes", message, begin, begin + 1))
            if entries is None:
                value = new(SeqValue, (tuple(items), None))
            else:
                value = new(MapValue, (entries, keys, None, None))
            node = new(Node, (value, source, begin, end, FLOW, ()))
            entries, keys, items, name, begin = stack.pop()
            if entries is None:
                items.append(node)
            else:
                entries[name] = node
            expected = DELIMITER if stack else END
        elif end == len(text) and not stack and (expected is END or not items):
            return items[0] if items else None
        elif kind is None:
            raise _Broken(explain(text, position, Place(expected, entries is not None, begin)))
        position = end


def _skipped(source: Source, text: str, start: int, limits: Limits, problems: list[Problem]) -> Node:
    """What stands for a collection that is nested too deep, up to its end."""
    message = f"more than {limits.depth} collections within each other"
    if not any(problem.code == "nesting-too-deep" for problem in problems):
        problems.append(Problem("error", "nesting-too-deep", message, start, start + 1))
    depth = 0
    for found in BRACKET_OR_STRING.finditer(text, start):
        sign = text[found.start()]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
            if not depth:
                return Node(Unknown("limit", message), source, start, found.end(), FLOW)
    raise _Broken(explain(text, len(text), Place(DELIMITER, text[start] == "{", start)))


def _repeated(source: Source, first: Node, second: Node, problems: list[Problem]) -> None:
    if len(problems) < _MOST_PROBLEMS:
        line = source.text.position(first.start).line
        message = f"the name {first.written} is already in this object, in line {line}; the last one wins"
        problems.append(
            Problem("warning", "duplicate-key", message, second.start, second.end, "remove one of the two")
        )
