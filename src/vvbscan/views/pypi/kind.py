"""Units of the kind `pypi`: requirements files, `pyproject.toml`, `Pipfile` and their locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.node import Node
from vvbscan.model.outcome import FileRecord, Notice, not_analysed
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, no_facts
from vvbscan.views.packages.subjects import (
    dependency_subjects,
    lock_subject,
    locked_subjects,
    manifest_subject,
    source_subjects,
)
from vvbscan.views.pypi.files import Library
from vvbscan.views.pypi.model import Project, host_of
from vvbscan.views.pypi.projects import read_project
from vvbscan.views.records import computed, fields

FORMAT: Final = "pypi"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read the files of a unit; raises `Unreadable` if its first one cannot be read."""
    project, read = read_project(unit.files, tree, Library.of(tree, options.limits))
    records: list[FileRecord] = []
    notices: list[Notice] = []
    for path in unit.files:
        record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
        if path in read.unreadable:
            record, notice = not_analysed(record, read.unreadable[path])
            notices.append(notice)
        records.append(record)
    return Loaded(project, tuple(read.parsed), tuple(records), notices)


def _host(url: Node) -> Node:
    """The host of an address, without user and password."""
    text = url.text()
    if text is None:
        return url
    return url.replace_value(host_of(text) or text)


def _repositories(project: Project) -> Iterator[Subject]:
    """View `package_repository`."""
    for number, one in enumerate(project.indexes):
        yield Subject(
            "package_repository",
            f"{one.anchor.source.path}:{one.kind}[{number}]",
            fields(
                one.anchor,
                {
                    "kind": computed(one.kind, one.anchor),
                    "url": one.url,
                    "host": _host(one.url),
                    "hashed": computed(one.hashed, one.anchor),
                },
            ),
            one.anchor,
            "",
            one,
        )
    yield from source_subjects(project.locks)


def _hosts(project: Project) -> Iterator[Subject]:
    """View `unchecked_host`: `host`, whose packages are taken whatever certificate it shows."""
    for number, host in enumerate(project.unchecked_hosts):
        yield Subject(
            "unchecked_host", f"{project.path}:host[{number}]", fields(host, {"host": host}), host, "", host
        )


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
        "dependency": _view(lambda project: dependency_subjects(project.dependencies)),
        "package_repository": _view(_repositories),
        "unchecked_host": _view(_hosts),
        "manifest": _view(lambda project: map(manifest_subject, project.manifests)),
        "lock": _view(lambda project: map(lock_subject, project.locks)),
        "locked_package": _view(lambda project: locked_subjects(project.locks)),
    },
    no_facts,
)
