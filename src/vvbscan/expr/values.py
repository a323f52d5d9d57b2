"""Readers of typed texts: quantities, durations, sizes and versions, exact and without floats."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import RuleError

_NANO: Final = 10**9
_LONGEST: Final = 64
"""Characters of the longest text that is read; Python refuses to read numbers of thousands of digits."""

_QUANTITY: Final = lazy_pattern(
    r"([+-]?)([0-9]*)(?:\.([0-9]*))?(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]{1,3})?"
)
_BINARY: Final = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}

_ISO_DURATION: Final = lazy_pattern(
    r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]{1,9}))?S)?)?", re.IGNORECASE
)
_DURATION_PART: Final = lazy_pattern(r"([0-9]+)(?:\.([0-9]{1,9}))?\s*(ns|us|µs|ms|s|m|h|d|w)?", re.IGNORECASE)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_FRACTIONS: Final = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6}

_SIZE: Final = lazy_pattern(r"([0-9]+)(?:\.([0-9]{1,6}))?\s*([kmgtp]?)(i?b?)", re.IGNORECASE)

_VERSION: Final = lazy_pattern(r"v?([0-9]+(?:\.[0-9]+)*)(?:[.+_-]?([A-Za-z0-9.+_-]*))?")
_CLAUSE: Final = lazy_pattern(r"\s*(>=|<=|==|!=|>|<)\s*(\S+)\s*")

Version = tuple[tuple[int, ...], str]


def quantity(value: object) -> int | None:
    """A Kubernetes quantity in billionths (`100m` is 10**8), None if the value is none.

    Source: Kubernetes API concepts, `resource.Quantity`: decimal SI, binary SI and exponent forms.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value * _NANO
    if isinstance(value, float):
        value = repr(value)
    return _written_quantity(value) if isinstance(value, str) and len(value) <= _LONGEST else None


@lru_cache(maxsize=1024)  # a repository has few that differ
def _written_quantity(text: str) -> int | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction, suffix = match.groups()
    digits = whole + (fraction or "")
    if not digits or len(digits) > 40:
        return None
    scaled: int = int(digits) * _NANO * (-1 if sign == "-" else 1)
    divisor: int = 10 ** len(fraction or "")
    if suffix in _BINARY:
        return scaled * _BINARY[suffix] // divisor
    exponent = _DECIMAL.get(suffix) if suffix else 0
    if exponent is None:
        exponent = int(suffix[1:])
    shift: int = pow(10, abs(exponent))
    return scaled * shift // divisor if exponent >= 0 else scaled // (divisor * shift)


def duration(value: object) -> int | None:
    """A duration in nanoseconds, None if the value is none.

    Accepts ISO 8601 (`PT1M30S`), Go's form (`1m30s`), Quarkus's and Spring's (`10S`, `500ms`), and a plain
    number of seconds.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value * _NANO
    if isinstance(value, float):
        value = repr(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = value.strip()
    match = _ISO_DURATION.fullmatch(text)
    if match is not None and len(text) > 1 and text[-1] not in "Tt":
        days, hours, minutes, seconds, fraction = match.groups("0")
        whole = int(days) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return whole * _NANO + int(fraction.ljust(9, "0"))
    total, position = 0, 0
    while position < len(text):
        part = _DURATION_PART.match(text, position)
        if part is None:
            return None
        digits, fraction, unit = part.groups()
        unit = (unit or "s").lower()
        if part.group(3) is None and (position or part.end() < len(text)):
            return None
        scale = _FRACTIONS.get(unit) or _SECONDS[unit] * _NANO
        total += int(digits) * scale + (int(fraction.ljust(9, "0")) * scale // _NANO if fraction else 0)
        position = part.end()
    return total if text else None


def size(value: object) -> int | None:
    """A size in bytes, None if the value is none.

    `500MB` is decimal, `1GiB` binary, single letters (`512m`, `20K`) are binary as the JVM, Quarkus and
    Spring read them; a plain number is bytes.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    match = _SIZE.fullmatch(value.strip())
    if match is None:
        return None
    digits, fraction, letter, kind = match.groups()
    base = 1000 if kind.lower() == "b" and letter else 1024
    scale: int = base ** ("kmgtp".index(letter.lower()) + 1) if letter else 1
    return int(digits) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)


def version(value: object) -> Version | None:
    """A dotted version and its qualifier (`21.0.2`, `v12.0.0`, `3.27.0.CR1`), None if the value is none.

    Trailing zeros do not count: `12.0` equals `12`.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    match = _VERSION.fullmatch(value.strip())
    if match is None:
        return None
    numbers = [int(part) for part in match.group(1).split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), (match.group(2) or "").lower()


_COMPARE: Final[dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


def version_constraint(text: str) -> Callable[[Version], bool]:
    """A test made of a constraint such as `>=21,<22`; qualifiers (`-jre`, `.Final`) do not take part.

    Raises `RuleError` if the text is no constraint.
    """
    clauses = []
    for clause in text.split(","):
        match = _CLAUSE.fullmatch(clause)
        wanted = version(match.group(2)) if match else None
        if match is None or wanted is None:
            raise RuleError(f"`{text}` is not a version constraint", hint="write it like `>=21,<22`")
        clauses.append((_COMPARE[match.group(1)], wanted[0]))

    def holds(found: Version) -> bool:
        return all(compare(found[0], wanted) for compare, wanted in clauses)

    return holds
