"""Compares what is asked for with what a lock of Python holds, as package managers do before they install."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from vvbscan.model.node import Node, plain
from vvbscan.views.packages.model import LockedPackage, Stale
from vvbscan.views.pypi.locks import Asked
from vvbscan.views.pypi.model import Wanted
from vvbscan.views.pypi.pinning import pinned_by_revision
from vvbscan.views.pypi.ranges import ranges_of, takes

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_LEGACY: Final = ("dependencies", "source", "extras", "dev-dependencies")
"""Keys of Poetry's own that count as null where they are missing and nothing stands elsewhere."""


def stale_entries(
    wanted: Iterable[Wanted],
    packages: Mapping[str, tuple[LockedPackage, ...]],
    passed_over: Collection[str] = (),
) -> Iterator[Stale]:
    """What a lock does not satisfy.

    What is asked for under a condition may be missing: the lock may be for environments where it is not met.
    """
    for one in wanted:
        dependency = one.dependency
        package = dependency.package
        if package in passed_over or dependency.source in ("path", "workspace"):
            continue
        name = dependency.name.written.strip("\"'")
        held = packages.get(package, ())
        if not held:
            if not one.conditional:
                yield Stale(one.place, f"{name} is not in it", None)
            continue
        reason = _differs(one, held)
        if reason:
            yield Stale(one.place, f"{name} {reason}", held[0].anchor)


def _differs(wanted: Wanted, held: tuple[LockedPackage, ...]) -> str:
    """How what is locked differs from what is wanted; empty if it does not, or if nobody knows."""
    dependency = wanted.dependency
    if dependency.source == "git":
        return _differs_from_git(wanted, held)
    requirement = dependency.requirement
    text = None if requirement is None else requirement.text()
    if dependency.source != "registry" or text is None:
        return ""
    versions = [version for one in held if one.version is not None and (version := one.version.text())]
    if len(versions) < len(held) or any(takes(wanted.dialect, text, one) is not False for one in versions):
        return ""
    return f"is locked at {' and '.join(versions)}, wanted is {text}"


def _differs_from_git(wanted: Wanted, held: tuple[LockedPackage, ...]) -> str:
    if all(one.source == "registry" for one in held):
        version = held[0].version
        return f"is locked at {version.text() if version is not None else '?'}, wanted is a repository of git"
    urls = [url for one in held if one.url is not None and (url := one.url.text())]
    commits = [url.rpartition("#")[2] for url in urls if "#" in url]
    if pinned_by_revision(wanted.revision) == "commit" and commits and wanted.revision not in commits:
        return f"is locked at {commits[0]}, wanted is {wanted.revision}"
    return ""


def asked_anew(
    wanted: Iterable[Wanted], asked: Mapping[str, Asked], anchor: Node, passed_over: Collection[str]
) -> Iterator[Stale]:
    """What a list asks for otherwise than when uv wrote the lock, which `uv sync --locked` refuses.

    Markers are not compared: uv writes them in another form.
    """
    now: dict[str, list[Wanted]] = {}
    for one in wanted:
        now.setdefault(one.dependency.package, []).append(one)
    for package, those in now.items():
        before = asked.get(package)
        if any(one.dependency.source != "registry" for one in those):
            continue
        name = those[0].dependency.name.written.strip("\"'")
        if before is None and package not in passed_over:
            yield Stale(those[0].place, f"{name} was not asked for when it was written", None)
        if before is None or before.elsewhere:
            continue
        new = {_range(_text(one)) for one in those}
        old = {_range(text) for text in before.versions}
        if None not in new and None not in old and new != old:
            told = " and ".join(sorted(text or "any version" for text in before.versions))
            wants = " and ".join(sorted(_text(one) or "any version" for one in those))
            yield Stale(those[0].place, f"{name} was locked for {told}, wanted is {wants}", before.place)
        elif before.extras != {extra for one in those for extra in one.extras}:
            yield Stale(those[0].place, f"{name} was locked with other extras", before.place)
    for package, before in asked.items():
        if package not in now:
            yield Stale(anchor, f"{package} was locked and is not asked for any more", before.place)


def of_another_version(version: Node | None, held: Iterable[LockedPackage]) -> Iterator[Stale]:
    """The version of the project itself, if uv wrote the lock for another one."""
    from packaging.version import InvalidVersion, Version

    text = None if version is None else version.text()
    for one in held:
        locked = None if one.version is None else one.version.text()
        if version is None or text is None or locked is None or one.source not in ("path", "workspace"):
            continue
        try:
            if Version(text) != Version(locked):
                yield Stale(version, f"{one.package} is {text} and locked at {locked}", one.version)
        except InvalidVersion:
            continue


def for_another_python(wanted: Node | None, locked: Node | None) -> Iterator[Stale]:
    """What `requires-python` says otherwise than when uv wrote the lock, which `uv sync --locked` refuses.

    uv writes some ranges in another form: only bounds are compared.
    """
    texts = [None if node is None else node.text() for node in (wanted, locked)]
    ranges = [None if text is None else _range(text) for text in texts]
    if wanted is None or None in ranges or ranges[0] == ranges[1]:
        return
    if all(one.operator in (">=", "<") for either in ranges if either is not None for one in either):
        yield Stale(wanted, f"it was written for Python {texts[1]}, wanted is {texts[0]}", locked)


def hash_differs(root: Node, content_hash: Node) -> bool:
    """Whether the hash of a lock of Poetry is of something else than what a `pyproject.toml` asks for.

    Computed as in https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py, with and
    without groups of `dependency-groups`, which releases before 2.2 leave out.
    """
    import json
    from hashlib import sha256

    project, poetry = root.get("project"), root.at("tool", "poetry")
    published = _of(project, ("requires-python", "dependencies", "optional-dependencies"))
    groups = _of(root, ("dependency-groups",))
    hashes = set()
    for more in (published, {**published, **groups}):
        kept = {} if more else dict.fromkeys(_LEGACY)
        own = {**kept, **_of(poetry, (*_LEGACY, "group"))}
        content: dict[str, object] = own
        if more:
            content = {"tool": {"poetry": own}}
            if published:
                content["project"] = published
            if len(more) > len(published):
                content |= groups
        hashes.add(sha256(json.dumps(content, sort_keys=True).encode()).hexdigest())
    return content_hash.text() not in hashes


def _of(table: Node | None, names: Iterable[str]) -> dict[str, object]:
    found = {name: None if table is None else table.get(name) for name in names}
    return {name: plain(node) for name, node in found.items() if node is not None}


def _text(wanted: Wanted) -> str:
    requirement = wanted.dependency.requirement
    return "" if requirement is None else requirement.text() or ""


def _range(versions: str) -> SpecifierSet | None:
    """What a text stands for, equal for equal ranges; None if it cannot be read."""
    ranges = ranges_of("pep440", versions)
    return None if ranges is None else ranges[0]
