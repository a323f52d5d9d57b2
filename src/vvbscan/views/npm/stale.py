"""Compares `package.json` with the lock as `npm ci` does before it installs anything.

Sections and what satisfies them: https://docs.npmjs.com/cli/v11/commands/npm-ci
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from vvbscan.views.npm.lock import Entry, NpmLock
from vvbscan.views.npm.package import Declared
from vvbscan.views.npm.specifier import Specifier, read_specifier
from vvbscan.views.packages.model import Stale
from vvbscan.views.packages.versions.npm import is_range, satisfies


def stale_entries(dependencies: Iterable[Declared], directory: str, lock: NpmLock) -> Iterator[Stale]:
    """What the lock does not satisfy. `directory` is that of the `package.json` below the project."""
    for one in dependencies:
        if one.scope == "peer":
            continue  # installed only by npm 7 and later, and not if `legacy-peer-deps` is set
        entry = lock.installed(str(one.name.value), directory)
        if entry is None:
            yield Stale(one.wanted, f"{one.name.value} is not in it", None)
            continue
        reason = _differs(one.specifier, directory, entry, lock)
        if reason:
            yield Stale(
                one.wanted, f"{one.name.value} {reason}, wanted is {one.wanted.value}", lock.key_of(entry)
            )


def _differs(wanted: Specifier, directory: str, entry: Entry, lock: NpmLock) -> str:
    """How what is locked differs from what is wanted; empty if it does not, or if nobody knows."""
    resolved = entry.resolved
    if wanted.source == "git":
        return _differs_from_git(wanted, entry, resolved)
    if wanted.source == "url":
        return f"is locked at {resolved}" if resolved not in (None, wanted.wanted) else ""
    if wanted.source == "path":
        return _differs_from_path(wanted, directory, entry, resolved)
    if wanted.name and wanted.name != entry.name:
        return f"is locked as {entry.name}"
    target = lock.entries.get(resolved) if entry.link and resolved is not None else entry
    version = target.version if target is not None else None
    if version is None or wanted.source != "registry" or wanted.wanted in ("", "*"):
        return ""
    if satisfies(version, wanted.wanted):
        return ""
    # What a tag stands for only the registry knows.
    from_registry = resolved is None or read_specifier(resolved).source != "git"
    if not is_range(wanted.wanted) and from_registry:
        return ""
    return f"is locked at {version}"


def _differs_from_git(wanted: Specifier, entry: Entry, resolved: str | None) -> str:
    if resolved is None:
        return ""
    locked = read_specifier(resolved)
    if locked.source != "git":
        return f"is locked at {entry.version or resolved}"
    if wanted.repository and locked.repository and wanted.repository != locked.repository:
        return f"is locked at {locked.repository}"
    if wanted.pinned == "commit" and wanted.wanted.lower() != locked.wanted.lower():
        return f"is locked at {locked.wanted}"
    return ""


def _differs_from_path(wanted: Specifier, directory: str, entry: Entry, resolved: str | None) -> str:
    if not entry.link:
        # A tarball, or a directory that is copied (`install-links`).
        held = resolved is None or resolved.startswith("file:")
        return "" if held else f"is locked at {entry.version or resolved}"
    path = wanted.wanted.removeprefix("file:")
    if path.startswith(("/", "~")) or resolved == posixpath.normpath(posixpath.join(directory, path)):
        return ""
    return f"is locked at {resolved}"
