"""TOML's scalars and strings: their patterns, and the values that they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

BARE_KEY: Final = r"[A-Za-z0-9_-]++"
BASIC: Final = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\n])*+"'
LITERAL: Final = r"'[^'\x00-\x08\x0a-\x1f\x7f]*+'"
_MULTI_BASIC: Final = lazy_pattern(
    r'"""(?:[^"\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\\[\s\S]|"(?!""))*+"{3,5}', re.DOTALL
)
_MULTI_LITERAL: Final = lazy_pattern(r"'''(?:[^'\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|'(?!''))*+'{3,5}", re.DOTALL)
_BASIC: Final = lazy_pattern(BASIC)
_LITERAL: Final = lazy_pattern(LITERAL)

_DATE: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9])(?:\.[0-9]+)?"
_OFFSET: Final = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_WORD: Final = lazy_pattern(r"[A-Za-z0-9_+.:-]++(?: [0-9]{2}:[0-9:.]++(?:[Zz]|[+-][0-9:]++)?)?")
_DATE_TIME: Final = lazy_pattern(rf"{_DATE}(?:[Tt ]{_TIME}{_OFFSET}?)?|{_TIME}")
_DECIMAL: Final = r"[+-]?(?:0|[1-9](?:_?[0-9])*)"
_NUMBER: Final = lazy_pattern(
    rf"(?P<int>{_DECIMAL})|(?P<hex>0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*)|(?P<oct>0o[0-7](?:_?[0-7])*)"
    rf"|(?P<bin>0b[01](?:_?[01])*)"
    rf"|(?P<float>{_DECIMAL}(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?|[+-]?(?:inf|nan))"
)
_LONGEST_NUMBER: Final = 4000
"""Digits that Python turns into a number without a complaint (`sys.set_int_max_str_digits`)."""
_ESCAPE: Final = lazy_pattern(r"\\(?:([btnfr\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([ \t]*\r?\n\s*))?")
_ESCAPES: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class NotToml(Exception):
    """What stands at a place is no TOML: `str()` says why, `at` is the offset."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def read_string(text: str, at: int) -> tuple[str, int, str]:
    """Value, end and quote of the string that begins at an offset. Raises `NotToml`."""
    quote = text[at]
    if text.startswith(quote * 3, at):
        match = (_MULTI_BASIC if quote == '"' else _MULTI_LITERAL).match(text, at)
        if match is None:
            raise NotToml(f"the string that begins with {quote * 3} is not closed", at)
        body = match[0][3:-3]
        body = body[2:] if body.startswith("\r\n") else body.removeprefix("\n")
        if "\r" in body.replace("\r\n", ""):
            raise NotToml("a string has a carriage return without a line feed", at)
        body = body.replace("\r\n", "\n")
        return (_unescaped(body, at, many=True) if quote == '"' else body), match.end(), quote
    match = (_BASIC if quote == '"' else _LITERAL).match(text, at)
    if match is None:
        raise NotToml("the string is not closed on its line, or has a control character", at)
    body = match[0][1:-1]
    return (_unescaped(body, at, many=False) if quote == '"' and "\\" in body else body), match.end(), quote


def _unescaped(body: str, at: int, *, many: bool) -> str:
    def stand_for(match: re.Match[str]) -> str:
        short, four, eight, line_end = match.groups()
        if short:
            return _ESCAPES[short]
        if line_end and many:
            return ""
        code = int(four or eight or "110000", 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise NotToml(f"`{match[0]}` stands for no character", at)
        return chr(code)

    return _ESCAPE.sub(stand_for, body)


def read_word(text: str, at: int) -> tuple[str | int | float | bool, int]:
    """Value and end of a number, a truth value, a date or a time. Raises `NotToml`.

    Dates and times are their text.
    """
    match = _WORD.match(text, at)
    if match is None:
        raise NotToml("a value is missing here", at)
    word = match[0]
    if word in ("true", "false"):
        return word == "true", match.end()
    if len(word) > _LONGEST_NUMBER:
        raise NotToml("the number is too long", at)
    number = _NUMBER.fullmatch(word)
    if number is not None and number.lastgroup is not None:
        return _READERS[number.lastgroup](word.replace("_", "")), match.end()
    if _DATE_TIME.fullmatch(word) and _is_day(word):
        return word, match.end()
    first, space, _ = word.partition(" ")
    if space:  # what looked like a time belongs to what follows
        return read_word(first, 0)[0], at + len(first)
    raise NotToml(f"`{word}` is no value: text needs quotes", at)


def _is_day(word: str) -> bool:
    """Whether a date, if the word begins with one, is in the calendar."""
    if word[4:5] != "-":
        return True
    from datetime import date  # few files have dates

    try:
        date.fromisoformat(word[:10])
    except ValueError:
        return False
    return True


_READERS: Final[dict[str, Callable[[str], int | float]]] = {
    "int": int,
    "hex": lambda word: int(word, 16),
    "oct": lambda word: int(word, 8),
    "bin": lambda word: int(word, 2),
    "float": float,
}
