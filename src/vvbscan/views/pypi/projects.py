"""Projects of Python: a manifest with the lock that belongs to it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Parsed, Problem, Source, Unknown
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.requirement import normalised
from vvbscan.parse.requirements import RequirementsFile
from vvbscan.views.packages.conflicts import top_of
from vvbscan.views.packages.locked import unreadable_lock
from vvbscan.views.packages.model import Lock, LockedPackage, Manifest, Stale
from vvbscan.views.pypi.files import Library, scope_of_path
from vvbscan.views.pypi.locks import PIPFILE, POETRY, PYLOCK, UV, PythonLock, is_lock, read_lock
from vvbscan.views.pypi.model import Index, Project, Wanted, host_of
from vvbscan.views.pypi.pinning import pinned_by
from vvbscan.views.pypi.pyproject import PyProject, of_table
from vvbscan.views.pypi.requirements import read_requirements_project

PYPROJECT: Final = "pyproject.toml"
PIPFILE_MANIFEST: Final = "Pipfile"
_OTHER_LOCK: Final = "pdm.lock"
"""Counts as there, and is not read."""
_LOCKS_OF_PYPROJECT: Final = (UV, POETRY, _OTHER_LOCK, PYLOCK)
_SERVICES: Final = ("Dockerfile", "Containerfile")
_NEVER_LOCKED: Final = frozenset({"pip", "setuptools", "wheel", "distribute"})
"""What pip-compile leaves out unless it is told otherwise (https://pip-tools.readthedocs.io/en/stable/cli/pip-compile/)."""


class Read:
    """What reading the files of a unit gave."""

    def __init__(self) -> None:
        self.parsed: list[Parsed] = []
        self.unreadable: dict[str, str] = {}
        """Why files could not be read, by path."""


def read_project(files: tuple[str, ...], tree: FileTree, library: Library) -> tuple[Project, Read]:
    """What the files of a unit come to. Raises `Unreadable` if the first one cannot be read."""
    read = Read()
    first = files[0]
    if first.endswith((".txt", ".in")):
        project = _of_requirements(files, library, read)
    elif posixpath.basename(first) == PIPFILE_MANIFEST:
        project = _of_pipfile(files, tree, library.limits, read)
    elif posixpath.basename(first) == PYPROJECT:
        project = _of_pyproject(files, tree, library.limits, read)
    else:
        locks = _locks(files, tree, library.limits, read)
        project = Project(first, locks=tuple(one.lock for one in locks.values()))
    if first in read.unreadable:
        raise Unreadable(read.unreadable[first])
    return project, read


# Requirements files


def _of_requirements(files: tuple[str, ...], library: Library, read: Read) -> Project:
    for path in files:
        found = library.read(path)
        if isinstance(found, str):
            read.unreadable[path] = found
        else:
            read.parsed.append(found.parsed)
    first = files[0]
    if not first.endswith(".in"):
        return read_requirements_project(first, library)
    file = library.read(first)
    if isinstance(file, str):
        return Project(first)
    project = read_requirements_project(first, library)
    own = [one._replace(lockable=True) for one in project.dependencies]
    compiled = f"{first.removesuffix('.in')}.txt"
    lock, held = _compiled(compiled, library)
    conditional = {id(one.name) for one in file.requirements if one.marker is not None}
    named = {id(one.name) for one in file.requirements if one.name is not None}
    wanted = [
        Wanted(one, one.requirement or one.anchor, "pep440", id(one.name) in conditional)
        for one in own
        if id(one.name) in named
    ]
    stale = () if lock is None or lock.unread else tuple(_stale(wanted, held, _NEVER_LOCKED))
    manifest = Manifest(
        "pypi",
        posixpath.basename(first),
        first,
        bool(wanted) and scope_of_path(first) == "runtime",
        lock,
        (posixpath.basename(compiled),),
        stale,
        wanted[0].dependency.anchor if wanted else top_of(file.parsed.source),
    )
    return project._replace(dependencies=tuple(own), manifests=(manifest,))


def _compiled(path: str, library: Library) -> tuple[Lock | None, Mapping[str, tuple[LockedPackage, ...]]]:
    """The requirements file that pip-compile or uv makes of a file of the same name that ends in `.in`."""
    if not library.tree.is_file(path):
        return None, {}
    held: dict[str, list[LockedPackage]] = {}
    for _, file in library.files(path):
        for one in file.requirements:
            if one.name is None:
                continue
            package = normalised(str(one.name.value))
            version = one.versions
            text = None if version is None else version.text()
            if version is not None and text is not None and pinned_by(version) == "exact" and "," not in text:
                version = version.part(len(text) - len(text.lstrip("= ")), len(text))
            else:
                version = None
            source = "registry" if one.location is None else "url"
            held.setdefault(package, []).append(
                LockedPackage(
                    "pypi", package, version, source, one.location, one.line, next(iter(one.hashes), None)
                )
            )
    read = library.read(path)
    name = posixpath.basename(path)
    packages = {package: tuple(those) for package, those in held.items()}
    if not isinstance(read, RequirementsFile):
        return unreadable_lock(path), {}
    flat = tuple(one for those in packages.values() for one in those)
    return Lock(name, path, flat, None, None, top_of(read.parsed.source)), packages


# Pipfile and pyproject.toml


def _of_pipfile(files: tuple[str, ...], tree: FileTree, limits: Limits, read: Read) -> Project:
    parsed = _toml(files[0], tree, limits, read)
    locks = _locks(files[1:], tree, limits, read)
    if parsed is None:
        return Project(files[0], locks=tuple(one.lock for one in locks.values()))
    root = parsed.documents[0].root
    wanted: list[Wanted] = []
    anchor = root
    for name, key, section in root.members():
        if name in ("source", "requires", "scripts", "pipenv", "pipfile"):
            continue
        anchor = key if anchor is root else anchor
        scope = "dev" if name == "dev-packages" else "runtime"
        wanted += (of_table(key, value, scope, "pep440") for _, key, value in section.members())
    indexes = []
    sources = root.get("source")
    hosts = []
    for source in sources.items() if sources is not None else ():
        url, checked = source.get("url"), source.get("verify_ssl")
        if url is not None and url.text() is not None:
            indexes.append(Index("index", url, url))
            if checked is not None and checked.value is False:
                hosts.append(checked.replace_value(host_of(url.text() or "")))
    lock = locks.get(PIPFILE)
    if lock is not None:
        wanted = _with_locked(wanted, lock.packages)
    manifest = Manifest(
        "pypi",
        PIPFILE_MANIFEST,
        files[0],
        bool(wanted),
        None if lock is None else lock.lock,
        (PIPFILE,),
        () if lock is None or lock.lock.unread else tuple(_stale(wanted, lock.packages)),
        anchor,
    )
    project = _project(files[0], wanted, indexes, [manifest], locks)
    return project._replace(unchecked_hosts=tuple(hosts))


def _of_pyproject(files: tuple[str, ...], tree: FileTree, limits: Limits, read: Read) -> Project:
    locks = _locks(tuple(path for path in files if is_lock(path)), tree, limits, read)
    directory = posixpath.dirname(files[0])
    wanted: list[Wanted] = []
    indexes: list[Index] = []
    manifests: list[Manifest] = []
    hosts: list[Node] = []
    shared: PythonLock | None = None
    other: Lock | None = None
    overridden: frozenset[str] = frozenset()
    alone = sum(not is_lock(path) for path in files) == 1
    for path in files:
        parsed = None if is_lock(path) else _toml(path, tree, limits, read)
        if parsed is None:
            continue
        project = PyProject(parsed.documents[0].root)
        if path == files[0]:
            shared = _lock_of(project, locks)
            other = _unread(directory, tree, parsed.source) if shared is None else None
            overridden = project.overridden()
        _tell(read, parsed, project.problems)
        wanted += project.wanted if shared is None else _with_locked(project.wanted, shared.packages)
        indexes += project.indexes()
        hosts += project.unchecked_hosts()
        lock = other if shared is None else shared.lock
        manifests.append(
            Manifest(
                "pypi",
                PYPROJECT,
                path,
                path == files[0] and _wants_lock(project, directory, tree),
                lock,
                _LOCKS_OF_PYPROJECT,
                _stale_of(project, shared, overridden, alone=alone),
                project.anchor,
            )
        )
    project_read = _project(files[0], wanted, indexes, manifests, locks)
    return project_read._replace(unchecked_hosts=tuple(hosts))


def _with_locked(wanted: Iterable[Wanted], packages: Mapping[str, tuple[LockedPackage, ...]]) -> list[Wanted]:
    """What is asked for, with the version that the lock has of it."""
    found = []
    for one in wanted:
        held = packages.get(one.dependency.package, ())
        dependency = one.dependency
        if len(held) == 1:
            dependency = dependency._replace(locked=held[0].version, hash=dependency.hash or held[0].hash)
        found.append(one._replace(dependency=dependency))
    return found


def _project(
    path: str,
    wanted: list[Wanted],
    indexes: list[Index],
    manifests: list[Manifest],
    locks: Mapping[str, PythonLock],
) -> Project:
    return Project(
        path,
        tuple(one.dependency for one in wanted),
        tuple(indexes),
        tuple(manifests),
        tuple(one.lock for one in locks.values()),
    )


def _lock_of(project: PyProject, locks: Mapping[str, PythonLock]) -> PythonLock | None:
    """The lock of a project: that of the tool that it is written for, else the first there is."""
    first = POETRY if project.root.at("tool", "poetry") is not None else UV
    return next((locks[name] for name in (first, UV, POETRY, PYLOCK) if name in locks), None)


def _unread(directory: str, tree: FileTree, source: Source) -> Lock | None:
    path = posixpath.join(directory, _OTHER_LOCK)
    if not tree.is_file(path):
        return None
    return Lock(_OTHER_LOCK, path, (), Unknown("unparsed", "locks of PDM are not read"), None, top_of(source))


def _stale_of(
    project: PyProject, shared: PythonLock | None, overridden: frozenset[str], *, alone: bool
) -> tuple[Stale, ...]:
    if shared is None or shared.lock.unread is not None:
        return ()
    from vvbscan.views.pypi.stale import asked_anew, for_another_python, hash_differs, of_another_version

    wanted = project.wanted
    if shared.lock.kind.startswith("pylock."):
        # It may leave out groups and extras.
        if shared.lock.kind != PYLOCK:
            return ()
        wanted = tuple(one for one in wanted if one.dependency.scope == "runtime")
    name = project.root.at("project", "name")
    own = normalised(name.text() or "") if name is not None else ""
    found = _stale(wanted, shared.packages, overridden | {own})
    told = {id(one.place) for one in found}
    lists = {"": project.published, **project.groups} if project.unknown is None else project.groups
    for group, listed in lists.items():
        before = shared.asked.get((own, group))
        if before is not None:
            anew = asked_anew(listed, before, project.anchor, overridden | {own})
            found += (one for one in anew if id(one.place) not in told)
        elif group and listed and any(name == own for name, _ in shared.asked):
            found.append(Stale(listed[0].place, f"the group {group} is not in it", None))
    if name is not None and own and shared.asked and own not in shared.packages:
        found.append(Stale(name, f"{own} is not in it", None))
    if shared.lock.kind == UV and own:
        found += of_another_version(project.root.at("project", "version"), shared.packages.get(own, ()))
    if alone:  # else what all members of the workspace agree on counts
        found += for_another_python(project.root.at("project", "requires-python"), shared.python)
    content_hash = shared.content_hash
    if not found and content_hash is not None and hash_differs(project.root, content_hash):
        found.append(
            Stale(project.anchor, "it was written for another one, by its content-hash", content_hash)
        )
    return tuple(sorted(found, key=lambda one: one.place.start))


def _wants_lock(project: PyProject, directory: str, tree: FileTree) -> bool:
    """Whether what it depends on is installed from here, and nothing else fixes the versions."""
    if project.unknown is not None or not any(one.dependency.scope == "runtime" for one in project.wanted):
        return False
    if scope_of_path(posixpath.join(directory, "x")) == "dev":
        return False
    names = tree.names(directory)
    if any(name.startswith("requirements") for name in names):
        return False
    return project.deploys() or any(name in _SERVICES for name in names)


# Files


def _stale(
    wanted: list[Wanted] | tuple[Wanted, ...],
    packages: Mapping[str, tuple[LockedPackage, ...]],
    passed_over: frozenset[str] = frozenset(),
) -> list[Stale]:
    from vvbscan.views.pypi.stale import stale_entries

    return list(stale_entries(wanted, packages, passed_over))


def _locks(files: tuple[str, ...], tree: FileTree, limits: Limits, read: Read) -> dict[str, PythonLock]:
    """The locks among some files, by name."""
    found: dict[str, PythonLock] = {}
    for path in files:
        name = posixpath.basename(path)
        try:
            source, problems = tree.read(path)
        except Unreadable as error:
            read.unreadable[path] = str(error)
            found[name] = PythonLock(unreadable_lock(path), {}, {})
            continue
        found[name], parsed = read_lock(source, problems, limits)
        read.parsed.append(parsed)
    return found


def _toml(path: str, tree: FileTree, limits: Limits, read: Read) -> Parsed | None:
    from vvbscan.parse.toml import parse_toml

    try:
        source, problems = tree.read(path)
    except Unreadable as error:
        read.unreadable[path] = str(error)
        return None
    parsed = parse_toml(source, limits)
    read.parsed.append(parsed._replace(problems=(*problems, *parsed.problems)))
    return parsed if isinstance(parsed.documents[0].root.value, MapValue) else None


def _tell(read: Read, parsed: Parsed, problems: list[Problem]) -> None:
    """Add problems to a file that was read last."""
    last = read.parsed[-1]
    assert last.source is parsed.source
    read.parsed[-1] = last._replace(problems=(*last.problems, *problems))
