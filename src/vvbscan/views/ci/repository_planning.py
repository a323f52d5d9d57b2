"""Which pipelines and builds are judged together: those of one repository."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Sequence
from typing import Final

from vvbscan.model.unit import Unit
from vvbscan.views.bots.planning import NO_DEPENDENTS

KIND_NAME: Final = "ci-repository"
PIPELINES: Final = frozenset({"workflow", "gitlab-ci"})
BUILDS: Final = frozenset({"maven", "gradle", "pypi", "npm", "cargo", "golang"})
"""Kinds of units that bring dependencies along."""
_WORKFLOWS: Final = ".github/workflows"


def plan_repositories(units: Sequence[Unit]) -> list[Unit]:
    """A unit for each repository that has pipelines and builds.

    A repository begins where `.github` or a `.gitlab-ci.yml` lies; one within another one has its own unit.
    """
    ordered = sorted(units, key=lambda unit: unit.files[0])
    pipelines = [unit for unit in ordered if unit.kind in PIPELINES and unit.judged and not _is_action(unit)]
    beginnings = {place for unit in pipelines if (place := _beginning(unit)) is not None}
    held: dict[str, list[Unit]] = {}
    for unit in pipelines:
        beginning = _beginning(unit)
        place = _above(unit, beginnings) if beginning is None else beginning
        held.setdefault(posixpath.dirname(unit.files[0]) if place is None else place, []).append(unit)
    builds: dict[str, list[Unit]] = {place: [] for place in held}
    for unit in ordered:
        looked_at = unit.kind == "update-bot" or (unit.kind in BUILDS and unit.judged)
        if looked_at and NO_DEPENDENTS.isdisjoint(posixpath.dirname(unit.files[0]).split("/")):
            place = _above(unit, builds)
            if place is not None:
                builds[place].append(unit)
    return [
        Unit(
            f"{KIND_NAME}:{place or '.'}",
            KIND_NAME,
            tuple(unit.files[0] for unit in held[place]),
            roots=(*held[place], *found),
        )
        for place, found in builds.items()
        if any(unit.kind in BUILDS for unit in found)
    ]


def _is_action(unit: Unit) -> bool:
    """Whether it is an action: what it does counts where it is called."""
    return unit.kind == "workflow" and not posixpath.dirname(unit.files[0]).endswith(_WORKFLOWS)


def _beginning(unit: Unit) -> str | None:
    """Where the repository of a pipeline begins; None if its path does not tell."""
    folder, name = posixpath.split(unit.files[0])
    if unit.kind == "workflow":
        return folder[: -len(_WORKFLOWS)].rstrip("/")
    return folder if name == ".gitlab-ci.yml" else None


def _above(unit: Unit, places: Container[str]) -> str | None:
    """The nearest of some directories that a unit lies in."""
    folder = posixpath.dirname(unit.files[0])
    while folder and folder not in places:
        folder = posixpath.dirname(folder)
    return folder if folder in places else None
