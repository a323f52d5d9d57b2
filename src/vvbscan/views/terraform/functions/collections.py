"""Functions of lists: what they pass on keeps its node.

Of an open list, items that are not known may stand anywhere. So its known items are passed on, and everything
that depends on how many there are, or on where one stands, is unknown.

Source: Terraform language, "Collection Functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.views.terraform.conversion import alike, distinct, unified
from vvbscan.views.terraform.functions.graphemes import graphemes
from vvbscan.views.terraform.functions.invocation import Function, Invocation, all_items
from vvbscan.views.terraform.operations import added
from vvbscan.views.terraform.values import (
    MOST_DEPTH,
    SET,
    TYPED,
    Exhausted,
    Refused,
    derived,
    described,
    first_unknown,
    same,
    text_of,
    truth_of,
    wrong_type,
    wrong_value,
)

_LONGEST_RANGE: Final = 1024
"""Numbers that Terraform's `range` gives at most."""


def _alltrue(invocation: Invocation) -> Node:
    return _quantified(invocation, decisive=False)


def _anytrue(invocation: Invocation) -> Node:
    return _quantified(invocation, decisive=True)


def _quantified(invocation: Invocation, *, decisive: bool) -> Node:
    """Whether one item is `decisive`; a null is false."""
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    unknown = value.rest
    for item in value.items:
        try:
            truth = item.value is not None and truth_of(item)
        except Refused as refused:
            raise invocation.refused(0, refused) from None
        if truth is decisive:
            return invocation.outcome(decisive, (item,))
        if isinstance(truth, Unknown):
            unknown = unknown or truth
    return invocation.outcome(not decisive) if unknown is None else invocation.unknown(unknown)


def _chunklist(invocation: Invocation) -> Node:
    items, size = all_items(invocation, 0), invocation.argument(1, "whole")
    if isinstance(items, Unknown):
        return invocation.unknown(items)
    if isinstance(size, Unknown):
        return invocation.unknown(size)
    if size < 0:
        raise wrong_value("the size of the chunks is negative")
    size = size or max(1, len(items))
    items = unified(items)
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    return invocation.outcome(
        SeqValue(tuple([invocation.outcome(SeqValue(chunk), chunk) for chunk in chunks]))
    )


def _coalesce(invocation: Invocation) -> Node:
    """The first argument that is neither null nor an empty string."""
    for node in invocation.arguments:
        value = node.value
        if isinstance(value, Unknown) and not any(value.parts):
            return node
        if value is not None and value != "":
            return alike(node, invocation.arguments, "the arguments")
    raise wrong_value("all arguments are null or empty strings")


def _coalescelist(invocation: Invocation) -> Node:
    """The first list that is not empty."""
    for index in range(len(invocation.arguments)):
        _refuse_set(invocation, index)
    for index, node in enumerate(invocation.arguments):
        value = invocation.sequence(index)
        if isinstance(value, Unknown) or value.items:
            return node
        if value.rest is not None:
            return invocation.unknown(value.rest)
    raise wrong_value("all lists are empty")


def _refuse_set(invocation: Invocation, index: int) -> None:
    if invocation.arguments[index].style is SET:
        raise invocation.refused(index, wrong_type("a list is needed here, and this is a set"))


def _compact(invocation: Invocation) -> Node:
    """The items that are neither null nor empty strings."""
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    rest = value.rest
    items = []
    for item in value.items:
        if item.value is None:
            continue
        try:
            text = text_of(item)
        except Refused as refused:
            raise invocation.refused(0, refused) from None
        if isinstance(text, Unknown) and not any(text.parts):
            rest = rest or derived(text)
        if text != "":
            items.append(item if text is item.value else item.replace_value(text))
    return invocation.outcome(SeqValue(tuple(items), rest))


