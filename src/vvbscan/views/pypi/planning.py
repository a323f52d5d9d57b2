"""Which files of Python are judged together."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.views.pypi.files import Library, holds_constraints, named_by, scope_of_path
from vvbscan.views.pypi.locks import PIPFILE, is_lock
from vvbscan.views.pypi.projects import PIPFILE_MANIFEST, PYPROJECT


def pypi_files(paths: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, the one that names it first. Every path is in one of them."""
    library = Library.of(tree, options.limits)
    requirements = [path for path in paths if path.endswith((".txt", ".in"))]
    units = [*_requirements(requirements, library), *_projects(paths, tree, options)]
    within = {path for those in units for path in those}
    return units + [(path,) for path in paths if path not in within]


def _projects(paths: Sequence[str], tree: FileTree, options: Options) -> Iterator[tuple[str, ...]]:
    """Each `pyproject.toml` with the members of its workspace and its locks, each `Pipfile` with its own."""
    manifests = [path for path in paths if posixpath.basename(path) == PYPROJECT]
    taken: set[str] = set()
    # A workspace comes before its members.
    for path in sorted(manifests, key=lambda path: (path.count("/"), path)):
        if path in taken:
            continue
        members = [one for one in _members(path, manifests, tree, options) if one not in taken]
        taken.update(members)
        beside = _locks(posixpath.dirname(path), tree)
        yield (path, *members, *(one for one in beside if posixpath.basename(one) != PIPFILE))
    for path in paths:
        if posixpath.basename(path) == PIPFILE_MANIFEST:
            beside = _locks(posixpath.dirname(path), tree)
            yield (path, *(one for one in beside if posixpath.basename(one) == PIPFILE))


def _locks(directory: str, tree: FileTree) -> list[str]:
    """The locks in a directory, whether they were asked for or not."""
    paths = (posixpath.join(directory, name) for name in tree.names(directory) if is_lock(name))
    return [path for path in paths if tree.is_file(path)]


def _members(path: str, manifests: Sequence[str], tree: FileTree, options: Options) -> Iterator[str]:
    """The `pyproject.toml` of each member of a workspace of uv."""
    try:
        source, _ = tree.read(path)
    except Unreadable:
        return
    if "workspace" not in source.text.text:
        return
    from vvbscan.parse.toml import parse_toml
    from vvbscan.views.pypi.pyproject import PyProject

    members, excluded = PyProject(parse_toml(source, options.limits).documents[0].root).workspace()
    directory = posixpath.dirname(path)
    prefix = f"{directory}/" if directory else ""
    for one in manifests:
        if one != path and one.startswith(prefix):
            below = posixpath.dirname(one)[len(prefix) :]
            if _matches(below, members) and not _matches(below, excluded):
                yield one


def _matches(path: str, patterns: Sequence[str]) -> bool:
    """Whether a path matches a pattern, in which `*` stays within a name."""
    names = path.split("/")
    for pattern in patterns:
        parts = posixpath.normpath(pattern).split("/")
        if "**" in parts:
            if fnmatchcase(path, pattern):
                return True
        elif len(parts) == len(names) and all(map(fnmatchcase, names, parts)):
            return True
    return False


def _requirements(paths: Sequence[str], library: Library) -> list[tuple[str, ...]]:
    """Requirements files with what they take in.

    What another file takes in is judged there, where constraints may complete it; but what is installed in
    production is judged by itself if only files for development take it in.
    """
    tree = library.tree
    files: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for path in paths:
        within = dict(library.files(path))
        constraints = {
            named: None
            for one, file in within.items()
            for _, named in named_by(one, file, "--constraint")
            if named is not None and tree.is_file(named)
        }
        compiled = f"{path.removesuffix('.in')}.txt"
        beside = (compiled,) if path.endswith(".in") and tree.is_file(compiled) else ()
        files[path] = tuple(dict.fromkeys((path, *within, *constraints, *beside)))
        ours = scope_of_path(path)
        taken.update(
            one for one in within if one != path and (ours == "runtime" or scope_of_path(one) == "dev")
        )
        taken.update(one for one in constraints if holds_constraints(one))
    units = {path: those for path, those in files.items() if path not in taken}
    within_units = {path for those in units.values() for path in those}
    # Files that take each other in are in no other unit.
    units.update({path: those for path, those in files.items() if path not in within_units})
    return list(units.values())
