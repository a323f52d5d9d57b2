"""The files of a compose project: read once each, with what became of them."""

from __future__ import annotations

import posixpath

from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue, Node, Parsed
from vvbscan.model.outcome import ANALYSED, NOT_ANALYSED, PARTLY, FileRecord, Notice, as_sentence
from vvbscan.model.unit import FileTree, Unit, Unreadable
from vvbscan.parse.dotenv import Dotenv, as_document, read_dotenv, read_raw_dotenv
from vvbscan.parse.yaml import parse_yaml
from vvbscan.views.compose.merge import Tags


class ProjectFiles:
    """Reads the files that a project consists of."""

    def __init__(self, unit: Unit, tree: FileTree, limits: Limits) -> None:
        self.notices: list[Notice] = []
        self.tags = Tags()
        self._unit = unit
        self._tree = tree
        self._limits = limits
        self._parsed: dict[str, Parsed] = {}
        self._dotenvs: dict[tuple[str, bool], Dotenv | None] = {}
        self._records: dict[str, FileRecord] = {}
        self._readings = 0
        self._characters = 0

    @property
    def parsed(self) -> tuple[Parsed, ...]:
        """Every file that was parsed."""
        return tuple(self._parsed.values())

    @property
    def records(self) -> tuple[FileRecord, ...]:
        """What became of each file."""
        return tuple(self._records.values())

    def exists(self, path: str) -> bool:
        """Whether a path of the tree is a file that can be read."""
        return bool(path) and self._tree.is_file(path)

    def compose(self, path: str) -> tuple[Node, ...]:
        """The documents of a compose file, each a mapping; none if the file cannot be read."""
        self._readings += 1
        if self._readings > self._limits.unit_files:
            self._lost(path, "unit-files", f"the project reads more than {self._limits.unit_files} files")
            return ()
        if path not in self._parsed:
            try:
                source, problems = self._tree.read(path)
            except Unreadable as error:
                self._lost(path, "unreadable", str(error))
                return ()
            parsed = parse_yaml(source, self._limits, "1.2")
            self._parsed[path] = parsed._replace(problems=(*problems, *parsed.problems))
            self._record(path, "compose", self._parsed[path])
            self.tags.add(source)
        self._characters += len(self._parsed[path].source.text.text)
        if self._characters > self._limits.file_bytes:
            # A file that is included many times costs its length each time.
            limit = f"{self._limits.file_bytes:,} characters"
            self._lost(path, "unit-size", f"the files of the project together have more than {limit}")
            return ()
        roots = tuple(document.root for document in self._parsed[path].documents)
        return tuple(root for root in roots if isinstance(root.value, MapValue))

    def dotenv(self, path: str, *, raw: bool = False) -> Dotenv | None:
        """A dotenv file, None if it cannot be read."""
        key = path, raw
        if key not in self._dotenvs:
            try:
                source, problems = self._tree.read(path)
            except Unreadable as error:
                self._lost(path, "unreadable", str(error))
                self._dotenvs[key] = None
                return None
            dotenv = (read_raw_dotenv if raw else read_dotenv)(source, self._limits)
            self._dotenvs[key] = dotenv
            self._parsed[path] = as_document(dotenv._replace(problems=(*problems, *dotenv.problems)))
            self._record(path, "dotenv", self._parsed[path])
        return self._dotenvs[key]

    def notice(self, level: str, code: str, message: str, node: Node, hint: str = "") -> None:
        """Tell about a place of the project's files."""
        from vvbscan.model.location import locate_node  # only projects with something to tell pay for it

        path = node.source.path
        self.notices.append(Notice(level, code, as_sentence(message), path, locate_node(node), hint))

    def _record(self, path: str, form: str, parsed: Parsed) -> None:
        lost = next((problem for problem in parsed.problems if problem.level == "error"), None)
        status = ANALYSED if lost is None else PARTLY
        reason = "" if lost is None else lost.message
        unit = self._unit
        self._records[path] = FileRecord(path, form, unit.id, unit.environment, unit.judged, status, reason)

    def _lost(self, path: str, code: str, reason: str) -> None:
        unit = self._unit
        name = posixpath.basename(path)
        form = "dotenv" if name.endswith(".env") or ".env." in name else "compose"
        self._records[path] = FileRecord(
            path, form, unit.id, unit.environment, unit.judged, NOT_ANALYSED, reason
        )
        self.notices.append(Notice("error", code, f"{path} was not analysed: {reason}.", path))
