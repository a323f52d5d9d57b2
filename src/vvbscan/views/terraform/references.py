"""How many expressions of a module refer to each of its variables, locals and outputs of its calls."""

from __future__ import annotations

from collections.abc import Iterable

from vvbscan.parse.hcl_tree import Body, Expression, GetAttribute, HclFile, Literal, Traversal, Variable

_COUNTED = frozenset({"var", "local", "module"})


def count_uses(files: Iterable[HclFile], *, of_outputs: bool) -> dict[str, int]:
    """Uses by `var.name`, `local.name` and `module.call.output`: those in outputs, or all others.

    What a variable's own block says (a validation) is no use.
    """
    uses: dict[str, int] = {}
    for file in files:
        for block in file.body.blocks:
            kind = block.type.text
            if kind != "variable" and (kind == "output") is of_outputs:
                _count(block.body, uses)
    return uses


def _count(body: Body, uses: dict[str, int]) -> None:
    bodies = [body]
    while bodies:
        inner = bodies.pop()
        bodies += [block.body for block in inner.blocks]
        for attribute in inner.attributes.values():
            for name in _names_in(attribute.expression):
                uses[name] = uses.get(name, 0) + 1


def _names_in(expression: Expression) -> set[str]:
    """What an expression refers to; twice is once, as both uses change the same argument."""
    names: set[str] = set()
    pending: list[tuple[object, ...]] = [expression]
    while pending:
        item = pending.pop()
        if type(item) is Literal:
            continue
        if type(item) is Traversal and type(item.root) is Variable and item.root.name in _COUNTED:
            names.add(_counted_as(item))
        pending += [part for part in item if isinstance(part, tuple)]
    return names


def _counted_as(traversal: Traversal) -> str:
    assert isinstance(traversal.root, Variable)
    names = [step.name for step in traversal.steps if isinstance(step, GetAttribute)]
    wanted = 2 if traversal.root.name == "module" else 1
    return ".".join([traversal.root.name, *names[:wanted]])
