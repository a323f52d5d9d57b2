"""Arguments of an instruction, split as BuildKit's `line_parsers.go` and `split_command.go` do (v0.24)."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node
from vvbscan.parse.dockerfile_syntax import SPACES, Flag, Pair
from vvbscan.parse.spliced import Spliced
from vvbscan.record import NamedTuple

WORDS: Final = "words"
TEXT: Final = "text"
JSON_OR_WORDS: Final = "json or words"
JSON_OR_TEXT: Final = "json or text"
ASSIGNMENTS: Final = "assignments"
DECLARATIONS: Final = "declarations"
HEALTH: Final = "health"
TRIGGER: Final = "trigger"

KEYWORDS: Final = {
    "add": JSON_OR_WORDS,
    "arg": DECLARATIONS,
    "cmd": JSON_OR_TEXT,
    "copy": JSON_OR_WORDS,
    "entrypoint": JSON_OR_TEXT,
    "env": ASSIGNMENTS,
    "expose": WORDS,
    "from": WORDS,
    "healthcheck": HEALTH,
    "label": ASSIGNMENTS,
    "maintainer": TEXT,
    "onbuild": TRIGGER,
    "run": JSON_OR_TEXT,
    "shell": JSON_OR_TEXT,
    "stopsignal": TEXT,
    "user": TEXT,
    "volume": JSON_OR_WORDS,
    "workdir": TEXT,
}
"""How the arguments of each instruction are split, by the keyword in lower case."""

_BLANKS: Final = lazy_pattern(r"[\t\v\f\r ]+")
_WORD: Final = lazy_pattern(r"[^\t\v\f\r ]+")
_NOT_BLANK: Final = lazy_pattern(r"[^\t\n\v\f\r ]")
_STRING: Final = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"'
_STRINGS: Final = lazy_pattern(
    rf"\[[ \t\r\n]*+(?:{_STRING}(?:[ \t\r\n]*+,[ \t\r\n]*+{_STRING})*+[ \t\r\n]*+)?\]"
)
_JSON_STRING: Final = lazy_pattern(_STRING)
_JSON_ESCAPE: Final = lazy_pattern(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\."
)
_JSON_SIGNS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Arguments(NamedTuple):
    """The arguments of an instruction; see `Instruction` for the fields."""

    words: tuple[Node, ...] = ()
    pairs: tuple[Pair, ...] = ()
    json: bool = False
    fault: str = ""
    """Why BuildKit refuses them, empty if it does not."""


def trim(text: str, begin: int, stop: int) -> tuple[int, int]:
    """The stretch of a text without the white space around it."""
    while begin < stop and text[begin] in SPACES:
        begin += 1
    while begin < stop and text[stop - 1] in SPACES:
        stop -= 1
    return begin, stop


def keyword_end(text: str, begin: int, stop: int) -> tuple[int, int]:
    """Where the keyword that starts at `begin` ends, and where what follows it starts."""
    blanks = _BLANKS.search(text, begin, stop)
    return blanks.span() if blanks else (stop, stop)


def read_flags(line: Spliced, begin: int, stop: int, escape: str) -> tuple[tuple[Flag, ...], int]:
    """The flags at the start of a stretch, and where the arguments start."""
    text = line.text
    flags: list[Flag] = []
    while True:
        start = _NOT_BLANK.search(text, begin, stop)
        if not start:
            return tuple(flags), stop
        begin = start.start()
        if not text.startswith("--", begin, stop):
            return tuple(flags), trim(text, begin, stop)[0]
        word = _flag_word(escape).match(text, begin, stop)
        end = word.end() if word else stop
        equals = text.find("=", begin, end)
        if equals < 0:
            name = _unquoted(line, begin + 2, end, escape)
            if not name.value:
                return tuple(flags), trim(text, end, stop)[0]
            flags.append(Flag(name, None))
        else:
            flags.append(
                Flag(_unquoted(line, begin + 2, equals, escape), _unquoted(line, equals + 1, end, escape))
            )
        begin = end


def read_arguments(how: str, line: Spliced, begin: int, stop: int, escape: str, room: int) -> Arguments:
    """The arguments of an instruction whose keyword is split as `how` says, at most `room` of them."""
    if begin == stop:
        return Arguments()
    if how == WORDS:
        return Arguments(_words(line, begin, stop, room))
    if how == TEXT:
        return Arguments((line.node(begin, stop),))
    if how == DECLARATIONS:
        return _declarations(line, begin, stop, escape, room)
    if how == ASSIGNMENTS:
        return _assignments(line, begin, stop, escape, room)
    if how == HEALTH:
        return _health(line, begin, stop, room)
    array = _json_array(line, begin, stop, room)
    if array:
        return array
    if how == JSON_OR_WORDS:
        return Arguments(_words(line, begin, stop, room))
    return Arguments((line.node(begin, stop),))


def _words(line: Spliced, begin: int, stop: int, room: int) -> tuple[Node, ...]:
    node = line.node
    return tuple(node(*found.span()) for found in islice(_WORD.finditer(line.text, begin, stop), room))


def _health(line: Spliced, begin: int, stop: int, room: int) -> Arguments:
    end, command = keyword_end(line.text, begin, stop)
    kind = line.node(begin, end)
    if command == stop:
        return Arguments((kind,))
    array = _json_array(line, command, stop, room)
    if array:
        return array._replace(words=(kind, *array.words))
    return Arguments((kind, line.node(command, stop)))


def _json_array(line: Spliced, begin: int, stop: int, room: int) -> Arguments | None:
    """The strings of a JSON array, None if the stretch is not one."""
    text = line.text
    if text[begin] != "[" or text[stop - 1] != "]":
        return None
    if _STRINGS.fullmatch(text, begin, stop):
        return Arguments(
            tuple(
                line.decoded(_json_text(found[0][1:-1]), *found.span())
                for found in islice(_JSON_STRING.finditer(text, begin, stop), room)
            ),
            json=True,
        )
    if _is_json(text[begin:stop]):
        return Arguments((line.node(begin, stop),), fault="an array of arguments must hold strings only")
    return None


def _json_text(inner: str) -> str:
    return _JSON_ESCAPE.sub(_json_sign, inner) if "\\" in inner else inner


def _json_sign(escape: re.Match[str]) -> str:
    written = escape[0]
    if written[1] != "u":
        return _JSON_SIGNS.get(written[1], written[1])
    code = int(written[2:6], 16)
    if len(written) > 6:
        return chr(0x10000 + ((code - 0xD800) << 10) + int(written[8:], 16) - 0xDC00)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def _is_json(text: str) -> bool:
    import json  # costs 8 ms and is needed only for arrays of other things than strings

    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _declarations(line: Spliced, begin: int, stop: int, escape: str, room: int) -> Arguments:
    """`NAME` or `NAME=value`, several of them."""
    words: list[Node] = []
    pairs: list[Pair] = []
    fault = ""
    for first, last in _quoted_words(line.text, begin, stop, escape, room):
        words.append(line.node(first, last))
        equals = line.text.find("=", first, last)
        if equals == first:
            fault = "the name before = is missing"
        elif equals < 0:
            pairs.append(Pair(line.node(first, last), None))
        else:
            pairs.append(Pair(line.node(first, equals), line.node(equals + 1, last)))
    return Arguments(tuple(words), tuple(pairs), fault=fault)


def _assignments(line: Spliced, begin: int, stop: int, escape: str, room: int) -> Arguments:
    """`NAME=value`, several of them, or one `NAME value`."""
    text = line.text
    spans = _quoted_words(text, begin, stop, escape, room)
    whole = (line.node(begin, stop),)
    first, last = spans[0]
    if text.find("=", first, last) < 0:
        end, value = keyword_end(text, begin, stop)
        if end == stop:
            return Arguments(whole, fault="a value is missing: it must be NAME=value")
        return Arguments(whole, (Pair(line.node(begin, end), line.node(value, stop)),))
    pairs: list[Pair] = []
    fault = ""
    for first, last in spans:
        equals = text.find("=", first, last)
        if equals < 0:
            fault = f"'{text[first:last]}' is not of the form NAME=value"
        elif equals == first:
            fault = "the name before = is missing"
        else:
            pairs.append(Pair(line.node(first, equals), line.node(equals + 1, last)))
    return Arguments(whole, tuple(pairs), fault=fault)


@cache
def _quoted_word(escape: str) -> re.Pattern[str]:
    """A word with its quotes: white space in quotes and after an escape sign belongs to it."""
    sign = re.escape(escape)
    return re.compile(
        rf"(?:[^{SPACES}'\"{sign}]+|{sign}(?:.|\Z)"
        rf"|'[^']*+(?:'|\Z)|\"(?:[^\"{sign}]|{sign}.)*+{sign}?(?:\"|\Z))++",
        re.DOTALL,
    )


def _quoted_words(text: str, begin: int, stop: int, escape: str, room: int) -> list[tuple[int, int]]:
    """The spans of the words of a stretch, at most `room` of them."""
    return [found.span() for found in islice(_quoted_word(escape).finditer(text, begin, stop), room)]


@cache
def _flag_word(escape: str) -> re.Pattern[str]:
    """A flag with its quotes: unlike elsewhere, an escape sign also counts between single quotes."""
    sign = re.escape(escape)
    return re.compile(
        rf"(?:[^\t\n\v\f\r '\"{sign}]+|{sign}(?:.|\Z)"
        rf"|'(?:[^'{sign}]|{sign}.)*+{sign}?(?:'|\Z)|\"(?:[^\"{sign}]|{sign}.)*+{sign}?(?:\"|\Z))++",
        re.DOTALL,
    )


def _unquoted(line: Spliced, begin: int, stop: int, escape: str) -> Node:
    """A node for part of a flag, its quotes and escape signs resolved."""
    text = line.text[begin:stop]
    if "'" not in text and '"' not in text and escape not in text:
        return line.node(begin, stop)
    kept: list[str] = []
    quote = ""
    signs = iter(text)
    for sign in signs:
        if sign == escape:
            kept.append(next(signs, ""))
        elif quote:
            if sign == quote:
                quote = ""
            else:
                kept.append(sign)
        elif sign in "'\"":
            quote = sign
        else:
            kept.append(sign)
    return line.decoded("".join(kept), begin, stop)
