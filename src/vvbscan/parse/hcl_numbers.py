"""Numbers of HCL: integers of any size as far as reason goes, and floats for fractions."""

from __future__ import annotations

from typing import Final

_MOST_DIGITS: Final = 4000
"""Python refuses to convert more than 4300 digits (`sys.int_info.default_max_str_digits`)."""


def number(written: str) -> int | float | None:
    """The value of a number as written, an `int` if it has no fraction; None if it is too large."""
    if len(written) > _MOST_DIGITS:
        return None
    if written.isdecimal():
        return int(written)
    mantissa, _, exponent = written.lower().partition("e")
    if len(exponent) > 6:
        return None
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    power = int(exponent or 0) - len(fraction)
    if 0 <= power <= _MOST_DIGITS:
        return int(whole + fraction + "0" * power)
    value = float(written)
    if value in (float("inf"), float("-inf")):
        return None
    return int(value) if value.is_integer() else value
