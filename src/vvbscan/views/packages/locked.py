"""What a lock says of the packages that are depended on."""

from __future__ import annotations

from collections.abc import Mapping

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
