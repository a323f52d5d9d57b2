"""A project of Gradle, put together from its files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vvbscan.model.node import COMPUTED, Node, Parsed, Unknown
from vvbscan.parse.gradle_tree import Argument, Chain, Items, Literal
from vvbscan.views.gradle.build import java_release
from vvbscan.views.gradle.builds import Sources, sources_of
from vvbscan.views.gradle.catalogs import Catalog
from vvbscan.views.gradle.dependencies import Reader
from vvbscan.views.gradle.files import BUILD, PROPERTIES, SETTINGS, VERIFICATION, Library, Script
from vvbscan.views.gradle.locks import manifest_of, read_lock
from vvbscan.views.gradle.model import Plugin, Project
from vvbscan.views.gradle.plugins import BUILD_PLUGINS, is_known, plugins_of, sets_versions
from vvbscan.views.gradle.settings import Setting, settings_of
from vvbscan.views.gradle.values import Scope
from vvbscan.views.packages.model import Lock, Repository

_SOURCES: Final = ("src/main/java", "src/main/kotlin", "src/main/scala", "src/main/groovy")
_CHANGES: Final = frozenset({"merge", "put", "putAll", "putIfAbsent", "remove"})
"""What changes the members of a map."""


def project_of(own: Script, library: Library) -> Project:
    """The project of a script."""
    sources = sources_of(own, library)
    directory, file = posixpath.split(own.path)
    written = list(settings_of(own.block, own.source))
    scope = _scope(sources, written, library)
    layers = list(_layers(sources, written))
    applied = [one.key for one in plugins_of(layers, scope)]
    foreign = next((one for one in applied if not is_known(one) and not _is_read(one, sources)), "")
    outside = None
    if sources.missing:
        outside = Unknown("remote", f"{sources.missing}, which may set more, is not in the tree")
    elif foreign:
        outside = Unknown("plugin", f"the plugin {foreign}, which may set more, is not read")
    elif any(problem.level == "error" for problem in own.parsed.problems):
        outside = Unknown("unparsed", f"part of {own.path} could not be read")
    managed = outside is not None or any(map(sets_versions, applied))
    versioned = _versioned(sources, scope)
    part_of_build = posixpath.basename(directory) == "buildSrc" or not BUILD_PLUGINS.isdisjoint(applied)
    lock = _lock(sources.lock, library)
    locked = frozenset() if lock is None else frozenset(one.package for one in lock[0].packages)
    reader = Reader(scope, locked, layers, managed=managed)
    dependencies = tuple(reader.dependencies(written))
    anchor = _first_line(own)
    manifests = [manifest_of(own.path, dependencies, layers, lock, anchor)] if file in BUILD else []
    locks = [lock[0]] if file in BUILD and lock is not None else []
    if sources.verification:
        from vvbscan.views.gradle.verification import Verification, hash_of, verified

        found = library.read(sources.verification)
        if isinstance(found, Verification):
            dependencies = tuple(one._replace(hash=hash_of(one, found)) for one in dependencies)
            if file in BUILD:
                certain = reader.dependencies([one for one in written if not one.conditional])
                overrides = [*layers, *_own_settings(sources.settings)]
                properties = library.values(posixpath.join(_base(sources), PROPERTIES))
                manifests += verified(own.path, certain, overrides, properties, found, anchor)
            if directory == _base(sources) and (file in BUILD or sources.root is None):
                locks.append(found.lock)
    return Project(
        _name(directory, sources) if file in (*BUILD, *SETTINGS) else own.path,
        file in BUILD and not part_of_build,
        dependencies,
        tuple(reader.entries(written)),
        tuple(_completed(one, versioned) for one in plugins_of(written, scope)),
        tuple(_repositories(written, scope)),
        tuple(layers),
        java_release(layers, scope),
        outside,
        any(library.tree.is_directory(posixpath.join(directory, folder)) for folder in _SOURCES),
        library.tree.is_directory(posixpath.join(directory, "src/test")),
        tuple(manifests),
        tuple(locks),
        anchor,
    )


def _name(directory: str, sources: Sources) -> str:
    """The path of a project's directory; of the root of the tree, the name that the settings give."""
    settings = sources.settings or sources.own
    for one in () if directory else settings_of(settings.block, settings.source):
        if one.path == ("name",) and isinstance(one.value, Literal) and isinstance(one.value.value, str):
            return one.value.value
    return directory or "the project"


