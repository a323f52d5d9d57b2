"""What the rendering of one kustomization reads, reports and may still do."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.location import locate_node
from vvbscan.model.node import Node, Parsed, Source, Unknown
from vvbscan.model.outcome import ANALYSED, NOT_ANALYSED, FileRecord, Notice
from vvbscan.model.unit import FileTree, Options, Unit, Unreadable
from vvbscan.views.kubernetes.kind import parse_manifest
from vvbscan.views.kustomize.embedded import parse_embedded
from vvbscan.views.kustomize.settings import FILE_NAMES, Kustomization, inside, is_remote, read_kustomization

SETTINGS: Final = "kustomization"
MANIFEST: Final = "kubernetes"
_BUILD_HINT: Final = "scan the output of `kustomize build` to judge what is really deployed"


class LimitReached(Exception):
    """The unit would cause more work than the limits allow; `str()` says which."""


class Workspace:
    """The files of one unit as far as they were read, its notices, and the work that is left."""

    __slots__ = (
        "_embedded",
        "_files",
        "_left",
        "_reported",
        "limits",
        "notices",
        "options",
        "parsed",
        "records",
        "rest",
        "tree",
        "unit",
    )

    def __init__(self, unit: Unit, tree: FileTree, options: Options) -> None:
        self.unit = unit
        self.tree = tree
        self.options = options
        self.limits = options.limits
        self.notices: list[Notice] = []
        self.parsed: dict[str, Parsed] = {}
        self.records: dict[str, FileRecord] = {}
        self.rest: Unknown | None = None
        """Why the kustomization may render objects that are not known."""
        self._reported: set[tuple[str, str, str, int]] = set()
        self._embedded: dict[int, Parsed] = {}
        self._left = options.limits.nodes
        self._files = 0

    def spend(self, amount: int = 1) -> None:
        """Count work: objects rendered and transformers applied to objects. Raises `LimitReached`."""
        self._left -= amount
        if self._left < 0:
            raise LimitReached(f"rendering it takes more than {self.limits.nodes} steps")

    def report(self, level: str, code: str, message: str, at: Node, hint: str = "") -> None:
        """Add a notice at a node."""
        key = (code, message, at.source.path, at.start)
        if key not in self._reported:
            self._reported.add(key)
            self.notices.append(Notice(level, code, message, at.source.path, locate_node(at), hint))

    def not_rendered(self, message: str, at: Node) -> None:
        """Report that something is not known from the tree."""
        self.report("warning", "kustomize-not-rendered", message, at, _BUILD_HINT)

    def open(self, kind: str, reason: str) -> None:
        """Note why further objects may be rendered; the first reason stays."""
        if self.rest is None:
            self.rest = Unknown(kind, reason.rstrip("."))

    def parse(self, path: str, format_name: str, at: Node | None) -> Parsed | None:
        """A file of the tree, parsed once; None and a notice at `at` if it cannot be read."""
        known = self.parsed.get(path)
        if known is not None:
            self.spend()
            return known
        self._count_file()
        try:
            parsed = parse_manifest(path, self.tree, self.options)
        except Unreadable as error:
            self._unreadable(path, str(error), format_name, at)
            return None
        self.parsed[path] = parsed
        self._record(path, format_name)
        return parsed

    def read(self, path: str, at: Node) -> Source | None:
        """The text of a data file; None if it is none, and a notice at `at` if it is not there.

        What holds the values of an environment is often not committed, but made where it is deployed.
        """
        self._count_file()
        try:
            source, problems = self.tree.read(path)
        except Unreadable:
            if not self.tree.is_file(path):
                message = f"{path} is not in the tree: what it holds is unknown."
                self.report("warning", "kustomize-missing-file", message, at)
            return None
        return None if problems else source

    def embedded(self, node: Node) -> Parsed:
        """YAML that a string of a kustomization holds; its comments and problems are those of the file."""
        known = self._embedded.get(id(node))
        if known is not None:
            self.spend()
            return known
        parsed = parse_embedded(node, self.limits)
        outer = self.parsed[node.source.path]
        self.parsed[node.source.path] = outer._replace(
            comments=(*outer.comments, *parsed.comments), problems=(*outer.problems, *parsed.problems)
        )
        self._embedded[id(node)] = parsed
        return parsed

    def keep(self, path: str, parsed: Parsed, format_name: str) -> None:
        """Keep what was parsed elsewhere, for its comments and problems."""
        self.parsed.setdefault(path, parsed)
        self._record(path, format_name)

    def resolve(self, kustomization: Kustomization, entry: Node) -> str | None:
        """The path that an entry of a kustomization means; None and a notice if it is not in the tree."""
        text = str(entry.value)
        path = inside(kustomization.directory, text)
        if is_remote(text) and not self._exists(path):
            message = f"{text} is outside the tree and is not fetched."
            self.not_rendered(message, entry)
            return None
        if path is None:
            self.report(
                "error",
                "kustomize-outside-root",
                f"{text} leads out of the directory that is scanned, where nothing is read.",
                entry,
                "scan the directory that contains all bases",
            )
        return path

    def _exists(self, path: str | None) -> bool:
        return path is not None and (self.tree.is_file(path) or self.tree.is_directory(path))

    def find_kustomization(self, directory: str) -> str | None:
        """The path of the kustomization file of a directory, None if it has none."""
        for name in FILE_NAMES:
            path = posixpath.join(directory, name)
            if self.tree.is_file(path):
                return path
        return None

    def kustomization(self, path: str, at: Node | None) -> Kustomization | None:
        """Read a kustomization file; None and a notice if that is not possible."""
        is_new = path not in self.parsed
        parsed = self.parse(path, SETTINGS, at)
        if parsed is None or not parsed.documents:
            return None
        root = parsed.documents[0].root
        found = read_kustomization(path, root)
        if found is None:
            self.report("error", "kustomize-syntax", "A kustomization is a mapping.", root)
        elif is_new:
            self._check_names(found)
            self._check_texts(found)
            for key in found.unknown:
                self.report(
                    "warning",
                    "kustomize-unknown-field",
                    f"kustomize knows no field '{key.value}' and refuses the file.",
                    key,
                )
        return found

    def _check_names(self, kustomization: Kustomization) -> None:
        """Report further kustomization files of the same directory."""
        names = (posixpath.join(kustomization.directory, name) for name in FILE_NAMES)
        others = [path for path in names if path != kustomization.path and self.tree.is_file(path)]
        if others:
            message = f"{others[0]} is in the same directory; kustomize takes only one kustomization file."
            self.report("error", "kustomize-syntax", message, kustomization.root)

    def _check_texts(self, kustomization: Kustomization) -> None:
        """Report numbers where kustomize takes nothing but text: `newTag: 1.10` must be in quotes."""
        nodes = [kustomization.fields.get(name) for name in ("namePrefix", "nameSuffix", "namespace")]
        for entry in kustomization.items("images", "imageTags"):
            nodes += [entry.get(name) for name in ("name", "newName", "newTag", "digest")]
        for node in nodes:
            if node is not None and node.value is not None and not isinstance(node.value, str):
                message = "kustomize takes only text here and refuses the file."
                self.report("warning", "kustomize-syntax", message, node, "put it in quotes")

    def mark(self, path: str, status: str, reason: str) -> None:
        """Record that a file was analysed in part or not at all."""
        record = self.records.get(path)
        if record is not None:
            self.records[path] = record._replace(status=status, reason=reason)

    def _count_file(self) -> None:
        self._files += 1
        if self._files > self.limits.unit_files:
            raise LimitReached(f"it reads more than {self.limits.unit_files} files")

    def _record(self, path: str, format_name: str) -> None:
        unit = self.unit
        self.records.setdefault(
            path, FileRecord(path, format_name, unit.id, unit.environment, unit.judged, ANALYSED)
        )

    def _unreadable(self, path: str, reason: str, format_name: str, at: Node | None) -> None:
        message = f"{path} cannot be read: {reason}."
        if at is not None:
            self.report("error", "kustomize-missing-file", message, at)
        else:
            self.notices.append(Notice("error", "unreadable", message, path))
        if format_name and self.tree.is_file(path):
            unit = self.unit
            self.records[path] = FileRecord(
                path, format_name, unit.id, unit.environment, unit.judged, NOT_ANALYSED, reason
            )
