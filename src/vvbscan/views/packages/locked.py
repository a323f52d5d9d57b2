"""What a lock says of the packages that are depended on."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from vvbscan.model.node import COMPUTED, Node, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.packages.model import Lock, LockedPackage


def single_versions(lock: Lock | None) -> Mapping[str, LockedPackage]:
    """The packages of registries that a lock has in one version only, by name."""
    found: dict[str, LockedPackage | None] = {}
    for one in lock.packages if lock is not None else ():
        if one.source != "registry" or one.version is None:
            continue
        earlier = found.setdefault(one.package, one)
        if earlier is not None and earlier.version is not None and earlier.version.value != one.version.value:
            found[one.package] = None
    return {name: one for name, one in found.items() if one is not None}


def unreadable_lock(path: str) -> Lock:
    """A lock that is there, and whose text cannot be had."""
    name = posixpath.basename(path)
    start = Node(None, Source(path, SourceText("")), 0, 0, COMPUTED)
    return Lock(name, path, (), Unknown("unparsed", f"{name} cannot be read"), None, start)
