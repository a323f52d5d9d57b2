"""Reads `pnpm-lock.yaml`, versions 5 to 9 of the format, and `pnpm-workspace.yaml`.

Format: https://github.com/pnpm/spec/tree/master/lockfile
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Node, Parsed, Problem, Source, Unknown
from vvbscan.parse.yaml import parse_replaced, parse_yaml
from vvbscan.record import NamedTuple
from vvbscan.views.npm.package import INSTALLED, SCOPES, Declared
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.model import Lock, LockedPackage, Stale

_HELD: Final = lazy_pattern(r"(?m)^(?:packages|snapshots):[ ]*\r?$")
"""The sections that make up nearly all of a lock, and that are written in one form only."""
_NEXT: Final = lazy_pattern(r"\n(?=[^ \r\n])")
_PACKAGE: Final = lazy_pattern(r"(?m)^  (?:'([^'\n]+)'|\"([^\"\n]+)\"|([^\s'\"#][^\n]*?)):[ ]*\r?$")
_TARBALL: Final = lazy_pattern(r"tarball: *['\"]?([^'\"\s,}]+)")
_INTEGRITY: Final = lazy_pattern(r"integrity: *['\"]?([^'\"\s,}]+)")
_VERSION: Final = lazy_pattern(r"[5-9](?:\.\d+)?(?:-.*)?")
_SECTIONS: Final = {scope: section for section, scope in SCOPES.items()}
_OF_OVERRIDE: Final = lazy_pattern(r"((?:@[^/@>]+/)?[^/@>]+)(?:@[^>]*)?$")


class Asked(NamedTuple):
    """What a package asked for when the lock was written."""

    specifier: Node
    section: str
    """`devDependencies`; empty if the lock does not tell."""


class PnpmLock(NamedTuple):
    """A lock of pnpm."""

    lock: Lock
    importers: Mapping[str, Mapping[str, Asked]]
    """What each package of the project asked for when the lock was written, by its directory."""
    peers: bool
    """Whether pnpm installs what is asked for as a peer (`autoInstallPeers`)."""
    replaced: frozenset[str]
    """Names of packages that `overrides` set to something else than what is asked for."""

    def stale(
        self,
        root: Node,
        wanted: Iterable[Declared],
        directory: str,
        settled: frozenset[str],  # noqa: ARG002  # as that of Yarn
    ) -> Iterator[Stale]:
        """What `pnpm install --frozen-lockfile` refuses of a `package.json`."""
        importer = self.importers.get(directory or ".")
        sections = [(key, held) for name, key, held in root.members() if name in INSTALLED]
        place = sections[0][0] if sections else root
        if importer is None:
            if any(True for _, held in sections for _ in held.members()):
                yield Stale(place, f"{directory or '.'} is not in it", None)
            return
        known = set()
        for one in wanted:
            name, text = str(one.name.value), str(one.wanted.value)
            known.add(name)
            held = importer.get(name)
            if (one.scope == "peer" and not self.peers) or name in self.replaced or text.startswith("link:"):
                continue
            section = "dependencies" if one.scope == "peer" else _SECTIONS[one.scope]
            if held is None:
                yield Stale(one.wanted, f"{name} is not in it", None)
            elif held.specifier.value != text:
                told = f"{name} is locked for {held.specifier.value}, wanted is {text}"
                yield Stale(one.wanted, told, held.specifier)
            elif held.section not in ("", section):
                told = f"{name} is among {held.section} in it, not among {section}"
                yield Stale(one.wanted, told, held.specifier)
        for name, held in importer.items():
            if name not in known:
                yield Stale(place, f"{name} is in it and not asked for any more", held.specifier)


def read_pnpm_lock(source: Source, problems: tuple[Problem, ...], limits: Limits) -> tuple[PnpmLock, Parsed]:
    """A lock, with what was wrong about the file."""
    path, text = source.path, source.text.text
    kind = posixpath.basename(path)
    anchor = top_of(source)
    torn = torn_lock(source)
    if torn is not None:
        return PnpmLock(torn, {}, False, frozenset()), Parsed(source, (), (), problems)
    sections = [match.span() for match in _HELD.finditer(text)]
    sections = [
        (start, end.end() if (end := _NEXT.search(text, at)) else len(text)) for start, at in sections
    ]
    parsed = parse_replaced(source, _blanked(text, sections), limits, "1.2")
    problems = (*problems, *parsed.problems)
    root = next((one.root for one in reversed(parsed.documents) if one.root.get("lockfileVersion")), None)
    version = None if root is None else root.get("lockfileVersion")
    unread: Unknown | None = None
    if version is None or root is None:
        unread = Unknown("unparsed", f"{kind} cannot be read")
        if not any(one.level == "error" for one in problems):
            message = "A lock of pnpm has a `lockfileVersion`."
            problems = (*problems, Problem("error", "pnpm-no-lock", message, anchor.start, anchor.end))
    elif not _VERSION.fullmatch(str(version.value)):
        message = f"Locks of the version {version.value} are not known; known are 5 to 9."
        problems = (*problems, Problem("error", "pnpm-lock-version", message, version.start, version.end))
        unread = Unknown("unparsed", f"{kind} has a version that is not known")
    elif any(one.level == "error" for one in problems):
        unread = Unknown("unparsed", f"{kind} cannot be read")
    elif root.get("pnpmfileChecksum") is not None:
        unread = Unknown("plugin", "a .pnpmfile.cjs may change what packages ask for")
    packages: tuple[LockedPackage, ...] = ()
    if sections and unread is None:
        packages = tuple(_packages(source, *sections[0]))
    importers = dict(_importers(root)) if root is not None and unread is None else {}
    lock = Lock(kind, path, packages, unread, None, anchor)
    peers = None if root is None else root.at("settings", "autoInstallPeers")
    installed = peers is not None and peers.value is True
    return PnpmLock(lock, importers, installed, _replaced(root)), parsed._replace(problems=problems)


def _blanked(text: str, sections: list[tuple[int, int]]) -> str:
    """The text with spaces for the sections, so that all else keeps its place."""
    parts, at = [], 0
    for start, end in sections:
        parts += [text[at:start], " " * (end - start - 1), "\n"]
        at = end
    return "".join(parts) + text[at:]


def _importers(root: Node) -> Iterator[tuple[str, dict[str, Asked]]]:
    listed = root.get("importers")
    if listed is None:
        yield ".", _specifiers(root)
        return
    for directory, _, importer in listed.members():
        yield directory, _specifiers(importer)


def _specifiers(importer: Node) -> dict[str, Asked]:
    """What a package asks for: in a section of its own, since version 6 beside what it resolves to."""
    specifiers = importer.get("specifiers")
    found = {} if specifiers is None else {name: Asked(held, "") for name, _, held in specifiers.members()}
    for section in sorted(INSTALLED):
        listed = importer.get(section)
        for name, _, held in listed.members() if listed is not None else ():
            if name in found:
                found[name] = found[name]._replace(section=section)
            specifier = held.get("specifier")
            if specifier is not None:
                found[name] = Asked(specifier, section)
    return found


def _replaced(root: Node | None) -> frozenset[str]:
    overrides = None if root is None else root.get("overrides")
    names = (name for name, _, _ in overrides.members()) if overrides is not None else ()
    return frozenset(match[1] for name in names if (match := _OF_OVERRIDE.search(name)))


def _packages(source: Source, start: int, end: int) -> Iterator[LockedPackage]:
    text = source.text.text
    keys = list(_PACKAGE.finditer(text, start, end))
    for number, match in enumerate(keys):
        group = match.lastindex or 0
        name, version = _name_and_version(match[group])
        place = Node(match[group], source, *match.span(group))
        body = keys[number + 1].start() if number + 1 < len(keys) else end
        tarball = _TARBALL.search(text, match.end(), body)
        url = None if tarball is None else Node(tarball[1], source, *tarball.span(1))
        integrity = _INTEGRITY.search(text, match.end(), body)
        held = None if integrity is None else Node(integrity[1], source, *integrity.span(1))
        if not name:
            kind = "path" if match[group].startswith("file:") else "git" if tarball is None else "url"
            yield LockedPackage("npm", match[group], None, kind, url, place, held)
        else:
            yield LockedPackage("npm", name, place.replace_value(version), "registry", url, place, held)


_KEY: Final = lazy_pattern(r"/?((?:@[^/@]+/)?[^/@:]+)[@/](\d+\.\d+\.\d+[0-9A-Za-z.+-]*)(?:[(_].*)?")


def _name_and_version(key: str) -> tuple[str, str]:
    """Name and version of a key; empty if it is from elsewhere than a registry.

    Keys are `/a/1.0.0_b@2.0.0` in version 5, `/a@1.0.0(b@2.0.0)` in 6 and `a@1.0.0` in 9.
    """
    match = _KEY.fullmatch(key)
    return ("", "") if match is None else (match[1], match[2])


def workspace_packages(source: Source, limits: Limits) -> tuple[str, ...]:
    """Patterns of the directories of a project's packages, from `pnpm-workspace.yaml`."""
    documents = parse_yaml(source, limits, "1.2").documents
    listed = documents[0].root.get("packages") if documents else None
    texts = (item.text() for item in listed.items()) if listed is not None else ()
    return tuple(text for text in texts if text)
