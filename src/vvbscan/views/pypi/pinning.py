"""How a requirement of Python pins what is installed."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.parse.requirement import Requirement
from vvbscan.views.packages.model import UNKNOWN

_COMMIT: Final = lazy_pattern(r"[0-9a-fA-F]{40}")
_TAG: Final = lazy_pattern(r"refs/tags/.+|(?:.*[^0-9A-Za-z])?[vV]?\d+(?:\.\d+)+.*")
"""A reference of git that says that it is a tag, or names a version: `v1.4.2`, `release-1.4.2`."""
_REPOSITORY: Final = lazy_pattern(r"(?:git|hg|svn|bzr)\+")
_ADDRESS: Final = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")


def pinned_by(versions: Node | None) -> str:
    """How versions pin, as `Dependency.pinned`."""
    if versions is None:
        return "any"
    text = versions.text()
    if text is None:
        return UNKNOWN
    clauses = [clause.strip() for clause in text.split(",")]
    if any(one.startswith("===") or (one.startswith("==") and not one.endswith("*")) for one in clauses):
        return "exact"
    return "range" if any(clauses) else "any"


def located_how(location: Node) -> tuple[str, str]:
    """The source of what is taken from an address or path, and how that pins it."""
    value = location.value
    if isinstance(value, Unknown):
        first = value.parts[0] if value.parts else None
        text = "".join(part or "x" for part in value.parts)
        if first is None:
            return "url", UNKNOWN
        # A part that is unknown where the revision stands leaves that unknown.
        if _REPOSITORY.match(text):
            return "git", UNKNOWN if (value.parts[-1] is None) else _revision_of(text)
    else:
        text = str(value)
    if _REPOSITORY.match(text):
        return "git", _revision_of(text)
    if text.startswith("file:") or _ADDRESS.match(text) is None:
        return "path", "local"
    return "url", "exact"


def _revision_of(address: str) -> str:
    """How the revision behind the path of a repository pins: `...vvb.git@v1.4.2#egg=vvb`."""
    path = address.partition("#")[0].partition("://")[2].partition("/")[2]
    revision = path.rpartition("@")[2] if "@" in path else ""
    return pinned_by_revision(revision)


def pinned_by_revision(revision: str) -> str:
    """How a commit, tag or branch pins."""
    if _COMMIT.fullmatch(revision):
        return "commit"
    return "tag" if _TAG.fullmatch(revision) else "branch"


def pinned_how(requirement: Requirement) -> tuple[str, str]:
    """The source of a requirement, and how it pins."""
    if requirement.location is not None:
        return located_how(requirement.location)
    return "registry", pinned_by(requirement.versions)
