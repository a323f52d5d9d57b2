"""Which files a project of Gradle is made of: the build that it belongs to and what it shares with others.

https://docs.gradle.org/current/userguide/build_lifecycle.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from vvbscan.parse.gradle_tree import Chain, Literal, Template
from vvbscan.record import NamedTuple
from vvbscan.views.gradle.files import BUILD, PROPERTIES, SETTINGS, VERIFICATION, Library, Script
from vvbscan.views.gradle.locks import LOCK
from vvbscan.views.gradle.plugins import plugins_of
from vvbscan.views.gradle.settings import Setting, settings_of
from vvbscan.views.gradle.values import Scope

_DEFAULT_CATALOG: Final = "gradle/libs.versions.toml"
_MOST_SCRIPTS: Final = 30
_OWN_SOURCES: Final = ("src/main/kotlin", "src/main/groovy")


class Sources(NamedTuple):
    """The files that a project is read from."""

    own: Script
    root: Script | None
    """The script of the root project, if that is another one."""
    settings: Script | None
    applied: tuple[Script, ...]
    """Scripts that it applies, by their path or as plugins that are built in the tree; the weakest first."""
    shared: tuple[Script, ...]
    """Scripts that the root project applies to itself, whose extra properties all projects see."""
    properties: tuple[str, ...]
    """Paths of files of properties, the weakest first."""
    catalogs: tuple[tuple[str, str], ...]
    """Name and path of each catalog."""
    lock: str
    """Path of the lock, empty if there is none."""
    verification: str
    """Path of the metadata of verification, empty if there is none."""
    missing: str
    """A plugin or script that it applies and that is not in the tree, empty if there is none."""

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, its own first."""
        scripts = (self.own, self.settings, self.root, *self.shared, *self.applied)
        paths = [one.path for one in scripts if one is not None]
        paths += [*self.properties, *(path for _, path in self.catalogs)]
        paths += [path for path in (self.lock, self.verification) if path]
        return tuple(dict.fromkeys(paths))


def sources_of(own: Script, library: Library) -> Sources:
    """The files of the project whose script this is."""
    directory = posixpath.dirname(own.path)
    name = posixpath.basename(own.path)
    settings = own if name in SETTINGS else _settings_above(directory, library)
    base = directory if settings is None else posixpath.dirname(settings.path)
    root = library.first(base, BUILD)
    if root is own or (root is not None and name not in (*BUILD, *SETTINGS)):
        root = None
    own_settings = list(settings_of(own.block, own.source))
    of_root = [] if root is None else list(settings_of(root.block, root.source))
    for_all = [one for one in of_root if one.path[:1] in (("allprojects",), ("subprojects",))]
    applied, missing = _applied([*own_settings, *for_all], directory, base, settings, library)
    shared, _ = _applied([one for one in of_root if one not in for_all], base, base, settings, library)
    properties = [posixpath.join(folder, PROPERTIES) for folder in dict.fromkeys((base, directory))]
    lock, verification = posixpath.join(directory, LOCK), posixpath.join(base, VERIFICATION)
    is_project = name in (*BUILD, *SETTINGS)
    return Sources(
        own,
        root,
        None if settings is own else settings,
        tuple(reversed(applied)),
        tuple(reversed(shared)),
        tuple(path for path in properties if library.tree.is_file(path)),
        tuple(_catalogs(settings, base, library)),
        lock if name in BUILD and library.tree.is_file(lock) else "",
        verification if is_project and library.tree.is_file(verification) else "",
        missing,
    )


def _settings_above(directory: str, library: Library) -> Script | None:
    """The settings of the build that a directory belongs to; `buildSrc` is a build of its own."""
    while True:
        found = library.first(directory, SETTINGS)
        if found is not None or not directory or posixpath.basename(directory) == "buildSrc":
            return found
        directory = posixpath.dirname(directory)


def _catalogs(settings: Script | None, base: str, library: Library) -> Iterator[tuple[str, str]]:
    default = posixpath.join(base, _DEFAULT_CATALOG)
    if library.tree.is_file(default):
        yield "libs", default
    for one in settings_of(settings.block, settings.source) if settings is not None else ():
        if "versionCatalogs" not in one.path or one.path[-1] != "from":
            continue
        for value in one.values:
            name = next((part for part in reversed(one.path[:-1]) if part != "create"), "")
            path = _path_of(value.value)
            found = posixpath.normpath(posixpath.join(base, path)) if path else ""
            if found and not found.startswith("..") and library.tree.is_file(found):
                yield name, found


def _path_of(value: object) -> str:
    """The path in `files("a")`, `"a"` or `"$rootDir/a"`."""
    if isinstance(value, Literal):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, Template):
        first, rest = value.parts[0], value.parts[1:]
        if isinstance(first, Chain) and first.links[-1].name in ("rootDir", "projectDir"):
            return "".join(part for part in rest if isinstance(part, str)).lstrip("/") if rest else ""
        return ""
    if isinstance(value, Chain):
        last = value.links[-1]
        if last.name in ("files", "file") and last.arguments:
            return _path_of(last.arguments[0].value)
    return ""


def _applied(
    own: Sequence[Setting], directory: str, base: str, settings: Script | None, library: Library
) -> tuple[list[Script], str]:
    """The scripts that a script applies, the nearest first, and the first thing that is not in the tree."""
    found: list[Script] = []
    missing = ""
    pending = list(own)
    folders = _plugin_folders(base, settings, library)
    while pending:
        one = pending.pop(0)
        script: Script | None = None
        if one.path[-1:] == ("from",) or any(value.name == "from" for value in one.values):
            if "versionCatalogs" in one.path or len(one.path) > 1 or not _applies(one):
                continue
            value = next((each.value for each in one.values if each.name in ("from", "")), None)
            path = _path_of(value)
            for folder in (directory, base):
                script = (
                    script or library.script(posixpath.normpath(posixpath.join(folder, path)))
                    if path
                    else None
                )
            missing = missing or ("" if script is not None else "a script that it applies")
        else:
            for plugin in plugins_of([one], Scope({})):
                script = _convention(plugin.key, folders, library)
                if script is not None and script not in found and len(found) < _MOST_SCRIPTS:
                    found.append(script)
                    pending += settings_of(script.block, script.source)
            continue
        if script is not None and script not in found and len(found) < _MOST_SCRIPTS:
            found.append(script)
            pending += settings_of(script.block, script.source)
    return found, missing


def _applies(one: Setting) -> bool:
    target = one.statement.target
    return isinstance(target, Chain) and target.links[-1].name == "apply"


def _plugin_folders(base: str, settings: Script | None, library: Library) -> list[str]:
    """Where scripts that are plugins may lie: in `buildSrc` and in builds that the settings include."""
    builds = [posixpath.join(base, "buildSrc")]
    for one in settings_of(settings.block, settings.source) if settings is not None else ():
        if one.path[-1:] == ("includeBuild",):
            builds += [
                posixpath.normpath(posixpath.join(base, path))
                for value in one.values
                if (path := _path_of(value.value))
            ]
    folders = []
    for build in builds:
        inner = [posixpath.join(build, name) for name in library.tree.names(build)]
        for project in (build, *inner):
            for source in _OWN_SOURCES:
                folder = posixpath.join(project, source)
                if library.tree.is_directory(folder):
                    folders.append(folder)
    return folders


def _convention(name: str, folders: Sequence[str], library: Library) -> Script | None:
    return next(
        (
            script
            for folder in folders
            for ending in (".gradle.kts", ".gradle")
            if (script := library.script(posixpath.join(folder, name + ending))) is not None
        ),
        None,
    )