def _concat(invocation: Invocation) -> Node:
    items: list[Node] = []
    rest: Unknown | None = None
    for index in range(len(invocation.arguments)):
        value = invocation.sequence(index)
        _refuse_set(invocation, index)
        if isinstance(value, Unknown):
            rest = rest or derived(value)
        else:
            items += value.items
            rest = rest or value.rest
    invocation.spend(len(items))
    if rest is not None and not items:
        return invocation.unknown(rest)
    style = COMPUTED
    if all(node.style is TYPED for node in invocation.arguments):
        with suppress(Refused):  # lists of types that have none in common make a tuple
            items, style = list(unified(tuple(items))), TYPED
    return invocation.outcome(SeqValue(tuple(items), rest), style=style)


def _contains(invocation: Invocation) -> Node:
    value, wanted = invocation.sequence(0), invocation.arguments[1]
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if wanted.value is None:
        raise invocation.refused(1, wrong_value("null is in no list"))
    unknown = value.rest
    invocation.spend(len(value.items))
    for item in value.items:
        equal = same(item, wanted)
        if equal is True:
            return invocation.outcome(True, (item, wanted))
        if isinstance(equal, Unknown):
            unknown = unknown or equal
    return invocation.outcome(value=False) if unknown is None else invocation.unknown(unknown)


def _distinct(invocation: Invocation) -> Node:
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    invocation.spend(len(value.items))
    rest = value.rest
    if len(value.items) > 1:
        # An item that is not known may turn out to be one of the others.
        unknown = next(filter(None, map(first_unknown, value.items)), None)
        rest = rest or (None if unknown is None else derived(unknown))
    return invocation.outcome(SeqValue(distinct(unified(value.items), ordered=False), rest))


def _element(invocation: Invocation) -> Node:
    """The item at a position, counted on from the start behind the end and backwards before the start."""
    value = all_items(invocation, 0)
    _refuse_set(invocation, 0)
    position = invocation.argument(1, "whole")
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if isinstance(position, Unknown):
        return invocation.unknown(position)
    if not value:
        raise wrong_value("an empty list has no element")
    return value[int(position % len(value))]


def _flatten(invocation: Invocation) -> Node:
    """The items with those of lists in the place of the lists, at every level."""
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    items: list[Node] = []
    rest = _flatten_into(items, value, invocation, MOST_DEPTH)
    return invocation.outcome(SeqValue(tuple(items), rest))


def _flatten_into(items: list[Node], value: SeqValue, invocation: Invocation, depth: int) -> Unknown | None:
    if not depth:
        raise Exhausted("a value is nested too deep")
    rest = value.rest
    invocation.spend(1 + len(value.items))
    for item in value.items:
        if isinstance(item.value, SeqValue):
            inner = _flatten_into(items, item.value, invocation, depth - 1)
            rest = rest or inner
        elif isinstance(item.value, Unknown) and not item.value.parts:
            # It may be a list, whose items would come here.
            rest = rest or derived(item.value)
            items.append(item)
        else:
            items.append(item)
    return rest


def _index(invocation: Invocation) -> Node:
    value, wanted = invocation.sequence(0), invocation.arguments[1]
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if value.rest is not None:
        return invocation.unknown(value.rest)
    for position, item in enumerate(value.items):
        equal = same(item, wanted)
        if isinstance(equal, Unknown):
            return invocation.unknown(equal)
        if equal:
            return invocation.outcome(position, (item,))
    raise wrong_value("the list does not have this item")


def _length(invocation: Invocation) -> Node:
    node = invocation.arguments[0]
    value = node.value
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if isinstance(value, str):
        return invocation.outcome(len(graphemes(value)))
    if not isinstance(value, (SeqValue, MapValue)):
        message = f"a string, list or map is needed here, and this is {described(node)}"
        raise invocation.refused(0, wrong_type(message))
    if value.rest is not None:
        return invocation.unknown(value.rest)
    if isinstance(value, MapValue):
        return invocation.outcome(len(value.entries))
    if node.style is SET and len(value.items) > 1:
        # An item of a set that is not known may turn out to be one of the others.
        unknown = next(filter(None, map(first_unknown, value.items)), None)
        if unknown is not None:
            return invocation.unknown(unknown)
    return invocation.outcome(len(value.items))


