"""Values of Terraform as nodes: how they are made, compared and written as text.

A set is a `SeqValue` whose node has the style `SET`, without repeated items and in sorted order. Lists and
tuples are told apart by the style `TYPED`, and so are maps and objects, where that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, Scalar, SeqValue, Source, Unknown

SET: Final = "set"
"""Style of a node that is a set."""
TYPED: Final = "typed"
"""Style of a node that is a list or map by its type, and so equals no tuple and no object. Of other
collections that were computed that is not known."""
MOST_DEPTH: Final = 50
"""Levels of a value that are walked through."""
MOST_BITS: Final = 512
"""Bits of a whole number; Terraform computes with as many."""

_COLLECTIONS: Final = frozenset({MapValue, SeqValue})
_MOST_ORIGINS: Final = 3
_MADE: Final = frozenset({COMPUTED, SET, TYPED})
"""Styles of nodes that may span an expression and not what wrote them."""


class Exhausted(Exception):
    """A limit was reached in the middle of an operation, whose outcome then is unknown."""


class Refused(Exception):
    """An operand or argument that Terraform refuses; whoever knows the place makes a fault of it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def wrong_type(message: str) -> Refused:
    """What is raised for a value of a type that does not go there."""
    return Refused("terraform-type", message)


def wrong_value(message: str) -> Refused:
    """What is raised for a value that is not allowed though its type is."""
    return Refused("terraform-value", message)


def described(node: Node) -> str:
    """The type of a value in the words of Terraform's documentation."""
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a bool"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, MapValue):
        return "a map or object"
    if isinstance(value, SeqValue):
        return "a set" if node.style is SET else "a list"
    return "unknown"


def derived(unknown: Unknown, *parts: str | None) -> Unknown:
    """What is unknown because something that it is made of is; of its text `parts` are known."""
    if unknown.reference or unknown.parts or parts:
        return Unknown(unknown.kind, unknown.reason, parts if any(parts) else ())
    return unknown


def stepped(unknown: Unknown, step: str) -> Unknown:
    """A part of something unknown; `step` is written as in a traversal."""
    reference = unknown.reference + step if unknown.reference else ""
    return Unknown(unknown.kind, unknown.reason, (), reference)


def first_unknown(node: Node, depth: int = MOST_DEPTH) -> Unknown | None:
    """The first thing that is unknown of a value, at whatever level, None if all of it is known."""
    value = node.value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, SeqValue):
        members: Iterable[Node] = value.items
    elif isinstance(value, MapValue):
        members = value.entries.values()
    else:
        return None
    if value.rest is not None:
        return value.rest
    if not depth:
        raise Exhausted("a value is nested too deep")
    for member in members:
        unknown = first_unknown(member, depth - 1)
        if unknown is not None:
            return unknown
    return None


def height(value: object, known: dict[MapValue | SeqValue, int]) -> int:
    """Levels of a value. Members that are evaluated when they are asked for are not.

    `known` keeps the heights of collections, so that each is walked through once.
    """
    if type(value) is SeqValue:
        members: Iterable[Node] = value.items
    elif type(value) is MapValue and isinstance(value.entries, dict):
        members = value.entries.values()
    else:
        return 0
    found = known.get(value)
    if found is None:
        # Most members are scalars, for which a call would take longer than the rest.
        inner = [one for one in [member.value for member in members] if type(one) in _COLLECTIONS]
        found = known[value] = 1 + max([height(one, known) for one in inner], default=0)
    return found


def made_of(
    value: Scalar | MapValue | SeqValue | Unknown,
    source: Source,
    start: int,
    end: int,
    nodes: Iterable[Node],
    labels: Mapping[Node, str],
    style: str = COMPUTED,
) -> Node:
    """The outcome of the expression at a span, whose way names the places of what it was made of."""
    via: list[Origin] = []
    for node in nodes:
        if node.source is source and start <= node.start and node.end <= end:
            steps = node.via if node.style in _MADE else ()
        else:
            steps = (Origin(labels.get(node, "a part of the value"), node.source, node.start, node.end),)
        for step in steps:
            if step not in via:
                via.append(step)
        if len(via) >= _MOST_ORIGINS:
            break
    return Node(value, source, start, end, style, tuple(via[:_MOST_ORIGINS]))


def number_text(number: float) -> str:
    """A number as Terraform writes it: without exponent, and without a fraction that is zero."""
    if isinstance(number, int):
        return str(number)
    text = repr(number)
    if "e" not in text:
        return text.removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits, point = whole + fraction, len(whole) + int(exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}".rstrip("0")
    digits = digits.ljust(point, "0")
    return f"{sign}{digits[:point]}.{digits[point:]}".rstrip("0").rstrip(".")


