"""Units of the kind `maven`: a module with its parents in the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from vvbscan.model.node import Parsed
from vvbscan.model.outcome import FileRecord, Notice, not_analysed
from vvbscan.model.subject import Subject
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, UnitKind, Unreadable, no_facts
from vvbscan.views.maven.effective import known_poms, module_of
from vvbscan.views.maven.model import Module
from vvbscan.views.maven.pom import Library, Pom
from vvbscan.views.maven.subjects import dependencies, entries, modules, plugins, repositories

FORMAT: Final = "maven"


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a module with its parents."""
    library = Library.of(tree, options.limits)
    poms: list[Pom] = []
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
        elif isinstance(found, Pom):
            poms.append(found)
            parsed.append(found.parsed)
        else:
            parsed.append(found)
        records.append(record)
    module = None
    if poms and poms[0].path == unit.files[0]:
        module = module_of(poms[0], library, known_poms(poms))
    return Loaded(module, tuple(parsed), tuple(records), notices)


def _view(function: Callable[[Module], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its module; a file that is no POM has no subjects."""

    def view(loaded: Loaded) -> Iterable[Subject]:
        return function(loaded.model) if isinstance(loaded.model, Module) else ()

    return view


KIND: Final = UnitKind(
    FORMAT,
    load,
    {
        "dependency": _view(dependencies),
        "dependency_entry": _view(entries),
        "package_repository": _view(repositories),
        "build_plugin": _view(plugins),
        "build_module": _view(modules),
    },
    no_facts,
)
