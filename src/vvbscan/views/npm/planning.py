"""Which files of Node are judged together: a `package.json` with its workspaces and its lock."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.parse.json import parse_json
from vvbscan.views.npm.package import MANIFEST, is_workspace, workspace_patterns
from vvbscan.views.npm.project import lock_beside


def npm_files(paths: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, the one that names it first. Every path is in one of them.

    A lock without a `package.json` beside it is a unit by itself.
    """
    manifests = sorted(path for path in paths if posixpath.basename(path) == MANIFEST)
    units: list[tuple[str, ...]] = []
    taken: set[str] = set()
    # The outer project comes first, and takes its workspaces.
    for path in sorted(manifests, key=lambda path: path.count("/")):
        if path in taken:
            continue
        directory = posixpath.dirname(path)
        members = _workspaces(path, manifests, tree, options)
        lock = lock_beside(tree, directory)
        files = (path, *(one for one in members if one not in taken), *((lock,) if lock else ()))
        taken.update(files)
        units.append(files)
    return units + [(path,) for path in paths if path not in taken]


def _workspaces(path: str, manifests: Sequence[str], tree: FileTree, options: Options) -> list[str]:
    """The `package.json` of each workspace of a project."""
    try:
        source, _ = tree.read(path)
    except Unreadable:
        return []
    if '"workspaces"' not in source.text.text:
        return []
    documents = parse_json(source, options.limits).documents
    patterns = workspace_patterns(documents[0].root) if documents else ()
    directory = posixpath.dirname(path)
    prefix = f"{directory}/" if directory else ""
    return [
        one
        for one in manifests
        if one != path
        and one.startswith(prefix)
        and is_workspace(posixpath.dirname(one)[len(prefix) :], patterns)
    ]
