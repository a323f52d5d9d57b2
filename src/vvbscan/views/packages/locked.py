"""What a lock says of the packages that are depended on."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import Node
from vvbscan.views.packages.model import Lock


def single_versions(lock: Lock | None) -> Mapping[str, Node]:
    """The version of each package that a lock has in one version only, by name."""
    found: dict[str, Node | None] = {}
    for one in lock.packages if lock is not None else ():
        if one.source != "registry" or one.version is None:
            continue
        earlier = found.setdefault(one.package, one.version)
        if earlier is not None and earlier.value != one.version.value:
            found[one.package] = None
    return {name: version for name, version in found.items() if version is not None}
