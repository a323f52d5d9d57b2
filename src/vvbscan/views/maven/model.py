"""A module of Maven as it takes effect: what its POM, its parents and active profiles come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.packages.model import Dependency, Entry, Repository

if TYPE_CHECKING:
    from vvbscan.views.maven.lineage import Lineage
    from vvbscan.views.maven.properties import Properties


class Execution(NamedTuple):
    """An execution of a plugin."""

    id: str
    phase: Node | None
    """Absent if the goals have one by themselves, or none."""
    goals: tuple[Node, ...]
    configuration: Node
    """Mapping: what the execution sets, completed with what the plugin sets for all."""


class Plugin(NamedTuple):
    """A plugin of the build. View `build_plugin`."""

    key: str
    """`org.jacoco:jacoco-maven-plugin`."""
    version: Node | None
    """The version that takes effect; absent if nothing sets one, and Maven takes its own or the newest."""
    configuration: Node
    """Mapping: what is set for all executions."""
    executions: tuple[Execution, ...]
    anchor: Node
    """Where its name is written."""


class Module(NamedTuple):
    """A module."""

    name: str
    """`group:artifact`."""
    lineage: Lineage
    properties: Properties
    dependencies: tuple[Dependency, ...]
    entries: tuple[Entry, ...]
    imports: tuple[Dependency, ...]
    """Bills of material that it imports."""
    plugins: Mapping[str, Plugin]
    repositories: tuple[Repository, ...]
    outside: Unknown | None
    """Set if a parent that is not in the tree, or a part that could not be read, may add to all this."""
    has_sources: bool
    """Whether it has sources of its own."""
    has_tests: bool
    anchor: Node
