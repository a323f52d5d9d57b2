"""A project of Node: a `package.json` with its workspaces and its lock."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from vvbscan.model.node import Node, Parsed, Unknown
from vvbscan.model.unit import FileTree
from vvbscan.views.npm.lock import NpmLock
from vvbscan.views.npm.locks import LOCKS, UNREAD, stale_of
from vvbscan.views.npm.package import (
    Declared,
    declared,
    first_section,
    is_library,
    resolved_names,
    workspace_patterns,
)
from vvbscan.views.packages.conflicts import top_of
from vvbscan.views.packages.locked import single_versions
from vvbscan.views.packages.model import Dependency, Lock, LockedPackage, Manifest, PackageProject, Stale

if TYPE_CHECKING:
    from vvbscan.views.npm.locks import AnyLock

LOCK_NAMES: Final = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")
_COVERING: Final = ("pnpm-workspace.yaml", "rush.json")
"""What makes one lock, in its own directory or below, of all packages below it."""


def read_project(
    packages: list[Parsed], lock: AnyLock | None, tree: FileTree, directory: str
) -> PackageProject:
    """A project from its `package.json` files, those of workspaces behind the first."""
    shared = lock.lock if lock is not None else _other_lock(packages[0], tree, directory)
    named = (parsed.documents[0].root.get("name") for parsed in packages)
    settled = {text for name in named if name is not None and (text := name.text())}
    settled.update(resolved_names(packages[0].documents[0].root))
    manifests = []
    dependencies: list[Dependency] = []
    versions = {} if isinstance(lock, NpmLock) else single_versions(shared)
    for parsed in packages:
        path = parsed.source.path
        root = parsed.documents[0].root
        wanted = list(declared(root))
        below = posixpath.relpath(posixpath.dirname(path) or ".", directory or ".")
        below = "" if below == "." else below
        for one in wanted:
            if one.scope != "peer":
                package = one.specifier.name or str(one.name.value)
                if isinstance(lock, NpmLock):
                    locked = _installed(lock, one, package, below)
                else:
                    locked = versions.get(package)
                dependencies.append(_dependency(one, package, locked))
        stale: tuple[Stale, ...] = ()
        if lock is not None and lock.lock.unread is None:
            stale = tuple(stale_of(lock, root, wanted, below, frozenset(settled)))
        manifests.append(
            Manifest(
                "npm",
                posixpath.basename(path),
                path,
                _wants_lock(root, wanted) and posixpath.dirname(path) == directory,
                shared,
                LOCK_NAMES,
                stale,
                first_section(root),
            )
        )
    return PackageProject(tuple(manifests), () if lock is None else (lock.lock,), tuple(dependencies))


def _installed(lock: NpmLock, one: Declared, package: str, directory: str) -> LockedPackage | None:
    """What npm installs of a registry for a dependency: other packages may get other versions of it."""
    entry = lock.installed(str(one.name.value), directory)
    if entry is None or entry.name != package or entry.version is None:
        return None
    found = lock.package(entry)
    return found if found.source == "registry" else None


def _dependency(one: Declared, package: str, locked: LockedPackage | None) -> Dependency:
    asked = one.specifier
    locked = locked if asked.source == "registry" else None
    return Dependency(
        "npm",
        package,
        one.name,
        one.wanted,
        asked.pinned,
        one.scope,
        asked.source,
        one.name,
        lockable=True,
        locked=None if locked is None else locked.version,
        hash=None if locked is None else locked.hash,
    )


def _wants_lock(root: Node, wanted: list[Declared]) -> bool:
    """Whether something is installed here, or in its workspaces, that is not published for others."""
    installs = any(one.scope != "peer" for one in wanted) or bool(workspace_patterns(root))
    return installs and not is_library(root)


def _other_lock(package: Parsed, tree: FileTree, directory: str) -> Lock | None:
    """A lock of which nothing else is known: nobody reads such locks here, or this one cannot be read."""
    for path in _other_locks(directory):
        if tree.is_file(path):
            kind = posixpath.basename(path)
            unread = Unknown("unparsed", f"{kind} is not read")
            return Lock(kind, path, (), unread, None, top_of(package.source))
    return None


def _other_locks(directory: str) -> Iterator[str]:
    for name in (*LOCKS, *UNREAD):
        yield posixpath.join(directory, name)
    while directory:
        directory = posixpath.dirname(directory)
        for name in _COVERING:
            yield posixpath.join(directory, name)
