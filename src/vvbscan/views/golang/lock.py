"""Reads `go.sum` (https://go.dev/ref/mod#go-sum-files)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Parsed, Problem, Source, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.locked import unreadable_lock
from vvbscan.views.packages.model import Lock, LockedPackage

_LINE: Final = lazy_pattern(r"(?m)^[ \t]*(\S[^\n]*?)[ \t\r]*$")
_FIELDS: Final = lazy_pattern(r"(\S+)[ \t]+([^\s/]+)(/go\.mod)?[ \t]+(h1:\S+)")


class Hashes(NamedTuple):
    """The lines of a version of a module."""

    of_module: Node | None
    of_gomod: Node | None
    """That of its `go.mod`, which alone is there if no package of it is used."""


class GoSum(NamedTuple):
    """The hashes of modules."""

    lock: Lock
    versions: Mapping[str, Mapping[str, Hashes]]
    """By module and version."""


def unread_lock(path: str) -> GoSum:
    """A lock that cannot be read."""
    return GoSum(unreadable_lock(path), {})


def read_lock(source: Source, problems: tuple[Problem, ...]) -> tuple[GoSum, Parsed]:
    """A file of hashes, with what was wrong about it."""
    path = source.path
    kind = posixpath.basename(path)
    anchor = top_of(source)
    torn = torn_lock(source)
    if torn is not None:
        return GoSum(torn, {}), Parsed(source, (), (), problems)
    packages: list[LockedPackage] = []
    versions: dict[str, dict[str, Hashes]] = {}
    unread: Unknown | None = None
    for line in _LINE.finditer(source.text.text):
        fields = _FIELDS.fullmatch(line[1])
        start, end = line.span(1)
        if fields is None:
            if unread is None:
                message = "A line of go.sum has a module, a version and a hash."
                problems = (*problems, Problem("error", "gosum-syntax", message, start, end))
            unread = Unknown("unparsed", f"{kind} has lines that cannot be read")
            continue
        node = Node(line[1], source, start, end)
        held = versions.setdefault(fields[1], {})
        hashes = held.get(fields[2], Hashes(None, None))
        if fields[3] is None:
            version = Node(fields[2], source, start + fields.start(2), start + fields.end(2))
            found = Node(fields[4], source, start + fields.start(4), end)
            packages.append(LockedPackage("golang", fields[1], version, "registry", None, node, found))
            held[fields[2]] = hashes._replace(of_module=node)
        else:
            held[fields[2]] = hashes._replace(of_gomod=node)
    return GoSum(Lock(kind, path, tuple(packages), unread, None, anchor), versions), Parsed(
        source, (), (), problems
    )
