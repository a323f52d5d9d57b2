"""Which files of Node are judged together: a `package.json` with its workspaces and its lock."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.parse.json import parse_json
from vvbscan.views.npm.locks import lock_beside
from vvbscan.views.npm.package import (
    MANIFEST,
    PNPM_WORKSPACE,
    package_manager,
    workspace_patterns,
)
from vvbscan.views.packages.workspaces import is_workspace


def npm_files(paths: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, the one that names it first. Every path is in one of them.

    A lock without a `package.json` beside it is a unit by itself. A project of pnpm needs none of its own.
    """
    manifests = sorted(path for path in paths if posixpath.basename(path) == MANIFEST)
    of_pnpm = {posixpath.dirname(path): path for path in paths if posixpath.basename(path) == PNPM_WORKSPACE}
    heads = {posixpath.dirname(path) for path in manifests} | set(of_pnpm)
    there = frozenset(paths)
    units: list[tuple[str, ...]] = []
    taken: set[str] = set()
    # The outer project comes first, and takes its workspaces.
    for directory in sorted(heads, key=lambda directory: (directory.count("/") + bool(directory), directory)):
        own = [one for one in (posixpath.join(directory, MANIFEST), of_pnpm.get(directory)) if one in there]
        if own[0] in taken:
            continue
        patterns, manager = _of_project(directory, of_pnpm.get(directory), tree, options)
        lock = lock_beside(tree, directory, manager)
        members = [
            one
            for one in _workspaces(directory, manifests, patterns)
            # Without a lock of the project, a package may have one of its own.
            if one not in taken and (lock or lock_beside(tree, posixpath.dirname(one)) is None)
        ]
        files = (*own, *members, *((lock,) if lock else ()))
        taken.update(files)
        units.append(files)
    return units + [(path,) for path in paths if path not in taken]


def _of_project(
    directory: str, of_pnpm: str | None, tree: FileTree, options: Options
) -> tuple[tuple[str, ...], str]:
    """Patterns of the directories of the workspaces, and the package manager if the project names it."""
    patterns: tuple[str, ...] = ()
    manager = ""
    try:
        source, _ = tree.read(posixpath.join(directory, MANIFEST))
    except Unreadable:
        pass
    else:
        if '"workspaces"' in source.text.text or '"packageManager"' in source.text.text:
            for document in parse_json(source, options.limits).documents[:1]:
                patterns = workspace_patterns(document.root)
                manager = package_manager(document.root)
    if of_pnpm is not None:
        from vvbscan.views.npm.pnpm import workspace_packages

        try:
            source, _ = tree.read(of_pnpm)
        except Unreadable:
            pass
        else:
            patterns += workspace_packages(source, options.limits)
            manager = manager or "pnpm"
    return patterns, manager


def _workspaces(directory: str, manifests: Sequence[str], patterns: tuple[str, ...]) -> list[str]:
    """The `package.json` of each workspace of a project."""
    if not patterns:
        return []
    prefix = f"{directory}/" if directory else ""
    return [
        one
        for one in manifests
        if one != f"{prefix}{MANIFEST}"
        and one.startswith(prefix)
        and is_workspace(posixpath.dirname(one)[len(prefix) :], patterns)
    ]
