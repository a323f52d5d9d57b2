"""Which root module of the tree a plan was made from. A plan does not say it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from vvbscan.model.limits import Limits
from vvbscan.model.unit import FileTree, Unit
from vvbscan.views.terraform.kind import directory_of
from vvbscan.views.terraform.load import Library

Declared = frozenset[tuple[str, str, str]]
"""Mode, type and name of resources; `module`, an empty type and the name of each call."""


def root_of_plan(
    path: str, declared: Declared, roots: Sequence[Unit], tree: FileTree, limits: Limits
) -> Unit | None:
    """The unit of the root module that a plan at a path was made from, None if nothing tells which.

    A plan lies with its module, in a directory below it, or somewhere else. In the first two cases the module
    has changed since, if it has half of what the plan has; else it must be the only one that has it all.
    """
    if not declared or not roots:
        return None
    library = Library.of(tree, limits)
    by_directory = {directory_of(root): root for root in roots}
    folder = posixpath.dirname(path)
    while True:
        root = by_directory.pop(folder, None)
        if root is not None and 2 * _shared(declared, library, folder) >= len(declared):
            return root
        if not folder:
            break
        folder = posixpath.dirname(folder)
    fitting = [
        root for folder, root in by_directory.items() if _shared(declared, library, folder) == len(declared)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _shared(declared: Declared, library: Library, directory: str) -> int:
    """How much of what the root module of the plan declares a module of the tree declares."""
    module = library.module(directory)
    if module is None:
        return 0
    own = {*module.resources, *(("module", "", name) for name in module.calls)}
    return len(declared & own)
