"""Configurations of GitLab CI: a file with all that it includes from the tree, laid over each other.

https://docs.gitlab.com/ci/yaml/includes/
"""

from __future__ import annotations

import posixpath
import re
from typing import Final
from weakref import WeakKeyDictionary

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Parsed, Problem, SeqValue, Unknown
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.yaml import parse_yaml
from vvbscan.record import NamedTuple

_MOST_FILES: Final = 150
"""As many as GitLab includes (https://docs.gitlab.com/administration/settings/continuous_integration/)."""
_MOST_DIRECTORIES: Final = 1000
"""As many as are looked into for a pattern of paths."""
_KINDS: Final = ("local", "remote", "template", "project", "component")
_URL: Final = lazy_pattern(r"https?://", re.IGNORECASE)
_ADDS_JOBS_ONLY: Final = lazy_pattern(r"/?(?:Security|Jobs)/[^/]+\.gitlab-ci\.yml")
"""Templates of GitLab that add jobs with names of their own, and change nothing for others."""


class Include(NamedTuple):
    """A file that a configuration includes. View `ci_include`."""

    kind: str
    """`local`, `remote`, `template`, `project` or `component`."""
    location: Node
    """Its path, address or name; of a component without its version."""
    reference: Node | None
    """The tag, branch, commit or version that it is taken from."""
    integrity: Node | None
    """The hash that the content is compared with."""
    anchor: Node


class Configuration(NamedTuple):
    """A file with what it includes."""

    root: Node | None
    """The mapping of all; None if there is none."""
    parsed: tuple[Parsed, ...]
    """The files that were read, the first one first."""
    unreadable: tuple[tuple[str, str], ...]
    """Files that cannot be read, and why."""
    includes: tuple[Include, ...]
    outside: Unknown | None
    """Set if jobs may come from files that are not in the tree."""
    outside_defaults: Unknown | None
    """Set if defaults of all jobs may come from there."""
    children: tuple[str, ...]
    """Files of the tree that pipelines started by its jobs are made of."""


_KNOWN: Final[WeakKeyDictionary[FileTree, dict[tuple[str, Limits], Configuration]]] = WeakKeyDictionary()


def configuration_of(path: str, tree: FileTree, limits: Limits) -> Configuration:
    """Read a configuration once; raises `Unreadable` if its file cannot be read."""
    known = _KNOWN.setdefault(tree, {})
    found = known.get((path, limits))
    if found is None:
        found = known[path, limits] = _Reader(path, tree, limits).read()
    return found


