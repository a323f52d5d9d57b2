"""Which .dockerignore applies to a Dockerfile, and its patterns."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.node import Node, Parsed, Problem, Source
from vvbscan.model.outcome import NOT_ANALYSED, FileRecord
from vvbscan.model.unit import FileTree, Unit, Unreadable
from vvbscan.parse.dockerfile_syntax import SPACES
from vvbscan.views.dockerfile.model import IgnoreFile

FORMAT: Final = "dockerignore"
_NAME: Final = ".dockerignore"


def find_ignore_file(
    unit: Unit, path: str, tree: FileTree
) -> tuple[IgnoreFile, Parsed | None, FileRecord | None]:
    """The .dockerignore that applies, as document and as record of a file.

    One that is named after the Dockerfile wins (Docker's documentation, "Build context", "Filename and
    location"). Else it is that of the build context, which a Dockerfile does not name: the one beside the
    Dockerfile is taken for it, one further up only may apply.
    """
    directory = posixpath.dirname(path)
    for candidate in (f"{path}{_NAME}", posixpath.join(directory, _NAME)):
        if not tree.is_file(candidate):
            continue
        record = FileRecord(candidate, FORMAT, unit.id, unit.environment, unit.judged)
        try:
            source, problems = tree.read(candidate)
        except Unreadable as error:
            lost = record._replace(status=NOT_ANALYSED, reason=str(error))
            return IgnoreFile("", (), (candidate,)), None, lost
        parsed = _parsed(source, problems)
        return IgnoreFile(candidate, _patterns(source), ()), parsed, record
    above: list[str] = []
    while directory:
        directory = posixpath.dirname(directory)
        candidate = posixpath.join(directory, _NAME)
        if tree.is_file(candidate):
            above.append(candidate)
    return IgnoreFile("", (), tuple(above)), None, None


def _parsed(source: Source, problems: tuple[Problem, ...]) -> Parsed:
    return Parsed(source, (), (), problems)


def _patterns(source: Source) -> tuple[Node, ...]:
    """The patterns, by the rules of github.com/moby/patternmatcher (`ignorefile` of v0.6).

    A line that begins with `#` is a comment, white space around a pattern does not count.
    """
    patterns: list[Node] = []
    offset = 0
    for line in source.text.text.split("\n"):
        pattern = line.strip(SPACES)
        if pattern and not line.startswith("#"):
            start = offset + line.index(pattern)
            patterns.append(Node(pattern, source, start, start + len(pattern)))
        offset += len(line) + 1
    return tuple(patterns)
