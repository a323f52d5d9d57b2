"""Discovery: walks a tree and recognises its files. It stays inside the root."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

from vvbscan.engine.gitignore import IgnoreFiles, Patterns
from vvbscan.engine.manifest_content import speaks_of_others
from vvbscan.engine.recognise import (
    APPLICATION,
    BUILDS,
    COMPOSE,
    DOCKERFILE,
    GITHUB_ACTIONS,
    GITLAB_CI,
    HELM_CHART,
    KUBERNETES,
    KUSTOMIZATION,
    TERRAFORM,
    TERRAFORM_PLAN,
    UPDATE_BOT,
    format_of_name,
    may_be_recognised,
    recognise,
)
from vvbscan.engine.tracked import TrackedFiles
from vvbscan.engine.tree import DirectoryTree
from vvbscan.model.outcome import Notice
from vvbscan.model.unit import Unreadable
from vvbscan.record import NamedTuple
from vvbscan.text import as_utf8

SKIPPED_DIRECTORIES: Final = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".terraform", ".venv", "__pycache__", ".tox", ".vvbscan-cache"}
)
"""Never entered: they hold copies of other people's files."""
_OF_VENDOR: Final = ("modules.txt", "autoload.php")
"""What Go and Composer write into a directory `vendor`, which is then such a copy too."""
_OF_CRATE: Final = ".cargo-checksum.json"
"""What `cargo vendor` writes into each directory of a directory `vendor`."""


class Found(NamedTuple):
    """A recognised file."""

    path: str
    format: str
    size: int
    companion: bool = False
    """Whether it is a manifest without containers, which may speak of those of other files."""


def found_file(path: str, known: str, size: int, content: bytes) -> Found:
    """A file of a known format; `content` is what was read of it to tell that."""
    return Found(path, known, size, known == KUBERNETES and speaks_of_others(as_utf8(content)))


class Discovery(NamedTuple):
    """What a walk gave."""

    found: tuple[Found, ...]
    notices: tuple[Notice, ...]


def discover(
    tree: DirectoryTree,
    paths: Sequence[str],
    *,
    include: Patterns | None = None,
    exclude: Patterns | None = None,
    use_gitignore: bool = True,
) -> Discovery:
    """Find the recognised files at and below some paths of a tree.

    A path that is named is looked at even if git ignores it. With `include`, of what is not named only what
    these patterns choose is looked at; what `exclude` covers never is. Both are relative to the root.
    """
    ignored = IgnoreFiles(tree) if use_gitignore else None
    return _Discoverer(tree, include, exclude, ignored).discover(paths)


def surroundings(
    tree: DirectoryTree,
    named: Iterable[str],
    formats: Container[str] = (),
    *,
    exclude: Patterns | None = None,
    use_gitignore: bool = True,
) -> tuple[Found, ...]:
    """What named files, which are of some formats, may have to be judged with.

    These are the kustomizations and charts of the whole tree, its modules of Terraform if one of their files
    or a plan is named, its modules of Maven, pipelines of GitLab and projects of Gradle, Node, Python, Rust
    or Go if one of their files is, all that a bot looks after if its configuration is, all pipelines and
    builds if some of both are, and beside the named ones compose and configuration files, and manifests if
    one of them is named. But for these all are told by their names, so that nothing else is read.
    """
    folders = {posixpath.dirname(path) for path in named}
    folders |= {posixpath.dirname(folder) for folder in folders if posixpath.basename(folder) == "config"}
    folders |= {posixpath.join(folder, "config") for folder in folders}
    ignored = IgnoreFiles(tree) if use_gitignore else None
    anywhere = {KUSTOMIZATION, HELM_CHART}
    if TERRAFORM in formats or TERRAFORM_PLAN in formats:
        anywhere.add(TERRAFORM)
    anywhere |= {name for name in (GITLAB_CI, *BUILDS) if name in formats}
    if UPDATE_BOT in formats:
        anywhere |= {UPDATE_BOT, DOCKERFILE, GITHUB_ACTIONS, GITLAB_CI, TERRAFORM, *BUILDS}
    pipelines = GITHUB_ACTIONS in formats or GITLAB_CI in formats
    if pipelines and any(name in formats for name in BUILDS):
        anywhere |= {GITHUB_ACTIONS, GITLAB_CI, UPDATE_BOT, *BUILDS}
    return _Discoverer(tree, None, exclude, ignored).surroundings(frozenset(folders), formats, anywhere)


