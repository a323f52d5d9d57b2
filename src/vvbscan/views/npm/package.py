"""Reads `package.json`: what it depends on, which workspaces it has, and whether it wants a lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node
from vvbscan.record import NamedTuple
from vvbscan.views.npm.specifier import Specifier, read_specifier

MANIFEST: Final = "package.json"
PNPM_WORKSPACE: Final = "pnpm-workspace.yaml"
"""Names the packages of a project of pnpm."""
SCOPES: Final = {
    "optionalDependencies": "optional",
    "dependencies": "runtime",
    "devDependencies": "dev",
    "peerDependencies": "peer",
}
"""Sections of dependencies. Of a name that stands in several, the first of these counts."""
INSTALLED: Final = frozenset({"dependencies", "devDependencies", "optionalDependencies"})
"""Sections of what is installed in any case."""
_OF_LIBRARIES: Final = ("exports", "files", "module", "publishConfig", "types", "typings")
"""What says that a package is published, for those who depend on it and keep a lock themselves."""
_LAST_NAME: Final = lazy_pattern(r"((?:@[^/@]+/)?[^/@]+)(?:@[^/]*)?$")


class Declared(NamedTuple):
    """A dependency as it is declared."""

    name: Node
    """The key."""
    wanted: Node
    scope: str
    specifier: Specifier


def declared(root: Node) -> Iterator[Declared]:
    """The dependencies of a `package.json`. What is no text is passed over."""
    seen: set[str] = set()
    for section, scope in SCOPES.items():
        listed = root.get(section)
        for name, key, wanted in listed.members() if listed is not None else ():
            text = wanted.text()
            if text is not None and name not in seen:
                seen.add(name)
                yield Declared(key, wanted, scope, read_specifier(text))


def first_section(root: Node) -> Node:
    """The key of the first section of dependencies, else the whole."""
    keys = [key for name, key, _ in root.members() if name in SCOPES]
    return keys[0] if keys else root


def is_library(root: Node) -> bool:
    """Whether what is built is meant to be published."""
    private = root.get("private")
    if private is not None and private.value is True:
        return False
    return any(root.get(name) is not None for name in _OF_LIBRARIES)


def workspace_patterns(root: Node) -> tuple[str, ...]:
    """Patterns of the directories that are packages of the same project."""
    workspaces = root.get("workspaces")
    if workspaces is not None and isinstance(workspaces.value, MapValue):
        workspaces = workspaces.get("packages")
    texts = (item.text() for item in workspaces.items()) if workspaces is not None else ()
    return tuple(text for text in texts if text)


def package_manager(root: Node) -> str:
    """The package manager that a project says it uses: `pnpm` of `pnpm@9.15.0`; empty if it says none."""
    named = root.get("packageManager")
    text = None if named is None else named.text()
    return (text or "").partition("@")[0]


def resolved_names(root: Node) -> Iterator[str]:
    """Names of packages that the `resolutions` of a project set to something else than what is asked for."""
    resolutions = root.get("resolutions")
    for name, _, _ in resolutions.members() if resolutions is not None else ():
        match = _LAST_NAME.search(name)
        if match is not None:
            yield match[1]
