"""What plain YAML scalars mean: strings, numbers, booleans and null, by schema.

`1.1` is what Kubernetes reads. Its tools go through sigs.k8s.io/yaml, whose resolver (`goyaml.v2/resolve.go`)
differs from the type repository of YAML 1.1 and from PyYAML in ways that real files depend on:

* `y` and `n` are booleans, as `yes`, `no`, `on` and `off` are;
* `1e3` is a number, also without a dot;
* `010` is octal, and so is `0o10`; `08` is no octal number and falls through to the float 8.0;
* numbers to the base of 60 (`22:22`) are strings;
* timestamps stay strings.

Integers are exact here, where sigs.k8s.io/yaml turns those beyond 64 bits into floats.

`1.2` is the core schema of YAML 1.2: only `true` and `false` are booleans, and `010` is ten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Scalar

_NULLS: Final[Mapping[str, Scalar]] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_SPECIAL_FLOATS: Final[Mapping[str, Scalar]] = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_CORE_WORDS: Final[Mapping[str, Scalar]] = {
    **_NULLS,
    **_SPECIAL_FLOATS,
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WORDS: Final[Mapping[str, Scalar]] = {
    **_CORE_WORDS,
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_NUMBER_START: Final = frozenset("+-.0123456789")

_INTEGER: Final = lazy_pattern(
    r"(?P<sign>[-+]?)"
    r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)|0[oO]?(?P<octal>[0-7]+)|(?P<decimal>0|[1-9][0-9]*))",
    re.ASCII,
)
_CORE_INTEGER: Final = lazy_pattern(
    r"(?:0x(?P<hex>[0-9a-fA-F]+)|0o(?P<octal>[0-7]+)|(?P<decimal>[-+]?[0-9]+))", re.ASCII
)
_FLOAT: Final = lazy_pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)

_LONGEST_NUMBER: Final = 4000
"""Python refuses to convert more than 4300 digits (`sys.int_info.default_max_str_digits`)."""

_STANDARD: Final = "tag:yaml.org,2002:"


def resolve(text: str, schema: str = "1.1") -> Scalar:
    """The value of an untagged plain scalar. A plain `=` is a string."""
    if text and text[0] not in _NUMBER_START:
        return (_WORDS if schema == "1.1" else _CORE_WORDS).get(text, text)
    return _resolve_core(text) if schema == "1.2" else _resolve_kubernetes(text)


def resolve_tagged(text: str, tag: str, schema: str = "1.1") -> tuple[Scalar, bool]:
    """The value of a scalar with an explicit tag, whatever its style, and whether the text fits the tag.

    Tags that are not of YAML's own (`!Ref`) and the non-specific `!` make strings.
    """
    if not tag.startswith(_STANDARD):
        return text, True
    name = tag[len(_STANDARD) :]
    if name == "binary":
        return _decode_binary(text)
    if name not in _TYPES:
        return text, True
    value = resolve(text, schema)
    if name == "float" and type(value) is int:
        return _to_float(value)
    return (value, True) if type(value) is _TYPES[name] else (text, False)


_TYPES: Final[Mapping[str, type]] = {"int": int, "float": float, "bool": bool, "null": type(None)}


def _resolve_kubernetes(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if text[0] in "123456789" and text.isascii() and text.isdigit():
        return int(text)
    # Go's ParseFloat reads what starts with a dot, and it knows no underscores there.
    digits = text if text[0] == "." else text.replace("_", "")
    match = _INTEGER.fullmatch(digits)
    if match:
        return _integer(match)
    return _float(digits, text)


def _resolve_core(text: str) -> Scalar:
    if text in _CORE_WORDS:
        return _CORE_WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    match = _CORE_INTEGER.fullmatch(text)
    if match:
        return _integer(match)
    return _float(text, text)


def _integer(match: re.Match[str]) -> int:
    groups = match.groupdict()
    negative = groups.pop("sign", "") == "-"
    bases = {"hex": 16, "binary": 2, "octal": 8, "decimal": 10}
    value = next(int(digits, bases[name]) for name, digits in groups.items() if digits is not None)
    return -value if negative else value


def _float(digits: str, text: str) -> Scalar:
    if not _FLOAT.fullmatch(digits):
        return text
    value = float(digits)
    # Go's ParseFloat refuses what is out of range, and the scalar stays a string.
    return text if value in (float("inf"), float("-inf")) else value


def _to_float(value: int) -> tuple[Scalar, bool]:
    try:
        return float(value), True
    except OverflowError:
        return str(value), False


def _decode_binary(text: str) -> tuple[Scalar, bool]:
    import base64  # hardly any file has a binary scalar

    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8"), True
    except ValueError:
        return text, False
