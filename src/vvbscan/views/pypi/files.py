"""Requirements files of a tree, read once, with the files that they name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import Problem
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.requirements import RequirementsFile, Setting, parse_requirements
from vvbscan.views.of_tree import OfTree
from vvbscan.views.packages.conflicts import told_once

_DEVELOPMENT: Final = lazy_pattern(
    r"(?:^|[-_. ])(?:dev|devel|development|tests?|testing|qa|lint|linters?|docs?|ci|build|checks?|types?"
    r"|tools?|typing|mypy|format|style|bench|benchmarks?|coverage|notebooks?|examples?|release|tox|local)"
    r"(?=[-_. ]|$)"
)
_DEVELOPMENT_FOLDERS: Final = frozenset(
    {
        "doc",
        "docs",
        "test",
        "tests",
        "testing",
        "example",
        "examples",
        "sample",
        "samples",
        "benchmark",
        "benchmarks",
    }
    | {".github", "ci", "hack", "scripts", "tools"}
)


def scope_of_path(path: str) -> str:
    """`dev` for a file whose name or directory says that it is of no use to what runs, else `runtime`."""
    folder, name = posixpath.split(path.lower())
    if any(part in _DEVELOPMENT_FOLDERS for part in folder.split("/")):
        return "dev"
    return "dev" if _DEVELOPMENT.search(name.rpartition(".")[0]) else "runtime"


def holds_constraints(path: str) -> bool:
    """Whether a file is named as one that installs nothing by itself."""
    return "constraint" in posixpath.basename(path).lower()


class Library(OfTree):
    """The requirements files of a tree, by path."""

    def __init__(self, tree: FileTree, limits: Limits) -> None:
        super().__init__(tree, limits)
        self._files: dict[str, RequirementsFile | str] = {}

    def read(self, path: str) -> RequirementsFile | str:
        """A file, or why it cannot be read."""
        if path not in self._files:
            self._files[path] = _read(path, self.tree, self.limits)
        return self._files[path]

    def files(self, path: str) -> Iterator[tuple[str, RequirementsFile]]:
        """A file and those that it takes in by `--requirement`, each once, as far as they can be read."""
        waiting, seen = [path], {path}
        while waiting and len(seen) <= self.limits.unit_files:
            path = waiting.pop(0)
            file = self.read(path)
            if isinstance(file, str):
                continue
            yield path, file
            for _, named in named_by(path, file, "--requirement"):
                if named is not None and named not in seen and self.tree.is_file(named):
                    seen.add(named)
                    waiting.append(named)


def named_by(path: str, file: RequirementsFile, option: str) -> Iterator[tuple[Setting, str | None]]:
    """The files that a file names in an option, with the path in the tree; None if that is not known."""
    for setting in file.settings:
        if setting.name != option or setting.value is None:
            continue
        text = setting.value.text()
        if text is None or "://" in text or text.startswith("/"):
            yield setting, None
            continue
        named = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
        yield setting, None if named.startswith("..") else named


def _read(path: str, tree: FileTree, limits: Limits) -> RequirementsFile | str:
    try:
        source, problems = tree.read(path)
    except Unreadable as error:
        return str(error)
    file = parse_requirements(source, limits)
    parsed = file.parsed
    found = told_once(source, parsed.problems, "requirements-syntax")
    problems += tuple(_missing(path, file, tree))
    return file._replace(parsed=parsed._replace(problems=(*problems, *found)))


def _missing(path: str, file: RequirementsFile, tree: FileTree) -> Iterator[Problem]:
    for option in ("--requirement", "--constraint"):
        for setting, named in named_by(path, file, option):
            if named is not None and not tree.is_file(named) and setting.value is not None:
                message = f"There is no {named}: what it asks for is not known."
                place = setting.value
                yield Problem("warning", "requirements-missing-file", message, place.start, place.end)