def _base(sources: Sources) -> str:
    """The directory of the root of a build that has metadata of verification."""
    return sources.verification.removesuffix(VERIFICATION).rstrip("/")


def _own_settings(script: Script | None) -> Iterator[Setting]:
    return iter(()) if script is None else settings_of(script.block, script.source)


def _first_line(own: Script) -> Node:
    """The line of the first statement: what is pointed at if the script lacks something."""
    text, statements = own.source.text.text, own.block.statements
    start = statements[0].start if statements else 0
    end = text.find("\n", start)
    return Node(None, own.source, start, len(text) if end < 0 else end, COMPUTED)


def _is_read(key: str, sources: Sources) -> bool:
    """Whether a plugin is a script of the tree."""
    names = (posixpath.basename(one.path) for one in sources.applied)
    return any(name.removesuffix(".kts").removesuffix(".gradle") == key for name in names)


def _versioned(sources: Sources, scope: Scope) -> dict[str, Node]:
    """The versions of plugins that the settings and the root project set for all."""
    found: dict[str, Node] = {}
    for script in (sources.settings, sources.root):
        if script is not None:
            for one in plugins_of(settings_of(script.block, script.source), scope):
                if one.version is not None:
                    found[one.key] = one.version
    return found


def _completed(one: Plugin, versioned: Mapping[str, Node]) -> Plugin:
    return one if one.version is not None else one._replace(version=versioned.get(one.key))


def _scope(sources: Sources, written: Sequence[Setting], library: Library) -> Scope:
    catalogs = {
        name: Catalog(root) for name, path in sources.catalogs if (root := library.values(path)) is not None
    }
    scope = Scope(catalogs)
    for path in sources.properties:
        root = library.values(path)
        members = {} if root is None else {name: member for name, _, member in root.members()}
        scope.override(frozenset(members))
        for name, member in members.items():
            scope.declare(name, member, member.source)
    scripts = [one for one in (*sources.shared, sources.root, *sources.applied) if one is not None]
    for settings in (*map(_extras, scripts), written):
        declared = [named for one in settings for named in _declared(one)]
        scope.override(frozenset(name for name, _ in declared))
        for (name, value), setting in ((named, one) for one in settings for named in _declared(one)):
            scope.declare(name, value.value, setting.source, conditional=setting.conditional)
        names = {name for name, _ in declared}
        for setting in settings:
            # A variable that is set again.
            again = setting.statement.operator and not setting.statement.keyword and len(setting.path) == 1
            if again and setting.path[0] in names and setting.value is not None:
                adds = setting.operator == "+=" and isinstance(setting.value, Items)
                conditional = setting.conditional or not adds
                scope.declare(setting.path[0], setting.value, setting.source, conditional=conditional)
            _declare_member(setting, names, scope)
    return scope


def _declare_member(setting: Setting, names: set[str], scope: Scope) -> None:
    """`versions.csv = "2.1"`, where `versions` is a variable."""
    path = setting.path
    holder = next((number for number, name in enumerate(path) if name in ("ext", "extra")), -1)
    path = path[holder + 1 :]
    if len(path) < 2 or path[0] not in names or setting.statement.keyword:
        return
    if setting.operator and setting.value is not None:
        name = "".join((path[0], *(f"[{key}]" for key in path[1:])))
        conditional = setting.conditional or setting.operator != "="
        scope.declare(name, setting.value, setting.source, conditional=conditional)
    elif path[1] in _CHANGES and setting.values:
        scope.declare(path[0], setting.values[0].value, setting.source, conditional=True)


