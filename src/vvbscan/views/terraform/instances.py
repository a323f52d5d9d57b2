"""Instances of blocks by `count` and `for_each`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Scalar, SeqValue, Unknown
from vvbscan.parse.hcl_tree import (
    Conditional,
    Expression,
    Parenthesised,
    TupleConstructor,
)
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.load import Declaration, Written
from vvbscan.views.terraform.scope import EvaluationFault, Scope
from vvbscan.views.terraform.workspace import Workspace

STAR: Final = "*"
NO_BINDINGS: Final[Mapping[str, Node]] = {}


class Instance(NamedTuple):
    """One instance of a block."""

    key: int | str | None
    """None for a block without `count` and `for_each`; `STAR` for one that stands for all that may be."""
    bindings: Mapping[str, Node]

    @property
    def suffix(self) -> str:
        """What the address of the block gets behind it: `[0]`, `["eu"]`, `[*]`."""
        if self.key is None:
            return ""
        if self.key is STAR or isinstance(self.key, int):
            return f"[{self.key}]"
        return '["' + self.key.replace("\\", "\\\\").replace('"', '\\"') + '"]'


class Expansion(NamedTuple):
    """The instances of a block."""

    by: str
    """`count`, `for_each` or empty."""
    instances: tuple[Instance, ...]
    rest: Unknown | None = None
    """Set if there may be instances that are not known; the last one then stands for them."""


SINGLE: Final = Expansion("", (Instance(None, NO_BINDINGS),))


def expand(declaration: Declaration, scope: Scope, workspace: Workspace) -> Expansion:
    """The instances of a resource or of the call of a module."""
    written = declaration.attribute("count")
    if written is not None:
        return _by_count(written, scope._replace(source=written.source), workspace)
    written = declaration.attribute("for_each")
    if written is not None:
        return _by_each(written, scope._replace(source=written.source), workspace)
    return SINGLE


def _by_count(written: Written, scope: Scope, workspace: Workspace) -> Expansion:
    expression = written.attribute.expression
    node = workspace.settle(expression, scope)
    value = node.value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, Unknown):
        return _any_count(value, node)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        message = "count is a whole number, 0 or above"
        workspace.tell(
            scope.source, EvaluationFault("terraform-count", message, expression.start, expression.end)
        )
        return _any_count(Unknown("expression", message), node)
    if value > workspace.limits.instances:
        message = f"the block has {value:,} instances, over the limit of {workspace.limits.instances:,}"
        workspace.notices.at("warning", "limit", message, scope.source, expression.start, expression.end)
        return _any_count(Unknown("limit", message), node)
    return Expansion(
        "count",
        tuple(Instance(index, {"count": computed_object({"index": index}, node)}) for index in range(value)),
    )


def _any_count(unknown: Unknown, node: Node) -> Expansion:
    bindings = {"count": computed_object({"index": Unknown(unknown.kind, unknown.reason)}, node)}
    return Expansion("count", (Instance(STAR, bindings),), unknown)


def _by_each(written: Written, scope: Scope, workspace: Workspace) -> Expansion:
    expression = written.attribute.expression
    node = workspace.settle(expression, scope)
    value = node.value
    rest: Unknown | None = None
    members: list[tuple[str, Node]] = []
    if isinstance(value, Unknown):
        rest = value
    elif isinstance(value, MapValue):
        members = sorted(value.entries.items(), key=lambda member: member[0])
        rest = value.rest
    elif isinstance(value, SeqValue) and (node.style == "set" or _may_be_set(value, expression)):
        members = [(item.value, item) for item in value.items if isinstance(item.value, str)]
        unknown = [item.value for item in value.items if isinstance(item.value, Unknown)]
        rest = value.rest or (unknown[0] if unknown else None)
        if len(members) + len(unknown) < len(value.items):
            rest = _no_collection(
                "for_each is a set of strings, and this one has other items", written, workspace
            )
    else:
        is_list = isinstance(value, SeqValue)
        message = "for_each is a map or a set of strings"
        message += ", not a list: wrap it in toset()" if is_list else ""
        rest = _no_collection(message, written, workspace)
    if len(members) > workspace.limits.instances:
        limit = workspace.limits.instances
        message = f"the block has {len(members):,} instances, over the limit of {limit:,}"
        workspace.notices.at("warning", "limit", message, scope.source, expression.start, expression.end)
        members, rest = [], Unknown("limit", message)
    instances = [
        Instance(key, {"each": computed_object({"key": key, "value": item}, node)}) for key, item in members
    ]
    if rest is not None:
        bare = Unknown(rest.kind, rest.reason)
        instances.append(Instance(STAR, {"each": computed_object({"key": bare, "value": bare}, node)}))
    return Expansion("for_each", tuple(instances), rest)


def _may_be_set(value: SeqValue, expression: Expression) -> bool:
    """Whether a list is one by our reading only.

    `condition ? toset(var.names) : []` is a set whatever the condition is, as both branches get one type.
    """
    while isinstance(expression, Parenthesised):
        expression = expression.inner
    if isinstance(expression, Conditional):
        return True
    return not value.items and value.rest is None and not isinstance(expression, TupleConstructor)


def _no_collection(message: str, written: Written, workspace: Workspace) -> Unknown:
    """What the instances of a block are that has a `for_each` which Terraform refuses; it is told."""
    expression = written.attribute.expression
    fault = EvaluationFault("terraform-for-each", message, expression.start, expression.end)
    workspace.tell(written.source, fault)
    return Unknown("expression", message)


def computed_object(members: Mapping[str, Scalar | Unknown | Node], at: Node) -> Node:
    """An object of values that are computed from a node, or come with a place of their own."""
    entries = {
        name: value if isinstance(value, Node) else Node(value, at.source, at.start, at.end, COMPUTED)
        for name, value in members.items()
    }
    return Node(MapValue(entries, dict.fromkeys(entries, at)), at.source, at.start, at.end, COMPUTED)
