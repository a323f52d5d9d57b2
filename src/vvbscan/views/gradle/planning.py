"""Which files of Gradle are judged together: a script with what takes effect in it."""

from __future__ import annotations

from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options
from vvbscan.views.gradle.builds import sources_of
from vvbscan.views.gradle.files import SCRIPTS, Library, Script


def gradle_files(paths: Sequence[str], tree: FileTree, options: Options) -> list[tuple[str, ...]]:
    """The files of each unit, its script first. Every path is in one of them."""
    library = Library.of(tree, options.limits)
    units: dict[str, tuple[str, ...]] = {}
    for path in paths:
        if path.endswith(SCRIPTS):
            found = library.read(path)
            units[path] = sources_of(found, library).paths if isinstance(found, Script) else (path,)
    within = {path for one in units.values() for path in one}
    units.update({path: (path,) for path in paths if path not in within})
    return list(units.values())
