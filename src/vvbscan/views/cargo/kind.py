"""Units of the kind `cargo`: a project of Rust with the members of its workspace and its lock."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.node import Parsed
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.parse.toml import parse_toml
from vvbscan.views.cargo.lock import CargoLock, read_lock
from vvbscan.views.cargo.manifest import LOCK, MANIFEST
from vvbscan.views.cargo.project import read_project
from vvbscan.views.packages.model import PackageProject
from vvbscan.views.packages.subjects import PROJECT_VIEWS
from vvbscan.views.unit_files import UnitFiles

FORMAT: Final = "cargo"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a project; raises `Unreadable` if its first file cannot be read."""
    packages: list[Parsed] = []
    parsed: list[Parsed] = []
    files = UnitFiles(unit, FORMAT)
    lock: CargoLock | None = None
    for path, source, problems in files.read(tree):
        if posixpath.basename(path) == LOCK:
            lock, file = read_lock(source, problems, options.limits)
        else:
            file = parse_toml(source, options.limits)
            file = file._replace(problems=(*problems, *file.problems))
            if file.documents and not any(one.level == "error" for one in file.problems):
                packages.append(file)
        parsed.append(file)
    first = posixpath.dirname(unit.files[0])
    if (
        packages
        and posixpath.basename(unit.files[0]) == MANIFEST
        and packages[0].source.path == unit.files[0]
    ):
        project = read_project(packages, lock, tree, first)
    else:
        project = PackageProject((), () if lock is None else (lock.lock,))
    return Loaded(project, tuple(parsed), tuple(files.records), files.notices)


KIND: Final = UnitKind(FORMAT, load, PROJECT_VIEWS, no_facts)
