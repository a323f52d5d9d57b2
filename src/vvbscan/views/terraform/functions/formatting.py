"""`format` and `formatlist`: the verbs of Go as Terraform has them.

Source: Terraform language, "format Function".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.functions.invocation import Function, Invocation
from vvbscan.views.terraform.templates import Text
from vvbscan.views.terraform.values import (
    Exhausted,
    derived,
    number_of,
    number_text,
    text_of,
    truth_of,
    wrong_value,
)

_VERB: Final = lazy_pattern(r"%(?:%|([-+# 0]*)([0-9]*)(?:(\.)([0-9]*))?(?:\[([0-9]+)\])?([A-Za-z]?))")
_WIDEST: Final = 1000
"""Characters that a width or precision may ask for."""


class _Verb(NamedTuple):
    flags: str
    width: int
    precision: int | None
    letter: str

    @property
    def written(self) -> str:
        return f"%{self.letter}"


def _format(invocation: Invocation) -> Node:
    pattern = invocation.argument(0, "text")
    if isinstance(pattern, Unknown):
        return invocation.unknown(pattern)
    if invocation.open:
        unknown = invocation.arguments[-1].value
        assert isinstance(unknown, Unknown)
        return invocation.unknown(unknown)
    value = _formatted(invocation, pattern, invocation.arguments[1:])
    if isinstance(value, str):
        _check_all_used(pattern, len(invocation.arguments) - 1)
    return invocation.outcome(value)


def _formatted(invocation: Invocation, pattern: str, values: tuple[Node, ...]) -> str | Unknown:
    """The pattern with its verbs filled in."""
    text = Text(invocation.scope.budget.string_length)
    position = following = 0
    for match in _VERB.finditer(pattern):
        text.add(pattern[position : match.start()])
        position = match.end()
        if match[0] == "%%":
            text.add("%")
            continue
        flags, width, dot, precision, index, letter = match.groups()
        if not letter:
            raise wrong_value(f"`{match[0]}` is no verb")
        following = int(index[:6]) if index else following + 1
        if not 1 <= following <= len(values):
            raise wrong_value(f"`{match[0]}` needs argument {following}, and there are {len(values)}")
        digits = int((precision or "0")[:6]) if dot else None
        verb = _Verb(flags, int((width or "0")[:6]), digits, letter)
        if max(verb.width, verb.precision or 0) > _WIDEST:
            raise Exhausted(f"a width is larger than {_WIDEST}")
        node = values[following - 1]
        if isinstance(node.value, Unknown):
            plain = letter in "sv" and not verb.width and verb.precision is None and "#" not in flags
            text.add(node.value if plain else derived(node.value))
        else:
            text.add(_filled(invocation, verb, node))
    text.add(pattern[position:])
    return text.value()


def _check_all_used(pattern: str, count: int) -> None:
    used = following = 0
    for match in _VERB.finditer(pattern):
        if match[0] != "%%":
            following = int(match[5][:6]) if match[5] else following + 1
            used = max(used, following)
    if used < count:
        raise wrong_value(f"{count} arguments, of which the format uses {used}")


def _filled(invocation: Invocation, verb: _Verb, node: Node) -> str | Unknown:
    letter = verb.letter
    if letter == "v":
        return _any(invocation, verb, node)
    if node.value is None:
        raise wrong_value(f"`{verb.written}` has no text for null")
    if letter == "t":
        return "true" if truth_of(node) else "false"
    if letter in "sq":
        value = text_of(node)
        return value if isinstance(value, Unknown) else _padded(verb, _text(verb, value))
    if letter in "bdoxXeEfgG":
        number = number_of(node)
        return number if isinstance(number, Unknown) else _number(verb, number)
    raise wrong_value(f"`{verb.written}` is no verb")


def _any(invocation: Invocation, verb: _Verb, node: Node) -> str | Unknown:
    """`%v`: strings as they are, numbers as `%g`, all else as JSON; `%#v`: all as JSON."""
    value = node.value
    if "#" in verb.flags or not isinstance(value, (str, bool, int, float)):
        from vvbscan.views.terraform.functions.json_text import json_text

        text = json_text(node, invocation)
        return text if isinstance(text, Unknown) else _padded(verb, text)
    if isinstance(value, bool):
        return _padded(verb, "true" if value else "false")
    if isinstance(value, str):
        return _padded(verb, value)
    return _padded(verb, ("-" if value < 0 else "") + _shortest(abs(value), "g"))


def _text(verb: _Verb, value: str) -> str:
    if verb.precision:
        from vvbscan.views.terraform.functions.graphemes import graphemes

        value = "".join(graphemes(value)[: verb.precision])
    if verb.letter == "q":
        from vvbscan.views.terraform.functions.json_text import quoted

        return quoted(value)
    return value


def _number(verb: _Verb, number: float) -> str:
    letter = verb.letter
    if letter in "bdoxX":
        if isinstance(number, float):
            raise wrong_value(f"`{verb.written}` needs a whole number")
        prefix = {"o": "0", "x": "0x", "X": "0X", "b": "0b"}.get(letter, "") if "#" in verb.flags else ""
        digits = prefix + format(abs(number), letter)
    elif letter in "gG" and verb.precision is None:
        digits = _shortest(abs(number), letter)
    else:
        digits = _fraction(verb, abs(number))
    sign = "-" if number < 0 else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if "0" in verb.flags and "-" not in verb.flags:
        digits = digits.rjust(verb.width - len(sign), "0")
    return _padded(verb._replace(flags=verb.flags.replace("0", "")), sign + digits)


def _shortest(number: float, letter: str) -> str:
    """As few digits as tell the number from others; with an exponent from a million on and below 0.0001."""
    if number and not 1e-4 <= number < 1e6:
        digits, point = _digits(number)
        exponent = point - 1
        mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
        return f"{mantissa}{'e' if letter == 'g' else 'E'}{exponent:+03d}"
    return number_text(number)


def _digits(number: float) -> tuple[str, int]:
    """The digits of a positive number without zeros around them, and where among them the point is."""
    whole, _, fraction = number_text(number).partition(".")
    point = len(whole) if whole != "0" else -(len(fraction) - len(fraction.lstrip("0")))
    return (whole + fraction).strip("0"), point


def _fraction(verb: _Verb, number: float) -> str:
    precision = 6 if verb.precision is None else verb.precision
    if isinstance(number, int) and verb.letter == "f":
        return f"{number}.{'0' * precision}" if precision else str(number)
    try:
        return format(float(number), f".{precision}{verb.letter}")
    except OverflowError:
        raise Exhausted("a number is too large to be written") from None


def _padded(verb: _Verb, text: str) -> str:
    from vvbscan.views.terraform.functions.graphemes import graphemes

    sign = "0" if "0" in verb.flags else " "
    padding = sign * (verb.width - len(graphemes(text)))
    return text + padding if "-" in verb.flags else padding + text


def _formatlist(invocation: Invocation) -> Node:
    """The format filled in for each position of the lists; what is no list is the same for all."""
    pattern = invocation.argument(0, "text")
    if isinstance(pattern, Unknown):
        return invocation.unknown(pattern)
    lists: list[tuple[Node, ...] | Node] = []
    rest: Unknown | None = None
    unknown: Unknown | None = None
    for node in invocation.arguments[1:]:
        value = node.value
        if isinstance(value, SeqValue):
            rest = rest or value.rest
            lists.append(value.items)
        else:
            # If something unknown is a list, it has as many items as the others.
            unknown = unknown or (value if isinstance(value, Unknown) else None)
            lists.append(node)
    if rest is None and all(isinstance(given, Node) for given in lists):
        rest = unknown
    if rest is not None:
        return invocation.unknown(rest)
    lengths = {len(items) for items in lists if not isinstance(items, Node)}
    if len(lengths) > 1:
        raise wrong_value("the lists have different lengths")
    count = lengths.pop() if lengths else 1
    invocation.spend(count)
    items = []
    for position in range(count):
        values = tuple([given if isinstance(given, Node) else given[position] for given in lists])
        items.append(invocation.outcome(_formatted(invocation, pattern, values), values))
    return invocation.outcome(SeqValue(tuple(items)))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "format": Function(1, None, _format),
    "formatlist": Function(1, None, _formatlist),
}
