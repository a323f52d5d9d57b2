"""Patterns of the directories that are packages of one project."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase


def is_workspace(directory: str, patterns: tuple[str, ...]) -> bool:
    """Whether a directory, relative to the one of the project, is one of its workspaces."""
    among = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if _matches(directory, posixpath.normpath(pattern.lstrip("!"))):
            among = not negated
    return among


def _matches(directory: str, pattern: str) -> bool:
    """Whether a path matches a pattern in which `*` stays within a name and `**` goes through directories."""
    names, parts = directory.split("/"), pattern.split("/")
    # Places in the pattern that the names so far lead to.
    places = {0}
    for name in names:
        places = _through(places, parts)
        after = set()
        for place in places:
            if place < len(parts) and parts[place] == "**":
                after.add(place)
            elif place < len(parts) and fnmatchcase(name, parts[place]):
                after.add(place + 1)
        places = after
    return len(parts) in _through(places, parts)


def _through(places: set[int], parts: list[str]) -> set[int]:
    """The places, and those behind a `**` that stands for nothing."""
    found = set(places)
    for place, part in enumerate(parts):
        if place in found and part == "**":
            found.add(place + 1)
    return found
