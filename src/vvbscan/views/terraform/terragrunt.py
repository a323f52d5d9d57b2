"""Whether Terragrunt runs the modules of a tree: it generates files of theirs that the tree does not have."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.unit import FileTree

_CONFIGURATION: Final = frozenset({"terragrunt.hcl", "terragrunt.hcl.json"})
"""https://terragrunt.gruntwork.io/docs/reference/hcl/"""
_NOT_LOOKED_INTO: Final = frozenset({"node_modules", "vendor"})
_MOST_DIRECTORIES: Final = 5_000
"""So many directories are looked into, those nearest to the root first."""


def has_terragrunt(tree: FileTree) -> bool:
    """Whether a directory of the tree has a configuration of Terragrunt."""
    pending = [""]
    for directory in pending:
        names = tree.names(directory)
        if not _CONFIGURATION.isdisjoint(names):
            return True
        for name in names:
            if name.startswith(".") or name in _NOT_LOOKED_INTO or len(pending) >= _MOST_DIRECTORIES:
                continue
            path = posixpath.join(directory, name)
            if tree.is_directory(path) and tree.resolve(path) == path:
                pending.append(path)
    return False
