"""Which files of Go are judged together: a `go.mod` with its hashes and with the workspace that it is in."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.parse.gomod import parse_gomod
from vvbscan.views.golang.manifest import LOCK, MANIFEST, WORKSPACE, WORKSPACE_LOCK, used


def go_files(found: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, the one that names it first. Every path is in one of them.

    Files of hashes without a `go.mod`, and a `go.work` without modules, are units by themselves.
    """
    spaces = {
        posixpath.dirname(path): _modules(path, tree, options)
        for path in found
        if posixpath.basename(path) == WORKSPACE
    }
    units: list[tuple[str, ...]] = []
    for path in found:
        if posixpath.basename(path) != MANIFEST:
            continue
        directory = posixpath.dirname(path)
        names = [posixpath.join(directory, LOCK)]
        above = _nearest(directory, spaces)
        if above is not None and path in spaces[above]:
            names += [posixpath.join(above, name) for name in (WORKSPACE, WORKSPACE_LOCK)]
            names += [one for one in spaces[above] if one != path]
        units.append((path, *(one for one in names if tree.is_file(one))))
    taken = {path for files in units for path in files}
    return units + [(path,) for path in found if path not in taken]


def _nearest(directory: str, spaces: dict[str, tuple[str, ...]]) -> str | None:
    """The nearest directory upwards that has a workspace: Go looks no further."""
    while directory not in spaces:
        if not directory:
            return None
        directory = posixpath.dirname(directory)
    return directory


def _modules(path: str, tree: FileTree, options: Options) -> tuple[str, ...]:
    """The `go.mod` of each module of a workspace."""
    try:
        source, _ = tree.read(path)
    except Unreadable:
        return ()
    directory = posixpath.dirname(path)
    names = used(parse_gomod(source, options.limits).directives)
    return tuple(posixpath.normpath(posixpath.join(directory, name, MANIFEST)) for name in names)
