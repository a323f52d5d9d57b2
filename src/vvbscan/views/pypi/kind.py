"""Units of the kind `pypi`: requirements files with what they take in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.node import Parsed
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord, Notice
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable
from vvbscan.views.packages.subjects import dependency_subject
from vvbscan.views.pypi.files import library_of
from vvbscan.views.pypi.model import Project
from vvbscan.views.pypi.requirements import read_requirements_project
from vvbscan.views.records import computed, fields

FORMAT: Final = "pypi"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read the files of a unit; raises `Unreadable` if its first one cannot be read."""
    library = library_of(tree, options.limits)
    parsed: list[Parsed] = []
    records: list[FileRecord] = []
    notices: list[Notice] = []
    for path in unit.files:
        found = library.read(path)
        record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
        if isinstance(found, str):
            if path == unit.files[0]:
                raise Unreadable(found)
            message = f"It was not analysed: {found}."
            notices.append(
                Notice("error", "unreadable", message, path, None, "make it readable, or exclude it")
            )
            record = record._replace(status=NOT_ANALYSED, reason=message)
        else:
            parsed.append(found.parsed)
        records.append(record)
    project = read_requirements_project(unit.files[0], library)
    return Loaded(project, tuple(parsed), tuple(records), notices)


def facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:  # noqa: ARG001  # as every kind
    """Nothing is joined with other units."""
    return ()


def _dependencies(project: Project) -> Iterator[Subject]:
    """View `dependency`."""
    for number, one in enumerate(project.dependencies):
        yield dependency_subject(one, f"{one.anchor.source.path}:dependency[{number}:{one.package}]")


def _repositories(project: Project) -> Iterator[Subject]:
    """View `package_repository`."""
    for number, one in enumerate(project.indexes):
        yield Subject(
            "package_repository",
            f"{one.anchor.source.path}:{one.kind}[{number}]",
            fields(one.anchor, {"kind": computed(one.kind, one.anchor), "url": one.url}),
            one.anchor,
            "",
            one,
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
    {"dependency": _view(_dependencies), "package_repository": _view(_repositories)},
    facts,
)
