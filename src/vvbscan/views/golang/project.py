"""A module of Go with its hashes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from vvbscan.model.unit import FileTree
from vvbscan.parse.gomod import GoMod
from vvbscan.views.golang.lock import GoSum
from vvbscan.views.golang.manifest import (
    LOCK,
    MANIFEST,
    WORKSPACE,
    Required,
    module_path,
    replacements,
    required,
)
from vvbscan.views.packages.conflicts import top_of
from vvbscan.views.packages.model import Dependency, Manifest, PackageProject, Stale


def read_project(
    path: str, modules: Mapping[str, GoMod], locks: Mapping[str, GoSum], tree: FileTree
) -> PackageProject:
    """A module from its files, those of its workspace among them."""
    directory = posixpath.dirname(path)
    own = modules[path]
    spaces = [one for name, one in modules.items() if posixpath.basename(name) == WORKSPACE]
    replaced = [
        # What a workspace says goes before what its modules say.
        *(pair for one in spaces for pair in replacements(one.directives)),
        *replacements(own.directives),
    ]
    siblings = {
        str(node.value)
        for name, one in modules.items()
        if posixpath.basename(name) == MANIFEST and (node := module_path(one.directives)) is not None
    }
    wanted = [one for one in required(own.directives, replaced) if one.module not in siblings]
    fetched = [one for one in wanted if one.fetched]
    lock = locks.get(posixpath.join(directory, LOCK))
    stale: tuple[Stale, ...] = ()
    if lock is not None and all(one.lock.unread is None for one in locks.values()):
        stale = tuple(_stale(fetched, list(locks.values())))
    first = next((one.version for one in fetched), None)
    anchor = module_path(own.directives) or first or top_of(own.parsed.source)
    manifest = Manifest(
        "golang",
        MANIFEST,
        path,
        bool(fetched) and not tree.is_file(posixpath.join(directory, "vendor/modules.txt")),
        None if lock is None else lock.lock,
        (LOCK,),
        stale,
        anchor,
    )
    return PackageProject(
        (manifest,), tuple(one.lock for one in locks.values()), tuple(_dependencies(wanted, locks))
    )


def _dependencies(wanted: list[Required], locks: Mapping[str, GoSum]) -> Iterator[Dependency]:
    hashes = {
        (held.package, held.version.value): held.hash
        for lock in locks.values()
        for held in lock.lock.packages
        if held.version is not None
    }
    for one in wanted:
        dependency = _dependency(one)
        yield dependency._replace(hash=hashes.get((dependency.package, one.version.value)))


def _dependency(one: Required) -> Dependency:
    source, pinned = ("registry", "exact") if one.fetched else ("path", "local")
    version = str(one.version.value)
    if one.fetched and not (version[:1] == "v" and version[1:2].isdigit()):
        pinned = "branch"  # or a commit: Go puts a version in its place as soon as it may write
    package = one.fetched or one.module
    return Dependency("golang", package, one.name, one.version, pinned, "runtime", source, one.name)


def _stale(wanted: list[Required], locks: list[GoSum]) -> Iterator[Stale]:
    """Modules without a hash: Go with `-mod=readonly`, its default, refuses to build what uses them.

    Of what is required `indirect` perhaps nothing but its `go.mod` is used.
    """
    for one in wanted:
        version = str(one.version.value)
        held = [versions for lock in locks if (versions := lock.versions.get(one.fetched))]
        hashes = [versions[version] for versions in held if version in versions]
        if not held:
            yield Stale(one.version, f"{one.fetched} is not in it", None)
        elif not hashes:
            told, other = list(held[0].items())[-1]
            node = other.of_module or other.of_gomod
            yield Stale(one.version, f"{one.fetched} is locked at {told}, wanted is {version}", node)
        elif not any(two.of_gomod for two in hashes):
            reason = f"{one.fetched} {version} has no hash of its go.mod in it"
            yield Stale(one.version, reason, hashes[0].of_module)
        elif not one.indirect and not any(two.of_module for two in hashes):
            reason = f"{one.fetched} {version} has only the hash of its go.mod in it"
            yield Stale(one.version, reason, hashes[0].of_gomod)