def _list(invocation: Invocation) -> Node:
    """A list of the arguments. Terraform has it no more since 0.12, and modules of that age still do."""
    if invocation.open:
        *items, last = invocation.arguments
        assert isinstance(last.value, Unknown)
        return invocation.outcome(SeqValue(tuple(items), derived(last.value)))
    return invocation.outcome(SeqValue(tuple(invocation.arguments)))


def _one(invocation: Invocation) -> Node:
    """The only item, null if there is none."""
    value = all_items(invocation, 0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    if len(value) > 1:
        raise wrong_value(f"one item at most is allowed, and there are {len(value)}")
    return value[0] if value else invocation.outcome(None)


def _range(invocation: Invocation) -> Node:
    numbers = [invocation.argument(index, "number") for index in range(len(invocation.arguments))]
    for number in numbers:
        if isinstance(number, Unknown):
            return invocation.unknown(number)
    start, limit = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) > 2 else (1 if start <= limit else -1)
    if step == 0:
        raise wrong_value("the step is zero")
    if (limit - start) * step < 0:
        raise wrong_value("the step leads away from the limit")
    if abs(limit - start) > _LONGEST_RANGE * abs(step):
        raise wrong_value(f"the range has more than {_LONGEST_RANGE:,} numbers")
    items = []
    number = start
    while number < limit if step > 0 else number > limit:
        items.append(number)
        number = added(number, step)
    invocation.spend(len(items))
    return invocation.node(items)


def _reverse(invocation: Invocation) -> Node:
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    return invocation.outcome(SeqValue(value.items[::-1], value.rest))


def _slice(invocation: Invocation) -> Node:
    _refuse_set(invocation, 0)
    value = all_items(invocation, 0)
    start, end = invocation.argument(1, "whole"), invocation.argument(2, "whole")
    for argument in (value, start, end):
        if isinstance(argument, Unknown):
            return invocation.unknown(argument)
    assert not isinstance(value, Unknown)
    if not 0 <= start <= end <= len(value):
        raise wrong_value(f"from {start} to {end} is not within the list, which has {len(value)} items")
    return invocation.outcome(SeqValue(value[start:end]))


def _sort(invocation: Invocation) -> Node:
    value = invocation.sequence(0)
    if isinstance(value, Unknown):
        return invocation.unknown(value)
    texts: list[tuple[str, Node]] = []
    unknown: list[Node] = []
    for item in value.items:
        try:
            text = text_of(item)
        except Refused as refused:
            raise invocation.refused(0, refused) from None
        if isinstance(text, Unknown):
            unknown.append(item)
        else:
            texts.append((text, item if isinstance(item.value, str) else item.replace_value(text)))
    invocation.spend(len(texts))
    texts.sort(key=lambda pair: pair[0])
    rest = value.rest or (derived(unknown[0].value) if unknown else None)  # type: ignore[arg-type]  # is unknown
    # Where an item that is not known would stand is not known.
    return invocation.outcome(SeqValue((*(item for _, item in texts), *unknown), rest))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "alltrue": Function(1, 1, _alltrue),
    "anytrue": Function(1, 1, _anytrue),
    "chunklist": Function(2, 2, _chunklist),
    "coalesce": Function(1, None, _coalesce),
    "coalescelist": Function(1, None, _coalescelist),
    "compact": Function(1, 1, _compact),
    "concat": Function(1, None, _concat),
    "contains": Function(2, 2, _contains),
    "distinct": Function(1, 1, _distinct),
    "element": Function(2, 2, _element),
    "flatten": Function(1, 1, _flatten),
    "index": Function(2, 2, _index),
    "length": Function(1, 1, _length),
    "list": Function(0, None, _list),
    "one": Function(1, 1, _one),
    "range": Function(1, 3, _range),
    "reverse": Function(1, 1, _reverse),
    "slice": Function(3, 3, _slice),
    "sort": Function(1, 1, _sort),
}
