"""Operators on values, with Terraform's conversions: `"5" + 1` is 6, `"true" && true` is true.

Source: Terraform language, "Arithmetic and Logical Operators".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.terraform.values import derived, normal, number_of, same, truth_of, wrong_value

Outcome = bool | int | float | Unknown


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
        return same(left, right)
    if operator == "!=":
        equal = same(left, right)
        return equal if isinstance(equal, Unknown) else not equal
    one, two = number_of(left), number_of(right)
    if isinstance(one, Unknown):
        return derived(one)
    if isinstance(two, Unknown):
        return derived(two)
    return _NUMERIC[operator](one, two)


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


def _divided(one: float, two: float) -> int | float:
    if two == 0:
        raise wrong_value("this divides by zero")
    if isinstance(one, int) and isinstance(two, int) and one % two == 0:
        return one // two
    try:
        return normal(one / two)
    except OverflowError:
        return normal(float("inf"))


def _remainder(one: float, two: float) -> int | float:
    """The sign is that of the dividend, as in Go."""
    if two == 0:
        raise wrong_value("this divides by zero")
    rest = normal(abs(one) % abs(two))
    return -rest if one < 0 else rest


def _guarded(operation: Callable[[float, float], float]) -> Callable[[float, float], int | float]:
    def apply(one: float, two: float) -> int | float:
        try:
            return normal(operation(one, two))
        except OverflowError:  # an int that no float can hold
            return normal(float("inf"))

    return apply


_NUMERIC: Final[dict[str, Callable[[float, float], bool | int | float]]] = {
    "+": _guarded(lambda one, two: one + two),
    "-": _guarded(lambda one, two: one - two),
    "*": _guarded(lambda one, two: one * two),
    "/": _divided,
    "%": _remainder,
    "<": lambda one, two: one < two,
    ">": lambda one, two: one > two,
    "<=": lambda one, two: one <= two,
    ">=": lambda one, two: one >= two,
}
