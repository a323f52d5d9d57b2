"""Operators of leaves. Typed, without coercion, and decided on the known part of a partial unknown.

An operator is a factory: given what is wanted it returns a test of a node that answers True, False, or an
`Unknown` that says why it cannot be decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from vvbscan.expr import values
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown

Answer = bool | Unknown
Test = Callable[[Node], Answer]

_BOUNDS: Final[dict[str, Callable[[int, int], bool]]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "equals": lambda a, b: a == b,
}


def equals(wanted: object) -> Test:
    """The value is exactly this scalar: `1`, `1.0`, `true` and `"1"` are four different values."""
    kind = type(wanted)

    def test(node: Node) -> Answer:
        value = node.value
        if type(value) is kind:
            return value == wanted
        if isinstance(value, Unknown):
            return value if _may_equal(value, _spelt(wanted)) else False
        return False

    return test


def is_in(wanted: object) -> Test:
    """The value is one of these scalars."""
    options = _list(wanted, "in")
    texts = frozenset(option for option in options if isinstance(option, str))
    tests = [equals(option) for option in options]

    def test(node: Node) -> Answer:
        value = node.value
        if type(value) is str:
            return value in texts
        answer: Answer = False
        for candidate in tests:
            one = candidate(node)
            if one is True:
                return True
            if isinstance(one, Unknown):
                answer = one
        return answer

    return test


def matches(wanted: object) -> Test:
    """The string has a match of this regular expression somewhere."""
    try:
        pattern = re.compile(_text(wanted, "matches"))
    except re.error as error:
        raise RuleError(f"`{wanted}` is not a regular expression: {error}") from None

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            return value
        return isinstance(value, str) and pattern.search(value) is not None

    return test


def starts_with(wanted: object) -> Test:
    """The string begins with this text, or with one of these."""
    prefixes = _texts(wanted, "starts_with")

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            head = value.parts[0] if value.parts else None
            if head is None:
                return value
            if any(head.startswith(prefix) for prefix in prefixes):
                return True
            return value if any(prefix.startswith(head) for prefix in prefixes) else False
        return isinstance(value, str) and value.startswith(prefixes)

    return test


def ends_with(wanted: object) -> Test:
    """The string ends with this text, or with one of these."""
    suffixes = _texts(wanted, "ends_with")

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            tail = value.parts[-1] if value.parts else None
            if tail is None:
                return value
            if any(tail.endswith(suffix) for suffix in suffixes):
                return True
            return value if any(suffix.endswith(tail) for suffix in suffixes) else False
        return isinstance(value, str) and value.endswith(suffixes)

    return test


def contains(wanted: object) -> Test:
    """The string has this text in it; the sequence has an item that equals this scalar."""
    is_item = equals(wanted)

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            known = isinstance(wanted, str) and any(part and wanted in part for part in value.parts)
            return True if known else value
        if isinstance(value, SeqValue):
            answer: Answer = False if value.rest is None else value.rest
            for item in value.items:
                one = is_item(item)
                if one is True:
                    return True
                if isinstance(one, Unknown):
                    answer = one
            return answer
        return isinstance(value, str) and isinstance(wanted, str) and wanted in value

    return test


def number_bound(name: str) -> Callable[[object], Test]:
    """`lt`, `le`, `gt`, `ge`: the number is below or above this one; what is no number does not hold."""

    def operator(wanted: object) -> Test:
        if isinstance(wanted, bool) or not isinstance(wanted, (int, float)):
            raise RuleError(f"`{name}` wants a number", hint="quantities, durations and sizes have operators")
        bound = {"lt": float.__lt__, "le": float.__le__, "gt": float.__gt__, "ge": float.__ge__}[name]

        def test(node: Node) -> Answer:
            value = node.value
            if isinstance(value, Unknown):
                return value
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return False
            return bound(float(value), float(wanted))

        return test

    return operator


def length(wanted: object) -> Test:
    """The number of characters, items or members is within these bounds."""
    bounds = _bounds(wanted, "length", lambda value: value if isinstance(value, int) else None)

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            return value
        if isinstance(value, MapValue):
            return value.rest or bounds(len(value.entries))
        if isinstance(value, SeqValue):
            return value.rest or bounds(len(value.items))
        return isinstance(value, str) and bounds(len(value))

    return test


def measured(name: str, read: Callable[[object], int | None]) -> Callable[[object], Test]:
    """`quantity`, `duration`, `size`: the value, read as such, is within these bounds."""

    def operator(wanted: object) -> Test:
        bounds = _bounds(wanted, name, read)

        def test(node: Node) -> Answer:
            value = node.value
            if isinstance(value, Unknown):
                return value
            found = read(value)
            if found is None:
                return Unknown("unparsed", f"`{shown(node)}` is not a {name}")
            return bounds(found)

        return test

    return operator


def version(wanted: object) -> Test:
    """The version satisfies this constraint: `>=21,<22`."""
    holds = values.version_constraint(_text(wanted, "version"))

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            return value
        found = values.version(value)
        if found is None:
            return Unknown("unparsed", f"`{shown(node)}` is not a version")
        return holds(found)

    return test


def cidr_within(wanted: object) -> Test:
    """The address or network lies within one of these networks."""
    import ipaddress  # 10 ms, and few rules need it

    try:
        networks = [ipaddress.ip_network(text) for text in _texts(wanted, "cidr_within")]
    except ValueError as error:
        raise RuleError(str(error)) from None

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            return value
        try:
            found = ipaddress.ip_network(value, strict=False) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None:
            return Unknown("unparsed", f"`{shown(node)}` is not a network")
        return any(found.version == net.version and found.subnet_of(net) for net in networks)  # type: ignore[arg-type]  # equal versions are comparable

    return test


def set_within(wanted: object) -> Test:
    """Every item of the sequence is one of these scalars."""
    allowed = is_in(wanted)

    def test(node: Node) -> Answer:
        value = node.value
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, SeqValue):
            return False
        answer: Answer = True if value.rest is None else value.rest
        for item in value.items:
            one = allowed(item)
            if one is False:
                return False
            if isinstance(one, Unknown):
                answer = one
        return answer

    return test


OPERATORS: Final[dict[str, Callable[[object], Test]]] = {
    "equals": equals,
    "in": is_in,
    "matches": matches,
    "starts_with": starts_with,
    "ends_with": ends_with,
    "contains": contains,
    "lt": number_bound("lt"),
    "le": number_bound("le"),
    "gt": number_bound("gt"),
    "ge": number_bound("ge"),
    "length": length,
    "version": version,
    "quantity": measured("quantity", values.quantity),
    "duration": measured("duration", values.duration),
    "size": measured("size", values.size),
    "cidr_within": cidr_within,
    "set_within": set_within,
}
"""Operators of leaves by name; `exists` is the tree's own, as it looks at presence and not at a value."""


