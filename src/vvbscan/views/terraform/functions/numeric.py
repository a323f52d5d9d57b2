"""Numeric functions.

Source: Terraform language, "Numeric Functions".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.views.terraform.functions.invocation import Function, Invocation, plain
from vvbscan.views.terraform.operations import added
from vvbscan.views.terraform.values import MOST_BITS, Exhausted, Refused, normal, number_of, wrong_value

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Of the bases up to 62; up to 36 the case of letters does not count."""


def _log(number: float, base: float) -> int | float:
    try:
        return normal(math.log(number) / math.log(base))
    except (ValueError, ZeroDivisionError):
        raise wrong_value("there is no such logarithm") from None


def _pow(base: float, exponent: float) -> int | float:
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if base.bit_length() * exponent > 2 * MOST_BITS:
            raise Exhausted("a number is too large to be computed with")
        return normal(base**exponent)
    try:
        return normal(math.pow(base, exponent))
    except ValueError:
        raise wrong_value("there is no such power") from None
    except OverflowError:
        raise Exhausted("a number is too large to be computed with") from None


def _signum(number: int) -> int:
    return (number > 0) - (number < 0)


def _parseint(text: str, base: int) -> int:
    if not 2 <= base <= 62:
        raise wrong_value("the base of a number is from 2 to 62")
    digits = text[1:] if text[:1] in {"-", "+"} else text
    if len(digits) > MOST_BITS:
        raise Exhausted("a number is too large to be computed with")
    number = 0
    for sign in digits.lower() if base <= 36 else digits:
        digit = _DIGITS.find(sign)
        if not 0 <= digit < base:
            number = -1
            break
        number = number * base + digit
    if number < 0 or not digits:
        raise wrong_value(f"this string is no number of base {base}")
    return int(normal(-number if text.startswith("-") else number))


def _max(*numbers: float) -> float:
    return max(numbers)


def _min(*numbers: float) -> float:
    return min(numbers)


def _sum(invocation: Invocation) -> Node:
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if value.rest is not None:
        return invocation.unknown(value.rest)
    return _added(invocation, value)


def _added(invocation: Invocation, value: SeqValue) -> Node:
    if not value.items:
        raise wrong_value("an empty list has no sum")
    total: int | float = 0
    for item in value.items:
        try:
            number = number_of(item)
        except Refused as refused:
            raise invocation.refused(0, refused) from None
        if isinstance(number, Unknown):
            return invocation.unknown(number)
        total = added(total, number)
    return invocation.outcome(total, value.items)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": plain("number", abs),
    "ceil": plain("number", math.ceil),
    "floor": plain("number", math.floor),
    "log": plain("number number", _log),
    "max": plain("number number*", _max),
    "min": plain("number number*", _min),
    "parseint": plain("text whole", _parseint),
    "pow": plain("number number", _pow),
    "signum": plain("whole", _signum),
    "sum": Function(1, 1, _sum),
}
