"""A project of Rust: a `Cargo.toml` with the members of its workspace and its lock."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Parsed
from vvbscan.model.unit import FileTree
from vvbscan.views.cargo.lock import CargoLock
from vvbscan.views.cargo.manifest import LOCK, Wanted, package_version, patched, wanted
from vvbscan.views.cargo.stale import stale_entries
from vvbscan.views.packages.locked import single_versions
from vvbscan.views.packages.model import Dependency, LockedPackage, Manifest, PackageProject, Stale

_EXACT: Final = lazy_pattern(r"\s*=\s*\d+\.\d+\.\d+[^,\s]*\s*")


def read_project(
    packages: list[Parsed], lock: CargoLock | None, tree: FileTree, directory: str
) -> PackageProject:
    """A project from its `Cargo.toml` files, those of members behind the first."""
    first = packages[0].documents[0].root
    shared = first.get("workspace")
    elsewhere = patched(first)
    runs = any(_runs(parsed, tree) for parsed in packages)
    manifests = []
    dependencies: list[Dependency] = []
    versions = single_versions(None if lock is None else lock.lock)
    for parsed in packages:
        path, root = parsed.source.path, parsed.documents[0].root
        asked = list(wanted(root, shared))
        dependencies += (_dependency(one, versions) for one in asked)
        name = root.at("package", "name")
        stale: tuple[Stale, ...] = ()
        if lock is not None and lock.lock.unread is None and name is not None and name.text() is not None:
            version = package_version(root, shared)
            stale = tuple(stale_entries(name, version, asked, lock.entries, elsewhere))
        manifests.append(
            Manifest(
                "cargo",
                posixpath.basename(path),
                path,
                runs and posixpath.dirname(path) == directory and _installs(packages),
                None if lock is None else lock.lock,
                (LOCK,),
                stale,
                root.key("dependencies") or name or root.key("workspace") or root,
            )
        )
    return PackageProject(tuple(manifests), () if lock is None else (lock.lock,), tuple(dependencies))


def _dependency(one: Wanted, versions: Mapping[str, LockedPackage]) -> Dependency:
    name = one.name or one.place
    locked = versions.get(one.package) if one.source == "registry" else None
    return Dependency(
        "cargo",
        one.package,
        name,
        one.version,
        _pinned(one),
        one.scope,
        one.source,
        name,
        lockable=True,
        locked=None if locked is None else locked.version,
        hash=None if locked is None else locked.hash,
    )


def _pinned(one: Wanted) -> str:
    """How a dependency pins, as in the view `dependency`."""
    if one.source == "path":
        return "local"
    if one.source == "git":
        return {"rev": "commit", "tag": "tag"}.get(one.revision[0], "branch")
    if _EXACT.fullmatch(one.requirement):
        return "exact"
    return "any" if one.requirement in ("", "*") else "range"


def _installs(packages: list[Parsed]) -> bool:
    return any(
        next(wanted(root, root), None) is not None or root.at("workspace", "dependencies") is not None
        for root in (parsed.documents[0].root for parsed in packages)
    )


def _runs(parsed: Parsed, tree: FileTree) -> bool:
    """Whether a package is built to a program: others than libraries are to keep their lock."""
    directory = posixpath.dirname(parsed.source.path)
    root: Node = parsed.documents[0].root
    return (
        root.get("bin") is not None
        or tree.is_file(posixpath.join(directory, "src/main.rs"))
        or tree.is_directory(posixpath.join(directory, "src/bin"))
    )
