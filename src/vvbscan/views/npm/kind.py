"""Units of the kind `npm`: a project of Node with its workspaces and its lock."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from vvbscan.model.node import MapValue, Parsed, Problem
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.parse.json import parse_json
from vvbscan.parse.yaml import parse_yaml
from vvbscan.views.npm.locks import LOCKS, read_lock
from vvbscan.views.npm.package import MANIFEST, PNPM_WORKSPACE
from vvbscan.views.npm.project import read_project
from vvbscan.views.packages.model import PackageProject
from vvbscan.views.packages.subjects import PROJECT_VIEWS
from vvbscan.views.unit_files import UnitFiles

if TYPE_CHECKING:
    from vvbscan.views.npm.locks import AnyLock

FORMAT: Final = "npm"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a project; raises `Unreadable` if its first file cannot be read."""
    packages: list[Parsed] = []
    parsed: list[Parsed] = []
    files = UnitFiles(unit, FORMAT)
    lock: AnyLock | None = None
    for path, source, problems in files.read(tree):
        if posixpath.basename(path) in LOCKS:
            lock, file = read_lock(source, problems, options.limits)
        elif posixpath.basename(path) == PNPM_WORKSPACE:
            file = parse_yaml(source, options.limits, "1.2")
            file = file._replace(problems=(*problems, *file.problems))
        else:
            file = parse_json(source, options.limits)
            file = file._replace(problems=(*problems, *file.problems))
            if file.documents and isinstance(file.documents[0].root.value, MapValue):
                packages.append(file)
            else:
                file = _no_package(file)
        parsed.append(file)
    first = posixpath.dirname(unit.files[0])
    if packages and posixpath.basename(unit.files[0]) in (MANIFEST, PNPM_WORKSPACE):
        project = read_project(packages, lock, tree, first)
    else:
        project = PackageProject((), () if lock is None else (lock.lock,))
    return Loaded(project, tuple(parsed), tuple(files.records), files.notices)


def _no_package(file: Parsed) -> Parsed:
    """A file that is no mapping, with a notice that says so unless there is one already."""
    if file.problems or not file.documents:
        return file
    root = file.documents[0].root
    message = "A package.json is an object with the names of dependencies in it."
    return file._replace(problems=(Problem("error", "npm-no-package", message, root.start, root.end),))


KIND: Final = UnitKind(FORMAT, load, PROJECT_VIEWS, no_facts)
