"""Steps into a value: attributes, indexes and splats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import Expression, GetAttribute, GetIndex, Splat, Step
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.values import SET, Refused, derived, described, number_of, stepped, text_of

Evaluator = Callable[[Expression, Scope], Node]

MISSING_MEMBER: Final = "terraform-missing-member"
"""Code of faults about attributes, keys and indexes that a value does not have."""


def stepped_into(value: Node, steps: tuple[Step, ...], scope: Scope, evaluate: Evaluator) -> Node:
    """The value at the end of some steps. Raises `EvaluationFault` for a step that is not there.

    What a step computes (a list of a splat, something unknown) spans that step.
    """
    for step in steps:
        if isinstance(step, GetAttribute):
            value = _attribute(value, step, scope)
        elif isinstance(step, GetIndex):
            value = _index(value, step, scope, evaluate)
        else:
            value = _splat(value, step, scope, evaluate)
    return value


def _computed(value: SeqValue | Unknown, step: Step, scope: Scope) -> Node:
    return Node(value, scope.source, step.start, step.end, COMPUTED)


def _attribute(node: Node, step: GetAttribute, scope: Scope) -> Node:
    value, name = node.value, step.name
    if isinstance(value, MapValue):
        return _member(value, name, f".{name}", step, scope)
    if isinstance(value, Unknown):
        return _computed(stepped(value, f"[{name}]" if name.isdecimal() else f".{name}"), step, scope)
    if isinstance(value, SeqValue) and name.isdecimal() and len(name) < 10 and node.style is not SET:
        return _item(value, int(name), step, scope)
    message = f"`{name}` is asked of something that has no attributes: it is {described(node)}"
    raise EvaluationFault(MISSING_MEMBER, message, step.start, step.end)


def _index(node: Node, step: GetIndex, scope: Scope, evaluate: Evaluator) -> Node:
    key = evaluate(step.key, scope)
    value = node.value
    try:
        if isinstance(value, SeqValue) and node.style is not SET:
            number = number_of(key)
            if isinstance(number, Unknown):
                return _computed(derived(number), step, scope)
            if isinstance(number, float) or number < 0:
                message = f"{number} is no index: a whole number from 0 is needed"
                raise EvaluationFault(MISSING_MEMBER, message, step.start, step.end)
            return _item(value, number, step, scope)
        name = text_of(key)
    except Refused as refused:
        raise EvaluationFault(refused.code, refused.message, step.key.start, step.key.end) from None
    if isinstance(name, Unknown) and isinstance(value, (MapValue, Unknown)):
        return _computed(derived(value if isinstance(value, Unknown) else name), step, scope)
    written = f"[{name}]" if isinstance(key.value, int) else f'["{name}"]'
    if isinstance(value, MapValue) and isinstance(name, str):
        return _member(value, name, written, step, scope)
    if isinstance(value, Unknown):
        return _computed(stepped(value, written), step, scope)
    message = f"an index is asked of something that has none: it is {described(node)}"
    raise EvaluationFault(MISSING_MEMBER, message, step.start, step.end)


def _member(value: MapValue, name: str, written: str, step: Step, scope: Scope) -> Node:
    member = value.entries.get(name)
    if member is not None:
        return member
    if value.rest is not None:
        return _computed(stepped(value.rest, written), step, scope)
    shown = ", ".join(f"`{key}`" for key in list(value.entries)[:5])
    message = f"there is no `{name}` here; there is {shown or 'nothing'}"
    raise EvaluationFault(MISSING_MEMBER, message, step.start, step.end)


def _item(value: SeqValue, position: int, step: Step, scope: Scope) -> Node:
    if value.rest is not None:
        # Items that are not known may stand before those that are.
        return _computed(stepped(value.rest, f"[{position}]"), step, scope)
    if position < len(value.items):
        return value.items[position]
    count = len(value.items)
    message = (
        f"there is no item [{position}] here; there {'is 1 item' if count == 1 else f'are {count} items'}"
    )
    raise EvaluationFault(MISSING_MEMBER, message, step.start, step.end)


def _splat(node: Node, step: Splat, scope: Scope, evaluate: Evaluator) -> Node:
    """The list of what the steps of a splat lead to from each item; of a single value from that value."""
    value = node.value
    if isinstance(value, Unknown):
        return _computed(derived(value), step, scope)
    rest = None
    if isinstance(value, SeqValue):
        items, rest = value.items, value.rest
    else:
        items = () if value is None else (node,)
    scope.budget.left -= len(items)
    stepped_items = [stepped_into(item, step.steps, scope, evaluate) for item in items]
    return _computed(SeqValue(tuple(stepped_items), rest), step, scope)
