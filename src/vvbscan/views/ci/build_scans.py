"""Scans of dependencies that builds make by themselves, with plugins of Maven and Gradle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Unknown
from vvbscan.model.unit import FileTree, Options, Unit, Unreadable

_PLUGINS: Final = lazy_pattern(
    r"dependency-check-(?:maven|gradle)|org\.owasp\.dependencycheck|ossindex-maven|scan-gradle-plugin|snyk-maven-plugin"
)
"""https://dependency-check.github.io/DependencyCheck/modules.html,
https://sonatype.github.io/ossindex-maven/maven-plugin/, https://github.com/sonatype/scan-gradle-plugin,
https://github.com/snyk/snyk-maven-plugin."""
_PLAIN_PARENTS: Final = frozenset(
    {"io.micronaut.platform", "io.quarkus", "org.sonatype.oss", "org.springframework.boot"}
)
"""Groups of parents that bind no scan."""


def scan_of_maven(builds: Sequence[Unit], tree: FileTree, options: Options) -> str | Unknown | None:
    """The plugin that scans dependencies in each run of a build of Maven, or why there may be one."""
    doubt: Unknown | None = None
    for unit in builds:
        if unit.kind == "maven":
            named = _named(unit, tree)
            found = _bound(unit, tree, options, named)
            if isinstance(found, str):
                return found
            doubt = doubt or found or (_whenever(named) if named else None)
    return doubt


def scan_of_gradle(builds: Sequence[Unit], tree: FileTree) -> Unknown | None:
    """Why a build of Gradle may scan dependencies: its plugins have tasks that somebody has to run."""
    found = (_named(unit, tree) for unit in builds if unit.kind == "gradle")
    return next((_whenever(named) for named in found if named), None)


def _whenever(named: str) -> Unknown:
    return Unknown("expression", f"when {named} is run is not worked out")


def _named(unit: Unit, tree: FileTree) -> str:
    for path in unit.files:
        try:
            source, _ = tree.read(path)
        except Unreadable:
            continue
        found = _PLUGINS.search(source.text.text)
        if found is not None:
            return f"{found[0]} of {path}"
    return ""


def _bound(unit: Unit, tree: FileTree, options: Options, named: str) -> str | Unknown | None:
    """The plugin that is bound to a phase of a module, or why one may be."""
    from vvbscan.views.maven.effective import known_poms, module_of
    from vvbscan.views.maven.lineage import lineage_of
    from vvbscan.views.maven.pom import Library

    library = Library.of(tree, options.limits)
    poms = [pom for path in unit.files if (pom := library.pom(path)) is not None]
    if not poms:
        return Unknown("unparsed", f"{unit.files[0]} cannot be read")
    if named:
        for plugin in module_of(poms[0], library, known_poms(poms)).plugins.values():
            if _PLUGINS.search(plugin.key) and any(one.goals for one in plugin.executions):
                return plugin.key
    outside = lineage_of(poms[0], library, known_poms(poms)).outside
    if outside is not None and outside.group not in _PLAIN_PARENTS:
        reason = f"the parent {':'.join(outside)} is not in the tree, and may bind a scan of dependencies"
        return Unknown("remote", reason)
    return None
