"""The public library: `scan` a tree, `scan_text` a text. Nothing is printed and nothing global is kept."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from vvbscan.catalog.catalog import Catalog
from vvbscan.config import VERSION, Config
from vvbscan.engine.discover import Found, beside, discover, found_file, surroundings
from vvbscan.engine.gitignore import BadPattern, Patterns
from vvbscan.engine.named import NamedPaths
from vvbscan.engine.plan import plan
from vvbscan.engine.recognise import GITLAB_CI, recognise
from vvbscan.engine.run import Order, run
from vvbscan.engine.tree import DirectoryTree, MemoryTree
from vvbscan.model.errors import SelectionError, UsageError
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.outcome import Notice
from vvbscan.model.result import ScanResult
from vvbscan.model.unit import FileTree, Options, Unit
from vvbscan.record import NamedTuple

_KUBERNETES: Final = frozenset({"manifest", "kustomization", "helm"})
"""Kinds of units whose objects are checked against the schemas of Kubernetes."""
TEXT_FORMATS: Final = {
    "dockerfile": "Dockerfile",
    "kubernetes": "manifest.yaml",
    "compose": "compose.yaml",
    "application": "application.properties",
    "application-yaml": "application.yaml",
    "terraform": "main.tf",
    "terraform-plan": "plan.json",
    "github-actions": ".github/workflows/workflow.yml",
    "gitlab-ci": ".gitlab-ci.yml",
    "dependabot": ".github/dependabot.yml",
    "renovate": "renovate.json",
    "maven": "pom.xml",
    "requirements": "requirements.txt",
    "gradle": "build.gradle",
    "gradle-kotlin": "build.gradle.kts",
    "wrapper": "gradle/wrapper/gradle-wrapper.properties",
    "npm": "package.json",
    "cargo": "Cargo.toml",
    "golang": "go.mod",
}
"""Formats that `scan_text` takes, and the path that the text has in its result."""

_KINDS_OF_TEXTS: Final = {
    "kubernetes": "manifest",
    "application-yaml": "application",
    "gradle-kotlin": "gradle",
    "github-actions": "workflow",
    "requirements": "pypi",
    "dependabot": "update-bot",
    "renovate": "update-bot",
}
"""Kinds of units that are not called as the format."""

Paths = Sequence[str | os.PathLike[str]] | str | os.PathLike[str]

_WORTH_PROCESSES: Final = 4_000_000
"""Bytes of input from which a second process is worth its start."""
_WEIGHTS: Final = {"terraform": 3}
"""How many bytes of manifests take as long as one of a format does (`bench/results`)."""


class Planned(NamedTuple):
    """What a scan would look at: the units, and what discovery had to say."""

    tree: DirectoryTree
    """What planning has parsed of it is kept as long as it is."""
    units: tuple[Unit, ...]
    found: tuple[Found, ...]
    notices: tuple[Notice, ...]
    named: NamedPaths | None = None
    """Set if single files were named that are judged with others: then only what touches them is reported."""


def scan(
    paths: Paths = (".",),
    config: Config | None = None,
    *,
    root: str | os.PathLike[str] | None = None,
    today: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    catalog: Catalog | None = None,
    line_hashes: bool = True,
) -> ScanResult:
    """Scan files and directories.

    Args:
        paths: what to look at, one or several. All of it lies in one tree; other files of the tree are read
            where these refer to them (a Kustomize base). A file of a repository that is named by itself is
            judged with what it belongs to (the overlays of a base), and what touches it is reported; so is
            one of Terraform outside of repositories, with what lies beside it.
        config: how; None is the default configuration. Files are not looked for: see `load_config`.
        root: directory that paths in the result are relative to; by default the repository that the paths
            lie in, else the working directory, else the directory that holds them all.
        today: day on which suppressions are judged, ISO 8601; by default the current day.
        progress: called with the number of analysed units and of all units.
        catalog: the rules; by default those that the package ships.
        line_hashes: whether findings get the hash of their line, which GitHub wants in SARIF and which takes
            a twentieth of a scan.

    Raises:
        UsageError: a path is not there, or a selection names no rule.
        ConfigError: the configuration does not mean anything.

    """
    config = config or Config()
    planned = plan_scan(paths, config, root=root)
    size = sum(one.size * _WEIGHTS.get(one.format, 1) for one in planned.found)
    result = _run(
        planned.tree,
        planned.units,
        config,
        root_name=os.path.basename(planned.tree.root) or "/",
        notices=planned.notices,
        jobs=config.jobs or _automatic_jobs(size),
        today=today,
        progress=progress,
        catalog=catalog,
        line_hashes=line_hashes,
    )
    return result if planned.named is None else planned.named.result(result)


def _automatic_jobs(size: int) -> int:
    """The number of processes for so many bytes of input."""
    if size < _WORTH_PROCESSES:
        return 1
    from threading import active_count  # few scans are so large

    # Those of a caller with threads would need its main module to be guarded, which it has not agreed to.
    return (os.cpu_count() or 1) if active_count() == 1 else 1


def plan_scan(
    paths: Paths,
    config: Config,
    *,
    root: str | os.PathLike[str] | None = None,
) -> Planned:
    """What `scan` would look at, and how it is grouped into units. Raises as `scan` does."""
    listed = (paths,) if isinstance(paths, (str, os.PathLike)) else paths
    named = [os.fspath(path) for path in listed]
    for path in named:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or directory `{path}`")
    if root is not None and not os.path.isdir(root):
        raise UsageError(f"there is no directory `{os.fspath(root)}` to be the root")
    top = os.path.realpath(root) if root is not None else find_root(named)
    tree = DirectoryTree(top, DEFAULT_LIMITS.file_bytes)
    relative = [_relative(path, tree.root) for path in named]
    exclude = _patterns(config, "exclude", config.exclude)
    discovery = discover(
        tree,
        relative,
        include=_patterns(config, "include", config.include),
        exclude=exclude,
        use_gitignore=config.gitignore,
    )
    directories = [path for path in relative if tree.is_directory(path)]
    names = NamedPaths(set(relative) - set(directories), directories)
    around: tuple[Found, ...] | None = None
    if names.need_surroundings(discovery.found):
        if is_repository(tree.root):
            formats = {one.format for one in discovery.found if one.path in names.files}
            others = names.files.difference(one.path for one in discovery.found)
            if any(path.endswith((".yml", ".yaml")) for path in others):
                formats.add(GITLAB_CI)  # a pipeline includes files under any name
            around = surroundings(tree, names.files, formats, exclude=exclude, use_gitignore=config.gitignore)
        else:
            around = beside(tree, names.files, exclude=exclude, use_gitignore=config.gitignore) or None
    if around is None:
        units = tuple(plan(discovery.found, tree, _options(config)))
        return Planned(tree, units, discovery.found, discovery.notices)
    found = {one.path: one for one in (*around, *discovery.found)}
    units = names.units(plan([found[path] for path in sorted(found)], tree, _options(config)))
    read = {path for unit in units for path in unit.files}
    notices = [one for one in discovery.notices if one.code != "not-recognised" or one.path not in read]
    return Planned(tree, units, discovery.found, tuple(notices), names)


def scan_text(
    text: str | bytes,
    format: str,  # noqa: A002  # the word that callers expect
    config: Config | None = None,
    *,
    today: str | None = None,
) -> ScanResult:
    """Scan one text as if it were the only file of a tree.

    Args:
        text: content of the file; bytes are decoded as those of a file are.
        format: one of `TEXT_FORMATS`.
        config: how; None is the default configuration.
        today: day on which suppressions are judged, ISO 8601; by default the current day.

    Raises:
        UsageError: there is no such format, or a selection names no rule.

    """
    if format not in TEXT_FORMATS:
        raise UsageError(f"there is no format `{format}`", hint=f"choose from {', '.join(TEXT_FORMATS)}")
    path = TEXT_FORMATS[format]
    kind = _KINDS_OF_TEXTS.get(format, format)
    unit = Unit(f"{kind}:{path}", kind, (path,))
    return _run(MemoryTree({path: text}), (unit,), config or Config(), root_name="", today=today)


def scan_files(
    files: Mapping[str, str | bytes],
    config: Config | None = None,
    *,
    today: str | None = None,
    catalog: Catalog | None = None,
) -> ScanResult:
    """Scan texts as the files of a tree, each recognised by its path and content.

    Args:
        files: content by path relative to the root, with `/`.
        config: how; None is the default configuration.
        today: day on which suppressions are judged, ISO 8601; by default the current day.
        catalog: the rules; by default those that the package ships.

    Raises:
        UsageError: a path is not relative to the root, or a selection names no rule.

    """
    config = config or Config()
    for path in files:
        if path != posixpath.normpath(path) or path.startswith(("/", "../")) or path in (".", ".."):
            raise UsageError(f"`{path}` is not a path relative to the root")
    tree = MemoryTree(dict(files))
    include = _patterns(config, "include", config.include)
    exclude = _patterns(config, "exclude", config.exclude)
    found = []
    for path in sorted(files):
        if (include is not None and not include.choose(path)) or (
            exclude is not None and exclude.cover(path)
        ):
            continue
        content = files[path]
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        name = recognise(path, lambda data=data: data)  # type: ignore[misc]  # bound now, not later
        if name is not None:
            found.append(found_file(path, name, len(data), data))
    units = tuple(plan(found, tree, _options(config)))
    return _run(tree, units, config, root_name="", today=today, catalog=catalog)


def find_root(paths: Sequence[str]) -> str:
    """The directory that a scan of some paths is relative to, absolute."""
    real = [_located(path) for path in paths] or [os.getcwd()]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in real]
    try:
        common = os.path.commonpath(folders)
    except ValueError:
        raise UsageError("the paths lie on different drives", hint="scan them one at a time") from None
    folder = common
    while True:
        if is_repository(folder):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    here = os.path.realpath(os.getcwd())
    return here if common == here or common.startswith(here.rstrip(os.sep) + os.sep) else common


def is_repository(folder: str) -> bool:
    """Whether a directory is the top of a git repository (or of a worktree, where .git is a file)."""
    return os.path.lexists(os.path.join(folder, ".git"))


def _relative(path: str, root: str) -> str:
    relative = os.path.relpath(_located(path), root)
    if relative == os.pardir or relative.startswith(os.pardir + os.sep):
        raise UsageError(f"`{path}` lies outside the root", hint="the root has to hold all paths")
    return relative.replace(os.sep, "/")


def _located(path: str) -> str:
    """Where a path leads, absolute. A link to a file stays one: its name counts, and it may lead nowhere."""
    real = os.path.realpath(path)
    if os.path.isdir(real):
        return real
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _patterns(config: Config, name: str, lines: tuple[str, ...]) -> Patterns | None:
    for line in lines:
        try:
            Patterns.from_lines((line,), strict=True)
        except BadPattern as error:
            raise UsageError(f"{name}: {error}", where=config.place((name, line))) from None
    return Patterns.from_lines(lines) if lines else None


def _options(config: Config) -> Options:
    version = config.kubernetes_version
    if re.fullmatch(VERSION, version) is None:
        raise UsageError(f"`{version}` is not a version of the form X.Y")
    return Options(
        kubernetes_version=config.kubernetes_version,
        app_profile=config.app_profile,
        environments=config.environments,
    )


def _run(
    tree: FileTree,
    units: tuple[Unit, ...],
    config: Config,
    *,
    root_name: str,
    notices: tuple[Notice, ...] = (),
    jobs: int = 1,
    today: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    catalog: Catalog | None = None,
    line_hashes: bool = True,
) -> ScanResult:
    if today is not None and not _is_day(today):
        raise UsageError(f"`{today}` is not a day of the form YYYY-MM-DD")
    catalog = catalog or Catalog.load()
    try:
        catalog.check_selection(config.selection)
    except SelectionError as error:
        raise UsageError(error.message, where=config.place(error.key), hint=error.hint) from None
    order = Order(
        tree=tree,
        root_name=root_name,
        units=units,
        options=_options(config)._replace(line_hashes=line_hashes),
        selection=config.selection,
        suppressions=config.suppressions,
        today=today or _today(),
        notices=(*notices, *_other_version(config, units)),
        jobs=jobs,
        progress=progress,
    )
    return run(order, catalog)


def _other_version(config: Config, units: tuple[Unit, ...]) -> tuple[Notice, ...]:
    """A notice if manifests are checked against another version than the configured one."""
    version = config.kubernetes_version
    if version == Config().kubernetes_version or not any(unit.kind in _KUBERNETES for unit in units):
        return ()
    from vvbscan.views.kubernetes.schema_pack import shipped_pack

    pack = shipped_pack()
    used = pack.versions[pack.position(version)]
    if used == version:
        return ()
    message = f"There are no schemas of Kubernetes {version}: manifests are checked against {used}."
    return (Notice("warning", "kubernetes-version", message, ""),)


def _is_day(text: str) -> bool:
    from datetime import date  # 5 ms, only where a day is given

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _today() -> str:
    import time

    return time.strftime("%Y-%m-%d")
