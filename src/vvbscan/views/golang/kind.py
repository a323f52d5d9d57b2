"""Units of the kind `golang`: a module of Go with its hashes and the workspace that it is in."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.node import Parsed
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.parse.gomod import GoMod, parse_gomod
from vvbscan.views.golang.lock import GoSum, read_lock, unread_lock
from vvbscan.views.golang.manifest import LOCK, MANIFEST, WORKSPACE_LOCK
from vvbscan.views.golang.project import read_project
from vvbscan.views.packages.model import PackageProject
from vvbscan.views.packages.subjects import PROJECT_VIEWS
from vvbscan.views.unit_files import UnitFiles

FORMAT: Final = "golang"
_LOCKS: Final = (LOCK, WORKSPACE_LOCK)


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a module; raises `Unreadable` if its first file cannot be read."""
    modules: dict[str, GoMod] = {}
    locks: dict[str, GoSum] = {}
    parsed: list[Parsed] = []
    files = UnitFiles(unit, FORMAT)
    for path, source, problems in files.read(tree):
        if posixpath.basename(path) in _LOCKS:
            locks[path], file = read_lock(source, problems)
        else:
            modules[path] = parse_gomod(source, options.limits)
            file = modules[path].parsed
            file = file._replace(problems=(*problems, *file.problems))
        parsed.append(file)
    locks |= {path: unread_lock(path) for path in files.unreadable if posixpath.basename(path) in _LOCKS}
    first = unit.files[0]
    if posixpath.basename(first) == MANIFEST:
        project = read_project(first, modules, locks, tree)
    else:
        project = PackageProject((), tuple(one.lock for one in locks.values()))
    return Loaded(project, tuple(parsed), tuple(files.records), files.notices)


KIND: Final = UnitKind(
    FORMAT,
    load,
    # Not what `go.sum` holds: that has modules too that are not built.
    {name: PROJECT_VIEWS[name] for name in ("dependency", "manifest", "lock")},
    no_facts,
)
