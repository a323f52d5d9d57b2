"""Reads `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3 of the format.

Format: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Parsed, Problem, Source, Unknown
from vvbscan.parse.json import parse_json
from vvbscan.parse.tape import plain_data
from vvbscan.record import NamedTuple
from vvbscan.views.npm.specifier import read_specifier
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.locked import PackagesOfLock
from vvbscan.views.packages.model import Lock, LockedPackage

_INSIDE: Final = "node_modules/"
_PACKAGES: Final = "packages"


class Entry(NamedTuple):
    """A package at a place of the tree that npm installs, as text: a lock has thousands of them."""

    name: str
    """What it is called in its registry."""
    version: str | None
    resolved: str | None
    """The address that it comes from, or the directory that it links to."""
    link: bool
    way: tuple[str, ...]
    """The names that lead to it from the top of the file."""


class NpmLock(NamedTuple):
    """A lock of npm."""

    lock: Lock
    entries: Mapping[str, Entry]
    """By path below the project: `node_modules/@scope/name`, `packages/web`."""
    root: Node
    """The whole of the file; its first character if it is not read, and there are no entries."""

    def key_of(self, entry: Entry) -> Node:
        """Where a package is named."""
        holder = self.root.at(*entry.way[:-1])
        return (None if holder is None else holder.key(entry.way[-1])) or self.lock.anchor

    def installed(self, name: str, directory: str) -> Entry | None:
        """What a directory below the project gets by a name: the package in the nearest `node_modules`."""
        while True:
            entry = self.entries.get(posixpath.join(directory, "node_modules", name))
            if entry is not None or not directory:
                return entry
            directory = posixpath.dirname(directory)

    def package(self, entry: Entry) -> LockedPackage:
        """A package with the places where what is known of it stands."""
        held = self.root.at(*entry.way)
        version, resolved, integrity = (
            None if held is None else held.get(name) for name in ("version", "resolved", "integrity")
        )
        url = None
        if entry.resolved is not None and not entry.link:
            url = resolved if resolved is not None and resolved.value == entry.resolved else version
        if version is not None and version.value != entry.version:
            version = None if entry.version is None else version.replace_value(entry.version)
        return LockedPackage("npm", entry.name, version, _source(entry), url, self.key_of(entry), integrity)


def read_npm_lock(source: Source, problems: tuple[Problem, ...], limits: Limits) -> tuple[NpmLock, Parsed]:
    """A lock, with what was wrong about the file."""
    path = source.path
    kind = posixpath.basename(path)
    torn = torn_lock(source)
    anchor = top_of(source)
    if torn is not None:
        return NpmLock(torn, {}, anchor), Parsed(source, (), (), problems)
    parsed = parse_json(source, limits)
    parsed = parsed._replace(problems=(*problems, *parsed.problems))
    root = parsed.documents[0].root if parsed.documents else None
    broken = any(one.level == "error" for one in parsed.problems)
    if not broken and (root is None or not isinstance(root.value, MapValue)):
        message = f"A {kind} is an object with the packages that are installed."
        problem = Problem("error", "npm-no-lock", message, anchor.start, anchor.end)
        parsed = parsed._replace(problems=(*parsed.problems, problem))
    version = None if root is None else root.get("lockfileVersion")
    if root is None or any(one.level == "error" for one in parsed.problems):
        unread = Unknown("unparsed", f"{kind} cannot be read")
    elif version is not None and version.value not in (0, 1, 2, 3):
        message = f"Locks of the version {version.written} are not known; known are 1 to 3."
        problem = Problem("error", "npm-lock-version", message, version.start, version.end)
        parsed = parsed._replace(problems=(*parsed.problems, problem))
        unread = Unknown("unparsed", f"{kind} has a version that is not known")
    else:
        return _read(root, root.key("lockfileVersion") or anchor, limits), parsed
    return NpmLock(Lock(kind, path, (), unread, None, anchor), {}, anchor), parsed


def _read(root: Node, anchor: Node, limits: Limits) -> NpmLock:
    path = anchor.source.path
    plain = plain_data(root, limits.depth + 1)
    assert isinstance(plain, dict), "what has packages is an object"
    entries = dict(_entries(plain[_PACKAGES]) if _PACKAGES in plain else _nested(plain))
    read = NpmLock(Lock(posixpath.basename(path), path, (), None, None, anchor), entries, root)
    places = tuple(entries.values())
    packages = PackagesOfLock(
        [None if entry.link else entry.resolved for entry in places],
        lambda number: read.package(places[number]),
    )
    return read._replace(lock=read.lock._replace(packages=packages))


def _entries(packages: object) -> Iterator[tuple[str, Entry]]:
    """Of versions 2 and 3: every place has its path."""
    for path, held in packages.items() if isinstance(packages, dict) else ():
        if path:
            has = held if isinstance(held, dict) else {}
            yield (
                path,
                Entry(
                    _text(has.get("name")) or path.rpartition(_INSIDE)[2],
                    _text(has.get("version")),
                    _text(has.get("resolved")),
                    has.get("link") is True,
                    (_PACKAGES, path),
                ),
            )


def _nested(root: dict[str, object]) -> Iterator[tuple[str, Entry]]:
    """Of version 1: packages within packages. What is no version of a registry stands as the version."""
    pending: list[tuple[str, tuple[str, ...], object]] = [("", ("dependencies",), root.get("dependencies"))]
    while pending:
        within, way, dependencies = pending.pop()
        for name, held in dependencies.items() if isinstance(dependencies, dict) else ():
            path = f"{within}{_INSIDE}{name}"
            here = (*way, name)
            has = held if isinstance(held, dict) else {}
            if "dependencies" in has:
                pending.append((f"{path}/", (*here, "dependencies"), has["dependencies"]))
            called, version, resolved = name, _text(has.get("version")), _text(has.get("resolved"))
            if version is not None and not version[:1].isdigit():
                asked = read_specifier(version)
                if asked.source != "registry":
                    version, resolved = None, version
                elif asked.name:
                    called, version = asked.name, asked.wanted
            yield path, Entry(called, version, resolved, False, here)


def _source(entry: Entry) -> str:
    address = entry.resolved
    if entry.link or (address is None and entry.way[0] == _PACKAGES and _INSIDE not in entry.way[1]):
        return "workspace"
    if address is None or (address.endswith(".tgz") and address.startswith(("https://", "http://"))):
        # The tarball of a registry, as nearly all are.
        return "registry"
    source = read_specifier(address).source
    return "registry" if source == "url" else source


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
