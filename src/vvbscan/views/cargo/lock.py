"""Reads `Cargo.lock`, versions 1 to 4 of the format.

Format: https://docs.rs/cargo/latest/cargo/core/resolver/encode/index.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, Parsed, Problem, Source, Unknown
from vvbscan.parse.toml import parse_toml
from vvbscan.record import NamedTuple
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.model import Lock, LockedPackage

_KNOWN: Final = (1, 2, 3, 4)
_REGISTRIES: Final = ("registry+", "sparse+")


class Entry(NamedTuple):
    """A package of the lock."""

    name: str
    version: str
    source: str
    """As written; empty for a package of the tree."""
    dependencies: tuple[tuple[str, ...], ...]
    """Name, and where that is needed version and source in parentheses, of what it depends on."""
    key: Node


class CargoLock(NamedTuple):
    """A lock of Cargo."""

    lock: Lock
    entries: Mapping[str, tuple[Entry, ...]]
    """By name."""


def read_lock(source: Source, problems: tuple[Problem, ...], limits: Limits) -> tuple[CargoLock, Parsed]:
    """A lock, with what was wrong about the file."""
    path = source.path
    kind = posixpath.basename(path)
    anchor = top_of(source)
    torn = torn_lock(source)
    if torn is not None:
        return CargoLock(torn, {}), Parsed(source, (), (), problems)
    parsed = parse_toml(source, limits)
    parsed = parsed._replace(problems=(*problems, *parsed.problems))
    root = parsed.documents[0].root if parsed.documents else None
    if root is None or any(one.level == "error" for one in parsed.problems):
        unread = Unknown("unparsed", f"{kind} cannot be read")
        return CargoLock(Lock(kind, path, (), unread, None, anchor), {}), parsed
    version = root.get("version")
    if version is not None and version.value not in _KNOWN:
        message = f"Locks of the version {version.written} are not known; known are 1 to 4."
        problem = Problem("error", "cargo-lock-version", message, version.start, version.end)
        parsed = parsed._replace(problems=(*parsed.problems, problem))
        unread = Unknown("unparsed", f"{kind} has a version that is not known")
        return CargoLock(Lock(kind, path, (), unread, None, version), {}), parsed
    by_name: dict[str, tuple[Entry, ...]] = {}
    packages = []
    for entry, locked in _entries(root):
        by_name[entry.name] = (*by_name.get(entry.name, ()), entry)
        packages.append(locked)
    return CargoLock(Lock(kind, path, tuple(packages), None, None, version or anchor), by_name), parsed


def _entries(root: Node) -> Iterator[tuple[Entry, LockedPackage]]:
    listed, sums = root.get("package"), root.get("metadata")
    for held in listed.items() if listed is not None else ():
        name, version, source, asked = (
            held.get(key) for key in ("name", "version", "source", "dependencies")
        )
        if name is None or name.text() is None:
            continue
        package, where = str(name.value), "" if source is None else source.text() or ""
        dependencies = tuple(
            tuple(text.split())
            for item in (asked.items() if asked is not None else ())
            if (text := item.text())
        )
        number = "" if version is None else version.text() or ""
        kind, url = _located(where, source)
        checksum = held.get("checksum")
        if checksum is None and sums is not None:  # of version 1
            checksum = sums.get(f"checksum {package} {number} ({where})")
        yield (
            Entry(package, number, where, dependencies, name),
            LockedPackage("cargo", package, version, kind, url, name, checksum),
        )


def _located(where: str, source: Node | None) -> tuple[str, Node | None]:
    """What a package comes from, and the address."""
    if source is None or not where:
        return "workspace", None
    for prefix in _REGISTRIES:
        if where.startswith(prefix):
            return "registry", source.part(len(prefix), len(where))
    return "git", source