def normal(number: float) -> int | float:
    """A number as values hold it: an int if it is integral. Raises `Exhausted` if it is too large."""
    if isinstance(number, float):
        if number - number != 0:
            raise Exhausted("a number is too large to be computed with")
        if not number.is_integer():
            return number
        number = int(number)
    if number.bit_length() > MOST_BITS:
        raise Exhausted("a number is too large to be computed with")
    return number


def text_of(node: Node) -> str | Unknown:
    """A value converted to a string. Raises `Refused` for null and for collections."""
    value = node.value
    if isinstance(value, (str, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    raise wrong_type(f"a string is needed here, and this is {described(node)}")


_TRUTHS: Final = {"true": True, "false": False, "1": True, "0": False}
"""Strings that are converted to bools; the numbers themselves are not."""
_NUMBER_SIGNS: Final = frozenset("0123456789+-.eE")


def truth_of(node: Node) -> bool | Unknown:
    """A value converted to a bool. Raises `Refused` for what has none."""
    value = node.value
    if isinstance(value, (bool, Unknown)):
        return value
    if isinstance(value, str):
        truth = _TRUTHS.get(value)
        if truth is not None:
            return truth
        raise wrong_type("a bool is needed here, and this string is neither `true` nor `false`")
    raise wrong_type(f"a bool is needed here, and this is {described(node)}")


def number_of(node: Node) -> int | float | Unknown:
    """A value converted to a number. Raises `Refused` for what has none."""
    value = node.value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        number = read_number(value)
        if number is not None:
            return number
        raise wrong_type("a number is needed here, and this string is not one")
    raise wrong_type(f"a number is needed here, and this is {described(node)}")


def read_number(text: str) -> int | float | None:
    """The number that a text is, None if it is none."""
    if not text or len(text) > 400 or not _NUMBER_SIGNS.issuperset(text) or not text.isascii():
        return None
    try:
        return normal(int(text) if text.lstrip("+-").isdigit() else float(text))
    except ValueError:
        return None


def same(left: Node, right: Node, depth: int = MOST_DEPTH) -> bool | Unknown:
    """Whether two values are equal in type and value; unknown if what is known of them does not decide."""
    one, two = left.value, right.value
    if isinstance(one, Unknown) or isinstance(two, Unknown):
        return _same_unknown(one, two)
    if isinstance(one, SeqValue) and isinstance(two, SeqValue):
        return _same_items(one, two, depth)
    if isinstance(one, MapValue) and isinstance(two, MapValue):
        return _same_members(one, two, depth)
    if isinstance(one, (SeqValue, MapValue)) or isinstance(two, (SeqValue, MapValue)):
        return False
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    return one == two


def _same_unknown(one: object, two: object) -> bool | Unknown:
    if isinstance(one, Unknown):
        unknown, other = one, two
    else:
        assert isinstance(two, Unknown)
        unknown, other = two, one
    if isinstance(other, Unknown):
        if unknown.reference and unknown.reference == other.reference:
            return True
        return derived(unknown)
    if unknown.parts and (not isinstance(other, str) or not may_be(unknown, other)):
        return False
    return derived(unknown)


def may_be(unknown: Unknown, text: str) -> bool:
    """Whether a string of which parts are known can turn out to be `text`."""
    parts = unknown.parts
    if not parts:
        return True
    position, anchored = 0, True
    for part in parts[:-1]:
        if part is None:
            anchored = False
            continue
        found = text.find(part, position)
        if found < 0 or (anchored and found != position):
            return False
        position, anchored = found + len(part), True
    last = parts[-1]
    if last is None:
        return True
    start = len(text) - len(last)
    return text.endswith(last) and (start == position if anchored else start >= position)


def _same_items(one: SeqValue, two: SeqValue, depth: int) -> bool | Unknown:
    if one.rest is not None or two.rest is not None:
        return derived(one.rest or two.rest)  # type: ignore[arg-type]  # one of them is set
    if len(one.items) != len(two.items):
        return False
    return _all_same(zip(one.items, two.items, strict=True), depth)


def _same_members(one: MapValue, two: MapValue, depth: int) -> bool | Unknown:
    for first, second in ((one, two), (two, one)):
        if first.rest is None and any(key not in first.entries for key in second.entries):
            return False
    pairs = ((child, two.entries[key]) for key, child in one.entries.items() if key in two.entries)
    verdict = _all_same(pairs, depth)
    rest = one.rest or two.rest
    return derived(rest) if rest is not None and verdict is True else verdict


def _all_same(pairs: Iterable[tuple[Node, Node]], depth: int) -> bool | Unknown:
    if not depth:
        raise Exhausted("a value is nested too deep")
    verdict: bool | Unknown = True
    for one, two in pairs:
        equal = same(one, two, depth - 1)
        if equal is False:
            return False
        if equal is not True and verdict is True:
            verdict = equal
    return verdict