def shown(node: Node) -> str:
    """A value as a message shows it: strings bare, collections by size, unknown stretches as `…`."""
    value = node.value
    if isinstance(value, Unknown):
        return "".join("…" if part is None else part for part in value.parts) or "…"
    if isinstance(value, MapValue):
        return f"{len(value.entries)} members"
    if isinstance(value, SeqValue):
        return ", ".join(shown(item) for item in value.items)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _spelt(scalar: object) -> str:
    """How a document spells a scalar."""
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


def _may_equal(unknown: Unknown, wanted: str) -> bool:
    """Whether a partial value can still turn out to be `wanted`; linear in the length of both."""
    parts = unknown.parts
    if not parts:
        return True
    begin, end = 0, len(wanted)
    if parts[0] is not None:
        if not wanted.startswith(parts[0]):
            return False
        begin = len(parts[0])
    if parts[-1] is not None and len(parts) > 1:
        if not wanted.endswith(parts[-1]):
            return False
        end -= len(parts[-1])
    for part in parts[1:-1]:
        if part is not None:
            found = wanted.find(part, begin, end)
            if found < 0:
                return False
            begin = found + len(part)
    return begin <= end


def _bounds(wanted: object, name: str, read: Callable[[object], int | None]) -> Callable[[int], bool]:
    if not isinstance(wanted, dict) or not wanted:
        raise RuleError(f"`{name}` wants bounds", hint=f"write `{name}: {{le: ...}}`")
    bounds = []
    for bound, value in wanted.items():
        limit = read(value)
        if bound not in _BOUNDS:
            raise RuleError(f"`{bound}` is not a bound of `{name}`")
        if limit is None:
            raise RuleError(f"`{value}` is not a {name}")  # also said of a value that a scanned file has
        bounds.append((_BOUNDS[bound], limit))

    def within(found: int) -> bool:
        return all(compare(found, limit) for compare, limit in bounds)

    return within


def _text(wanted: object, name: str) -> str:
    if not isinstance(wanted, str):
        raise RuleError(f"`{name}` wants a text")
    return wanted


def _list(wanted: object, name: str) -> list[object]:
    if not isinstance(wanted, list):
        raise RuleError(f"`{name}` wants a list")
    return wanted


def _texts(wanted: object, name: str) -> tuple[str, ...]:
    return tuple(_text(item, name) for item in (wanted if isinstance(wanted, list) else [wanted]))
