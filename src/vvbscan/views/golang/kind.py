"""Units of the kind `golang`: a module of Go with its hashes and the workspace that it is in."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.node import Parsed
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord, Notice
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable
from vvbscan.parse.gomod import GoMod, parse_gomod
from vvbscan.views.golang.lock import GoSum, read_lock, unread_lock
from vvbscan.views.golang.manifest import LOCK, MANIFEST, WORKSPACE_LOCK
from vvbscan.views.golang.project import Project, read_project
from vvbscan.views.packages.subjects import dependency_subject, lock_subject, manifest_subject

FORMAT: Final = "golang"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a module; raises `Unreadable` if its first file cannot be read."""
    modules: dict[str, GoMod] = {}
    locks: dict[str, GoSum] = {}
    parsed: list[Parsed] = []
    records: list[FileRecord] = []
    notices: list[Notice] = []
    for path in unit.files:
        record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
        try:
            source, problems = tree.read(path)
        except Unreadable as error:
            if path == unit.files[0]:
                raise
            message = f"It was not analysed: {error}."
            notices.append(
                Notice("error", "unreadable", message, path, None, "make it readable, or exclude it")
            )
            records.append(record._replace(status=NOT_ANALYSED, reason=message))
            if posixpath.basename(path) in (LOCK, WORKSPACE_LOCK):
                locks[path] = unread_lock(path)
            continue
        records.append(record)
        if posixpath.basename(path) in (LOCK, WORKSPACE_LOCK):
            locks[path], file = read_lock(source, problems)
        else:
            modules[path] = parse_gomod(source, options.limits)
            file = modules[path].parsed
            file = file._replace(problems=(*problems, *file.problems))
        parsed.append(file)
    first = unit.files[0]
    if posixpath.basename(first) == MANIFEST:
        project = read_project(first, modules, locks, tree)
    else:
        project = Project((), tuple(one.lock for one in locks.values()))
    return Loaded(project, tuple(parsed), tuple(records), notices)


def facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:  # noqa: ARG001  # as every kind
    """Nothing is joined with other units."""
    return ()


def _dependencies(project: Project) -> Iterator[Subject]:
    """View `dependency`."""
    for number, one in enumerate(project.dependencies):
        yield dependency_subject(one, f"{one.anchor.source.path}:dependency[{number}:{one.package}]")


def _view(function: Callable[[Project], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its project."""

    def view(loaded: Loaded) -> Iterable[Subject]:
        assert isinstance(loaded.model, Project)
        return function(loaded.model)

    return view


KIND: Final = UnitKind(
    FORMAT,
    load,
    {
        "dependency": _view(_dependencies),
        "manifest": _view(lambda project: map(manifest_subject, project.manifests)),
        "lock": _view(lambda project: map(lock_subject, project.locks)),
    },
    facts,
)
