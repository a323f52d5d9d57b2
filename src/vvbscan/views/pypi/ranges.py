"""Which versions a range of Python's package managers takes, by `packaging`.

Poetry's own ranges: https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vvbscan.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_OR: Final = lazy_pattern(r"\s*\|\|?\s*")
_AND: Final = lazy_pattern(r"(?<=[^\s,=<>!~^])(?:\s*,\s*|\s+)(?=[=<>!~^\d*v])")
_CLAUSE: Final = lazy_pattern(r"(\^|~(?!=)|[=~!<>]=?=?)?\s*v?([^\s=<>~^]+)")
_RELEASE: Final = lazy_pattern(r"(?:(\d+)!)?(\d{1,9}(?:\.\d{1,9})*)(.*)", re.DOTALL)
_LONGEST: Final = 1_000


def takes(dialect: str, versions: str, version: str) -> bool | None:
    """Whether a version is within what is asked for, None if nobody knows.

    Pre-releases count as within: a lock has one only if its package manager was told to take it.
    """
    from packaging.version import InvalidVersion, Version  # with what follows 12 ms, and only for locks

    ranges = ranges_of(dialect, versions)
    if ranges is None:
        return None
    try:
        held = Version(version)
    except InvalidVersion:
        return None
    return any(one.contains(held, prereleases=True) for one in ranges)


def ranges_of(dialect: str, versions: str) -> tuple[SpecifierSet, ...] | None:
    """Ranges of which one has to hold, None if they cannot be read."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if len(versions) > _LONGEST:
        return None
    try:
        if dialect == "pep440":
            return (SpecifierSet("" if versions.strip() == "*" else versions),)
        return tuple(SpecifierSet(_of_poetry(one)) for one in _OR.split(versions.strip()))
    except (InvalidSpecifier, _NoRange):
        return None


def pinned_by_poetry(versions: str) -> str:
    """How a range of Poetry pins, as `Dependency.pinned`."""
    text = versions.strip()
    if text in ("", "*"):
        return "any"
    match = _CLAUSE.fullmatch(text)
    exact = match is not None and match[1] in (None, "=", "==", "===") and not text.endswith("*")
    return "exact" if exact else "range"


class _NoRange(Exception):
    """A text that is none."""


def _of_poetry(text: str) -> str:
    """Clauses of Poetry as those of PEP 440."""
    clauses: list[str] = []
    if not text.strip():
        return ""
    for clause in _AND.split(text.strip(" ,")):
        match = _CLAUSE.fullmatch(clause.strip())
        if match is None:
            raise _NoRange
        operator, version = match[1] or "", match[2]
        if version in ("*", "x", "X"):
            continue
        if operator in ("^", "~"):
            clauses += _from_until(operator, version)
        else:
            clauses.append(f"{'==' if operator in ('', '=') else operator}{version}")
    return ",".join(clauses)


def _from_until(operator: str, version: str) -> list[str]:
    match = _RELEASE.fullmatch(version)
    if match is None:
        raise _NoRange
    epoch = f"{match[1]}!" if match[1] else ""
    parts = [int(part) for part in match[2].split(".")]
    if operator == "~":
        place = min(1, len(parts) - 1)
    else:
        # The first part that is not 0 may not change; of 0 and 0.0 the last one that is written.
        place = next((number for number, part in enumerate(parts) if part), len(parts) - 1)
    until = [*parts[:place], parts[place] + 1]
    return [f">={version}", f"<{epoch}{'.'.join(map(str, until))}"]
