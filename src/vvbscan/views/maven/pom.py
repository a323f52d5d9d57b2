"""POMs as they are written, read once for a tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, Parsed, Problem, Source
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.xml import Element, parse_xml
from vvbscan.record import NamedTuple
from vvbscan.views.of_tree import OfTree
from vvbscan.views.xml_spans import parsed_xml

POM: Final = "pom.xml"
_NO_PROJECT: Final = "maven-no-project"
_HOLDERS: Final = frozenset(
    {"activation", "build", "dependency", "dependencyManagement", "distributionManagement", "exclusion"}
    | {"execution", "parent", "plugin", "pluginManagement", "pluginRepository", "profile", "project"}
    | {"repository"}
)
"""Elements that hold each other element once."""
_FREE: Final = frozenset({"configuration", "properties"})
"""Elements of which Maven knows no more than the name."""


class Coordinates(NamedTuple):
    """Group, artifact and version as a POM writes them; empty where it writes none."""

    group: str
    artifact: str
    version: str


class Pom(NamedTuple):
    """A POM."""

    path: str
    source: Source
    project: Element
    parsed: Parsed
    """For suppressions and problems."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)

    @property
    def directory(self) -> str:
        """Where it lies, empty for the root."""
        return posixpath.dirname(self.path)


class Library(OfTree):
    """The POMs of a tree, by path."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._poms: dict[str, Pom | Parsed | str] = {}

    def read(self, path: str) -> Pom | Parsed | str:
        """A POM, what was parsed of a file that is none, or why it cannot be read."""
        if path not in self._poms:
            self._poms[path] = _read(path, self.tree, self.limits)
        return self._poms[path]

    def pom(self, path: str) -> Pom | None:
        """The POM at a path, if there is one that can be read."""
        if path not in self._poms and not self.tree.is_file(path):
            return None
        found = self.read(path)
        return found if isinstance(found, Pom) else None


def _read(path: str, tree: FileTree, limits: Limits) -> Pom | Parsed | str:
    try:
        source, problems = tree.read(path)
    except Unreadable as error:
        return str(error)
    file = parse_xml(source, limits)
    root = file.root
    if root is not None and root.local_name == "project":
        return Pom(path, source, root, parsed_xml(file, (*problems, *_repeated(root))))
    if root is not None:
        end = max(root.head_end, root.start)
        message = f"A POM has the root `project`, not `{root.name}`."
        problems = (*problems, Problem("error", _NO_PROJECT, message, root.start, end))
    return parsed_xml(file, problems)


def coordinates_of(project: Element) -> Coordinates:
    """The coordinates of a POM; group and version are those of its parent where it has none of its own."""
    parent = project.child("parent")

    def written(name: str, *, inherited: bool = True) -> str:
        for element in (project, parent if inherited else None):
            found = text_of(element, name) if element is not None else None
            if found is not None and isinstance(found.value, str):
                return found.value
        return ""

    return Coordinates(written("groupId"), written("artifactId", inherited=False), written("version"))


def text_of(element: Element, name: str) -> Node | None:
    """The text of a child, None if there is none or it is empty."""
    child = element.child(name)
    return child.text if child is not None and child.text.value != "" else None


def _repeated(project: Element) -> Iterator[Problem]:
    """Elements that stand twice in another one, which makes Maven refuse the POM."""
    pending = [project]
    while pending:
        holder = pending.pop()
        seen: set[str] = set()
        for child in holder.children:
            name = child.local_name
            if name in seen and holder.local_name in _HOLDERS:
                message = f"`{name}` stands in `{holder.local_name}` already, and Maven reads no such POM."
                hint = "leave one of them; the first is taken here"
                yield Problem("warning", "maven-repeated-element", message, child.start, child.head_end, hint)
            seen.add(name)
            if child.children and name not in _FREE:
                pending.append(child)
