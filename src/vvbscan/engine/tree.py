"""The scanned tree. It is hostile: nothing outside the root is reachable, nothing but files is opened."""

from __future__ import annotations

import os
import stat
from typing import Final

from vvbscan.model.node import Problem, Source
from vvbscan.model.unit import Unreadable
from vvbscan.text import SourceText, Undecodable, decode

_GIT_CRYPT: Final = b"\0GITCRYPT\0"
"""How files begin that git-crypt has encrypted (https://github.com/AGWA/git-crypt)."""
_KEPT: Final = 16_000_000
"""Bytes of files that are kept from the look at them until they are read."""
_BINARY_LOOK: Final = 8_000
_LATIN_1: Final = (".properties",)
_DECLARATION: Final = 200
"""Bytes within which the declaration of an XML file ends."""


class DirectoryTree:
    """A directory of the disk as a `FileTree`."""

    def __init__(self, root: str, file_bytes: int) -> None:
        self.root = os.path.realpath(root)
        self._file_bytes = file_bytes
        self._directories: dict[str, str] = {}
        """The real paths of directories: most files are looked at more than once, and share theirs."""
        self._kept: dict[str, bytes] = {}
        """Files that were looked at, for whoever reads them next."""
        self._room = _KEPT

    def read(self, path: str) -> tuple[Source, tuple[Problem, ...]]:
        """See `FileTree.read`."""
        return source_of(path, self.read_bytes(path))

    def read_bytes(self, path: str) -> bytes:
        """The bytes of a regular file. Raises `Unreadable`."""
        kept = self._kept.pop(path, None)
        if kept is not None:
            self._room += len(kept)
            return kept
        data, size = self._open_and_read(path)
        if size > self._file_bytes:
            raise Unreadable(f"it has {size:,} bytes, over the limit of {self._file_bytes:,}")
        return data

    def beginning(self, path: str) -> bytes:
        """The bytes of a regular file, of one that is too large the first. Raises `Unreadable`."""
        data, size = self._open_and_read(path)
        if size <= min(self._room, self._file_bytes) and path not in self._kept:
            self._kept[path] = data
            self._room -= size
        return data

    def _open_and_read(self, path: str) -> tuple[bytes, int]:
        """As many bytes of a file as are read at most, and how many it has."""
        real = self._inside(path)
        try:
            # Without O_NONBLOCK the opening of a FIFO would wait for a writer.
            descriptor = os.open(real, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        except FileNotFoundError:
            raise Unreadable("there is no such file") from None
        except OSError as error:
            raise Unreadable(f"it cannot be opened: {error.strerror or error}") from None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("it is not a regular file")
            data = _read(descriptor, min(status.st_size, self._file_bytes) + 1)
            if len(data) > status.st_size:  # it grows, or its file system tells no size
                data += _read(descriptor, self._file_bytes + 1 - len(data))
        except OSError as error:
            raise Unreadable(f"it cannot be read: {error.strerror or error}") from None
        finally:
            os.close(descriptor)
        return data[: self._file_bytes], max(status.st_size, len(data))

    def is_file(self, path: str) -> bool:
        """See `FileTree.is_file`."""
        try:
            return os.path.isfile(self._inside(path))
        except Unreadable:
            return False

    def is_directory(self, path: str) -> bool:
        """See `FileTree.is_directory`."""
        try:
            return os.path.isdir(self._inside(path))
        except Unreadable:
            return False

    def resolve(self, path: str) -> str:
        """See `FileTree.resolve`."""
        try:
            real = self._inside(path)
        except Unreadable:
            return path
        return real[len(self.root) :].strip(os.sep).replace(os.sep, "/")

    def names(self, directory: str) -> tuple[str, ...]:
        """See `FileTree.names`."""
        try:
            return tuple(sorted(os.listdir(self._inside(directory))))
        except (Unreadable, OSError):
            return ()

    def _inside(self, path: str) -> str:
        """The real path of a path of the tree. Raises `Unreadable` if it leads out of the root."""
        if "\0" in path:
            raise Unreadable("its name has a NUL character")
        folder, name = os.path.split(os.path.join(self.root, path))
        directory = self._directories.get(folder)
        if directory is None:
            directory = self._directories[folder] = os.path.realpath(folder)
        real = os.path.join(directory, name)
        if name in ("", ".", "..") or os.path.islink(real):
            real = os.path.realpath(real)
        if real != self.root and not real.startswith(self.root.rstrip(os.sep) + os.sep):
            raise Unreadable("it leads out of the scanned root")
        return real


class MemoryTree:
    """Texts given by a caller as a `FileTree`."""

    def __init__(self, files: dict[str, str | bytes]) -> None:
        self._files = files

    def read(self, path: str) -> tuple[Source, tuple[Problem, ...]]:
        """See `FileTree.read`."""
        content = self._files.get(path)
        if content is None:
            raise Unreadable("there is no such file")
        if isinstance(content, bytes):
            return source_of(path, content)
        bom = content.startswith("\ufeff")
        return Source(path, SourceText(content[1:] if bom else content, bom=bom)), ()

    def is_file(self, path: str) -> bool:
        """See `FileTree.is_file`."""
        return path in self._files

    def is_directory(self, path: str) -> bool:
        """See `FileTree.is_directory`."""
        return path in ("", ".") or any(name.startswith(f"{path}/") for name in self._files)

    def resolve(self, path: str) -> str:
        """See `FileTree.resolve`."""
        return "" if path == "." else path

    def names(self, directory: str) -> tuple[str, ...]:
        """See `FileTree.names`."""
        prefix = f"{directory}/" if directory not in ("", ".") else ""
        inside = (name[len(prefix) :] for name in self._files if name.startswith(prefix))
        return tuple(sorted({name.split("/", 1)[0] for name in inside}))


def _read(descriptor: int, most: int) -> bytes:
    """The next bytes of a file, as many as there are up to a number: a read may give fewer."""
    data = piece = os.read(descriptor, most)
    while piece and len(data) < most:
        piece = os.read(descriptor, most - len(data))
        data += piece
    return data


def source_of(path: str, data: bytes) -> tuple[Source, tuple[Problem, ...]]:
    """Decode the bytes of a file. Raises `Unreadable` if they are not text."""
    if data.startswith(_GIT_CRYPT):
        raise Unreadable("it is encrypted with git-crypt")
    try:
        text = decode(data)
    except Undecodable as error:
        if b"\0" in data[:_BINARY_LOOK]:
            raise Unreadable("it is a binary file") from None
        # java.util.Properties.load(InputStream) reads ISO 8859-1, in which all bytes are characters.
        if path.endswith(_LATIN_1) or (path.endswith(".xml") and _declares_latin_1(data)):
            return Source(path, SourceText(data.decode("latin-1"))), ()
        problem = Problem(
            "error", "encoding", f"{error.reason}.", error.offset, error.offset + 1, "save the file as UTF-8"
        )
        return Source(path, error.readable), (problem,)
    if "\0" in text.text[:_BINARY_LOOK]:
        raise Unreadable("it is a binary file")
    return Source(path, text), ()


def _declares_latin_1(data: bytes) -> bool:
    """Whether the declaration that an XML file begins with says ISO 8859-1."""
    declaration = data[:_DECLARATION].partition(b"?>")[0].lower()
    return declaration.startswith(b"<?xml") and b"iso-8859-1" in declaration
