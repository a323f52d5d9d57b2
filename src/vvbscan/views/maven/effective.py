"""The effective model of a module.

Inheritance, management and imports as Maven's model builder does them:
https://maven.apache.org/ref/3.9.9/maven-model-builder/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.parse.xml import Element
from vvbscan.record import NamedTuple
from vvbscan.views.maven.configuration import opening_of
from vvbscan.views.maven.lineage import Lineage, lineage_of
from vvbscan.views.maven.model import Module
from vvbscan.views.maven.plugins import plugins_of
from vvbscan.views.maven.pom import Library, Pom, coordinates_of, text_of
from vvbscan.views.maven.properties import Properties
from vvbscan.views.maven.versions import pinned_how
from vvbscan.views.packages.model import Dependency, Entry, Repository

_MOST_IMPORTS: Final = 20
_SCOPES: Final = {"compile": "runtime", "runtime": "runtime", "provided": "provided", "test": "test"}
_SOURCES: Final = ("src/main/java", "src/main/kotlin", "src/main/scala", "src/main/groovy")

Known = Mapping[tuple[str, str], Sequence[Pom]]
_Key = tuple[str, str, str, str]
"""Group, artifact, type and classifier: what management is looked up by."""


def known_poms(poms: Sequence[Pom]) -> dict[tuple[str, str], list[Pom]]:
    """POMs by group and artifact."""
    known: dict[tuple[str, str], list[Pom]] = {}
    for pom in poms:
        named = coordinates_of(pom.project)
        known.setdefault((named.group, named.artifact), []).append(pom)
    return known


def module_of(pom: Pom, library: Library, known: Known) -> Module:
    """The module of a POM."""
    lineage = lineage_of(pom, library, known)
    properties = Properties(lineage)
    reader = _Reader(pom, lineage, properties, library, known)
    own = coordinates_of(pom.project)
    outside = None
    if lineage.outside is not None:
        outside = Unknown("remote", f"the parent {':'.join(lineage.outside)} is not in the tree")
    elif lineage.unread:
        outside = Unknown("unparsed", f"part of {lineage.unread} could not be read")
    return Module(
        f"{own.group}:{own.artifact}",
        lineage,
        properties,
        tuple(reader.dependencies()),
        tuple(_entries(pom, properties)),
        tuple(reader.imports()),
        plugins_of(lineage, properties, outside),
        tuple(_repositories(lineage, properties)),
        outside,
        any(library.tree.is_directory(posixpath.join(pom.directory, folder)) for folder in _SOURCES),
        library.tree.is_directory(posixpath.join(pom.directory, "src/test")),
        opening_of(pom.project),
    )


def read_by(pom: Pom, library: Library, known: Known) -> tuple[list[str], list[str]]:
    """The paths of the POMs that a module is made of, and of those that it imports."""
    lineage = lineage_of(pom, library, known)
    reader = _Reader(pom, lineage, Properties(lineage), library, known)
    return [one.path for one in lineage.poms], [one.path for one in reader.bills]


class _Managed(NamedTuple):
    """What dependencyManagement says of an artifact."""

    element: Element
    properties: Properties


class _Reader:
    def __init__(
        self,
        pom: Pom,
        lineage: Lineage,
        properties: Properties,
        library: Library,
        known: Known,
        depth: int = 0,
        read: dict[str, _Reader | None] | None = None,
    ) -> None:
        self._pom = pom
        self.lineage = lineage
        self._properties = properties
        self._library = library
        self._known = known
        self._depth = depth
        self._read: dict[str, _Reader | None] = {} if read is None else read
        """Bills of materials by path, None while one is being read: those that many import are read once."""
        self.outside = ""
        """What is not in the tree and may manage a version: a bill of materials, else the parent."""
        if lineage.outside is not None:
            self.outside = f"the parent {':'.join(lineage.outside)}"
        self.bills: list[Pom] = []
        """The bills of materials of the tree that are imported, with their parents."""
        self._imports: list[Element] = []
        self.managed = self._manage()

    def _manage(self) -> dict[_Key, _Managed]:
        managed: dict[_Key, _Managed] = {}
        imports: dict[_Key, Element] = {}
        for layer in self.lineage.layers:
            management = layer.body.at("dependencyManagement", "dependencies")
            for element in management.all("dependency") if management is not None else ():
                key = _key(element, self._properties)
                if self._written(element, "scope") == "import":
                    imports[key] = element
                else:
                    managed[key] = _Managed(element, self._properties)
        self._imports = list(imports.values())
        for (group, artifact, *_), element in imports.items():
            version = self._resolved(element, "version")
            bill = self._bill(group, artifact, version)
            if bill is None:
                shown = "" if version is None or isinstance(version.value, Unknown) else f":{version.value}"
                self.outside = f"{group}:{artifact}{shown}"
                continue
            self.bills += (*bill.lineage.poms, *bill.bills)
            for key, one in bill.managed.items():
                managed.setdefault(key, one)
            self.outside = bill.outside or self.outside
        return managed

    def _bill(self, group: str, artifact: str, version: Node | None) -> _Reader | None:
        """A bill of materials of the tree, read in its own lineage."""
        for pom in self._known.get((group, artifact), ()):
            lineage = lineage_of(pom, self._library, self._known)
            properties = Properties(lineage)
            own = properties.resolve_project("version")
            fits = version is None or own is None or own.value == version.value
            if fits and pom is not self._pom and self._depth < _MOST_IMPORTS:
                if pom.path not in self._read:
                    self._read[pom.path] = None
                    self._read[pom.path] = _Reader(
                        pom, lineage, properties, self._library, self._known, self._depth + 1, self._read
                    )
                return self._read[pom.path]
        return None

    def imports(self) -> Iterator[Dependency]:
        """The bills of materials that are imported, and the parent that is not in the tree."""
        for element in self._imports:
            yield self._dependency(element, None, "import")
        outside, place = self.lineage.outside, self.lineage.outside_place
        if outside is not None and place is not None and outside.artifact:
            version = self._properties.resolve(place) if outside.version else None
            package = f"{outside.group}:{outside.artifact}"
            pinned = pinned_how(version)
            yield Dependency("maven", package, place, version, pinned, "parent", "registry", place)

    def dependencies(self) -> Iterator[Dependency]:
        """The dependencies that take effect."""
        declared: dict[_Key, Element] = {}
        for layer in self.lineage.layers:
            listed = layer.body.child("dependencies")
            for element in listed.all("dependency") if listed is not None else ():
                declared[_key(element, self._properties)] = element
        for key, element in declared.items():
            if text_of(element, "artifactId") is not None:
                yield self._dependency(element, self.managed.get(key))

    def _dependency(self, element: Element, managed: _Managed | None, scope: str = "") -> Dependency:
        group, artifact, *_ = _key(element, self._properties)
        name = text_of(element, "artifactId") or opening_of(element)
        version = self._resolved(element, "version")
        if version is None and managed is not None:
            written = text_of(managed.element, "version")
            version = None if written is None else managed.properties.resolve(written)
        managed_outside = version is None and self.outside != ""
        if managed_outside:
            reason = f"{self.outside}, which may set the version of {group}:{artifact}, is not in the tree"
            version = name.replace_value(Unknown("remote", reason))
        written_scope = self._written(element, "scope") or (
            self._written(managed.element, "scope") if managed is not None else ""
        )
        optional = self._written(element, "optional") == "true"
        sibling = self._is_sibling(group, version)
        pinned = "local" if sibling or written_scope == "system" else pinned_how(version)
        if managed_outside:
            pinned = "managed"
        return Dependency(
            "maven",
            f"{group}:{artifact}",
            name,
            version,
            pinned,
            scope or ("optional" if optional else _SCOPES.get(written_scope or "compile", "provided")),
            "path" if written_scope == "system" else "workspace" if sibling else "registry",
            name,
        )

    def _is_sibling(self, group: str, version: Node | None) -> bool:
        """Whether a dependency is built together with the module: of its organisation and in its version."""
        own_group = self._properties.resolve_project("groupId")
        own = self._properties.resolve_project("version")
        return (
            version is not None
            and own is not None
            and own_group is not None
            and isinstance(version.value, str)
            and isinstance(own_group.value, str)
            and version.value == own.value
            and group.split(".")[:2] == own_group.value.split(".")[:2]
        )

    def _resolved(self, element: Element, name: str) -> Node | None:
        found = text_of(element, name)
        return None if found is None else self._properties.resolve(found)

    def _written(self, element: Element, name: str) -> str:
        found = self._resolved(element, name)
        return found.value if found is not None and isinstance(found.value, str) else ""


def _key(element: Element, properties: Properties) -> _Key:
    return (
        _shown(element, "groupId", properties),
        _shown(element, "artifactId", properties),
        _shown(element, "type", properties) or "jar",
        _shown(element, "classifier", properties),
    )


def _shown(element: Element, name: str, properties: Properties) -> str:
    """The text of a child with properties put in; as it is written, if they are not all known."""
    written = text_of(element, name)
    if written is None:
        return ""
    value = properties.resolve(written).value
    return value if isinstance(value, str) else written.written


def _entries(pom: Pom, properties: Properties) -> Iterator[Entry]:
    """What the lists of dependencies in the module's own POM have."""
    profiles = pom.project.child("profiles")
    for body in (pom.project, *(profiles.all("profile") if profiles is not None else ())):
        for listed in (body.child("dependencies"), body.at("dependencyManagement", "dependencies")):
            first: dict[_Key, Node] = {}
            for element in listed.all("dependency") if listed is not None else ():
                key = _key(element, properties)
                name = text_of(element, "artifactId") or opening_of(element)
                package = ":".join(part for part in (*key[:2], key[3]) if part)
                yield Entry(package, name, first.get(key))
                first.setdefault(key, name)


def _repositories(lineage: Lineage, properties: Properties) -> Iterator[Repository]:
    """The repositories of a module, those with the same id only once: as the strongest has it."""
    places = (
        ("repository", ("repositories",), ("repository",)),
        ("plugin-repository", ("pluginRepositories",), ("pluginRepository",)),
        ("distribution", ("distributionManagement",), ("repository", "snapshotRepository")),
    )
    found: dict[tuple[str, str], Repository] = {}
    for layer in lineage.layers:
        for kind, path, names in places:
            holder = layer.body.at(*path)
            for element in holder.children if holder is not None else ():
                url = text_of(element, "url")
                if element.local_name in names and url is not None:
                    key = kind, _shown(element, "id", properties) or str(url.value)
                    found[key] = Repository(kind, properties.resolve(url), opening_of(element))
    yield from found.values()
