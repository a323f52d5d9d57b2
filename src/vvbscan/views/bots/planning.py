"""Which configurations of bots are judged together: those of one repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from typing import Final

from vvbscan.model.unit import Unit
from vvbscan.views.bots.coverage import KINDS

NO_DEPENDENTS: Final = frozenset(
    {
        *("__fixtures__", "__tests__", "bower_components", "examples", "node_modules", "test", "tests"),
        "vendor",
    }
)
"""Directories that Renovate leaves out (https://docs.renovatebot.com/presets-default/#ignoremodulesandtests)."""


def plan_bots(paths: Iterable[str], units: Sequence[Unit]) -> list[Unit]:
    """A unit for the bots of each repository, with the units that have dependencies of their ecosystems.

    A repository begins where a configuration lies, or above its `.github` or `.gitlab`; one within another
    one has its own units. Workflows count, actions do not: Dependabot looks for these only where it is told.
    """
    configurations: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder = posixpath.dirname(path)
        if posixpath.basename(folder) in (".github", ".gitlab"):
            folder = posixpath.dirname(folder)
        configurations.setdefault(folder, []).append(path)
    dependents: dict[str, list[Unit]] = {folder: [] for folder in configurations}
    for unit in sorted(units, key=lambda unit: unit.files[0]):
        if not unit.judged or unit.kind not in KINDS:
            continue
        folder = posixpath.dirname(unit.files[0])
        if unit.kind == "workflow" and posixpath.basename(folder) != "workflows":
            continue
        if not NO_DEPENDENTS.isdisjoint(folder.split("/")):
            continue
        while folder and folder not in dependents:
            folder = posixpath.dirname(folder)
        if folder in dependents:
            dependents[folder].append(_beneath(unit, folder))
    return [
        Unit(f"update-bot:{folder or '.'}", "update-bot", tuple(files), roots=tuple(dependents[folder]))
        for folder, files in configurations.items()
    ]


def _beneath(unit: Unit, folder: str) -> Unit:
    """A unit with the path of its first file from the root of its repository, and nothing else."""
    path = unit.files[0][len(folder) + 1 :] if folder else unit.files[0]
    return Unit(unit.id, unit.kind, (path,))
