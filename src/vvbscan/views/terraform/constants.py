"""Values that Terraform asks for before it evaluates anything: defaults of variables, files of values.

They may compute, but refer to nothing and call nothing.
Source: `internal/configs/named_values.go` (decodeVariableBlock), HCL's evaluation without a context.
"""

from __future__ import annotations

from typing import Final

from vvbscan.parse.hcl_tree import (
    Call,
    Expression,
    ForExpression,
    GetAttribute,
    Literal,
    TemplateFor,
    Traversal,
    Variable,
)
from vvbscan.views.terraform.scope import EvaluationFault

CODE: Final = "terraform-constant"


def fault_of_constant(expression: Expression, what: str) -> EvaluationFault | None:
    """Why Terraform refuses an expression for `what` (the default of a variable); None if it does not."""
    if type(expression) is Literal:
        return None
    pending: list[tuple[tuple[object, ...], frozenset[str]]] = [(expression, frozenset())]
    while pending:
        item, bound = pending.pop()
        if isinstance(item, Call):
            return _fault(item, f"{what} cannot call `{item.name}()`")
        root = item.root if isinstance(item, Traversal) else item
        if isinstance(root, Variable) and root.name not in bound:
            return _fault(item, f"{what} cannot refer to `{'.'.join((root.name, *_names_behind(item)))}`")
        if isinstance(item, (ForExpression, TemplateFor)):
            bound |= {item.key, item.value}
        pending += [(part, bound) for part in reversed(item) if isinstance(part, tuple)]
    return None


def _names_behind(item: tuple[object, ...]) -> tuple[str, ...]:
    steps = item.steps[:1] if isinstance(item, Traversal) else ()
    return tuple(step.name for step in steps if isinstance(step, GetAttribute))


def _fault(item: Expression | tuple[object, ...], message: str) -> EvaluationFault:
    *_, start, end = item
    assert isinstance(start, int)
    assert isinstance(end, int)
    reason = "Terraform reads it before it works out anything"
    return EvaluationFault(CODE, f"{message}: {reason}", start, end)
