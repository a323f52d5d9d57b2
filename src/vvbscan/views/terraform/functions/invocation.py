"""A call of a function: its arguments as the function wants them, and the node that it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Scalar, SeqValue, Unknown
from vvbscan.parse.hcl_tree import Call
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.values import (
    Exhausted,
    Refused,
    derived,
    described,
    made_of,
    number_of,
    text_of,
    truth_of,
    wrong_type,
    wrong_value,
)


class Invocation:
    """A call with evaluated arguments."""

    __slots__ = ("arguments", "expression", "open", "scope")

    def __init__(self, expression: Call, arguments: Iterable[Node], scope: Scope, *, is_open: bool) -> None:
        self.expression = expression
        self.arguments = tuple(arguments)
        self.scope = scope
        self.open = is_open
        """Whether there may be more arguments than are known, as of `max(var.list...)`."""

    def outcome(
        self,
        value: Scalar | MapValue | SeqValue | Unknown,
        nodes: Iterable[Node] | None = None,
        style: str = COMPUTED,
    ) -> Node:
        """What was computed of the arguments, or of other nodes."""
        start, end = self.expression.start, self.expression.end
        used = self.arguments if nodes is None else nodes
        return made_of(value, self.scope.source, start, end, used, self.scope.budget.labels, style)

    def unknown(self, unknown: Unknown) -> Node:
        """The outcome where an argument that decides it is unknown."""
        return self.outcome(derived(unknown))

    def node(self, value: object) -> Node:
        """What was computed, of Python's scalars, lists and dicts, as nodes in the place of the call."""
        return _node(value, self.outcome(None))

    def spend(self, steps: int) -> None:
        """Take steps off the budget before work of that size. Raises `Exhausted` if too few are left."""
        budget = self.scope.budget
        budget.left -= steps
        if budget.left < 0:
            budget.left = 0
            raise Exhausted("the evaluation took more steps than the limit allows")

    def check_length(self, text: str) -> str:
        """The text. Raises `Exhausted` if it is longer than a string may become."""
        longest = self.scope.budget.string_length
        if len(text) > longest:
            raise Exhausted(f"the string is longer than {longest} characters")
        return text

    def refused(self, index: int, refused: Refused) -> EvaluationFault:
        """The fault of an argument, at its place."""
        written = self.expression.arguments
        place = written[min(index, len(written) - 1)] if written else self.expression
        message = f"{self.expression.name}(): {refused.message}"
        return EvaluationFault(refused.code, message, place.start, place.end)

    def argument(self, index: int, kind: str) -> Any:
        """An argument as a Python value of a kind of `_KINDS`, or the `Unknown` in it."""
        node = self.arguments[index]
        try:
            return _KINDS[kind](node)
        except Refused as refused:
            raise self.refused(index, refused) from None

    def sequence(self, index: int) -> SeqValue | Unknown:
        """An argument that has to be a list, set or tuple."""
        value = self.arguments[index].value
        if isinstance(value, (SeqValue, Unknown)):
            return value
        message = f"a list is needed here, and this is {described(self.arguments[index])}"
        raise self.refused(index, wrong_type(message))

    def mapping(self, index: int) -> MapValue | Unknown:
        """An argument that has to be a map or object."""
        value = self.arguments[index].value
        if isinstance(value, (MapValue, Unknown)):
            return value
        message = f"a map is needed here, and this is {described(self.arguments[index])}"
        raise self.refused(index, wrong_type(message))


def _node(value: object, place: Node) -> Node:
    if isinstance(value, (list, tuple)):
        return place._replace(value=SeqValue(tuple([_node(item, place) for item in value])))
    if isinstance(value, dict):
        keys = {key: place._replace(value=key) for key in value}
        return place._replace(value=MapValue({key: _node(item, place) for key, item in value.items()}, keys))
    assert value is None or isinstance(value, (str, int, float))
    return place._replace(value=value)


def all_items(invocation: Invocation, index: int) -> tuple[Node, ...] | Unknown:
    """The items of a list of which it is known how many there are and where each stands."""
    value = invocation.sequence(index)
    if isinstance(value, Unknown):
        return value
    return value.items if value.rest is None else value.rest


class Function(NamedTuple):
    """How a function is called."""

    fewest: int
    """Arguments that it needs."""
    most: int | None
    """None if there may be any number."""
    apply: Callable[[Invocation], Node]
    """Raises `Refused`, `Exhausted` and `EvaluationFault`."""


def plain(signature: str, function: Callable[..., object]) -> Function:
    """A function of values that are all known: of an argument with something unknown the outcome is unknown.

    `signature` names the kind of each argument (see `_KINDS`); `?` behind a kind stands for an argument that
    may be left out, `*` for one that may come any number of times.
    """
    kinds = signature.split()
    repeated = kinds[-1][:-1] if kinds and kinds[-1].endswith("*") else ""
    fewest = sum(not kind.endswith(("?", "*")) for kind in kinds)
    names = [kind.rstrip("?*") for kind in kinds]

    def apply(invocation: Invocation) -> Node:
        values = []
        unknown: Unknown | None = None
        for index in range(len(invocation.arguments)):
            value = invocation.argument(index, names[index] if index < len(names) else repeated)
            if isinstance(value, Unknown):
                unknown = unknown or value
            values.append(value)
        if unknown is not None:
            return invocation.unknown(unknown)
        outcome = function(*values)
        return invocation.node(invocation.check_length(outcome) if isinstance(outcome, str) else outcome)

    return Function(fewest, None if repeated else len(kinds), apply)


def _whole(node: Node) -> int | Unknown:
    number = number_of(node)
    if isinstance(number, float):
        raise wrong_value("a whole number is needed here")
    return number


def _items(node: Node) -> tuple[Node, ...] | Unknown:
    value = node.value
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, SeqValue):
        raise wrong_type(f"a list is needed here, and this is {described(node)}")
    return value.items if value.rest is None else value.rest


def _each(convert: Callable[[Node], Any]) -> Callable[[Node], Any]:
    def read(node: Node) -> list[Any] | Unknown:
        items = _items(node)
        if isinstance(items, Unknown):
            return items
        values = []
        for item in items:
            value = convert(item)
            if isinstance(value, Unknown):
                return value
            values.append(value)
        return values

    return read


_KINDS: Final[dict[str, Callable[[Node], Any]]] = {
    "text": text_of,
    "number": number_of,
    "whole": _whole,
    "bool": truth_of,
    "texts": _each(text_of),
    "numbers": _each(number_of),
}
"""Kinds of arguments."""
