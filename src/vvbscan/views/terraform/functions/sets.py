"""Functions of sets.

Source: Terraform language, "Collection Functions".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice, product
from math import prod
from typing import Final

from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.views.terraform.conversion import distinct, unified
from vvbscan.views.terraform.functions.invocation import Function, Invocation, all_items
from vvbscan.views.terraform.values import SET, derived, same


def _set(invocation: Invocation, items: Iterable[Node], rest: Unknown | None) -> Node:
    return invocation.outcome(SeqValue(distinct(items, ordered=True), rest), style=SET)


def _sets(invocation: Invocation) -> list[SeqValue | Unknown]:
    """The arguments, of which all items have one type."""
    values = [invocation.sequence(index) for index in range(len(invocation.arguments))]
    known = [value for value in values if isinstance(value, SeqValue)]
    items = iter(unified(tuple([item for value in known for item in value.items])))
    return [
        value if isinstance(value, Unknown) else SeqValue(tuple(islice(items, len(value.items))), value.rest)
        for value in values
    ]


def _setunion(invocation: Invocation) -> Node:
    items: list[Node] = []
    rest: Unknown | None = None
    for value in _sets(invocation):
        if isinstance(value, Unknown):
            rest = rest or derived(value)
        else:
            items += value.items
            rest = rest or value.rest
    invocation.spend(len(items))
    if rest is not None and not items:
        return invocation.unknown(rest)
    return _set(invocation, items, rest)


def _setintersection(invocation: Invocation) -> Node:
    """The items of the first set that all others have."""
    return _kept(invocation, wanted=True)


def _setsubtract(invocation: Invocation) -> Node:
    """The items of the first set that the second one does not have."""
    return _kept(invocation, wanted=False)


def _kept(invocation: Invocation, *, wanted: bool) -> Node:
    first, *others = _sets(invocation)
    if isinstance(first, Unknown):
        return invocation.unknown(first)
    rest = first.rest
    items = []
    for item in first.items:
        verdicts = [_has(invocation, other, item) for other in others]
        if all(verdict is wanted for verdict in verdicts):
            items.append(item)
        elif not any(verdict is (not wanted) for verdict in verdicts):
            unknown = next(verdict for verdict in verdicts if isinstance(verdict, Unknown))
            rest = rest or unknown
    return _set(invocation, items, rest)


def _has(invocation: Invocation, value: SeqValue | Unknown, wanted: Node) -> bool | Unknown:
    if isinstance(value, Unknown):
        return derived(value)
    unknown = value.rest
    invocation.spend(len(value.items))
    for item in value.items:
        equal = same(item, wanted)
        if equal is True:
            return True
        if isinstance(equal, Unknown):
            unknown = unknown or equal
    return False if unknown is None else unknown


def _setproduct(invocation: Invocation) -> Node:
    """All combinations of an item of each; a set if all of them are."""
    lists = [all_items(invocation, index) for index in range(len(invocation.arguments))]
    known = []
    for given in lists:
        if isinstance(given, Unknown):
            return invocation.unknown(given)
        known.append(unified(given))
    invocation.spend(prod(len(items) for items in known) * len(known))
    rows = [invocation.outcome(SeqValue(row), row) for row in product(*known)]
    if all(node.style is SET for node in invocation.arguments):
        return _set(invocation, rows, None)
    return invocation.outcome(SeqValue(tuple(rows)))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "setintersection": Function(1, None, _setintersection),
    "setproduct": Function(2, None, _setproduct),
    "setsubtract": Function(2, 2, _setsubtract),
    "setunion": Function(1, None, _setunion),
}
