"""Scans of single files: what is judged with them, and what of it is reported.

A base that an overlay completes, or a profile without its main file, would be judged for what it is not
meant to be by itself. So a named file is judged in the units that a scan of the whole tree puts it into, and
of their findings those are reported that touch a named path.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from vvbscan.engine.discover import Found
from vvbscan.engine.recognise import DOCKERFILE, GITHUB_ACTIONS, WRAPPER
from vvbscan.model.outcome import Finding, Notice
from vvbscan.model.result import ScanResult
from vvbscan.model.unit import Unit


class NamedPaths:
    """The files and directories that a scan was asked for, relative to the root."""

    def __init__(self, files: Iterable[str], directories: Iterable[str]) -> None:
        self.files = frozenset(files)
        self._directories = tuple("" if path == "." else f"{path}/" for path in directories)

    def covers(self, path: str) -> bool:
        """Whether a path was named, or lies in a directory that was."""
        return path in self.files or any(path.startswith(folder) for folder in self._directories)

    def need_surroundings(self, found: Sequence[Found]) -> bool:
        """Whether a named file may be judged with others. Dockerfiles, workflows and wrappers are not."""
        alone = {one.path for one in found if one.format in (DOCKERFILE, GITHUB_ACTIONS, WRAPPER)}
        return bool(self.files - alone)

    def units(self, units: Iterable[Unit]) -> tuple[Unit, ...]:
        """The units that something named belongs to."""
        return tuple(unit for unit in units if self._touches(unit))

    def _touches(self, unit: Unit) -> bool:
        if any(self.covers(path) for path in (*unit.files, *unit.companions)):
            return True
        if unit.kind != "helm":
            return False
        chart = posixpath.dirname(unit.files[0])
        return any(path.startswith(f"{chart}/" if chart else "") for path in self.files)

    def result(self, result: ScanResult) -> ScanResult:
        """Of a result what touches a named path, and every failure of the analysis."""
        return result._replace(
            findings=tuple(filter(self._reports, result.findings)),
            suppressed=tuple(filter(self._reports, result.suppressed)),
            hidden=tuple(filter(self._reports, result.hidden)),
            undecided=tuple(one for one in result.undecided if self.covers(one.location.path)),
            notices=tuple(filter(self._tells, result.notices)),
        )

    def _reports(self, finding: Finding) -> bool:
        places = (finding.location, *(related.location for related in finding.related))
        return any(self.covers(place.path) for place in places)

    def _tells(self, notice: Notice) -> bool:
        return notice.level == "error" or self.covers(notice.path)