def _extras(script: Script) -> list[Setting]:
    """The extra properties that a script sets, with their members."""
    written = list(settings_of(script.block, script.source))
    names = {name for one in written if _is_extra(one) for name, _ in _declared(one)}
    return [one for one in written if _is_extra(one) or (one.path and one.path[0] in names)]


def _is_extra(one: Setting) -> bool:
    return "ext" in one.path or "extra" in one.path or any(pair.name == "by" for pair in one.statement.pairs)


def _declared(one: Setting) -> Iterator[tuple[str, Argument]]:
    """The variables and extra properties that a setting declares."""
    statement, path = one.statement, one.path
    holder = next((number for number, name in enumerate(path) if name in ("ext", "extra")), None)
    if holder is not None and path[holder + 1 :] in (("set",), ()) and len(one.values) == 2:
        name = one.values[0].value
        if isinstance(name, Literal) and isinstance(name.value, str):
            yield name.value, one.values[1]
    elif statement.operator == "=" and len(one.values) == 1:
        if holder is not None and len(path) == holder + 2:
            yield path[-1], one.values[0]
        elif statement.keyword and path:
            name_link = statement.target.links[0] if isinstance(statement.target, Chain) else None
            if statement.arguments and isinstance(statement.arguments[-1].value, Chain):
                yield statement.arguments[-1].value.links[-1].name, one.values[0]
            elif name_link is not None:
                yield name_link.name, one.values[0]
        elif statement.arguments and isinstance(statement.arguments[-1].value, Chain):
            yield statement.arguments[-1].value.links[-1].name, one.values[0]
    elif statement.keyword and statement.pairs and statement.pairs[0].name == "by":
        by = statement.pairs[0].value
        if isinstance(by, Chain) and by.links[-1].name == "extra" and by.links[-1].arguments:
            yield path[-1], by.links[-1].arguments[0]


def _layers(sources: Sources, written: Sequence[Setting]) -> Iterator[Setting]:
    """What takes effect in a project, the weakest first."""
    if sources.root is not None:
        for one in settings_of(sources.root.block, sources.root.source):
            if one.path[:1] in (("allprojects",), ("subprojects",)):
                yield one._replace(path=one.path[1:])
    for script in sources.applied:
        yield from settings_of(script.block, script.source)
    for one in written:
        if one.path[:1] == ("allprojects",):
            yield one._replace(path=one.path[1:])
        elif one.path[:1] != ("subprojects",):
            yield one


def _lock(path: str, library: Library) -> tuple[Lock, bool] | None:
    """The lock of a project, and whether it locks what is compiled or run."""
    found = library.read(path) if path else None
    return read_lock(found.source) if isinstance(found, Parsed) else None


def _repositories(settings: Sequence[Setting], scope: Scope) -> Iterator[Repository]:
    """The repositories that are named by their address."""
    for one in settings:
        path = one.path
        if "repositories" not in path:
            continue
        inner = path[path.index("repositories") + 1 :]
        if inner[:1] not in (("maven",), ("ivy",)):
            continue
        named = next((value.value for value in one.values if value.name in ("url", "")), None)
        is_url = len(inner) > 1 and inner[-1] in ("url", "setUrl") and len(inner) <= 3
        if named is None or not (is_url or len(inner) == 1):
            continue
        if any(value.name and value.name != "url" for value in one.values):
            continue
        before = path[: path.index("repositories")]
        kind = "repository"
        if "publishing" in before or "uploadArchives" in before:
            kind = "distribution"
        elif "pluginManagement" in before or "buildscript" in before:
            kind = "plugin-repository"
        place = Node(None, one.source, one.statement.start, one.statement.end, COMPUTED)
        yield Repository(kind, scope.value(named, one.source), place)
