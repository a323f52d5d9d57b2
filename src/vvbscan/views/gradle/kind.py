"""Units of the kind `gradle`: a project with the files that it is put together from, or another script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from vvbscan.model.node import Parsed
from vvbscan.model.outcome import FileRecord, Notice, not_analysed
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable, no_facts
from vvbscan.views.gradle.files import Library, Script
from vvbscan.views.gradle.model import Project
from vvbscan.views.gradle.project import project_of
from vvbscan.views.gradle.subjects import (
    dependencies,
    entries,
    locked,
    locks,
    manifests,
    modules,
    plugins,
    repositories,
)

FORMAT: Final = "gradle"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a script with what it is put together from; raises `Unreadable` if it cannot be read itself."""
    library = Library.of(tree, options.limits)
    parsed: list[Parsed] = []
    records: list[FileRecord] = []
    notices: list[Notice] = []
    for path in unit.files:
        found = library.read(path)
        record = FileRecord(path, FORMAT, unit.id, unit.environment, unit.judged)
        if isinstance(found, str):
            if path == unit.files[0]:
                raise Unreadable(found)
            record, notice = not_analysed(record, found)
            notices.append(notice)
        else:
            parsed.append(found if isinstance(found, Parsed) else found.parsed)
        records.append(record)
    own = library.read(unit.files[0])
    project = project_of(own, library) if isinstance(own, Script) else None
    return Loaded(project, tuple(parsed), tuple(records), notices)


def _view(function: Callable[[Project], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its project; a catalog by itself has no subjects."""

    def view(loaded: Loaded) -> Iterable[Subject]:
        return function(loaded.model) if isinstance(loaded.model, Project) else ()

    return view


KIND: Final = UnitKind(
    FORMAT,
    load,
    {
        "dependency": _view(dependencies),
        "dependency_entry": _view(entries),
        "manifest": _view(manifests),
        "lock": _view(locks),
        "locked_package": _view(locked),
        "package_repository": _view(repositories),
        "build_plugin": _view(plugins),
        "build_module": _view(modules),
    },
    no_facts,
)
