"""Locks of Gradle, and what of a project they do not hold.

https://docs.gradle.org/current/userguide/dependency_locking.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, Parsed, Problem, Source
from vvbscan.views.gradle.settings import Setting
from vvbscan.views.packages.conflicts import merge_conflict, torn_lock
from vvbscan.views.packages.model import Dependency, Lock, LockedPackage, Manifest, Stale

LOCK: Final = "gradle.lockfile"
_LINE: Final = lazy_pattern(r"([^\s:=#]+:[^\s:=]+):([^\s:=]+)=([^\s=]*)|empty=[^\s=]*|#.*|\s*")
_NUMBERS: Final = lazy_pattern(r"[0-9]{1,18}(?:\.[0-9]{1,18})*")
_CLASSPATHS: Final = frozenset({"compileClasspath", "runtimeClasspath"})
_SWITCHES: Final = frozenset({"lockAllConfigurations", "activateDependencyLocking"})


def parse_lock(source: Source) -> Parsed:
    """What is wrong with a lock: a line that is none of its kind. The lines of a merge are a rule's."""
    if merge_conflict(source) is not None:
        return Parsed(source, ())
    for start, line in _lines(source):
        if _LINE.fullmatch(line) is None:
            message = "A line of a lock names a package with its version and configurations."
            return Parsed(
                source, (), (), (Problem("error", "gradle-lock-syntax", message, start, start + len(line)),)
            )
    return Parsed(source, ())


def read_lock(source: Source) -> tuple[Lock, bool]:
    """A lock, and whether it locks what is compiled or run."""
    anchor = Node(None, source, 0, len(source.text.text.partition("\n")[0]), COMPUTED)
    torn = torn_lock(source)
    if torn is not None:
        return torn, False
    packages: list[LockedPackage] = []
    of_classpath = False
    for start, line in _lines(source):
        match = _LINE.fullmatch(line)
        if match is None or match[1] is None:
            continue
        of_classpath |= not _CLASSPATHS.isdisjoint(match[3].split(","))
        version = Node(match[2], source, start + match.start(2), start + match.end(2))
        place = Node(match[1], source, start, start + match.end(1))
        packages.append(LockedPackage("maven", match[1], version, "registry", None, place))
    return Lock(LOCK, source.path, tuple(packages), None, None, anchor), of_classpath


def _lines(source: Source) -> Iterator[tuple[int, str]]:
    start = 0
    for line in source.text.text.split("\n"):
        yield start, line.rstrip("\r")
        start += len(line) + 1


def manifest_of(
    path: str,
    dependencies: Iterable[Dependency],
    settings: Iterable[Setting],
    lock: tuple[Lock, bool] | None,
    anchor: Node,
) -> Manifest:
    """A script with the lock that belongs to it. One is wanted where locking is switched on."""
    declared = [one for one in dependencies if one.scope == "runtime"]
    wants = any(one.path[-1:] and one.path[-1] in _SWITCHES for one in settings) and bool(declared)
    stale = tuple(_stale(declared, lock[0])) if lock is not None and lock[1] else ()
    found = None if lock is None else lock[0]
    return Manifest("maven", posixpath.basename(path), path, wants, found, (LOCK,), stale, anchor)


def _stale(dependencies: Iterable[Dependency], lock: Lock) -> Iterator[Stale]:
    locked = {one.package: one for one in lock.packages}
    seen: set[str] = set()
    for one in dependencies:
        if one.package in seen:
            continue
        seen.add(one.package)
        found = locked.get(one.package)
        if found is None:
            yield Stale(one.name, f"{one.package} is not in it", None)
            continue
        wanted = one.requirement.text() if one.requirement is not None else None
        version = found.version
        text = version.text() if version is not None else None
        if wanted is not None and text is not None and one.requirement is not None and is_below(text, wanted):
            reason = f"{one.package} is locked at {text}, wanted is {wanted}"
            yield Stale(one.requirement, reason, version)


def is_below(locked: str, wanted: str) -> bool:
    """Whether a locked version is for certain not what is asked for: it may be newer, as others ask too."""
    if wanted.endswith(".+"):
        return not f"{locked}.".startswith(wanted.removesuffix("+"))
    if _NUMBERS.fullmatch(wanted) is None or _NUMBERS.fullmatch(locked) is None:
        return False
    return _key(wanted) > _key(locked)


def _key(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
