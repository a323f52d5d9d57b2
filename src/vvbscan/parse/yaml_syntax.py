"""What a person should read about a YAML syntax error: where it is, what is wrong, and what to do about it.

libyaml's own words describe the state of its scanner. They are kept where nothing better is known.
"""

from __future__ import annotations

from typing import Final

from yaml.error import MarkedYAMLError

from vvbscan.model.node import Problem
from vvbscan.record import NamedTuple


class _Words(NamedTuple):
    message: str
    hint: str = ""
    at_begin: bool = False
    """Whether the place to mend is where the construct begins, not where the scanner gave up."""


_QUOTE: Final = "put the value in quotes"
_KNOWN: Final = {
    "mapping values are not allowed in this context": _Words(
        "a `:` that makes a key here does not fit the lines above",
        "put a value that contains `: ` in quotes, or mend the indentation of this line",
    ),
    "did not find expected key": _Words(
        "this does not continue the mapping that it stands in",
        "indent the keys of a mapping alike, and put quotes around a whole value, not a part of it",
    ),
    "did not find expected '-' indicator": _Words(
        "this does not continue the list that it stands in",
        "indent the items of a list alike, each beginning with `- `",
    ),
    "could not find expected ':'": _Words(
        "a key without `:`", "write `:` and a space behind the key, or mend the indentation", at_begin=True
    ),
    "found unexpected end of stream": _Words(
        "the quote that opens here is not closed", "add the closing quote", at_begin=True
    ),
    "found unexpected document indicator": _Words(
        "the quote that opens here is not closed before the next document",
        "add the closing quote",
        at_begin=True,
    ),
    "found unknown escape character": _Words(
        "YAML has no such escape in double quotes", "write the backslash twice, or use single quotes"
    ),
    "did not find expected hexdecimal number": _Words(
        "an escape in double quotes without its digits", "write the backslash twice, or use single quotes"
    ),
    "found invalid Unicode character escape code": _Words(
        "an escape in double quotes that stands for no character", "write the character itself"
    ),
    "block sequence entries are not allowed in this context": _Words(
        "a list cannot begin in the line of its key",
        f"begin the list in the next line, or {_QUOTE} if it is text",
    ),
    "did not find expected alphabetic or numeric character": _Words(
        "`*` and `&` at the beginning of a value refer to other values", _QUOTE, at_begin=True
    ),
    "did not find expected comment or line break": _Words(
        "`|` and `>` at the beginning of a value announce a text in the next lines",
        f"begin the text in the next line, or {_QUOTE}",
        at_begin=True,
    ),
    "found an indentation indicator equal to 0": _Words("the text of `|` and `>` is indented by at least 1"),
    "did not find expected ',' or ']'": _Words(
        "the list in brackets that began before is not closed here", "add `]` or a comma"
    ),
    "did not find expected ',' or '}'": _Words(
        "the mapping in braces that began before is not closed here", "add `}` or a comma"
    ),
    "did not find expected <document start>": _Words(
        "text behind the end of the document", "put the whole value in quotes, or begin a document with `---`"
    ),
    "did not find expected node content": _Words("this cannot begin a value", _QUOTE),
    "found undefined tag handle": _Words("a tag whose handle is not declared", f"{_QUOTE} if it is text"),
    "did not find expected tag URI": _Words("`!` at the beginning of a value makes a tag", _QUOTE),
    "did not find the expected '>'": _Words("a tag that has no end", _QUOTE, at_begin=True),
    "found incompatible YAML document": _Words("a version of YAML that is not known", "use %YAML 1.1 or 1.2"),
    "found a tab character where an indentation space is expected": _Words("a tab in the indentation"),
    "found a tab character that violates indentation": _Words("a tab in the indentation"),
}
_TAB_HINT: Final = "indent with spaces: YAML allows no tabs there"
_TEMPLATE_HINT: Final = "this looks like a template; render it first, or quote `{{ ... }}`"
_START: Final = {
    "@": "`@` cannot begin a value",
    "`": "a backtick cannot begin a value",
    "%": "`%` cannot begin a value",
}
_FAR: Final = 500
"""How far around an error its line is looked at."""


def explain(error: MarkedYAMLError, text: str, base: int, reached: int) -> tuple[Problem, int]:
    """The problem of a syntax error, and the offset at which the parser gave up.

    The parser read `text` from `base` on; `reached` is the end of the last thing that it understood.
    """
    mark, begin = error.problem_mark, error.context_mark
    stopped = base + mark.index if mark else reached
    place = stopped
    technical = error.problem or "the text cannot be read"
    words = _KNOWN.get(technical, _Words(technical))
    if error.context == "while scanning a directive":
        words = _Words("a line that begins with `%` is a directive", "put the key in quotes", at_begin=True)
    sign = text[place : place + 1]
    if words.at_begin and begin is not None:
        place = base + begin.index
    message, hint = words.message, words.hint
    if technical == "found character that cannot start any token" and sign in _START:
        message, hint = _START[sign], _QUOTE
    elif sign == "\t" or technical.startswith("found a tab"):
        message, hint = "a tab in the indentation", _TAB_HINT
    elif technical == "did not find expected alphabetic or numeric character":
        message = f"`{text[place]}` at the beginning of a value refers to another value"
    elif technical.startswith("did not find expected ',' or") and begin is not None:
        opener = text[base + begin.index]
        message = f"the `{opener}` before it is not closed here"
    if "{{" in _line(text, place):
        hint = _TEMPLATE_HINT
    return Problem("error", "yaml-syntax", message, place, min(place + 1, len(text)), hint), stopped


def _line(text: str, position: int) -> str:
    before = text[max(0, position - _FAR) : position]
    behind = text[position : position + _FAR]
    return before[before.rfind("\n") + 1 :] + behind.partition("\n")[0]
