"""Catalogs of versions: https://docs.gradle.org/current/userguide/version_catalogs.html."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node, Origin
from vvbscan.record import NamedTuple

_BOUNDS: Final = ("strictly", "require", "prefer")


class Coordinates(NamedTuple):
    """What an alias stands for."""

    name: str
    """`group:artifact`, or the id of a plugin."""
    place: Node
    """Where that is written."""
    version: Node | None


class Catalog:
    """A catalog. Aliases are the same whether `-`, `_` or `.` divides them."""

    def __init__(self, root: Node) -> None:
        self._versions = _members(root.get("versions"))
        self._libraries = _members(root.get("libraries"))
        self._bundles = _members(root.get("bundles"))
        self._plugins = _members(root.get("plugins"))

    def version(self, alias: str) -> Node | None:
        """The version of a name, where it is written."""
        found = self._versions.get(_normal(alias))
        return None if found is None else _bound(found)

    def library(self, alias: str) -> Coordinates | None:
        """What an alias of a library stands for."""
        found = self._libraries.get(_normal(alias))
        if found is None:
            return None
        if isinstance(found.value, str):
            parts = found.value.split(":")
            return self._short(found, ":".join(parts[:2]), parts[2] if parts[2:] else "")
        module, group, name = found.get("module"), found.get("group"), found.get("name")
        if module is not None and isinstance(module.value, str):
            return Coordinates(module.value, module, self._version_of(found))
        if group is not None and name is not None:
            return Coordinates(f"{group.value}:{name.value}", name, self._version_of(found))
        return None

    def bundle(self, alias: str) -> Iterator[Coordinates]:
        """The libraries of a bundle."""
        found = self._bundles.get(_normal(alias))
        for item in found.items() if found is not None else ():
            library = self.library(item.value) if isinstance(item.value, str) else None
            if library is not None:
                yield library

    def plugin(self, alias: str) -> Coordinates | None:
        """What an alias of a plugin stands for."""
        found = self._plugins.get(_normal(alias))
        if found is None:
            return None
        if isinstance(found.value, str):
            name, _, version = found.value.partition(":")
            return self._short(found, name, version)
        name_node = found.get("id")
        if name_node is None or not isinstance(name_node.value, str):
            return None
        return Coordinates(name_node.value, name_node, self._version_of(found))

    def _short(self, node: Node, name: str, version: str) -> Coordinates:
        """`group:artifact:version`, or `id:version`."""
        place = node.part(0, len(name))
        if not version:
            return Coordinates(name, place, None)
        return Coordinates(name, place, node.part(len(name) + 1, len(name) + 1 + len(version)))

    def _version_of(self, entry: Node) -> Node | None:
        version = entry.get("version")
        if version is None:
            return None
        reference = version.get("ref")
        if reference is not None:
            found = self.version(reference.value) if isinstance(reference.value, str) else None
            if found is None:
                return None
            return found.through(Origin("used here", reference.source, reference.start, reference.end))
        return _bound(version)


def _bound(version: Node) -> Node | None:
    """The version that is meant, of one that is written as a table too."""
    if not isinstance(version.value, MapValue):
        return version
    return next((found for name in _BOUNDS if (found := version.get(name)) is not None), None)


def _members(node: Node | None) -> dict[str, Node]:
    return {} if node is None else {_normal(name): value for name, _, value in node.members()}


def _normal(alias: str) -> str:
    return alias.replace("-", ".").replace("_", ".")
