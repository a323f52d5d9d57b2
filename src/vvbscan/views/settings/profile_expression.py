"""Profile expressions of Spring: `prod & (eu | !us)`.

Source: Spring Framework 6, `ProfilesParser`: `&` and `|` may be mixed only with parentheses.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern

_SIGN: Final = lazy_pattern(r"[()&|!]|[^()&|!]+")
_DEEPEST: Final = 100


def matches(expression: str, profiles: Collection[str]) -> bool | None:
    """Whether an expression holds for the active profiles, None if it is malformed."""
    signs = [sign for sign in (match.group().strip() for match in _SIGN.finditer(expression)) if sign]
    values: list[list[bool]] = [[]]
    operators: list[str] = [""]
    negations: list[bool] = []
    negated = False
    for sign in signs:
        if sign == "(":
            if len(values) > _DEEPEST:
                return None
            values.append([])
            operators.append("")
            negations.append(negated)
            negated = False
        elif sign == "!":
            negated = not negated
        elif sign in "&|":
            if not values[-1] or operators[-1] not in {"", sign}:
                return None
            operators[-1] = sign
        elif sign == ")":
            if len(values) == 1 or not values[-1]:
                return None
            value = _merged(values.pop(), operators.pop())
            values[-1].append(value != negations.pop())
        else:
            values[-1].append((sign in profiles) != negated)
            negated = False
    if len(values) != 1 or not values[0] or negated:
        return None
    return _merged(values[0], operators[0])


def names(expression: str) -> frozenset[str]:
    """The profiles that an expression speaks of."""
    found = (match.group().strip() for match in _SIGN.finditer(expression))
    return frozenset(name for name in found if name and name not in "()&|!")


def _merged(values: list[bool], operator: str) -> bool:
    return all(values) if operator == "&" else any(values)
