"""What an expression comes to where it stands.

`evaluate` gives a node whatever happens: what is not known is an `Unknown`, in the smallest part of the value
that is not known. It raises `EvaluationFault`, and nothing else, for what Terraform would refuse.

**Places.** A literal's node spans the literal. What is passed on (an item of a list, the chosen branch of a
conditional, the argument that `coalesce` or `try` takes) keeps its own node, so that it still points at the
characters that wrote it. What is computed spans its expression and names the places that it was made of in
`via`.

**Limits.** Each expression is a step of the budget, and so is each item that a function works on. After the
last step, or where references lead too deep, everything is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from vvbscan.model.node import (
    COMPUTED,
    DOUBLE,
    FLOW,
    PLAIN,
    MapValue,
    Node,
    Origin,
    Scalar,
    SeqValue,
    Unknown,
)
from vvbscan.parse.hcl_tree import (
    BARE,
    Broken,
    Call,
    Conditional,
    Expression,
    ForExpression,
    Literal,
    ObjectConstructor,
    Operation,
    Parenthesised,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    TupleConstructor,
    Unary,
    Variable,
)
from vvbscan.views.terraform.branches import of_common_type
from vvbscan.views.terraform.encoded import opens_structure, remembering
from vvbscan.views.terraform.iteration import for_expression, template_for
from vvbscan.views.terraform.operations import both, combined, either, negated
from vvbscan.views.terraform.scope import EvaluationFault, Referred, Scope
from vvbscan.views.terraform.steps import stepped_into
from vvbscan.views.terraform.templates import Text
from vvbscan.views.terraform.values import (
    MOST_DEPTH,
    Exhausted,
    Refused,
    derived,
    height,
    made_of,
    may_be,
    same,
    text_of,
    truth_of,
)

_DEEPEST: Final = 550
"""Calls of the interpreter that an evaluation may be deep. Python gives up at 1,000, of which what stands
around the evaluation and what walks through a value need some as well."""
_CALLS_OF_EXPRESSION: Final = 5
_CALLS_OF_REFERENCE: Final = 6
"""Beyond those of the expression that it is."""

_NO_STEPS_LEFT: Final = Unknown("limit", "the evaluation took more steps than the limit allows")
_TOO_DEEP: Final = Unknown(
    "limit", "the expressions refer to each other in more levels than the limit allows"
)
_NESTED_TOO_DEEP: Final = Unknown("limit", f"the value has more than {MOST_DEPTH} levels")
_NOT_PARSED: Final = Unknown("unparsed", "the expression could not be parsed")


def evaluate(expression: Expression, scope: Scope) -> Node:
    """The value of an expression. Raises `EvaluationFault` for what Terraform would refuse."""
    if type(expression) is Literal:
        style = expression.style
        style = DOUBLE if style and style is not BARE else PLAIN
        return Node(expression.value, scope.source, expression.start, expression.end, style)
    budget = scope.budget
    if budget.left <= 0:
        return Node(_NO_STEPS_LEFT, scope.source, expression.start, expression.end, COMPUTED)
    if budget.depth > _DEEPEST:
        return Node(_TOO_DEEP, scope.source, expression.start, expression.end, COMPUTED)
    budget.left -= 1
    budget.depth += _CALLS_OF_EXPRESSION
    try:
        return _BY_TYPE[type(expression)](expression, scope)
    except Refused as refused:
        raise EvaluationFault(refused.code, refused.message, expression.start, expression.end) from None
    except Exhausted as exhausted:
        unknown = Unknown("limit", str(exhausted))
        return Node(unknown, scope.source, expression.start, expression.end, COMPUTED)
    finally:
        budget.depth -= _CALLS_OF_EXPRESSION


def _outcome(
    value: Scalar | MapValue | SeqValue | Unknown, expression: Expression, scope: Scope, nodes: Iterable[Node]
) -> Node:
    """What was computed of some nodes."""
    return made_of(value, scope.source, expression.start, expression.end, nodes, scope.budget.labels)


def _parenthesised(expression: Parenthesised, scope: Scope) -> Node:
    return evaluate(expression.inner, scope)


def _broken(expression: Broken, scope: Scope) -> Node:
    return Node(_NOT_PARSED, scope.source, expression.start, expression.end, COMPUTED)


# Strings


def _template(expression: Template, scope: Scope) -> Node:
    parts = expression.parts
    if len(parts) == 1 and _is_interpolation(parts[0]):
        return evaluate(parts[0], scope)
    nodes: list[Node] = []
    text = Text(scope.budget.string_length)
    for part in parts:
        node = evaluate(part, scope)
        try:
            text.add(text_of(node))
        except Refused as refused:
            raise EvaluationFault(refused.code, refused.message, part.start, part.end) from None
        nodes.append(node)
    value = text.value()
    first = nodes[0].value if nodes else None
    if isinstance(first, str) and opens_structure(first):
        value = remembering(value, tuple(nodes))
    return _outcome(value, expression, scope, nodes)


def _is_interpolation(part: Expression) -> bool:
    """Whether a part of a template is an expression in `${}`, and neither text nor a directive."""
    if isinstance(part, Literal):
        return not isinstance(part.value, str)
    return not isinstance(part, (TemplateIf, TemplateFor))


def _template_if(expression: TemplateIf, scope: Scope) -> Node:
    condition = evaluate(expression.condition, scope)
    truth = _truth(condition, expression.condition)
    if isinstance(truth, Unknown):
        return _outcome(derived(truth), expression, scope, (condition,))
    chosen = expression.then if truth else expression.otherwise
    if chosen is None:
        return Node("", scope.source, expression.start, expression.end, COMPUTED)
    return _template_text(chosen, scope)


def _template_text(expression: Template, scope: Scope) -> Node:
    """The text of a part of a template, which is a string even if it is one interpolation."""
    node = evaluate(expression, scope)
    value = node.value
    return node if isinstance(value, (str, Unknown)) else _outcome(text_of(node), expression, scope, (node,))


def _template_for(expression: TemplateFor, scope: Scope) -> Node:
    return template_for(expression, scope, evaluate, _template_text)


# References


def _variable(expression: Variable, scope: Scope) -> Node:
    bound = scope.bindings.get(expression.name)
    if bound is not None:
        return bound
    return _referred(_refer(expression, Traversal(expression, (), *expression[1:]), scope), expression, scope)


def _traversal(expression: Traversal, scope: Scope) -> Node:
    root = expression.root
    if not isinstance(root, Variable):
        return stepped_into(evaluate(root, scope), expression.steps, scope, evaluate)
    bound = scope.bindings.get(root.name)
    if bound is not None:
        return stepped_into(bound, expression.steps, scope, evaluate)
    referred = _refer(root, expression, scope)
    steps = expression.steps[referred.taken :]
    if steps:
        value = stepped_into(referred.value, steps, scope, evaluate)
        if value.source is scope.source and expression.start <= value.start and value.end <= expression.end:
            # Something that a step computed: it is what the whole of the expression comes to.
            return value._replace(start=expression.start, end=expression.end)
        referred = referred._replace(value=value)
    return _referred(referred, expression, scope)


def _refer(root: Variable, traversal: Traversal, scope: Scope) -> Referred:
    budget = scope.budget
    budget.depth += _CALLS_OF_REFERENCE
    try:
        return scope.names.refer(root.name, traversal.steps, traversal.start, traversal.end)
    finally:
        budget.depth -= _CALLS_OF_REFERENCE


def _referred(referred: Referred, expression: Expression, scope: Scope) -> Node:
    """The value at the place that has to change for this use of it."""
    node, label = referred.value, referred.label
    start, end = expression.start, expression.end
    if height(node.value, scope.budget.heights) > MOST_DEPTH:
        return Node(_NESTED_TOO_DEEP, scope.source, start, end, COMPUTED)
    if not label:
        return Node(node.value, scope.source, start, end, _style(node), node.via)
    if referred.shared:
        written = Origin(label, node.source, node.start, node.end)
        return Node(node.value, scope.source, start, end, _style(node), (written, *node.via))
    used = node.through(Origin("used here", scope.source, start, end))
    scope.budget.labels[used] = label
    return used


def _style(node: Node) -> str:
    return node.style if isinstance(node.value, (SeqValue, MapValue)) else COMPUTED


# Operators and conditionals


def _unary(expression: Unary, scope: Scope) -> Node:
    operand = evaluate(expression.operand, scope)
    return _outcome(negated(expression.operator, operand), expression, scope, (operand,))


def _operation(expression: Operation, scope: Scope) -> Node:
    left = evaluate(expression.first, scope)
    for operator, operand in expression.rest:
        if operator in {"&&", "||"}:
            decisive = operator == "||"
            truth = _truth(left, expression)
            if truth is decisive:
                return _outcome(decisive, expression, scope, (left,))
            try:
                right = evaluate(operand, scope)
                value = either(left, right) if decisive else both(left, right)
            except (EvaluationFault, Refused):
                if not isinstance(truth, Unknown):
                    raise
                right, value = left, derived(truth)  # the left operand may turn out to decide alone
        else:
            right = evaluate(operand, scope)
            value = combined(operator, left, right)
        left = _outcome(value, expression, scope, (left, right))
    return left


def _truth(node: Node, expression: Expression) -> bool | Unknown:
    try:
        return truth_of(node)
    except Refused as refused:
        raise EvaluationFault(refused.code, refused.message, expression.start, expression.end) from None


def _conditional(expression: Conditional, scope: Scope) -> Node:
    condition = evaluate(expression.condition, scope)
    truth = _truth(condition, expression.condition)
    if isinstance(truth, Unknown):
        return _undecided(expression, truth, condition, scope)
    chosen = evaluate(expression.then if truth else expression.otherwise, scope)
    chosen = of_common_type(chosen, expression.otherwise if truth else expression.then, scope, evaluate)
    place = expression.condition
    passed_on = chosen.through(Origin("chosen by this condition", scope.source, place.start, place.end))
    label = scope.budget.labels.get(chosen)
    if label is not None:
        scope.budget.labels[passed_on] = label
    return passed_on


def _undecided(expression: Conditional, truth: Unknown, condition: Node, scope: Scope) -> Node:
    """What a conditional comes to whose condition is unknown: something if both branches are the same."""
    try:
        then, otherwise = evaluate(expression.then, scope), evaluate(expression.otherwise, scope)
        equal = same(then, otherwise)
    except (EvaluationFault, Exhausted):
        equal = False
    if equal is True:
        return _outcome(then.value, expression, scope, (then, otherwise))
    return _outcome(derived(truth), expression, scope, (condition,))


# Collections


def _tuple(expression: TupleConstructor, scope: Scope) -> Node:
    items = [evaluate(item, scope) for item in expression.items]
    return Node(SeqValue(tuple(items)), scope.source, expression.start, expression.end, FLOW)


def _object(expression: ObjectConstructor, scope: Scope) -> Node:
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    rest: Unknown | None = None
    for key, item in expression.items:
        name = evaluate(key, scope)
        value = evaluate(item, scope)
        try:
            text = text_of(name)
        except Refused as refused:
            message = f"the key of an object: {refused.message}"
            raise EvaluationFault(refused.code, message, key.start, key.end) from None
        if isinstance(text, Unknown):
            rest = rest or derived(text)
            for known, earlier in entries.items():
                if may_be(text, known):
                    entries[known] = earlier.replace_value(derived(text))
        else:
            entries[text], keys[text] = value, name
    return Node(MapValue(entries, keys, rest), scope.source, expression.start, expression.end, FLOW)


def _for(expression: ForExpression, scope: Scope) -> Node:
    return for_expression(expression, scope, evaluate)


def _call(expression: Call, scope: Scope) -> Node:
    from vvbscan.views.terraform.functions import call

    return call(expression, scope, evaluate)


_BY_TYPE: Final[dict[type, Callable[[Any, Scope], Node]]] = {
    Broken: _broken,
    Call: _call,
    Conditional: _conditional,
    ForExpression: _for,
    ObjectConstructor: _object,
    Operation: _operation,
    Parenthesised: _parenthesised,
    Template: _template,
    TemplateFor: _template_for,
    TemplateIf: _template_if,
    Traversal: _traversal,
    TupleConstructor: _tuple,
    Unary: _unary,
    Variable: _variable,
}
