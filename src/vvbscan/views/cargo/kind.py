"""Units of the kind `cargo`: a project of Rust with the members of its workspace and its lock."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.node import Parsed
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord, Notice
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable
from vvbscan.parse.toml import parse_toml
from vvbscan.views.cargo.lock import CargoLock, read_lock
from vvbscan.views.cargo.manifest import LOCK, MANIFEST
from vvbscan.views.cargo.project import Project, read_project
from vvbscan.views.packages.subjects import (
    dependency_subject,
    lock_subject,
    locked_subjects,
    manifest_subject,
    source_subjects,
)

FORMAT: Final = "cargo"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a project; raises `Unreadable` if its first file cannot be read."""
    packages: list[Parsed] = []
    parsed: list[Parsed] = []
    records: list[FileRecord] = []
    notices: list[Notice] = []
    lock: CargoLock | None = None
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
            continue
        records.append(record)
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
        project = Project((), () if lock is None else (lock.lock,))
    return Loaded(project, tuple(parsed), tuple(records), notices)


def facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:  # noqa: ARG001  # as every kind
    """Nothing is joined with other units."""
    return ()


def _dependencies(project: Project) -> Iterator[Subject]:
    """View `dependency`."""
    for number, one in enumerate(project.dependencies):
        yield dependency_subject(one, f"{one.anchor.source.path}:dependency[{number}:{one.package}]")


def _locked(project: Project) -> Iterator[Subject]:
    """View `locked_package`."""
    for lock in project.locks:
        yield from locked_subjects(lock)


def _sources(project: Project) -> Iterator[Subject]:
    for lock in project.locks:
        yield from source_subjects(lock)


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
        "locked_package": _view(_locked),
        "manifest": _view(lambda project: map(manifest_subject, project.manifests)),
        "lock": _view(lambda project: map(lock_subject, project.locks)),
        "package_repository": _view(_sources),
    },
    facts,
)
