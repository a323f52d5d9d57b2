"""Reads `Cargo.toml` (https://doc.rust-lang.org/cargo/reference/manifest.html)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node
from vvbscan.record import NamedTuple

MANIFEST: Final = "Cargo.toml"
LOCK: Final = "Cargo.lock"
_SECTIONS: Final = {
    "dependencies": "runtime",
    "dev-dependencies": "dev",
    "dev_dependencies": "dev",
    "build-dependencies": "build",
    "build_dependencies": "build",
}
"""Tables of dependencies, and what these are for."""


class Wanted(NamedTuple):
    """A dependency as it is declared."""

    package: str
    """The package; what the code calls it may differ."""
    place: Node
    requirement: str
    """Empty if any version will do."""
    source: str
    """`registry`, `git` or `path`."""
    path: str = ""
    git: str = ""
    revision: tuple[str, str] = ("", "")
    """`rev`, `tag` or `branch`, and what it is."""
    name: Node | None = None
    """What the code calls it."""
    version: Node | None = None
    """The requirement with the place that sets it."""
    scope: str = "runtime"
    """As in the view `dependency`."""


def wanted(root: Node, shared: Node | None) -> Iterator[Wanted]:
    """The dependencies of a package for all platforms; `shared` is the `workspace` that may declare them."""
    holders = [root]
    targets = root.get("target")
    holders += (target for _, _, target in targets.members()) if targets is not None else ()
    for holder in holders:
        for section, scope in _SECTIONS.items():
            table = holder.get(section)
            for name, key, value in table.members() if table is not None else ():
                held: Node | None = value
                if value.get("workspace") is not None:
                    held = None if shared is None else shared.at("dependencies", name)
                if held is not None:
                    yield _wanted(name, held, value)._replace(name=key, scope=scope)


def _wanted(name: str, value: Node, place: Node) -> Wanted:
    if not isinstance(value.value, MapValue):
        return Wanted(name, place, value.text() or "", "registry", version=value)
    package = _text(value, "package") or name
    requirement, path, git = (_text(value, key) for key in ("version", "path", "git"))
    version = value.get("version")
    if version is not None and place is value:
        place = version
    revisions = ((key, _text(value, key)) for key in ("rev", "tag", "branch"))
    revision = next((one for one in revisions if one[1]), ("", ""))
    source = "git" if git else "path" if path else "registry"
    return Wanted(package, place, requirement, source, path, git, revision, version=version)


def _text(table: Node, key: str) -> str:
    value = table.get(key)
    return (value.text() or "") if value is not None else ""


def package_version(root: Node, shared: Node | None) -> Node | None:
    """The version of the package itself, if it has one."""
    version = root.at("package", "version")
    if version is not None and version.get("workspace") is not None:
        return None if shared is None else shared.at("package", "version")
    return version


def patched(root: Node) -> frozenset[str]:
    """Packages that a project takes from another place than what asks for them says."""
    found = set()
    patches = root.get("patch")
    for _, _, registry in patches.members() if patches is not None else ():
        for name, _, value in registry.members():
            found.add(_text(value, "package") or name)
    replaced = root.get("replace")
    for name, _, _ in replaced.members() if replaced is not None else ():
        found.add(name.rpartition("#")[2].partition(":")[0])
    return frozenset(found)


def paths(root: Node, shared: Node | None) -> Iterator[str]:
    """Directories that a package depends on, relative to its own, and those of a workspace's dependencies."""
    for one in wanted(root, None):
        if one.path:
            yield one.path
    for _, _, value in _members(shared, "dependencies"):
        if _text(value, "path"):
            yield _text(value, "path")


def _members(node: Node | None, key: str) -> Iterator[tuple[str, Node, Node]]:
    table = None if node is None else node.get(key)
    if table is not None:
        yield from table.members()


def workspace_patterns(workspace: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Patterns of the directories that are members, and directories that are none."""
    members, excluded = (
        tuple(
            posixpath.normpath(text)
            for item in (node.items() if node is not None else ())
            if (text := item.text())
        )
        for node in (workspace.get("members"), workspace.get("exclude"))
    )
    return members, excluded
