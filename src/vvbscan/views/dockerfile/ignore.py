"""Which .dockerignore applies to a Dockerfile, and its patterns."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.node import Node, Parsed, Source
from vvbscan.model.outcome import Notice
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.parse.dockerfile_syntax import SPACES
from vvbscan.views.dockerfile.model import IgnoreFile

_NAME: Final = ".dockerignore"


def find_ignore_file(path: str, tree: FileTree) -> tuple[IgnoreFile, tuple[Parsed, ...], tuple[Notice, ...]]:
    """The .dockerignore that applies to the Dockerfile at a path.

    One that is named after the Dockerfile wins (Docker's documentation, "Build context", "Filename and
    location"). Else it is that of the build context, which a Dockerfile does not name: the one beside the
    Dockerfile is taken for it, one further up only may apply.
    """
    directory = posixpath.dirname(path)
    for candidate in (f"{path}{_NAME}", posixpath.join(directory, _NAME)):
        if not tree.is_file(candidate):
            continue
        try:
            source, problems = tree.read(candidate)
        except Unreadable as error:
            message = f"The file was not analysed: {error}."
            notice = Notice("error", "unreadable", message, candidate)
            return IgnoreFile("", (), (candidate,)), (), (notice,)
        return IgnoreFile(candidate, _patterns(source), ()), (Parsed(source, (), (), problems),), ()
    above: list[str] = []
    while directory:
        directory = posixpath.dirname(directory)
        candidate = posixpath.join(directory, _NAME)
        if tree.is_file(candidate):
            above.append(candidate)
    return IgnoreFile("", (), tuple(above)), (), ()


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
