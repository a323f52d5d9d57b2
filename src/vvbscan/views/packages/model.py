"""What build files declare and lock files hold, in the same records for all ecosystems."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Node, Origin
from vvbscan.record import NamedTuple

ECOSYSTEMS: Final = ("maven", "pypi", "npm", "golang", "cargo")
"""Types of package URLs (purl-spec): Gradle's dependencies are `maven`."""


class Dependency(NamedTuple):
    """A dependency that a manifest declares. View `dependency`."""

    ecosystem: str
    package: str
    """Normalised name: `group:artifact`, by PEP 503 (`my-lib`), `@scope/name`, `example.com/mod/v2`."""
    name: Node
    """As written."""
    requirement: Node | None
    """The version or range that takes effect, with the place that sets it (a property, a managed version, a
    catalog); absent if nothing sets one."""
    pinned: str
    """In the ecosystem's own meaning: `exact`, `range`, `any` (no bound at all: `*`, `latest`), `snapshot`
    (what the version stands for changes), `branch`, `commit` or `tag` of git, `local`, `unknown`."""
    scope: str
    """`runtime`, `provided`, `test`, `dev`, `optional`, `build`, `plugin`, `import`, `constraint`."""
    source: str
    """`registry`, `git`, `url`, `path`, `workspace`."""
    hashed: bool | None
    """Whether its content is checked against a hash; None where a lock or a file of checksums decides."""
    locked: LockedPackage | None
    """What the lock holds for it, None without a lock or if it lacks it."""
    anchor: Node
    """What is pointed at if the dependency lacks something."""
    via: tuple[Origin, ...] = ()


class LockedPackage(NamedTuple):
    """A package that a lock file holds. View `locked_package`."""

    ecosystem: str
    package: str
    version: Node
    source: str
    hashed: bool
    direct: bool | None
    """None if the lock does not tell."""
    scope: str
    anchor: Node


class Stale(NamedTuple):
    """Something in a manifest that the lock beside it does not satisfy."""

    place: Node
    """In the manifest."""
    reason: str
    """`requests>=2.32 is locked at 2.31.0`, `left-pad is not in the lock`."""
    locked: Node | None
    """In the lock: the related location."""


class Lock(NamedTuple):
    """A lock file."""

    kind: str
    """Its file name's kind: `package-lock.json`, `poetry.lock`, `requirements.txt` with hashes, `go.sum`."""
    path: str
    packages: tuple[LockedPackage, ...]
    anchor: Node


class Manifest(NamedTuple):
    """A file that declares dependencies, with the lock that belongs to it. View `manifest`."""

    ecosystem: str
    kind: str
    """`pom.xml`, `build.gradle`, `requirements.txt`, `pyproject.toml`, `package.json`, `go.mod`…"""
    path: str
    dependencies: tuple[Dependency, ...]
    wants_lock: bool
    """Whether what is built here is deployed, not a library, and its package manager keeps a lock."""
    lock: Lock | None
    lock_names: tuple[str, ...]
    """Names of the locks that its package manager would write here."""
    stale: tuple[Stale, ...]
    anchor: Node
