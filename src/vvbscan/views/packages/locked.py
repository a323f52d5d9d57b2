"""What a lock says of the packages that are depended on."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

from vvbscan.model.node import COMPUTED, Node, Source, Unknown
from vvbscan.text import SourceText
from vvbscan.views.packages.model import Lock, LockedPackage


class PackagesOfLock(Sequence[LockedPackage]):
    """The packages of a large lock, each made when it is asked for: of thousands few are ever told of."""

    def __init__(self, addresses: Sequence[str | None], make: Callable[[int], LockedPackage]) -> None:
        self.addresses = addresses
        """Where each is fetched from, if the lock tells."""
        self._make = make

    def __len__(self) -> int:
        return len(self.addresses)

    @overload
    def __getitem__(self, index: int) -> LockedPackage: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LockedPackage]: ...
    def __getitem__(self, index: int | slice) -> LockedPackage | Sequence[LockedPackage]:
        numbers = range(len(self.addresses))[index]
        return self._make(numbers) if isinstance(numbers, int) else [self._make(one) for one in numbers]


def fetched_from(lock: Lock) -> Iterator[LockedPackage]:
    """The first package of each host that packages of a lock are fetched from."""
    packages = lock.packages
    if isinstance(packages, PackagesOfLock):
        addresses = packages.addresses
    else:
        addresses = [None if one.url is None else one.url.text() for one in packages]
    seen: set[str] = set()
    for number, address in enumerate(addresses):
        if address is not None:
            origin = "/".join(address.split("/", 3)[:3])
            if origin not in seen:
                seen.add(origin)
                yield packages[number]


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
