"""Reads locks of Python: `uv.lock`, `poetry.lock`, `pylock.toml` and `Pipfile.lock`.

Formats: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile,
https://packaging.python.org/en/latest/specifications/pylock-toml/,
https://pipenv.pypa.io/en/latest/pipfile.html; the versions of Poetry's that its own releases wrote are in its
https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Parsed, Problem, Source, Unknown
from vvbscan.parse.requirement import normalised
from vvbscan.record import NamedTuple
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.model import Lock, LockedPackage

UV: Final = "uv.lock"
POETRY: Final = "poetry.lock"
PIPFILE: Final = "Pipfile.lock"
PYLOCK: Final = "pylock.toml"

_VERSIONS: Final[Mapping[str, tuple[tuple[str, ...], tuple[object, ...]]]] = {
    UV: (("version",), (1,)),
    POETRY: (("metadata", "lock-version"), ("1.0", "1.1", "2.0", "2.1")),
    PIPFILE: (("_meta", "pipfile-spec"), (6,)),
    PYLOCK: (("lock-version",), ("1.0",)),
}
"""Where each says the version of its format, and the ones that are read."""
_LOCAL: Final = ("path", "directory", "editable", "virtual")


class Asked(NamedTuple):
    """What a lock of uv says that a list of dependencies had of a package when it was written."""

    versions: tuple[str, ...]
    """Of a registry; one for each environment."""
    extras: frozenset[str]
    elsewhere: bool
    """Whether it comes from a directory, a repository or an address."""
    place: Node


class PythonLock(NamedTuple):
    """A lock of Python."""

    lock: Lock
    packages: Mapping[str, tuple[LockedPackage, ...]]
    """By normalised name; several versions are for different environments."""
    asked: Mapping[tuple[str, str], Mapping[str, Asked]]
    """Of uv: what was asked for by package, for each project and group, an empty one for none."""
    content_hash: Node | None = None
    """Of Poetry: the hash of what was asked for."""
    python: Node | None = None
    """Of uv: the releases of Python that it is for."""


def kind_of_lock(path: str) -> str:
    """The kind of a lock; that of `pylock.web.toml` is `pylock.toml`."""
    name = posixpath.basename(path)
    return PYLOCK if name.startswith("pylock.") else name


def is_lock(path: str) -> bool:
    """Whether a file is named as a lock that is read."""
    return kind_of_lock(path) in _VERSIONS


def read_lock(source: Source, problems: tuple[Problem, ...], limits: Limits) -> tuple[PythonLock, Parsed]:
    """A lock, with what was wrong about the file."""
    path, name = source.path, posixpath.basename(source.path)
    kind = kind_of_lock(path)
    torn = torn_lock(source)
    anchor = top_of(source)
    if torn is not None:
        return PythonLock(torn, {}, {}), Parsed(source, (), (), problems)
    parsed = _parse(kind, source, limits)
    parsed = parsed._replace(problems=(*problems, *parsed.problems))
    if not parsed.problems and not (
        parsed.documents and isinstance(parsed.documents[0].root.value, MapValue)
    ):
        message = f"A {name} is an object with the packages that are installed."
        problem = Problem("error", "pypi-no-lock", message, anchor.start, anchor.end)
        parsed = parsed._replace(problems=(problem,))
    if not parsed.documents or any(one.level == "error" for one in parsed.problems):
        unread = Unknown("unparsed", f"{name} cannot be read")
        return PythonLock(Lock(name, path, (), unread, None, anchor), {}, {}), parsed
    root = parsed.documents[0].root
    place, known = _VERSIONS[kind]
    version = root.at(*place)
    if version is not None and version.value not in known:
        listed = ", ".join(str(one) for one in known)
        message = f"Locks of the version {version.written} are not known; known are {listed}."
        problem = Problem("error", "pypi-lock-version", message, version.start, version.end)
        parsed = parsed._replace(problems=(*parsed.problems, problem))
        unread = Unknown("unparsed", f"{name} has a version that is not known")
        return PythonLock(Lock(name, path, (), unread, None, version), {}, {}), parsed
    packages = tuple(_pipenv(root) if kind == PIPFILE else _listed(root, kind))
    by_name: dict[str, list[LockedPackage]] = {}
    for one in packages:
        by_name.setdefault(one.package, []).append(one)
    lock = Lock(name, path, packages, None, None, version or anchor)
    held = {package: tuple(those) for package, those in by_name.items()}
    asked = _asked(root) if kind == UV else {}
    content_hash = root.at("metadata", "content-hash") if kind == POETRY else None
    python = root.get("requires-python") if kind == UV else None
    return PythonLock(lock, held, asked, content_hash, python), parsed


def _parse(kind: str, source: Source, limits: Limits) -> Parsed:
    if kind == PIPFILE:
        from vvbscan.parse.json import parse_json

        return parse_json(source, limits)
    from vvbscan.parse.toml import parse_toml

    return parse_toml(source, limits)


def _pipenv(root: Node) -> Iterator[LockedPackage]:
    for section, _, packages in root.members():
        if section == "_meta":
            continue
        for name, key, held in packages.members():
            version = held.get("version")
            text = None if version is None else version.text()
            if version is not None and text is not None and text.startswith("=="):
                version = version.part(len(text) - len(text.lstrip("=")), len(text))
            kind, url = "registry", None
            for field, source in (("git", "git"), ("file", "url"), ("path", "path")):
                found = held.get(field)
                if found is not None:
                    kind, url = source, found if source != "path" else None
            hashes = held.get("hashes")
            first = next(iter(hashes.items()), None) if hashes is not None else None
            yield LockedPackage("pypi", normalised(name), version, kind, url, key, first)


def _listed(root: Node, kind: str) -> Iterator[LockedPackage]:
    listed, files = root.get("packages" if kind == PYLOCK else "package"), root.at("metadata", "files")
    for held in listed.items() if listed is not None else ():
        name = held.get("name")
        text = None if name is None else name.text()
        if name is None or text is None:
            continue
        source, url = _pylock_source(held) if kind == PYLOCK else _source(held.get("source"))
        hashed = _hash(held, None if files is None else files.get(text))
        yield LockedPackage("pypi", normalised(text), held.get("version"), source, url, name, hashed)


def _hash(held: Node, listed: Node | None) -> Node | None:
    """The hash of the first file that is told; `listed` are those of the package in older locks of Poetry."""
    for files in (held.get("wheels"), held.get("files"), listed):
        for one in files.items() if files is not None else ():
            return _hash_of_file(one)
    found = held.get("sdist") or held.get("archive")
    return None if found is None else _hash_of_file(found)


def _hash_of_file(file: Node) -> Node | None:
    """`hash = "sha256:9f86…"`, or `hashes = {sha256 = "9f86…"}`."""
    hashes = file.get("hashes")
    for algorithm, _, value in hashes.members() if hashes is not None else ():
        return value.replace_value(f"{algorithm}:{value.text()}")
    return file.get("hash")


def _pylock_source(held: Node) -> tuple[str, Node | None]:
    if held.get("vcs") is not None:
        return "git", held.at("vcs", "url")
    if held.get("directory") is not None:
        return "path", None
    if held.get("archive") is not None:
        return "url", held.at("archive", "url")
    return "registry", held.get("index")


def _source(source: Node | None) -> tuple[str, Node | None]:
    """Of uv, whose tables name the kind by a key, and of Poetry, whose tables have a `type`."""
    if source is None:
        return "registry", None
    named = source.get("type")
    if named is not None:
        kind, url = named.text() or "", source.get("url")
        known = {"git": "git", "url": "url", "directory": "path", "file": "path"}.get(kind, "registry")
        return known, None if known == "path" else url
    for kind in ("registry", "git", "url"):
        url = source.get(kind)
        if url is not None:
            local = "://" not in (url.text() or "")
            return kind, None if local else url
    return ("workspace" if source.get("editable") or source.get("virtual") else "path"), None


def _asked(root: Node) -> Mapping[tuple[str, str], Mapping[str, Asked]]:
    found: dict[tuple[str, str], dict[str, Asked]] = {}
    listed = root.get("package")
    for held in listed.items() if listed is not None else ():
        name, metadata = held.get("name"), held.get("metadata")
        if name is None or metadata is None:
            continue
        project = normalised(name.text() or "")
        published = metadata.get("requires-dist")
        if published is not None:
            found[project, ""] = _asked_of(published)
        groups = metadata.get("requires-dev")
        for group, _, listed_of_group in groups.members() if groups is not None else ():
            found[project, normalised(group)] = _asked_of(listed_of_group)
    return found


def _asked_of(listed: Node) -> dict[str, Asked]:
    found: dict[str, Asked] = {}
    for one in listed.items():
        asked = one.get("name")
        if asked is None:
            continue
        package = normalised(asked.text() or "")
        before = found.get(package, Asked((), frozenset(), False, asked))
        versions, extras = one.get("specifier"), one.get("extras")
        text = "" if versions is None else versions.text() or ""
        names = {normalised(item.text() or "") for item in (extras.items() if extras is not None else ())}
        elsewhere = any(one.get(name) is not None for name in (*_LOCAL, "git", "url"))
        found[package] = Asked(
            (*before.versions, text), before.extras | names, before.elsewhere or elsewhere, before.place
        )
    return found
