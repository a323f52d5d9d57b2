"""Which lock belongs to a project of Node, and what reads it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, Parsed, Problem, Source
from vvbscan.model.unit import FileTree
from vvbscan.views.npm.lock import NpmLock, read_npm_lock
from vvbscan.views.npm.package import Declared
from vvbscan.views.npm.stale import stale_entries
from vvbscan.views.packages.model import Stale

if TYPE_CHECKING:
    from vvbscan.views.npm.pnpm import PnpmLock
    from vvbscan.views.npm.yarn import YarnLock

    AnyLock = NpmLock | YarnLock | PnpmLock

LOCKS: Final = ("npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock")
"""Locks that are read. Of several the first counts, unless `packageManager` says which is meant."""
_MANAGERS: Final = dict(zip(LOCKS, ("npm", "npm", "pnpm", "yarn"), strict=True))
UNREAD: Final = ("bun.lock", "bun.lockb")
"""Locks that are looked for, and not read."""


def lock_beside(tree: FileTree, directory: str, manager: str = "") -> str | None:
    """The lock that lies in a directory; of several that of the package manager, if it is named."""
    names = sorted(LOCKS, key=lambda name: not manager or _MANAGERS[name] != manager)
    paths = (posixpath.join(directory, name) for name in names)
    return next((path for path in paths if tree.is_file(path)), None)


def read_lock(source: Source, problems: tuple[Problem, ...], limits: Limits) -> tuple[AnyLock, Parsed]:
    """A lock, with what was wrong about the file."""
    name = posixpath.basename(source.path)
    if name == "yarn.lock":
        from vvbscan.views.npm.yarn import read_yarn_lock

        return read_yarn_lock(source, problems)
    if name == "pnpm-lock.yaml":
        from vvbscan.views.npm.pnpm import read_pnpm_lock

        return read_pnpm_lock(source, problems, limits)
    return read_npm_lock(source, problems, limits)


def stale_of(
    lock: AnyLock, root: Node, wanted: Iterable[Declared], directory: str, settled: frozenset[str]
) -> Iterator[Stale]:
    """What a `package.json` asks for that its lock does not hold.

    `directory` is below that of the lock. `settled` are the names of the project's own packages, and of those
    that its `resolutions` replace.
    """
    if isinstance(lock, NpmLock):
        return stale_entries(wanted, directory, lock)
    return lock.stale(root, wanted, directory, settled)
