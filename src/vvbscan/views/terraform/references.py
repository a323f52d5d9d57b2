"""How many expressions of a module refer to a value of its variables, locals and outputs of its calls.

What several refer to is not mended for one of them alone. Parts count by themselves: `local.db.multi_az` and
`local.db.name` are two values, and `local.db` is both.
"""

from __future__ import annotations

from collections.abc import Iterable

from vvbscan.parse.hcl_tree import (
    Body,
    Expression,
    GetAttribute,
    GetIndex,
    HclFile,
    Literal,
    Step,
    Traversal,
    Variable,
)

_COUNTED = frozenset({"var", "local", "module"})
_WITHOUT_PARTS = frozenset({Literal, Variable, GetAttribute})

Path = tuple[str, ...]


class Uses:
    """The expressions that refer to values, counted once for each module."""

    __slots__ = ("_by_name", "_numbers")

    def __init__(self, files: Iterable[HclFile], *, of_outputs: bool) -> None:
        """Count the uses in outputs, or all others.

        What a variable's own block says (a validation) is no use.
        """
        self._by_name: dict[tuple[str, str], dict[Path, int]] = {}
        self._numbers: dict[tuple[str, Path], int] = {}
        """Those that were asked for: each instance of a module asks for the same."""
        for file in files:
            for block in file.body.blocks:
                kind = block.type.text
                if kind != "variable" and (kind == "output") is of_outputs:
                    self._count(block.body)

    def number(self, root: str, path: Path) -> int:
        """How many expressions refer to the value at a path, to something within it, or to what it is in."""
        found = self._numbers.get((root, path))
        if found is None:
            paths = self._by_name.get((root, path[0]), {})
            found = self._numbers[root, path] = sum(
                number
                for known, number in paths.items()
                if known[: len(path)] == path or path[: len(known)] == known
            )
        return found

    def _count(self, body: Body) -> None:
        bodies = [body]
        while bodies:
            inner = bodies.pop()
            bodies += [block.body for block in inner.blocks]
            for attribute in inner.attributes.values():
                for root, path in _referred_in(attribute.expression):
                    paths = self._by_name.setdefault((root, path[0]), {})
                    paths[path] = paths.get(path, 0) + 1


def path_of(steps: tuple[Step, ...]) -> Path:
    """The names of the attributes along some steps, up to what only an evaluation can tell."""
    names = []
    for step in steps:
        if isinstance(step, GetAttribute):
            names.append(step.name)
        elif not isinstance(step, GetIndex) or not isinstance(step.key, Literal):
            break
        elif isinstance(step.key.value, str):
            names.append(step.key.value)
    return tuple(names)


def _referred_in(expression: Expression) -> set[tuple[str, Path]]:
    """What an expression refers to; twice is once, as both uses change the same argument."""
    found: set[tuple[str, Path]] = set()
    pending: list[tuple[object, ...]] = [expression]
    while pending:
        item = pending.pop()
        if type(item) in _WITHOUT_PARTS:
            continue
        if type(item) is Traversal and type(item.root) is Variable and item.root.name in _COUNTED:
            path = path_of(item.steps)
            if path:
                found.add((item.root.name, path))
        pending += [part for part in item if isinstance(part, tuple)]
    return found
