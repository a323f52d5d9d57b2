"""A project of Gradle as it declares itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.packages.model import Dependency, Entry, Lock, Manifest, Repository

if TYPE_CHECKING:
    from vvbscan.views.gradle.settings import Setting


class Plugin(NamedTuple):
    """A plugin that is applied. View `build_plugin`."""

    key: str
    """Its id: `org.springframework.boot`."""
    version: Node | None
    """Absent if nothing in the tree sets one: it comes with Gradle, or from a build of the tree."""
    anchor: Node


class Project(NamedTuple):
    """A project, or a script that others apply."""

    name: str
    """The path of its directory, of the root its name; of a script that others apply, its own path."""
    whole: bool
    """Whether it is a project, not a script that others apply."""
    dependencies: tuple[Dependency, ...]
    entries: tuple[Entry, ...]
    plugins: tuple[Plugin, ...]
    repositories: tuple[Repository, ...]
    settings: tuple[Setting, ...]
    """What takes effect in it, the weakest first: what the root says of all projects, scripts that it
    applies, its own script."""
    java: Node | None
    """The release of Java that it is compiled for, a whole number; absent if nothing sets one."""
    outside: Unknown | None
    """Set if a plugin or script that is not read may add to all this."""
    has_sources: bool
    has_tests: bool
    manifests: tuple[Manifest, ...]
    """Its script with its lock, and with the metadata of verification if Gradle compares with that; none of
    another script."""
    locks: tuple[Lock, ...]
    """Its lock, and of the root of a build the metadata of verification."""
    anchor: Node
