"""What of a repository no bot looks after."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from vvbscan.model.node import Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.bots.model import Bots, Dependent, Managers, Updates


class _Ecosystem(NamedTuple):
    name: str
    """What people call it."""
    dependabot: frozenset[str]
    managers: frozenset[str]
    """Renovate's."""


_ECOSYSTEMS: Final = {
    "cargo": _Ecosystem("Cargo", frozenset({"cargo"}), frozenset({"cargo"})),
    "dockerfile": _Ecosystem("Docker", frozenset({"docker"}), frozenset({"dockerfile"})),
    "golang": _Ecosystem("Go", frozenset({"gomod"}), frozenset({"gomod"})),
    "gradle": _Ecosystem("Gradle", frozenset({"gradle"}), frozenset({"gradle"})),
    "maven": _Ecosystem("Maven", frozenset({"maven"}), frozenset({"maven"})),
    "npm": _Ecosystem("npm", frozenset({"npm", "bun"}), frozenset({"npm", "bun"})),
    "pypi": _Ecosystem(
        "Python",
        frozenset({"pip", "uv"}),
        frozenset(
            {"pep621", "pip-compile", "pip_requirements", "pip_setup", "pipenv", "poetry", "setup-cfg"}
        ),
    ),
    "terraform": _Ecosystem("Terraform", frozenset({"opentofu", "terraform"}), frozenset({"terraform"})),
    "workflow": _Ecosystem("GitHub Actions", frozenset({"github-actions"}), frozenset({"github-actions"})),
}
"""By the kind of unit, with the names of https://docs.github.com/en/code-security/reference/supply-chain-security/
supported-ecosystems-and-repositories and https://docs.renovatebot.com/modules/manager/."""
KINDS: Final = frozenset(_ECOSYSTEMS)
"""Kinds of units whose dependencies bots look after."""


def ecosystem_of(kind: str) -> str:
    """What people call the ecosystem of a kind of unit."""
    return _ECOSYSTEMS[kind].name


class Uncovered(NamedTuple):
    """What of an ecosystem no bot looks after."""

    ecosystem: str
    paths: tuple[str, ...]
    looked: bool
    """Whether a bot does look after the ecosystem, in other directories."""


def uncovered(bots: Bots) -> tuple[tuple[Uncovered, ...], Unknown | None]:
    """What no bot looks after, and why more or less of it may be."""
    found: dict[str, list[str]] = {}
    looked: set[str] = set()
    unknown: Unknown | None = None
    for one in bots.dependents:
        ecosystem = _ECOSYSTEMS[one.kind]
        entries = [
            entry
            for entry in bots.entries
            if entry.ecosystem is not None and entry.ecosystem.text() in ecosystem.dependabot
        ]
        if any(_looks_into(entry, one) for entry in entries):
            continue
        if any(_manages(managers, ecosystem) for managers in bots.renovate):
            unknown = unknown or next((two.unknown for two in bots.renovate if two.unknown), None)
            continue
        found.setdefault(ecosystem.name, []).append(one.path)
        if entries:
            looked.add(ecosystem.name)
    return tuple(Uncovered(name, tuple(paths), name in looked) for name, paths in found.items()), unknown


def _manages(managers: Managers, ecosystem: _Ecosystem) -> bool:
    """Whether Renovate looks after an ecosystem, as far as is known."""
    left = ecosystem.managers - managers.disabled
    return bool(left if managers.only is None else left & managers.only)


def _looks_into(entry: Updates, dependent: Dependent) -> bool:
    """Whether an entry of Dependabot is for the directory of a file.

    Images are looked for in the directory itself, all else also in what it leads to: modules, workspaces,
    files that others take in. Workflows are found from any directory.
    """
    if dependent.kind == "workflow":
        return True
    directory = posixpath.dirname(dependent.path)
    candidates = [directory]
    while dependent.kind != "dockerfile" and directory:
        directory = posixpath.dirname(directory)
        candidates.append(directory)
    return any(_matches(node.text() or "", one) for node in entry.directories for one in candidates)


def _matches(pattern: str, directory: str) -> bool:
    wanted = posixpath.normpath(pattern.strip("/") or ".")
    if wanted == ".":
        return not directory
    if "*" not in wanted:
        return wanted == directory
    pieces = re.split(r"(\*\*/|\*\*|\*)", wanted)
    translated = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    expression = "".join(translated.get(piece, re.escape(piece)) for piece in pieces)
    return any(re.fullmatch(expression, one) is not None for one in (directory, f"{directory}/"))
