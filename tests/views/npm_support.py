"""Helpers of the tests of projects of Node."""

from __future__ import annotations

import json
from collections.abc import Mapping

import vvbscan
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded, Options, Unit
from vvbscan.views.npm.kind import KIND
from vvbscan.views.npm.locks import LOCKS
from vvbscan.views.npm.planning import npm_files

Json = Mapping[str, object]


def load(files: dict[str, str], path: str = "package.json") -> Loaded:
    """The unit that a path names, loaded."""
    (unit,) = (one for one in units(files) if one[0] == path)
    return KIND.load(Unit(f"npm:{path}", "npm", unit), MemoryTree({**files}), Options())


def units(files: dict[str, str]) -> list[tuple[str, ...]]:
    """The files of each unit."""
    names = (*LOCKS, "package.json", "pnpm-workspace.yaml")
    paths = sorted(path for path in files if path.rpartition("/")[2] in names)
    return npm_files(paths, MemoryTree({**files}), Options())


def view(name: str, files: dict[str, str], path: str = "package.json") -> list[Subject]:
    """The subjects of a view."""
    return list(KIND.views[name](load(files, path)))


def messages(manifest: Json, lock: Json) -> list[str]:
    """What a scan says of a manifest and its lock."""
    files = {"package.json": json.dumps(manifest), "package-lock.json": json.dumps(lock)}
    config = vvbscan.Config(selection=vvbscan.Selection(select=("VVB-DEP-003",)))
    return [finding.message for finding in vvbscan.scan_files(files, config=config).findings]


def locked(**packages: Json) -> Json:
    """A lock of the third version with packages in `node_modules`."""
    return {
        "lockfileVersion": 3,
        "packages": {f"node_modules/{name}": held for name, held in packages.items()},
    }
