"""Operators on values, with Terraform's conversions: `"5" + 1` is 6, `"true" && true` is true.

Source: Terraform language, "Arithmetic and Logical Operators".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.views.terraform.values import (
    Exhausted,
    derived,
    normal,
    number_of,
    same,
    truth_of,
    wrong_value,
)

Outcome = bool | int | float | Unknown

_MOST_DIGITS: Final = 16
"""Characters of a float that people write."""
_TYPE_NOT_KNOWN: Final = Unknown(
    "expression", "the collections have equal members, and whether they are of one type is not evaluated"
)


def negated(operator: str, operand: Node) -> Outcome:
    """`!operand` or `-operand`. Raises `Refused`."""
    if operator == "!":
        truth = truth_of(operand)
        return derived(truth) if isinstance(truth, Unknown) else not truth
    number = number_of(operand)
    return derived(number) if isinstance(number, Unknown) else -number


def combined(operator: str, left: Node, right: Node) -> Outcome:
    """`left operator right`, of all operators but `&&` and `||`. Raises `Refused` and `Exhausted`."""
    if operator == "==":
        return _equal(left, right)
    if operator == "!=":
        equal = _equal(left, right)
        return equal if isinstance(equal, Unknown) else not equal
    one, two = number_of(left), number_of(right)
    if isinstance(one, Unknown):
        return derived(one)
    if isinstance(two, Unknown):
        return derived(two)
    return _NUMERIC[operator](one, two)


def _equal(left: Node, right: Node) -> bool | Unknown:
    equal = same(left, right)
    if equal is True and isinstance(left.value, (SeqValue, MapValue)):
        # A list never equals a tuple or a set, nor a map an object.
        styles = {left.style, right.style}
        if COMPUTED in styles:
            return _TYPE_NOT_KNOWN
        return len(styles) == 1
    return equal


def both(left: Node, right: Node) -> Outcome:
    """`left && right` by Kleene's logic. Raises `Refused`."""
    return _kleene(left, right, decisive=False)


def either(left: Node, right: Node) -> Outcome:
    """`left || right` by Kleene's logic. Raises `Refused`."""
    return _kleene(left, right, decisive=True)


def _kleene(left: Node, right: Node, *, decisive: bool) -> Outcome:
    one, two = truth_of(left), truth_of(right)
    if one is decisive or two is decisive:
        return decisive
    if isinstance(one, Unknown):
        return derived(one)
    return derived(two) if isinstance(two, Unknown) else two


def _decimals(*numbers: float) -> tuple[list[int], int]:
    """Numbers as whole numbers of one power of ten. They are what is written: 0.1 is exactly a tenth.

    Terraform computes with 512 bits and rounds when it writes, so that there 0.1 + 0.2 is 0.3.
    """
    split = []
    for number in numbers:
        mantissa, _, exponent = repr(number).partition("e")
        whole, _, fraction = mantissa.partition(".")
        split.append((int(whole + fraction), int(exponent or "0") - len(fraction)))
    lowest = min(power for _, power in split)
    return [digits * int(10 ** (power - lowest)) for digits, power in split], lowest


def _is_rounded(number: float) -> bool:
    """Whether a number looks like a fraction without end, such as a third."""
    return type(number) is float and len(repr(number)) > _MOST_DIGITS


def _number(digits: int, power: int) -> int | float:
    if power >= 0:
        return normal(digits * int(10**power))
    divisor = int(10**-power)
    whole, rest = divmod(digits, divisor)
    try:
        fraction = digits / divisor
        return normal(whole if not rest or fraction.is_integer() else fraction)
    except OverflowError:
        raise Exhausted("a number is too large to be computed with") from None


def added(one: float, two: float) -> int | float:
    """The sum. Raises `Exhausted` if it is too large."""
    if isinstance(one, int) and isinstance(two, int):
        return normal(one + two)
    if _is_rounded(one) or _is_rounded(two):
        return normal(one + two)
    (first, second), power = _decimals(one, two)
    return _number(first + second, power)


def _multiplied(one: float, two: float) -> int | float:
    if isinstance(one, int) and isinstance(two, int):
        return normal(one * two)
    if _is_rounded(one) or _is_rounded(two):
        return normal(one * two)
    (first, second), power = _decimals(one, two)
    return _number(first * second, 2 * power)


def _divided(one: float, two: float) -> int | float:
    if two == 0:
        raise wrong_value("this divides by zero")
    (first, second), _ = _decimals(one, two)
    whole, rest = divmod(first, second)
    try:
        return normal(whole if not rest else first / second)
    except OverflowError:
        raise Exhausted("a number is too large to be computed with") from None


def _remainder(one: float, two: float) -> int | float:
    """The sign is that of the dividend; of a division by zero the dividend itself remains."""
    if two == 0:
        return one
    (first, second), power = _decimals(one, two)
    rest = abs(first) % abs(second)
    return _number(-rest if first < 0 else rest, power)


_NUMERIC: Final[dict[str, Callable[[float, float], bool | int | float]]] = {
    "+": added,
    "-": lambda one, two: added(one, -two),
    "*": _multiplied,
    "/": _divided,
    "%": _remainder,
    "<": lambda one, two: one < two,
    ">": lambda one, two: one > two,
    "<=": lambda one, two: one <= two,
    ">=": lambda one, two: one >= two,
}
