"""What build files declare and lock files hold, in the same records for all ecosystems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple

UNKNOWN: Final = "unknown"


class Dependency(NamedTuple):
    """A dependency that a build file declares. View `dependency`."""

    ecosystem: str
    """Type of package URLs: `maven`, `pypi`."""
    package: str
    """Normalised name: `group:artifact`."""
    name: Node
    """As written."""
    requirement: Node | None
    """The version or range that takes effect, with the place that sets it (a property, a managed version);
    absent if nothing sets one."""
    pinned: str
    """In the ecosystem's own meaning: `exact`, `commit` and `tag` (of git), `range`, `any` (no bound at all:
    `LATEST`), `snapshot` and `branch` (what the version stands for changes), `local`, `managed` (by a bill of
    materials, a parent or a plugin outside the tree, which is a dependency itself), `locked` (a range that a
    lock fixes), `unknown`."""
    scope: str
    """`runtime`, `dev`, `provided`, `test`, `optional`, `build` (of the build itself), `import` (a bill of
    materials), `constraint` (the version of what others may bring), `parent`."""
    source: str
    """`registry`, `git`, `url`, `path`, `workspace`."""
    anchor: Node
    """What is pointed at if the dependency lacks something."""
    lockable: bool = False
    """Whether its package manager keeps a lock, which says what is installed whatever is asked for here."""
    locked: Node | None = None
    """The version that the lock has, with npm the one that whoever asks for it gets; absent if the lock has
    none or several, or is not read."""
    hash: Node | None = None
    """A hash that what is fetched must have, of one of its files, with the algorithm if that is written:
    `sha256:9f86…`, `h1:47DE…`. It stands in the requirement itself, in the lock or in a list of checksums;
    absent if none is known."""


class Entry(NamedTuple):
    """An entry of a list of dependencies. View `dependency_entry`."""

    package: str
    """Normalised name, with the classifier if it has one."""
    name: Node
    """What is written: the name, or the version where the same name may stand twice with one version."""
    earlier: Node | None
    """The same in the same list, before it."""


class LockedPackage(NamedTuple):
    """A package that a lock holds."""

    ecosystem: str
    package: str
    """Normalised name."""
    version: Node | None
    """Absent if the lock tells none."""
    source: str
    """`registry`, `git`, `url`, `path`, `workspace`."""
    url: Node | None
    """Where it is fetched from, if the lock tells."""
    anchor: Node
    hash: Node | None = None
    """As `Dependency.hash`."""


class Stale(NamedTuple):
    """Something that a manifest asks for and the lock beside it does not hold."""

    place: Node
    """In the manifest."""
    reason: str
    """`express is locked at 4.17.1, wanted is ^5`, `express is not in it`."""
    locked: Node | None
    """In the lock, if it has something by that name."""


class Repository(NamedTuple):
    """Where the artifacts of a build come from or go to. View `package_repository`."""

    kind: str
    """`repository`, `plugin-repository` or `distribution`."""
    url: Node
    anchor: Node


class Lock(NamedTuple):
    """A lock file. View `lock`."""

    kind: str
    """The name of the file: `package-lock.json`."""
    path: str
    packages: Sequence[LockedPackage]
    unread: Unknown | None
    """Set if what it holds is not known, or not all of it."""
    conflict: Node | None
    """The first line that a merge left in it."""
    anchor: Node


class Manifest(NamedTuple):
    """A file that declares dependencies, with the lock that belongs to it. View `manifest`."""

    ecosystem: str
    kind: str
    """`package.json`."""
    path: str
    wants_lock: bool
    """Whether it has dependencies, is no library, and its package manager keeps a lock."""
    lock: Lock | None
    lock_names: tuple[str, ...]
    """Names of the locks that its package managers write."""
    stale: tuple[Stale, ...]
    anchor: Node


class PackageProject(NamedTuple):
    """What a unit of a package manager holds."""

    manifests: tuple[Manifest, ...]
    locks: tuple[Lock, ...]
    dependencies: tuple[Dependency, ...] = ()