class _Reader:
    """Reads one configuration."""

    def __init__(self, path: str, tree: FileTree, limits: Limits) -> None:
        self._path = path
        self._tree = tree
        self._limits = limits
        self._parsed: dict[str, Parsed] = {}
        self._problems: dict[str, list[Problem]] = {}
        self._contents: dict[str, Node | None] = {}
        self._unreadable: dict[str, str] = {}
        self._includes: list[Include] = []
        self._outside: Unknown | None = None
        self._outside_defaults: Unknown | None = None

    def read(self) -> Configuration:
        root = self._file(self._path, ())
        if self._path in self._unreadable:
            raise Unreadable(self._unreadable[self._path])
        parsed = tuple(
            one._replace(problems=(*one.problems, *self._problems.get(path, ())))
            for path, one in self._parsed.items()
        )
        return Configuration(
            root,
            parsed,
            tuple(self._unreadable.items()),
            tuple(self._includes),
            self._outside,
            self._outside_defaults,
            self._children(root),
        )

    def _file(self, path: str, within: tuple[str, ...]) -> Node | None:
        """The content of a file over that of the files that it includes."""
        if path not in self._contents:
            content = self._contents[path] = self._read(path)
            include = None if content is None else content.get("include")
            below: Node | None = None
            for one in self._included(include, path, (*within, path)):
                below = one if below is None else laid_over(below, one)
            if content is not None and below is not None:
                self._contents[path] = laid_over(below, content)
        return self._contents[path]

    def _read(self, path: str) -> Node | None:
        """The mapping that a file holds by itself; behind a header it is the second document."""
        try:
            source, problems = self._tree.read(path)
        except Unreadable as error:
            self._unreadable[path] = str(error)
            self._open("unparsed", f"{path} cannot be read")
            return None
        parsed = parse_yaml(source, self._limits)
        self._parsed[path] = parsed._replace(problems=(*problems, *parsed.problems))
        if any(problem.level == "error" for problem in parsed.problems):
            self._open("unparsed", f"{path} could not be read as a whole")
        documents = parsed.documents
        header = len(documents) > 1 and documents[0].root.get("spec") is not None
        if not documents or documents[header].root.value is None:
            return None
        content = documents[header].root
        if not isinstance(content.value, MapValue):
            self._tell(content, "a configuration of GitLab CI is a mapping")
            return None
        return content

    def _included(self, node: Node | None, path: str, within: tuple[str, ...]) -> list[Node]:
        entries = () if node is None else node.items() if isinstance(node.value, SeqValue) else (node,)
        found: list[Node] = []
        for entry in entries:
            for include in _entry(entry):
                self._includes.append(include)
                if include.kind == "local":
                    found += self._local(include, path, within)
                else:
                    self._from_outside(include)
            if entry.value is not None and not _entry(entry):
                self._open("expression", "an include is not understood")
        return found

    def _from_outside(self, include: Include) -> None:
        name = include.location.text() or "a file"
        self._outside = self._outside or Unknown("remote", f"{name} is included from outside the tree")
        if include.kind != "template" or not _ADDS_JOBS_ONLY.fullmatch(name):
            self._outside_defaults = self._outside_defaults or self._outside

    def _open(self, kind: str, reason: str) -> None:
        self._outside = self._outside or Unknown(kind, reason)
        self._outside_defaults = self._outside_defaults or self._outside

    def _local(self, include: Include, path: str, within: tuple[str, ...]) -> list[Node]:
        text = include.location.text() or ""
        if "$" in text:
            self._open("variable", f"{text} is an included file whose path is filled in by GitLab")
            return []
        paths = self._paths(text, path)
        if not paths:
            self._open("remote", f"{text} is not in the tree")
            message = f"the included file {text} is not in the tree: what depends on it stays unknown"
            self._problems.setdefault(path, []).append(
                Problem("warning", "gitlab-include", message, include.location.start, include.location.end)
            )
        found = []
        for one in paths:
            if one in within:
                continue
            if len(self._parsed) >= _MOST_FILES and one not in self._parsed:
                self._open("limit", f"more than {_MOST_FILES} files are included")
                continue
            content = self._file(one, within)
            if content is not None:
                found.append(content)
        return found

    def _paths(self, text: str, path: str) -> list[str]:
        """The files that a path names: it begins at the root of the repository.

        A configuration in a directory below may be that of a repository of its own.
        """
        for base in dict.fromkeys(("", posixpath.dirname(self._path))):
            wanted = posixpath.normpath(posixpath.join(base, text.lstrip("/")))
            if "*" in wanted:
                found = [one for one in self._matching(wanted) if one != path]
                if found:
                    return found
            elif not wanted.startswith("..") and self._tree.is_file(wanted):
                return [wanted]
        return []

    def _matching(self, pattern: str) -> list[str]:
        """https://docs.gitlab.com/ci/yaml/includes/#use-includelocal-with-wildcard-file-paths."""
        pieces = re.split(r"(\*\*/?|\*)", pattern)
        expression = "".join(
            "[^/]*" if piece == "*" else ".*" if piece.startswith("**") else re.escape(piece)
            for piece in pieces
        )
        wanted = re.compile(expression)
        waiting = [posixpath.dirname(pieces[0])]
        found: list[str] = []
        for _ in range(_MOST_DIRECTORIES):
            if not waiting:
                break
            directory = waiting.pop()
            for name in self._tree.names(directory):
                path = posixpath.join(directory, name)
                if self._tree.is_directory(path):
                    waiting.append(path)
                elif path.endswith((".yml", ".yaml")) and wanted.fullmatch(path):
                    found.append(path)
        return sorted(found)

    def _children(self, root: Node | None) -> tuple[str, ...]:
        """https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#parent-child-pipelines."""
        found: dict[str, None] = {}
        for _, _, job in () if root is None else root.members():
            node = job.at("trigger", "include")
            entries = () if node is None else node.items() if isinstance(node.value, SeqValue) else (node,)
            for entry in entries:
                for include in _entry(entry):
                    if include.kind == "local" and "*" not in (include.location.text() or "*"):
                        found.update(dict.fromkeys(self._paths(include.location.text() or "", self._path)))
        return tuple(path for path in found if path not in self._parsed)

    def _tell(self, node: Node, what: str) -> None:
        hint = "correct it; what is written here was not analysed"
        problem = Problem("error", "gitlab-shape", what, node.start, node.end, hint)
        self._problems.setdefault(node.source.path, []).append(problem)


def _entry(entry: Node) -> tuple[Include, ...]:
    """What an entry of `include` names: several files of a project, or nothing that is understood."""
    text = entry.text()
    if text is not None:
        return (Include("remote" if _URL.match(text) else "local", entry, None, None, entry),)
    kind = next((kind for kind in _KINDS if entry.get(kind) is not None), "")
    location = entry.get(kind) if kind else None
    if location is None or location.text() is None:
        return ()
    if kind == "component":
        whole = location.text() or ""
        at = whole.rfind("@")
        if at < 0:
            return (Include(kind, location, None, None, location),)
        version = location.part(at + 1, len(whole)) if at + 1 < len(whole) else None
        return (Include(kind, location.part(0, at), version, None, location),)
    integrity = entry.get("integrity") if kind == "remote" else None
    return (Include(kind, location, entry.get("ref"), integrity, location),)


def laid_over(below: Node, over: Node) -> Node:
    """A value with another one over it: members of mappings one by one, all else replaced."""
    base, top = below.value, over.value
    if not isinstance(base, MapValue) or not isinstance(top, MapValue):
        return over
    entries, keys = dict(base.entries), dict(base.keys)
    for name, child in top.entries.items():
        under = entries.get(name)
        entries[name] = child if under is None else laid_over(under, child)
        keys[name] = top.keys[name]
    return over._replace(value=MapValue(entries, keys, top.rest or base.rest))
