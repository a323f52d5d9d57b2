"""What git tracks: the paths of its index, which no .gitignore hides.

The format is that of git's documentation, `gitformat-index`, versions 2 to 4. Whatever else a file holds, or
however it ends, gives the paths up to there.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from vvbscan.model.unit import Unreadable

if TYPE_CHECKING:
    from vvbscan.engine.tree import DirectoryTree

_INDEX: Final = ".git/index"
_SIGNATURE: Final = b"DIRC"
_HEADER: Final = 12
_HASHES: Final = (20, 32)
"""Bytes of an object's name, by SHA-1 and SHA-256. The file does not say which, but one does not fit."""
_STATUS: Final = 40
"""Bytes of what `stat` says of a file."""
_EXTENDED: Final = 0x4000
_LONGEST: Final = 4096
"""Bytes of a path; version 4 lets a small file name many long ones."""


class TrackedFiles:
    """The files that git tracks in a tree, read when asked for; none if the root has no index."""

    __slots__ = ("_directories", "_files", "_tree")

    def __init__(self, tree: DirectoryTree) -> None:
        self._tree = tree
        self._files: frozenset[str] | None = None
        self._directories: frozenset[str] = frozenset()

    def holds(self, path: str, *, directory: bool) -> bool:
        """Whether git tracks a file, or a file below a directory."""
        if self._files is None:
            self._files = self._read()
            self._directories = frozenset(_above(self._files))
        return path in (self._directories if directory else self._files)

    def _read(self) -> frozenset[str]:
        if not self._tree.is_file(_INDEX):
            return frozenset()
        try:
            data = self._tree.beginning(_INDEX)
        except Unreadable:
            return frozenset()
        return frozenset(index_paths(data))


def index_paths(data: bytes) -> list[str]:
    """The paths that an index file lists, empty if it is none."""
    if data[:4] != _SIGNATURE or len(data) < _HEADER:
        return []
    version = int.from_bytes(data[4:8], "big")
    number = int.from_bytes(data[8:12], "big")
    if version not in (2, 3, 4):
        return []
    return max((_paths(data, version, number, size) for size in _HASHES), key=len)


def _paths(data: bytes, version: int, number: int, hash_size: int) -> list[str]:
    """The paths of the entries, up to the first that is none."""
    found: list[str] = []
    previous = b""
    position = _HEADER
    for _ in range(number):
        start = position
        position += _STATUS + hash_size
        flags = int.from_bytes(data[position : position + 2], "big")
        position += 4 if flags & _EXTENDED else 2
        kept = 0
        if version == 4:
            removed, position = _offset(data, position)
            kept = len(previous) - removed
        end = data.find(b"\0", position)
        if end < 0 or kept < 0:
            break
        name = previous[:kept] + data[position:end]
        length = flags & 0xFFF
        if not name or len(name) > _LONGEST or length != min(len(name), 0xFFF):
            break
        found.append(name.decode("utf-8", "surrogateescape"))
        previous = name
        position = end + 1 if version == 4 else start + (end - start + 8) // 8 * 8
    return found


def _offset(data: bytes, position: int) -> tuple[int, int]:
    """A number of variable width and the position behind it, as packs encode offsets."""
    value = -1
    for place in range(position, min(position + 9, len(data))):
        value = (value + 1) << 7 | data[place] & 0x7F
        if not data[place] & 0x80:
            return value, place + 1
    return len(data), len(data)


def _above(files: frozenset[str]) -> set[str]:
    """The directories that files lie in, at any depth."""
    found: set[str] = set()
    for path in files:
        directory = posixpath.dirname(path)
        while directory and directory not in found:
            found.add(directory)
            directory = posixpath.dirname(directory)
    return found
