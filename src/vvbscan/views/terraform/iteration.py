"""`for` expressions and `for` in templates: what is done for each item of a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import Expression, ForExpression, Template, TemplateFor
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.steps import Evaluator
from vvbscan.views.terraform.templates import Text
from vvbscan.views.terraform.values import SET, Refused, derived, described, made_of, text_of, truth_of

Pair = tuple[Node, Node]
"""Key (of a list the index, of a set the item itself) and value."""

_NO_STEPS_LEFT: Final = Unknown("limit", "the evaluation took more steps than the limit allows")


def pairs_of(collection: Node) -> Iterator[Pair]:
    """Keys and values of a collection, those of a map in the order of its keys."""
    value = collection.value
    if isinstance(value, MapValue):
        for key in sorted(value.entries):
            name = value.keys.get(key, collection)
            # The key of an instance stands where all of them do.
            yield (name if name.value == key else name.replace_value(key)), value.entries[key]
    elif isinstance(value, SeqValue):
        for index, item in enumerate(value.items):
            yield (item if collection.style is SET else item.replace_value(index)), item


def rest_of(collection: Node) -> Unknown | None:
    """Why a collection may have more members than are known."""
    value = collection.value
    return value.rest if isinstance(value, (MapValue, SeqValue)) else None


def for_expression(expression: ForExpression, scope: Scope, evaluate: Evaluator) -> Node:
    """The list or object that a `for` makes. It is open if the collection or a condition is not known."""
    collection = evaluate(expression.collection, scope)
    value = collection.value
    if isinstance(value, Unknown):
        return Node(derived(value), scope.source, expression.start, expression.end, COMPUTED)
    if not isinstance(value, (MapValue, SeqValue)):
        raise _not_iterable(collection, expression.collection)
    rounds = _Rounds(expression, scope, evaluate, rest_of(collection))
    if expression.result_key is None:
        items = [evaluate(expression.result, inner) for inner in rounds.each(collection)]
        made: MapValue | SeqValue = SeqValue(tuple(items), rounds.rest)
    else:
        made = _object(expression, expression.result_key, rounds, collection)
    return Node(made, scope.source, expression.start, expression.end, COMPUTED)


class _Rounds:
    """The scopes of the items for which the condition holds; `rest` says why there may be more."""

    def __init__(
        self, expression: ForExpression, scope: Scope, evaluate: Evaluator, rest: Unknown | None
    ) -> None:
        self.evaluate = evaluate
        self.rest = rest
        self._expression = expression
        self._scope = scope

    def each(self, collection: Node) -> Iterator[Scope]:
        expression, scope = self._expression, self._scope
        for key, item in pairs_of(collection):
            if scope.budget.left <= 0:
                self.rest = self.rest or _NO_STEPS_LEFT
                return
            bindings = {expression.value: item}
            if expression.key:
                bindings[expression.key] = key
            inner = scope.bound(**bindings)
            if expression.condition is None or self._holds(expression.condition, inner):
                yield inner

    def _holds(self, condition: Expression, inner: Scope) -> bool:
        try:
            truth = truth_of(self.evaluate(condition, inner))
        except Refused as refused:
            raise EvaluationFault(refused.code, refused.message, condition.start, condition.end) from None
        if isinstance(truth, Unknown):
            self.rest = self.rest or derived(truth)
            return False
        return truth


def _object(expression: ForExpression, result_key: Expression, rounds: _Rounds, collection: Node) -> MapValue:
    entries: dict[str, Node] = {}
    groups: dict[str, list[Node]] = {}
    keys: dict[str, Node] = {}
    for inner in rounds.each(collection):
        key = rounds.evaluate(result_key, inner)
        item = rounds.evaluate(expression.result, inner)
        try:
            name = text_of(key)
        except Refused as refused:
            raise EvaluationFault(
                refused.code, f"the key: {refused.message}", result_key.start, result_key.end
            ) from None
        if isinstance(name, Unknown):
            rounds.rest = rounds.rest or derived(name)
        elif expression.grouped:
            groups.setdefault(name, []).append(item)
            keys.setdefault(name, key)
        elif name in entries:
            message = f"two items have the key `{name}`; `...` behind the result would group them"
            raise EvaluationFault("terraform-value", message, result_key.start, result_key.end)
        else:
            entries[name], keys[name] = item, key
    for name, items in groups.items():
        # An item of which the key or the membership is not known can be in any of the groups.
        grouped = SeqValue(tuple(items), rounds.rest)
        entries[name] = Node(grouped, items[0].source, items[0].start, items[0].end, COMPUTED)
    return MapValue(entries, keys, rounds.rest)


def template_for(
    expression: TemplateFor, scope: Scope, evaluate: Evaluator, text: Callable[[Template, Scope], Node]
) -> Node:
    """The text that `%{ for }` makes; `text` evaluates its body."""
    collection = evaluate(expression.collection, scope)
    value = collection.value
    if isinstance(value, Unknown):
        return Node(derived(value), scope.source, expression.start, expression.end, COMPUTED)
    if not isinstance(value, (MapValue, SeqValue)):
        raise _not_iterable(collection, expression.collection)
    made = Text(scope.budget.string_length)
    nodes: list[Node] = []
    for key, item in pairs_of(collection):
        bindings = {expression.value: item}
        if expression.key:
            bindings[expression.key] = key
        node = text(expression.body, scope.bound(**bindings))
        made.add(text_of(node))
        nodes.append(node)
        if isinstance(node.value, Unknown) and node.value.kind == "limit":
            break
    if value.rest is not None:
        made.add(derived(value.rest))
    return made_of(made.value(), scope.source, expression.start, expression.end, nodes, scope.budget.labels)


def _not_iterable(collection: Node, place: Expression) -> EvaluationFault:
    message = f"`for` needs a list, set, map or object, and this is {described(collection)}"
    return EvaluationFault("terraform-type", message, place.start, place.end)
