"""JSON with the exact span of every key and value.

Accepts exactly what RFC 8259 calls JSON; Python's own parser also takes `NaN` and `Infinity`. A repeated name
is reported and the last one wins, as in every common reader. A text without any character but white space has
no document and no problem.
"""

from __future__ import annotations

from json.decoder import scanstring  # type: ignore[attr-defined]  # public, missing in typeshed
from typing import Any, Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import (
    DOUBLE,
    FLOW,
    PLAIN,
    Document,
    Node,
    Parsed,
    Problem,
    Scalar,
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
from vvbscan.parse.tape import MAPPING, SEQUENCE, Tape

_MEMBER: Final = lazy_pattern(
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
        root, _ = _read(source, text, limits, problems)
    except _Broken as broken:
        return Parsed(source, (), (), (*problems, broken.problem))
    documents = () if root is None else (Document(root, 0, len(text)),)
    return Parsed(source, documents, (), tuple(problems))


def parse_json_stream(source: Source, limits: Limits) -> Parsed:
    """Parse JSON texts one behind the other. What stands before a syntax error is kept."""
    problems: list[Problem] = []
    documents: list[Document] = []
    text = source.text.text
    position = 0
    while position < len(text):
        try:
            root, end = _read(source, text, limits, problems, position)
        except _Broken as broken:
            problems.append(broken.problem)
            break
        if root is not None:
            documents.append(Document(root, position, end))
        position = end
    return Parsed(source, tuple(documents), (), tuple(problems))


def _read(
    source: Source, text: str, limits: Limits, problems: list[Problem], first: int | None = None
) -> tuple[Node | None, int]:
    """A value and where it ends: at the end of the text, or before another value if it begins at `first`."""
    match = _MEMBER.match
    words = _Words({"true": True, "false": False, "null": None})
    most_nodes, most_depth = limits.nodes, limits.depth
    tape = Tape(source)
    # A value is appended to each list of the tape here, without the call that `Tape.append` costs.
    add_value, add_start = tape.values.append, tape.starts.append
    add_end, add_style = tape.ends.append, tape.styles.append
    # The open collection: the keys of an object by name, or the items of an array; the text as a whole is an
    # array of one item. The stack holds those around it.
    keys: dict[str, int] = {}
    items: list[int] | None = []
    slot = begin = 0
    stack: list[tuple[dict[str, int], list[int] | None, int, int]] = []
    expected = FIRST
    index = 0
    position = first or 0
    value: Any
    while True:
        found = match(text, position)
        assert found is not None, "every part of the pattern is optional"
        kind = found.lastindex
        end = found.end()
        if kind is not None:
            if expected is DELIMITER or expected is END:
                if expected is END and first is not None:
                    return tape.root(0), position
                raise _Broken(explain(text, position, Place(expected, items is None, begin)))
            if items is None:
                start, position = found.span(1)
                if kind is _STRING_ITEM or position < 0:
                    raise _Broken(explain(text, found.start(), Place(expected, True, begin)))
                value = text[start + 1 : position - 1]
                if "\\" in value:
                    value = scanstring(text, start + 1, True)[0]
                if value in keys:
                    _repeated(tape.root(keys[value]), start, position, problems)
                keys[value] = index
                add_value(value)
                add_start(start)
                add_end(position)
                add_style(DOUBLE)
                index += 1
            elif kind is _STRING_ITEM or kind >= _WORD_ITEM:
                items.append(index)
            else:
                raise _Broken(explain(text, found.end(1), Place(DELIMITER, False, begin)))
            start, position = found.span(kind)
            if kind <= _STRING_MEMBER:
                value = text[start + 1 : position - 1]
                if "\\" in value:
                    value = scanstring(text, start + 1, True)[0]
                add_value(value)
                add_start(start)
                add_end(position)
                add_style(DOUBLE)
                expected = DELIMITER if stack else END
            elif kind is _WORD_MEMBER or kind is _WORD_ITEM:
                add_value(words[text[start:position]])
                add_start(start)
                add_end(position)
                add_style(PLAIN)
                expected = DELIMITER if stack else END
            elif len(stack) < most_depth:
                stack.append((keys, items, slot, begin))
                keys, items, slot, begin = {}, None if text[start] == "{" else [], index, start
                add_value(None)
                add_start(start)
                add_end(start)
                add_style(FLOW)
                expected = FIRST
            else:
                skipped = _skipped(source, text, start, limits, problems)
                tape.append(skipped, *skipped[2:5])
                position = end = skipped.end
                expected = DELIMITER if stack else END
            index += 1
        # What stands behind the member.
        sign = text[end - 1] if end > position else ""
        if sign == ",":
            if expected is not DELIMITER:
                raise _Broken(explain(text, position, Place(expected, items is None, begin)))
            expected = NEXT
        elif sign and sign in "]}":
            if expected is NEXT or not stack or (sign == "}") is not (items is None):
                raise _Broken(explain(text, position, Place(expected, items is None, begin)))
            if index > most_nodes:
                message = f"the file has more than {most_nodes} values; it is not read"
                raise _Broken(Problem("error", "too-many-nodes", message, begin, begin + 1))
            value = (MAPPING, None, *keys.values()) if items is None else (SEQUENCE, None, *items)
            tape.set(slot, value, end, FLOW)
            keys, items, slot, begin = stack.pop()
            expected = DELIMITER if stack else END
        elif end == len(text) and not stack:
            return tape.root(0) if index else None, end
        elif kind is None:
            raise _Broken(explain(text, position, Place(expected, items is None, begin)))
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


def _repeated(first: Node, start: int, end: int, problems: list[Problem]) -> None:
    if len(problems) < _MOST_PROBLEMS:
        line = first.source.text.position(first.start).line
        message = f"the name {first.written} is already in this object, in line {line}; the last one wins"
        problems.append(Problem("warning", "duplicate-key", message, start, end, "remove one of the two"))
