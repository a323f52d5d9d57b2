"""Trees of HCL that were read from a part of a file, with the spans that they have in the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from vvbscan.parse.hcl_tree import Expression

_Tree = TypeVar("_Tree", bound=Expression)


def moved(tree: _Tree, place: Callable[[int], int]) -> _Tree:
    """The tree with each offset replaced by what `place` gives for it."""
    made: _Tree = _moved(tree, place)
    return made


def _moved(tree: Any, place: Callable[[int], int]) -> Any:
    if not isinstance(tree, tuple):
        return tree
    names = getattr(tree, "_fields", None)
    if names is None:
        return tuple([_moved(item, place) for item in tree])
    fields = [
        place(value) if name in ("start", "end") else _moved(value, place)
        for name, value in zip(names, tree, strict=True)
    ]
    kind: Any = type(tree)
    return kind(*fields)
