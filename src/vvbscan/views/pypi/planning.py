"""Which files of Python are judged together."""

from __future__ import annotations

from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options
from vvbscan.views.pypi.files import holds_constraints, library_of, named_by, scope_of_path


def pypi_files(paths: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, the one that names it first. Every path is in one of them.

    What another file takes in is judged there, where constraints may complete it; but what is installed in
    production is judged by itself if only files for development take it in.
    """
    library = library_of(tree, options.limits)
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
        files[path] = tuple(dict.fromkeys((path, *within, *constraints)))
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
