"""The type of a conditional: its branch is converted to the type that both branches can have.

Source: HCL, "Conditional Operator"; Terraform language, "Conditional Expressions", "Result types".
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.parse.hcl_tree import (
    Expression,
    ForExpression,
    Literal,
    ObjectConstructor,
    Parenthesised,
    Template,
    TupleConstructor,
)
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.steps import Evaluator
from vvbscan.views.terraform.values import MOST_DEPTH, wrong_type

_BRANCHES: Final = "the branches of the condition"


def of_common_type(chosen: Node, other: Expression, scope: Scope, evaluate: Evaluator) -> Node:
    """The branch that is taken, as a value of the type that it has in common with the other one.

    The other one is only evaluated where something may have to be converted. Raises `Refused` if there is no
    such type, and `Exhausted`.
    """
    value = chosen.value
    if value is None or isinstance(value, Unknown):
        return chosen
    shape = _shape(chosen)
    if not _may_change(chosen, MOST_DEPTH):
        if _written_shape(other) not in {shape, ""}:
            raise wrong_type(f"{_BRANCHES} have no type in common: {shape} and {_written_shape(other)}")
        return chosen
    try:
        without = evaluate(other, scope)
    except EvaluationFault:
        return chosen  # of whatever type the other one would be
    if shape == "a scalar" and type(without.value) is type(value):
        return chosen
    from vvbscan.views.terraform.conversion import alike

    return alike(chosen, (chosen, without), _BRANCHES)


def _may_change(node: Node, depth: int) -> bool:
    """Whether a value has something that would be something else as a string, at whatever level."""
    value = node.value
    if isinstance(value, SeqValue):
        return depth > 0 and any(_may_change(item, depth - 1) for item in value.items)
    if isinstance(value, MapValue):
        entries = value.entries
        return (
            depth > 0
            and type(entries) is dict
            and any(_may_change(one, depth - 1) for one in entries.values())
        )
    return isinstance(value, (bool, int, float))


def _shape(node: Node) -> str:
    if isinstance(node.value, SeqValue):
        return "a list"
    return "a map" if isinstance(node.value, MapValue) else "a scalar"


def _written_shape(expression: Expression) -> str:
    """What kind of value an expression is, empty where the way that it is written does not tell."""
    while isinstance(expression, Parenthesised):
        expression = expression.inner
    if isinstance(expression, Literal):
        return "" if expression.value is None else "a scalar"
    if isinstance(expression, Template):
        return "a scalar" if len(expression.parts) > 1 else ""
    if isinstance(expression, TupleConstructor):
        return "a list"
    if isinstance(expression, ObjectConstructor):
        return "a map"
    if isinstance(expression, ForExpression):
        return "a list" if expression.result_key is None else "a map"
    return ""
