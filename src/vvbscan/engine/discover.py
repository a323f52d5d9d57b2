"""Discovery: walks a tree and recognises its files. Links are not followed."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from vvbscan.engine.recognise import may_be_recognised, recognise
from vvbscan.engine.tree import DirectoryTree
from vvbscan.model.outcome import Notice
from vvbscan.model.unit import Unreadable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SKIPPED_DIRECTORIES: Final = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".terraform", ".venv", "__pycache__", ".tox", ".vvbscan-cache"}
)
"""Never entered: they hold copies of other people's files."""


class Found(NamedTuple):
    """A recognised file."""

    path: str
    format: str
    size: int


class Discovery(NamedTuple):
    """What a walk gave."""

    found: tuple[Found, ...]
    notices: tuple[Notice, ...]
    seen: int
    """Files that were looked at, recognised or not."""


class _Ignore:
    """The .gitignore files on the way from the root to a directory."""

    def __init__(self, tree: DirectoryTree, use_gitignore: bool) -> None:
        self._tree = tree
        self._use = use_gitignore
        self._specs: dict[str, GitIgnoreSpec | None] = {}

    def ignores(self, path: str, *, directory: bool) -> bool:
        """Whether git would ignore a path whose parents are not ignored; the nearest file decides."""
        if not self._use:
            return False
        folder = posixpath.dirname(path)
        while True:
            spec = self._spec(folder)
            if spec is not None:
                below = path[len(folder) + 1 :] if folder else path
                verdict = spec.check_file(f"{below}/" if directory else below).include
                if verdict is not None:
                    return verdict
            if not folder:
                return False
            folder = posixpath.dirname(folder)

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            self._specs[folder] = self._read(posixpath.join(folder, ".gitignore"))
        return self._specs[folder]

    def _read(self, path: str) -> GitIgnoreSpec | None:
        if not self._tree.is_file(path):
            return None
        try:
            data = self._tree.read_bytes(path)
        except Unreadable:
            return None
        from pathspec import GitIgnoreSpec  # only trees with a .gitignore pay for it

        return GitIgnoreSpec.from_lines(data.decode("utf-8", "replace").splitlines())


def discover(
    tree: DirectoryTree,
    paths: Iterable[str],
    *,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    use_gitignore: bool = True,
) -> Discovery:
    """Find the recognised files at and below some paths of a tree.

    A path that names a file is looked at even if it is ignored. `include` and `exclude` are patterns of
    .gitignore's kind, relative to the root; with `include` only what matches one is looked at.
    """
    ignore = _Ignore(tree, use_gitignore)
    chosen, refused = _patterns(include), _patterns(exclude)
    notices: list[Notice] = []
    found: dict[str, Found] = {}
    seen = 0
    for path, explicit in _walk(tree, paths, ignore, refused, notices):
        seen += 1
        if chosen is not None and not explicit and not chosen.match_file(path):
            continue
        if path in found:
            continue
        one = _look(tree, path, notices) if may_be_recognised(path) else None
        if one is not None:
            found[path] = one
        elif explicit and not any(notice.path == path for notice in notices):
            text = "It was named, but is of no format that is known."
            notices.append(Notice("note", "not-recognised", text, path))
    return Discovery(tuple(found[path] for path in sorted(found)), tuple(notices), seen)


def _patterns(patterns: tuple[str, ...]) -> GitIgnoreSpec | None:
    if not patterns:
        return None
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


def _look(tree: DirectoryTree, path: str, notices: list[Notice]) -> Found | None:
    try:
        status = os.lstat(os.path.join(tree.root, path))
    except OSError as error:
        notices.append(Notice("warning", "unreadable", f"It cannot be read: {error.strerror}.", path))
        return None
    if stat.S_ISLNK(status.st_mode):
        _look_at_link(tree, path, notices)
        return None
    if not stat.S_ISREG(status.st_mode):
        notices.append(
            Notice(
                "note", "no-regular-file", "It is named like a file to scan, but is no regular file.", path
            )
        )
        return None
    try:
        recognised = recognise(path, lambda: tree.read_bytes(path))
    except Unreadable as error:
        # Only its content would tell whether it is of interest, so nothing that was claimed is lost.
        notices.append(Notice("warning", "unreadable", f"It was not looked at: {error}.", path))
        return None
    return Found(path, recognised, status.st_size) if recognised is not None else None


def _look_at_link(tree: DirectoryTree, path: str, notices: list[Notice]) -> None:
    """A link inside the root is left to its target, which is found by itself; others are reported."""
    target = os.path.realpath(os.path.join(tree.root, path))
    if not os.path.exists(target):
        notices.append(Notice("note", "broken-link", "It is a link to nothing.", path))
    elif not target.startswith(tree.root.rstrip(os.sep) + os.sep):
        notices.append(
            Notice("note", "link-out-of-root", "It is a link out of the root and was not followed.", path)
        )


def _walk(
    tree: DirectoryTree,
    paths: Iterable[str],
    ignore: _Ignore,
    refused: GitIgnoreSpec | None,
    notices: list[Notice],
) -> Iterable[tuple[str, bool]]:
    """The files at and below paths, each with whether it was named itself, in a stable order."""
    for start in paths:
        full = os.path.join(tree.root, start)
        if not os.path.isdir(full) or os.path.islink(full):
            if refused is None or not refused.match_file(start):
                yield start, True
            continue
        pending = [start.strip("/") if start != "." else ""]
        while pending:
            folder = pending.pop()
            try:
                entries = sorted(os.scandir(os.path.join(tree.root, folder)), key=lambda entry: entry.name)
            except OSError as error:
                notices.append(
                    Notice("warning", "unreadable", f"It cannot be listed: {error.strerror}.", folder or ".")
                )
                continue
            folders = []
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                directory = entry.is_dir(follow_symlinks=False)
                if directory and entry.name in SKIPPED_DIRECTORIES:
                    continue
                if refused is not None and refused.match_file(f"{path}/" if directory else path):
                    continue
                if not directory and not may_be_recognised(path):
                    continue
                if ignore.ignores(path, directory=directory):
                    continue
                if directory:
                    folders.append(path)
                    if may_be_recognised(path) and not path.endswith((".yaml", ".yml", ".json")):
                        notices.append(
                            Notice(
                                "note",
                                "no-regular-file",
                                "It is named like a Dockerfile, but is a directory.",
                                path,
                            )
                        )
                else:
                    yield path, False
            pending += reversed(folders)
