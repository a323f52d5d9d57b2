"""Terraform's functions."""

from __future__ import annotations

from vvbscan.model.node import COMPUTED, Node, Unknown
from vvbscan.parse.hcl_tree import Call
from vvbscan.views.terraform.scope import Scope
from vvbscan.views.terraform.steps import Evaluator


def call(expression: Call, scope: Scope, evaluate: Evaluator) -> Node:
    """What a call of a function comes to."""
    unknown = Unknown("expression", f"`{expression.name}()` is not evaluated")
    return Node(unknown, scope.source, expression.start, expression.end, COMPUTED)
