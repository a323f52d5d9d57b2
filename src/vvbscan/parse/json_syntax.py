"""The tokens of JSON, and words for people about what is wrong with a text that is no JSON."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Problem
from vvbscan.record import NamedTuple

SPACE: Final = r"[ \t\n\r]*+"
_STRING_BODY: Final = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
STRING: Final = _STRING_BODY + '"'
WORD: Final = r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+|true|false|null)"
BRACKET_OR_STRING: Final = lazy_pattern(rf"{STRING}|[\[\]{{}}]")

FIRST: Final = "a value, or the end of the collection"
NEXT: Final = "a value"
DELIMITER: Final = "a comma, or the end of the collection"
END: Final = "the end of the text"

_BLANK: Final = lazy_pattern(SPACE)
_STRING: Final = lazy_pattern(STRING)
_BROKEN_STRING: Final = lazy_pattern(_STRING_BODY)
_WORD: Final = lazy_pattern(WORD)
_BARE: Final = lazy_pattern(r"[\w.+$-]+")
_PYTHON_WORDS: Final = {"True": "true", "False": "false", "None": "null", "undefined": "null"}


class Place(NamedTuple):
    """Where in a text the reading stopped."""

    expected: str
    """`FIRST`, `NEXT`, `DELIMITER` or `END`."""
    in_object: bool
    begin: int
    """Offset of the bracket of the collection."""


def explain(text: str, position: int, place: Place) -> Problem:
    """The problem with a text that cannot be read on at a position, where `place.expected` should stand."""
    position = _after_blank(text, position)
    if position == len(text):
        return _ended(text, place)
    sign = text[position]
    if text.startswith(("//", "/*"), position) or sign == "#":
        return _problem(text, position, "comments are not allowed in JSON", "remove the comment")
    if place.expected is END:
        return _problem(text, position, "text after the end of the value", "a JSON file holds one value")
    closing = "}" if place.in_object else "]"
    if place.expected is DELIMITER:
        if sign in "]}":
            kind = "object" if place.in_object else "array"
            return _problem(text, position, f"`{sign}` cannot end an {kind}", f"end it with `{closing}`")
        if place.in_object and sign == ":":
            return _problem(text, position, "a second `:` in one member", "")
        return _problem(
            text, position, "a comma is missing here", f"write `,` before it, or end with `{closing}`"
        )
    if sign in ",]}":
        if place.expected is NEXT and sign == closing:
            return _problem(text, position, "a comma before the end of the collection", "remove the comma")
        return _problem(text, position, f"`{sign}` where a value is expected", "")
    if not place.in_object:
        return _no_value(text, position)
    if sign != '"':
        found = _BARE.match(text, position)
        hint = f'write "{found[0]}"' if found else ""
        return _problem(text, position, "the names of an object must be strings in double quotes", hint)
    name = _STRING.match(text, position)
    if not name:
        return _broken_string(text, position)
    position = _after_blank(text, name.end())
    if position == len(text):
        return _ended(text, place)
    if text[position] != ":":
        return _problem(text, position, f"a colon is missing after the name {name[0]}", "write `:` before it")
    position = _after_blank(text, position + 1)
    if position == len(text):
        return _ended(text, place)
    return _no_value(text, position)


def _no_value(text: str, position: int) -> Problem:
    """What is wrong where a value should stand; names are checked before."""
    sign = text[position]
    if sign == '"':
        return _broken_string(text, position)
    if sign == "'":
        return _problem(text, position, "single quotes are not allowed in JSON", "use double quotes")
    found = _BARE.match(text, position)
    if not found:
        return _problem(text, position, f"`{sign}` where a value is expected", "")
    word = found[0]
    if word in _PYTHON_WORDS:
        return _problem(text, position, f"`{word}` is no JSON", f"write {_PYTHON_WORDS[word]}", found.end())
    if word.lstrip("+-") in {"NaN", "Infinity"}:
        return _problem(text, position, f"JSON has no {word}", "use null or a string", found.end())
    if word[0].isdigit() or word[0] in "+-.":
        hint = "a JSON number has no leading zero or plus sign, and digits on both sides of its dot"
        return _problem(text, position, f"`{word}` is not a JSON number", hint, found.end())
    return _problem(
        text, position, f"`{word}` is not a JSON value", f'write "{word}" if it is text', found.end()
    )


def _broken_string(text: str, position: int) -> Problem:
    found = _BROKEN_STRING.match(text, position)
    assert found is not None, "the text has a quote there"
    end = found.end()
    if end == len(text):
        return _problem(text, position, "the string has no end", "add the closing quote", position + 1)
    if text[end] == "\\":
        message = f"`{text[end : end + 2]}` is not a JSON escape"
        return _problem(text, end, message, r"write a backslash as `\\`", min(end + 2, len(text)))
    if text[end] in "\n\r":
        return _problem(
            text, position, "the string does not end in its line", r"write a line end as `\n`", end
        )
    message = f"the control character U+{ord(text[end]):04X} is not allowed in a string"
    return _problem(text, end, message, f"write it as `\\u{ord(text[end]):04x}`")


def _ended(text: str, place: Place) -> Problem:
    end = len(text)
    kind = "object" if place.in_object else "array"
    closing = "}" if place.in_object else "]"
    message = f"the text ends within the {kind} that begins at offset {place.begin}"
    return Problem(
        "error", "json-syntax", message, end, end, f"close it with `{closing}`; is the file complete?"
    )


def _problem(text: str, start: int, message: str, hint: str, end: int | None = None) -> Problem:
    return Problem(
        "error", "json-syntax", message, start, min(start + 1, len(text)) if end is None else end, hint
    )


def _after_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    assert found is not None, "the pattern matches everywhere"
    return found.end()