def beside(
    tree: DirectoryTree,
    named: Iterable[str],
    *,
    exclude: Patterns | None = None,
    use_gitignore: bool = True,
) -> tuple[Found, ...]:
    """The files of Terraform in the directories of named ones: Terraform reads none of them by itself."""
    ignored = IgnoreFiles(tree) if use_gitignore else None
    folders = {posixpath.dirname(path) for path in named if format_of_name(path) == TERRAFORM}
    return _Discoverer(tree, None, exclude, ignored).beside(sorted(folders))


def _may_be_manifest(path: str) -> bool:
    """Whether only the content of a file tells if it is a manifest."""
    return format_of_name(path) is None and path.lower().endswith((".yaml", ".yml", ".json"))


class _Discoverer:
    """One walk of a tree."""

    def __init__(
        self,
        tree: DirectoryTree,
        chosen: Patterns | None,
        refused: Patterns | None,
        ignored: IgnoreFiles | None,
    ) -> None:
        self._tree = tree
        self._chosen = chosen
        self._refused = refused
        self._ignored = ignored
        self._tracked = TrackedFiles(tree)
        self._within_ignored: set[str] = set()
        """Directories that are entered for what git tracks in them only."""
        self._found: dict[str, Found] = {}
        self._links: dict[str, Found] = {}
        """What is recognised by the name of a link only, by the path of its target."""
        self._notices: dict[Notice, None] = {}
        self._named: frozenset[str] = frozenset()

    def discover(self, paths: Sequence[str]) -> Discovery:
        self._named = frozenset(path.strip("/") for path in paths)
        for path, explicit in dict.fromkeys(self._walk(paths)):
            if explicit:
                self._look_at_named(path)
            elif self._chosen is None or self._chosen.choose(path):
                self._look(path, explicit=False)
        found = {**self._links, **self._found}
        told = [*self._notices, *(self._ignored.notices if self._ignored is not None else ())]
        notices = sorted(told, key=lambda notice: (notice.path, notice.code))
        return Discovery(tuple(found[path] for path in sorted(found)), tuple(notices))

    def surroundings(
        self, folders: frozenset[str], formats: Container[str], anywhere: Container[str]
    ) -> tuple[Found, ...]:
        manifests = KUBERNETES in formats
        for path, _ in self._walk(["."]):
            name = format_of_name(path)
            held = posixpath.dirname(path) in folders
            beside = held and (name in (COMPOSE, APPLICATION) or (manifests and _may_be_manifest(path)))
            if beside or name in anywhere:
                self._look(path, explicit=False)
        return tuple(self._found[path] for path in sorted(self._found))

    def beside(self, folders: Iterable[str]) -> tuple[Found, ...]:
        """The files of Terraform in directories, without what is below these."""
        for folder in folders:
            for name, is_directory in self._entries(folder):
                path = posixpath.join(folder, name)
                if (
                    not is_directory
                    and format_of_name(path) == TERRAFORM
                    and self._passes(path, directory=False)
                ):
                    self._look(path, explicit=False)
        return tuple(self._found.values())

    def _look_at_named(self, path: str) -> None:
        told = len(self._notices)
        unknown = not may_be_recognised(path) and self._can_be_reached(path)
        found = not unknown and self._look(path, explicit=True)
        if not found and len(self._notices) == told:
            self._tell("note", "not-recognised", "It was named, but is of no format that is known.", path)

    def _look(self, path: str, *, explicit: bool) -> bool:
        """Whether a file is recognised. If not, it may have been told why."""
        try:
            status = os.lstat(os.path.join(self._tree.root, path))
        except OSError as error:
            # One that is gone since its directory was listed is none that was lost.
            claimed = format_of_name(path) is not None and not isinstance(error, FileNotFoundError)
            self._tell_unreadable(f"It cannot be read: {error.strerror}.", path, claimed=claimed)
            return False
        if stat.S_ISLNK(status.st_mode):
            return self._look_at_link(path, explicit=explicit)
        if not stat.S_ISREG(status.st_mode):
            text = "It is named like a file to scan, but is not a regular file."
            self._tell("note", "no-regular-file", text, path)
            return False
        found = self._recognised(path, path, status.st_size)
        if found is not None:
            self._found[path] = found
        return found is not None

    def _look_at_link(self, path: str, *, explicit: bool) -> bool:
        """Where a link leads inside the root, its target is looked at, under the target's path."""
        real = os.path.realpath(os.path.join(self._tree.root, path))
        if not os.path.exists(real):
            self._tell("note", "broken-link", "It is a link to nothing.", path)
            return False
        if not real.startswith(self._tree.root.rstrip(os.sep) + os.sep):
            text = "It is a link out of the root and was not followed."
            self._tell("note", "link-out-of-root", text, path)
            return False
        target = os.path.relpath(real, self._tree.root).replace(os.sep, "/")
        if not os.path.isfile(real) or not (explicit or self._enters(target)):
            return False
        size = os.path.getsize(real)
        found = self._recognised(target, target, size) or self._recognised(path, target, size)
        if found is None:
            return False
        self._links[target] = found
        return True

    def _recognised(self, name: str, path: str, size: int) -> Found | None:
        """What a file at a path is under a name, None if it is of no known format."""
        looked_at = b""

        def look() -> bytes:
            nonlocal looked_at
            looked_at = self._tree.beginning(path)
            return looked_at

        try:
            known = recognise(name, look)
        except Unreadable as error:
            known = format_of_name(name)
            if known is None:
                # Only its content would tell whether it is of interest, so nothing that was claimed is lost.
                self._tell_unreadable(f"It was not looked at: {error}.", path)
        if known is None:
            return None
        return found_file(path, known, size, looked_at)

    def _enters(self, path: str) -> bool:
        """Whether a walk from the root comes to a file."""
        if self._refused is not None and self._refused.cover(path):
            return False
        if self._chosen is not None and not self._chosen.choose(path):
            return False
        steps = path.split("/")
        folders = ["/".join(steps[:length]) for length in range(1, len(steps))]
        if any(self._holds_copies(folder) for folder in folders):
            return False
        ignored = self._ignored
        return (
            ignored is None
            or not (
                any(ignored.ignore(folder, directory=True) for folder in folders)
                or ignored.ignore(path, directory=False)
            )
            or self._tracked.holds(path, directory=False)
        )

    def _walk(self, paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
        """The files at and below paths, each with whether it was named itself, in a stable order."""
        for start in paths:
            full = os.path.join(self._tree.root, start)
            directory = os.path.isdir(full) and not os.path.islink(full)
            if self._refused is not None and self._refused.cover(start, directory=directory):
                continue
            if not directory:
                yield start, True
                continue
            pending = [start.strip("/") if start != "." else ""]
            while pending:
                folder = pending.pop()
                folders = []
                for name, is_directory in self._entries(folder):
                    path = f"{folder}/{name}" if folder else name
                    if not self._passes(path, directory=is_directory):
                        continue
                    if is_directory:
                        folders.append(path)
                    else:
                        yield path, False
                pending += reversed(folders)

    def _entries(self, folder: str) -> list[tuple[str, bool]]:
        """The entries of a directory in the order of their names, each with whether it is a directory."""
        try:
            with os.scandir(os.path.join(self._tree.root, folder)) as entries:
                return sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        except OSError as error:
            self._tell_unreadable(f"It cannot be listed: {error.strerror}.", folder or ".")
            return []

    def _holds_copies(self, directory: str) -> bool:
        """Whether a directory holds copies of other people's files."""
        above, name = posixpath.split(directory)
        if posixpath.basename(above) == "vendor" and self._tree.is_file(f"{directory}/{_OF_CRATE}"):
            return True
        return name in SKIPPED_DIRECTORIES or (
            name == "vendor"
            and any(self._tree.is_file(posixpath.join(directory, mark)) for mark in _OF_VENDOR)
        )

    def _passes(self, path: str, *, directory: bool) -> bool:
        """Whether what a directory that is walked holds is to be entered or looked at."""
        if directory:
            if self._holds_copies(path):
                return False
        elif not may_be_recognised(path):
            return False
        if self._refused is not None and self._refused.verdict(path, directory=directory):
            return False
        if self._is_ignored(path, directory=directory):
            return False
        if directory and format_of_name(path) is not None:
            text = "It is named like a file to scan, but is a directory."
            self._tell("note", "no-regular-file", text, path)
        return True

    def _is_ignored(self, path: str, *, directory: bool) -> bool:
        """Whether git passes over what a directory that is walked holds: it does not what it tracks."""
        if self._ignored is None:
            return False
        within = posixpath.dirname(path) in self._within_ignored
        if not within and not self._ignored.ignore(path, directory=directory):
            return False
        if not self._tracked.holds(path, directory=directory):
            return True
        if directory:
            self._within_ignored.add(path)
        return False

    def _can_be_reached(self, path: str) -> bool:
        return os.path.lexists(os.path.join(self._tree.root, path))

    def _tell_unreadable(self, message: str, path: str, *, claimed: bool = False) -> None:
        """What was named is claimed by whoever named it."""
        level = "error" if claimed or path in self._named else "warning"
        self._tell(level, "unreadable", message, path)

    def _tell(self, level: str, code: str, message: str, path: str) -> None:
        self._notices[Notice(level, code, message, path)] = None
