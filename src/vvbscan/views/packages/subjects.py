"""Subjects of the views of packages, the same for all ecosystems."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.node import Node, Origin, Unknown
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Loaded
from vvbscan.views.packages.locked import fetched_from
from vvbscan.views.packages.model import (
    UNKNOWN,
    Dependency,
    Entry,
    Lock,
    Manifest,
    PackageProject,
    Repository,
    Stale,
)
from vvbscan.views.records import computed, fields

_MOST_TOLD = 5
"""Places of a manifest that are named where its lock does not fit."""


def dependency_subject(dependency: Dependency, address: str) -> Subject:
    """A subject of the view `dependency`: the fields of its record."""
    anchor = dependency.anchor
    return Subject(
        "dependency",
        address,
        fields(
            anchor,
            {
                "ecosystem": computed(dependency.ecosystem, anchor),
                "package": computed(dependency.package, dependency.name),
                "name": dependency.name,
                "requirement": dependency.requirement,
                "pinned": pinned_node(dependency.pinned, dependency.requirement, anchor),
                "scope": computed(dependency.scope, anchor),
                "source": computed(dependency.source, anchor),
                "lockable": computed(dependency.lockable, anchor),
                "locked": dependency.locked,
                "hash": dependency.hash,
            },
        ),
        anchor,
        "",
        dependency,
    )


def entry_subject(entry: Entry, address: str) -> Subject:
    """A subject of the view `dependency_entry`: the fields of its record."""
    name, before = entry.name, entry.earlier
    if before is not None:
        name = name.through(Origin("declared here before", before.source, before.start, before.end))
    members = {"package": computed(entry.package, name), "name": name, "earlier": before}
    return Subject("dependency_entry", address, fields(name, members), name, "", entry)


def pinned_node(pinned: str, requirement: Node | None, anchor: Node) -> Node:
    """How a requirement pins, as a field."""
    if pinned != UNKNOWN:
        return computed(pinned, requirement or anchor)
    if requirement is not None and isinstance(requirement.value, Unknown):
        # What is known of the version is nothing that is known of this field.
        return requirement._replace(value=requirement.value._replace(parts=()))
    return anchor.replace_value(Unknown("default", "nothing in the tree sets a version"))


def plugin_subject(
    key: str, version: Node | None, pinned: str, anchor: Node, record: object, address: str
) -> Subject:
    """A subject of the view `build_plugin`: `key`, `version` and `pinned`, which is as in `dependency`."""
    node = None if version is None else pinned_node(pinned, version, anchor)
    members = {"key": computed(key, anchor), "version": version, "pinned": node}
    return Subject("build_plugin", address, fields(anchor, members), anchor, "", record)


def repository_subject(repository: Repository, address: str) -> Subject:
    """A subject of the view `package_repository` that a build declares: `kind` and `url`."""
    anchor = repository.anchor
    root = fields(anchor, {"kind": computed(repository.kind, anchor), "url": repository.url})
    return Subject("package_repository", address, root, anchor, "", repository)


def manifest_subject(manifest: Manifest) -> Subject:
    """A subject of the view `manifest`.

    Its fields are `ecosystem`, `kind`, `path`, `wants_lock`, `lock` (the name of the lock, absent without
    one), `lock_names` and `stale` (what the lock does not satisfy), both as text.
    """
    anchor, lock = manifest.anchor, manifest.lock
    return Subject(
        "manifest",
        f"{manifest.ecosystem}:{manifest.path}",
        fields(
            anchor,
            {
                "ecosystem": computed(manifest.ecosystem, anchor),
                "kind": computed(manifest.kind, anchor),
                "path": computed(manifest.path, anchor),
                "wants_lock": computed(manifest.wants_lock, anchor),
                "lock": None if lock is None else computed(posixpath.basename(lock.path), anchor),
                "lock_names": computed(" or ".join(manifest.lock_names), anchor),
                "stale": _stale(manifest),
            },
        ),
        anchor,
        "",
        manifest,
    )


def _stale(manifest: Manifest) -> Node | None:
    """What the lock does not satisfy, at the first such place of the manifest."""
    lock = manifest.lock
    if not manifest.stale:
        unread = None if lock is None else lock.unread
        return None if unread is None else manifest.anchor.replace_value(unread)
    told = manifest.stale[:_MOST_TOLD]
    text = "; ".join(one.reason for one in told)
    if len(manifest.stale) > _MOST_TOLD:
        text += f"; and {len(manifest.stale) - _MOST_TOLD} more"
    return told[0].place.replace_value(text, *_related(told))


def _related(stale: tuple[Stale, ...]) -> Iterator[Origin]:
    for number, one in enumerate(stale):
        if number:
            yield Origin("not satisfied either", one.place.source, one.place.start, one.place.end)
        if one.locked is not None:
            yield Origin("locked here", one.locked.source, one.locked.start, one.locked.end)


def lock_subject(lock: Lock) -> Subject:
    """A subject of the view `lock`: `kind`, `path` and `conflict` (the first line that a merge left)."""
    anchor = lock.anchor
    return Subject(
        "lock",
        f"lock:{lock.path}",
        fields(
            anchor,
            {
                "kind": computed(lock.kind, anchor),
                "path": computed(lock.path, anchor),
                "conflict": lock.conflict,
            },
        ),
        anchor,
        "",
        lock,
    )


def _locked_subjects(lock: Lock) -> Iterator[Subject]:
    """Subjects of the view `locked_package`: `ecosystem`, `package`, `version`, `source`, `hash`."""
    for number, one in enumerate(lock.packages):
        root = fields(
            one.anchor,
            {
                "ecosystem": computed(one.ecosystem, one.anchor),
                "package": computed(one.package, one.anchor),
                "version": one.version,
                "source": computed(one.source, one.anchor),
                "hash": one.hash,
            },
        )
        address = f"lock:{lock.path}:{number}:{one.package}"
        yield Subject("locked_package", address, root, one.anchor, "", one)


def _source_subjects(lock: Lock) -> Iterator[Subject]:
    """Subjects of the view `package_repository`: each host that packages of a lock are fetched from, once."""
    for one in fetched_from(lock):
        url = one.url
        assert url is not None, "it is fetched from there"
        origin = "/".join((url.text() or "").split("/", 3)[:3])
        root = fields(url, {"kind": computed("lock", url), "url": url})
        yield Subject("package_repository", f"lock:{lock.path}:{origin}", root, url, "", one)


def dependency_subjects(dependencies: Iterable[Dependency]) -> Iterator[Subject]:
    """Subjects of the view `dependency` from several files, named by these."""
    for number, one in enumerate(dependencies):
        yield dependency_subject(one, f"{one.anchor.source.path}:dependency[{number}:{one.package}]")


def locked_subjects(locks: Iterable[Lock]) -> Iterator[Subject]:
    """Subjects of the view `locked_package`."""
    for lock in locks:
        yield from _locked_subjects(lock)


def source_subjects(locks: Iterable[Lock]) -> Iterator[Subject]:
    """Subjects of the view `package_repository` from locks."""
    for lock in locks:
        yield from _source_subjects(lock)


def _view(function: Callable[[PackageProject], Iterable[Subject]]) -> Callable[[Loaded], Iterable[Subject]]:
    """A view of a loaded unit from a view of its project."""

    def view(loaded: Loaded) -> Iterable[Subject]:
        assert isinstance(loaded.model, PackageProject)
        return function(loaded.model)

    return view


PROJECT_VIEWS: Final = {
    "dependency": _view(lambda project: dependency_subjects(project.dependencies)),
    "manifest": _view(lambda project: map(manifest_subject, project.manifests)),
    "lock": _view(lambda project: map(lock_subject, project.locks)),
    "locked_package": _view(lambda project: locked_subjects(project.locks)),
    "package_repository": _view(lambda project: source_subjects(project.locks)),
}
"""The views of a `PackageProject`."""
