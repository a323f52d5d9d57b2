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
from vvbscan.record import NamedTuple
from vvbscan.views.npm.specifier import read_specifier
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.model import Lock, LockedPackage

_INSIDE: Final = "node_modules/"


class Entry(NamedTuple):
    """A package at a place of the tree that npm installs."""

    name: str
    """What it is called in its registry."""
    version: Node | None
    resolved: Node | None
    """The address that it comes from, or the directory that it links to."""
    link: bool
    key: Node
    integrity: Node | None


class NpmLock(NamedTuple):
    """A lock of npm."""

    lock: Lock
    entries: Mapping[str, Entry]
    """By path below the project: `node_modules/@scope/name`, `packages/web`."""


def read_npm_lock(source: Source, problems: tuple[Problem, ...], limits: Limits) -> tuple[NpmLock, Parsed]:
    """A lock, with what was wrong about the file."""
    path = source.path
    kind = posixpath.basename(path)
    torn = torn_lock(source)
    anchor = top_of(source)
    if torn is not None:
        return NpmLock(torn, {}), Parsed(source, (), (), problems)
    parsed = parse_json(source, limits)
    parsed = parsed._replace(problems=(*problems, *parsed.problems))
    root = parsed.documents[0].root if parsed.documents else None
    if not parsed.problems and (root is None or not isinstance(root.value, MapValue)):
        message = f"A {kind} is an object with the packages that are installed."
        problem = Problem("error", "npm-no-lock", message, anchor.start, anchor.end)
        parsed = parsed._replace(problems=(problem,))
    version = None if root is None else root.get("lockfileVersion")
    entries: dict[str, Entry] = {}
    unread: Unknown | None = None
    if root is None or any(one.level == "error" for one in parsed.problems):
        unread = Unknown("unparsed", f"{kind} cannot be read")
    elif version is not None and version.value not in (0, 1, 2, 3):
        message = f"Locks of the version {version.written} are not known; known are 1 to 3."
        problem = Problem("error", "npm-lock-version", message, version.start, version.end)
        parsed = parsed._replace(problems=(*parsed.problems, problem))
        unread = Unknown("unparsed", f"{kind} has a version that is not known")
    else:
        packages = root.get("packages")
        entries = dict(_entries(packages) if packages is not None else _nested(root))
        anchor = root.key("lockfileVersion") or anchor
    packages_held = tuple(_locked(*one) for one in entries.items())
    return NpmLock(Lock(kind, path, packages_held, unread, None, anchor), entries), parsed


def _entries(packages: Node) -> Iterator[tuple[str, Entry]]:
    """Of versions 2 and 3: every place has its path."""
    for path, key, held in packages.members():
        if path:
            name = held.get("name")
            link = held.get("link")
            yield (
                path,
                Entry(
                    (name.text() if name is not None else None) or path.rpartition(_INSIDE)[2],
                    held.get("version"),
                    held.get("resolved"),
                    link is not None and link.value is True,
                    key,
                    held.get("integrity"),
                ),
            )


def _nested(root: Node) -> Iterator[tuple[str, Entry]]:
    """Of version 1: packages within packages. What is no version of a registry stands as the version."""
    pending = [("", root)]
    while pending:
        within, holder = pending.pop()
        dependencies = holder.get("dependencies")
        for name, key, held in dependencies.members() if dependencies is not None else ():
            path = f"{within}{_INSIDE}{name}"
            pending.append((f"{path}/", held))
            version, resolved = held.get("version"), held.get("resolved")
            text = None if version is None else version.text()
            called = name
            if version is not None and text is not None and not text[:1].isdigit():
                asked = read_specifier(text)
                if asked.source != "registry":
                    version, resolved = None, version
                elif asked.name:
                    called, version = asked.name, version.replace_value(asked.wanted)
            yield path, Entry(called, version, resolved, False, key, held.get("integrity"))


def _locked(path: str, entry: Entry) -> LockedPackage:
    address = None if entry.resolved is None else entry.resolved.text()
    if entry.link or (address is None and _INSIDE not in path):
        source, url = "workspace", None
    elif address is None:
        source, url = "registry", None
    elif address.endswith(".tgz") and address.startswith(("https://", "http://")):
        # The tarball of a registry, as nearly all are.
        source, url = "registry", entry.resolved
    else:
        source = read_specifier(address).source
        source, url = ("registry" if source == "url" else source), entry.resolved
    return LockedPackage("npm", entry.name, entry.version, source, url, entry.key, entry.integrity)
