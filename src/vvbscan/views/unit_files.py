"""The files of a unit, as they are read."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.node import Problem, Source
from vvbscan.model.outcome import FileRecord, Notice, not_analysed
from vvbscan.model.unit import FileTree, Unit, Unreadable


class UnitFiles:
    """What becomes of the files of a unit: a record of each, and notices of those that cannot be read."""

    def __init__(self, unit: Unit, form: str) -> None:
        self.records: list[FileRecord] = []
        self.notices: list[Notice] = []
        self.unreadable: list[str] = []
        self._unit = unit
        self._form = form

    def read(self, tree: FileTree) -> Iterator[tuple[str, Source, tuple[Problem, ...]]]:
        """The path, text and problems of each file. Raises `Unreadable` if the first cannot be read."""
        unit = self._unit
        for path in unit.files:
            record = FileRecord(path, self._form, unit.id, unit.environment, unit.judged)
            try:
                source, problems = tree.read(path)
            except Unreadable as error:
                if path == unit.files[0]:
                    raise
                record, notice = not_analysed(record, str(error))
                self.records.append(record)
                self.notices.append(notice)
                self.unreadable.append(path)
                continue
            self.records.append(record)
            yield path, source, problems
