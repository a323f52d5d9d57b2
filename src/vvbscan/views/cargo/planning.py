"""Which files of Rust are judged together: a `Cargo.toml` with the members of its workspace and the lock."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from vvbscan.model.node import Node
from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.parse.toml import parse_toml
from vvbscan.views.cargo.manifest import LOCK, MANIFEST, paths, workspace_patterns
from vvbscan.views.packages.workspaces import is_workspace


def cargo_files(found: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, the one that names it first. Every path is in one of them.

    A lock without a `Cargo.toml` beside it is a unit by itself.
    """
    manifests = sorted(
        (path for path in found if posixpath.basename(path) == MANIFEST),
        key=lambda path: (path.count("/"), path),
    )
    units: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for path in manifests:
        if path in taken:
            continue
        directory = posixpath.dirname(path)
        members = [one for one in _members(path, manifests, tree, options) if one not in taken]
        lock = posixpath.join(directory, LOCK)
        files = (path, *members, *((lock,) if tree.is_file(lock) else ()))
        taken.update(files)
        units.append(files)
    return units + [(path,) for path in found if path not in taken]


def _members(path: str, manifests: Sequence[str], tree: FileTree, options: Options) -> list[str]:
    """The `Cargo.toml` of each member: what is listed, and what these depend on below the workspace."""
    root = _root(path, tree, options)
    shared = None if root is None else root.get("workspace")
    if root is None or shared is None:
        return []
    directory = posixpath.dirname(path)
    patterns, excluded = workspace_patterns(shared)
    prefix = f"{directory}/" if directory else ""
    known = {posixpath.dirname(one): one for one in manifests if one.startswith(prefix) and one != path}
    waiting = [one for one in known if is_workspace(one[len(prefix) :], patterns)]
    waiting += _targets(root, shared, directory)
    members: dict[str, str] = {}
    while waiting:
        one = waiting.pop(0)
        below = one[len(prefix) :]
        left_out = any(below == other or below.startswith(f"{other}/") for other in excluded)
        if one in members or one not in known or left_out:
            continue
        members[one] = known[one]
        member = _root(known[one], tree, options)
        if member is not None:
            waiting += _targets(member, None, one)
    return sorted(members.values())


def _targets(root: Node, shared: Node | None, directory: str) -> list[str]:
    return [posixpath.normpath(posixpath.join(directory, one)) for one in paths(root, shared)]


def _root(path: str, tree: FileTree, options: Options) -> Node | None:
    try:
        source, _ = tree.read(path)
    except Unreadable:
        return None
    documents = parse_toml(source, options.limits).documents
    return documents[0].root if documents else None
