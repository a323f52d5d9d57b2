"""What a unit of the kind `pypi` holds."""

from __future__ import annotations

from vvbscan.model.node import Node
from vvbscan.record import NamedTuple
from vvbscan.views.packages.model import Dependency, Lock, Manifest


def host_of(address: str) -> str:
    """The host of an address with its port, without user and password; empty if it has none."""
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2]


class Index(NamedTuple):
    """Where packages come from. View `package_repository`."""

    kind: str
    """`index`, `extra-index` (from which pip takes what is newer than in the other), `links` (a page or a
    directory with archives), or `dependency` (one package)."""
    url: Node
    anchor: Node
    hashed: bool = False
    """Whether every package that may come from it has a hash."""


class Wanted(NamedTuple):
    """A dependency with what it takes to compare it with a lock."""

    dependency: Dependency
    place: Node
    """What is written to ask for it."""
    dialect: str
    """How its versions are written: `pep440` or `poetry`."""
    conditional: bool
    """Whether it is for some environments only."""
    revision: str = ""
    """Of git: the commit, tag or branch."""
    extras: tuple[str, ...] = ()
    """Of the package that are to be installed too, normalised."""


class Project(NamedTuple):
    """Files of Python that are judged together."""

    path: str
    dependencies: tuple[Dependency, ...] = ()
    indexes: tuple[Index, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    locks: tuple[Lock, ...] = ()
    unchecked_hosts: tuple[Node, ...] = ()
    """Hosts of which packages are taken whatever certificate they show. View `unchecked_host`."""
