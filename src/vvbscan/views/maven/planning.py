"""Which POMs are judged together: a module with its parents and the bills of materials of the tree.

A POM that another one inherits from is judged in those that do, which may complete it.
"""

from __future__ import annotations

from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options
from vvbscan.views.maven.effective import known_poms, read_by
from vvbscan.views.maven.pom import Library, Pom


def maven_files(paths: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, those of the module first. Every path is in one of them."""
    library = Library.of(tree, options.limits)
    read = {path: library.read(path) for path in paths}
    poms = [one for one in read.values() if isinstance(one, Pom)]
    known = known_poms(poms)
    parents: set[str] = set()
    files: dict[str, tuple[str, ...]] = {}
    for path, one in read.items():
        if isinstance(one, Pom):
            lineage, bills = read_by(one, library, known)
            parents.update(lineage[1:])
            files[path] = tuple(dict.fromkeys((*lineage, *bills)))
        else:
            files[path] = (path,)
    units = {path: those for path, those in files.items() if path not in parents}
    within = {path for those in units.values() for path in those}
    # Parents of each other are in no other unit.
    units.update({path: those for path, those in files.items() if path not in within})
    return list(units.values())
