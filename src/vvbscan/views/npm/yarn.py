"""Reads `yarn.lock`, that of Yarn 1 and that of Yarn 2 to 4, which is written as YAML.

Both are made of paragraphs: what is asked for stands on the first line, what it resolves to below it.

Formats: https://classic.yarnpkg.com/lang/en/docs/yarn-lock/, https://yarnpkg.com/advanced/qa
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Parsed, Problem, Source, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.npm.package import INSTALLED, Declared
from vvbscan.views.npm.specifier import read_specifier
from vvbscan.views.packages.conflicts import top_of, torn_lock
from vvbscan.views.packages.model import Lock, LockedPackage, Stale

_LINE: Final = lazy_pattern(r"(?m)^( *)(\? )?(\S[^\r\n]*)")
_FIELD: Final = lazy_pattern(r'("(?:[^"\\]|\\.)*"|[^\s:"]+):?(?:[ ]+(.+?))?\s*')
_ASKED: Final = lazy_pattern(r'"((?:[^"\\]|\\.)*)"|([^\s,"][^,"]*)')
_FIELDS: Final = 2
"""Columns that fields of a paragraph are indented by."""
_KNOWN: Final = frozenset(map(str, range(4, 11)))
_METADATA: Final = "__metadata"
_FIRST: Final = "# yarn lockfile v1"


class Entry(NamedTuple):
    """A paragraph."""

    asked: tuple[tuple[str, str], ...]
    """Names and ranges that resolve to it."""
    fields: Mapping[str, Node]
    dependencies: Mapping[str, Node]
    """Of Yarn 2 and later: what the package asks for itself, whether it is needed to run or not."""
    key: Node


class YarnLock(NamedTuple):
    """A lock of Yarn."""

    lock: Lock
    entries: tuple[Entry, ...]
    by_name: Mapping[str, Mapping[str, Entry]]
    """By the name and the range that are asked for."""

    def stale(
        self, root: Node, wanted: Iterable[Declared], directory: str, settled: frozenset[str]
    ) -> Iterator[Stale]:
        """What `yarn install --immutable` would have to change for a `package.json`.

        `settled` are the names of packages that are not fetched by what asks for them.
        """
        workspaces = self._workspaces()
        for one in wanted:
            name, spec = str(one.name.value), one.specifier
            if one.scope == "peer" or name in settled or spec.source in ("path", "workspace"):
                continue
            asked = normalised(str(one.wanted.value))
            held = self.by_name.get(name, {})
            if asked in held or asked.startswith("catalog:"):
                continue
            if not held:
                yield Stale(one.wanted, f"{name} is not in it", None)
            elif spec.source == "registry" or not any(_elsewhere(other) for other in held):
                told = ", ".join(list(held)[:3])
                entry = next(iter(held.values()))
                yield Stale(
                    one.wanted, f"{name} is locked for {told}, wanted is {one.wanted.value}", entry.key
                )
        yield from self._left(root, workspaces.get(directory or "."))

    def _workspaces(self) -> dict[str, Entry]:
        """Entries of workspaces by their directories."""
        return {
            posixpath.normpath(asked[len("workspace:") :]): entry
            for entry in self.entries
            for _, asked in entry.asked
            if asked.startswith("workspace:")
        }

    def _left(self, root: Node, entry: Entry | None) -> Iterator[Stale]:
        """What a workspace asked for when the lock was written, and asks for no longer."""
        sections = [(key, held) for name, key, held in root.members() if name in INSTALLED]
        place = sections[0][0] if sections else root
        known = {name for _, held in sections for name, _, _ in held.members()}
        for name, node in entry.dependencies.items() if entry is not None else ():
            if name not in known:
                yield Stale(place, f"{name} is in it and not asked for any more", node)


def normalised(asked: str) -> str:
    """A range as both the manifest and the lock may have it: `npm:^4` is `^4`, that of an alias stays."""
    asked = " ".join(asked.split())
    return asked[4:] if asked.startswith("npm:") and "@" not in asked[5:] else asked


def _elsewhere(asked: str) -> bool:
    """Whether something is asked for that is not in a registry. Yarn writes it in a form of its own."""
    return read_specifier(asked).source != "registry"


def read_yarn_lock(source: Source, problems: tuple[Problem, ...]) -> tuple[YarnLock, Parsed]:
    """A lock, with what was wrong about the file."""
    path = source.path
    kind = posixpath.basename(path)
    anchor = top_of(source)
    torn = torn_lock(source)
    if torn is not None:
        return YarnLock(torn, (), {}), Parsed(source, (), (), problems)
    entries = list(_entries(source))
    metadata = next((one for one in entries if one.key.value == _METADATA), None)
    entries = [one for one in entries if one is not metadata]
    unread: Unknown | None = None
    version = None if metadata is None else metadata.fields.get("version")
    problem: Problem | None = None
    if version is not None and version.value not in _KNOWN:
        message = f"Locks of the version {version.value} are not known; known are 1 and 4 to 10."
        problem = Problem("error", "yarn-lock-version", message, version.start, version.end)
    elif metadata is None and _FIRST not in source.text.text and source.text.text.strip():
        message = "A lock of Yarn says `# yarn lockfile v1` or has `__metadata`."
        problem = Problem("error", "yarn-no-lock", message, 0, min(1, len(source.text.text)))
    if problem is not None:
        problems, entries = (*problems, problem), []
        unread = Unknown("unparsed", f"{kind} has a version that is not known")
    by_name: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        for name, asked in entry.asked:
            by_name.setdefault(name, {})[asked] = entry
    packages = tuple(one for entry in entries for one in _locked(entry))
    lock = Lock(kind, path, packages, unread, None, anchor)
    return YarnLock(lock, tuple(entries), by_name), Parsed(source, (), (), problems)


def _entries(source: Source) -> Iterator[Entry]:
    """The paragraphs of a lock. A line that is none of one is passed over."""
    key: Node | None = None
    fields: dict[str, Node] = {}
    dependencies: dict[str, Node] = {}
    within = ""
    for match in _LINE.finditer(source.text.text):
        depth, text = len(match[1]), match[3]
        if text.startswith("#"):
            continue
        start = match.start(3)
        if depth == 0:
            if text.rstrip() == ":":
                continue  # behind a key that is too long for one line
            if key is not None:
                yield Entry(_asked(str(key.value)), fields, dependencies, key)
            written = text.rstrip().removesuffix(":")
            key, fields, dependencies = Node(written, source, start, start + len(written)), {}, {}
            within = ""
            continue
        field = _FIELD.fullmatch(text)
        if field is None:
            continue
        name = _unquoted(field[1])
        if field[2] is None:
            within = name if depth == _FIELDS else within
            continue
        node = Node(_unquoted(field[2]), source, start + field.start(2), start + field.end(2))
        if depth == _FIELDS:
            fields[name] = node
        elif within == "dependencies":
            dependencies[name] = node
    if key is not None:
        yield Entry(_asked(str(key.value)), fields, dependencies, key)


def _asked(key: str) -> tuple[tuple[str, str], ...]:
    """Names and ranges of a first line: `a@^1, "b@>= 1"`, or all of them within one pair of quotes."""
    found = []
    for quoted, bare in _ASKED.findall(key):
        for one in quoted.split(", ") if quoted else (bare,):
            name, at, asked = one[1:].partition("@")
            if at:
                found.append((one[:1] + name, normalised(asked)))
    return tuple(found)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


def _locked(entry: Entry) -> Iterator[LockedPackage]:
    if not entry.asked:
        return
    resolution, resolved = entry.fields.get("resolution"), entry.fields.get("resolved")
    name, asked = entry.asked[0]
    if resolution is not None:
        name, _, asked = str(resolution.value)[1:].partition("@")
        name = str(resolution.value)[:1] + name
        asked = normalised(asked)
    elif asked.startswith("npm:"):
        name = read_specifier(asked).name or name
    source = read_specifier(asked).source
    if source == "registry" and asked.startswith(("patch:", "virtual:")):
        return  # another form of a package that has an entry of its own
    if source in ("url", "registry") and resolved is not None and not asked.startswith("http"):
        source = "registry"
    held = entry.fields.get("integrity", entry.fields.get("checksum"))
    yield LockedPackage("npm", name, entry.fields.get("version"), source, resolved, entry.key, held)
