"""What build files declare, in the same records for all ecosystems."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Node
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
    materials or a parent outside the tree, which is a dependency itself), `unknown`."""
    scope: str
    """`runtime`, `dev`, `provided`, `test`, `optional`, `import` (a bill of materials), `parent`."""
    source: str
    """`registry`, `git`, `url`, `path`, `workspace`."""
    anchor: Node
    """What is pointed at if the dependency lacks something."""
