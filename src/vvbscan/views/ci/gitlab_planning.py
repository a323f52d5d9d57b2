"""Which files of GitLab CI are judged together: a pipeline with what it includes."""

from __future__ import annotations

from collections.abc import Sequence

from vvbscan.model.unit import FileTree, Options, Unreadable
from vvbscan.views.ci.gitlab_files import configuration_of


def gitlab_files(paths: Sequence[str], tree: FileTree, options: Options) -> dict[tuple[str, ...], str]:
    """The files of each unit, the one that names it first, with the path that says its environment.

    Every path is in one of them. The files of pipelines that jobs start are units too, with the environment
    of what starts them. What another file includes is judged there.
    """
    units: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    waiting = [(path, path) for path in reversed(paths)]
    while waiting:
        path, place = waiting.pop()
        if path in units:
            continue
        places[path] = place
        try:
            configuration = configuration_of(path, tree, options.limits)
        except Unreadable:
            units[path] = (path,)
            continue
        units[path] = (path, *(one.source.path for one in configuration.parsed if one.source.path != path))
        waiting += [(child, place) for child in configuration.children]
    included = {one for files in units.values() for one in files[1:]}
    outer = {path: files for path, files in units.items() if path not in included}
    within = {one for files in outer.values() for one in files}
    # Files that include each other are in no other unit.
    outer.update({path: files for path, files in units.items() if path not in within})
    return {files: places[path] for path, files in outer.items()}
