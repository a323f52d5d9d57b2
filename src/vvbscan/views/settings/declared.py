"""What the build of a module declares, as its build tool takes it: inherited, by aliases, by variables."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Node
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.record import NamedTuple
from vvbscan.views.settings.names import QUARKUS, SPRING

_FRAMEWORKS: Final = {
    "io.quarkus.platform:quarkus-bom": QUARKUS,
    "io.quarkus:quarkus-bom": QUARKUS,
    "io.quarkus:quarkus-universe-bom": QUARKUS,
    "io.quarkus": QUARKUS,
    "org.springframework.boot:spring-boot-starter-parent": SPRING,
    "org.springframework.boot:spring-boot-dependencies": SPRING,
    "org.springframework.boot": SPRING,
}
"""What has the version of a framework: bills of materials, a parent, and plugins of Gradle."""


_ROOT_NAME: Final = lazy_pattern(r"(?m)^[ \t]*rootProject\.name\s*=\s*['\"]([^'\"$\n]+)['\"]")


class Declared(NamedTuple):
    """What a build declares."""

    packages: tuple[str, ...]
    """`group:artifact` of its dependencies, and the ids of plugins of Gradle."""
    versions: dict[str, str]
    """The version of each framework."""
    name: str = ""
    """The id of its artifact, or the name of its project; empty if that is not known."""


def declared_by(directory: str, tree: FileTree, limits: Limits) -> Declared:
    """What the build of the module in a directory declares, as far as it can be read."""
    pom = posixpath.join(directory, "pom.xml")
    if tree.is_file(pom):
        return _of_maven(pom, tree, limits)
    for name in ("build.gradle", "build.gradle.kts"):
        path = posixpath.join(directory, name)
        if tree.is_file(path):
            return _of_gradle(path, tree, limits)
    return Declared((), {})


def _of_maven(path: str, tree: FileTree, limits: Limits) -> Declared:
    from vvbscan.views.maven.effective import module_of
    from vvbscan.views.maven.pom import Library

    library = Library.of(tree, limits)
    pom = library.pom(path)
    if pom is None:
        return Declared((), {})
    module = module_of(pom, library, {})
    versions = {one.package: one.requirement for one in module.imports}
    name = module.name.rpartition(":")[2]
    return Declared(tuple(one.package for one in module.dependencies), _known(versions), name)


def _of_gradle(path: str, tree: FileTree, limits: Limits) -> Declared:
    from vvbscan.views.gradle.files import Library
    from vvbscan.views.gradle.project import project_of

    library = Library.of(tree, limits)
    script = library.script(path)
    if script is None:
        return Declared((), {})
    project = project_of(script, library)
    versions = {one.key: one.version for one in project.plugins}
    versions.update((one.package, one.requirement) for one in project.dependencies if one.scope == "import")
    names = (*(one.key for one in project.plugins), *(one.package for one in project.dependencies))
    return Declared(names, _known(versions), _root_name(posixpath.dirname(path), tree))


def _root_name(directory: str, tree: FileTree) -> str:
    """The name of the root project whose settings lie in a directory; other projects are named by theirs."""
    for name in ("settings.gradle", "settings.gradle.kts"):
        path = posixpath.join(directory, name)
        if tree.is_file(path):
            try:
                match = _ROOT_NAME.search(tree.read(path)[0].text.text)
            except Unreadable:
                continue  # whoever claims the file reports it
            if match is not None:
                return match[1]
    return ""


def _known(versions: dict[str, Node | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, node in versions.items():
        framework = _FRAMEWORKS.get(name)
        text = None if node is None else node.text()
        if framework is not None and text is not None and text[:1].isdigit():
            found[framework] = text
    return found
