"""Loading the configuration of a module: an application for each environment that is judged."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.location import ForeignSource
from vvbscan.model.node import Node, Parsed, Source
from vvbscan.model.outcome import FileRecord
from vvbscan.model.unit import FileTree, Loaded, Options, Unit, Unreadable
from vvbscan.record import NamedTuple
from vvbscan.text import SourceText
from vvbscan.views.settings import quarkus, spring
from vvbscan.views.settings.build import Build, inspect_build
from vvbscan.views.settings.environment import Environment
from vvbscan.views.settings.expand import Budget
from vvbscan.views.settings.files import (
    FORMAT,
    ConfigFile,
    config_file,
    parse_config,
    read_files,
    settings_of,
)
from vvbscan.views.settings.known import known_settings
from vvbscan.views.settings.layers import Layers, Occurrence, SettingsFile
from vvbscan.views.settings.model import Application, Settings
from vvbscan.views.settings.mounted import mounted_config
from vvbscan.views.settings.names import QUARKUS, SPRING, setting_name, split_profiles
from vvbscan.views.settings.places import Place, places_of
from vvbscan.views.settings.resolve import Resolver

_RESOURCES: Final = lazy_pattern(r"(?:^|/)src/[^/]+/resources(?:-filtered)?(?:/config|/META-INF)?$")
_EXTENSIONS: Final = (".properties", ".yaml", ".yml")
_MOST_IMPORTS: Final = 20
_NAME_KEYS: Final = {"quarkus": "quarkus.application.name", "spring": "spring.application.name"}


class Module(NamedTuple):
    """The configuration of a module in each environment that is judged."""

    applications: tuple[Application, ...]


def load(unit: Unit, tree: FileTree, options: Options) -> Loaded:
    """Read a module's configuration and resolve it."""
    read = read_files(unit, tree, options.limits)
    directory = directory_of(unit.files[0])
    build = inspect_build(directory, tree, read.files, options.limits)
    files = tuple(_settings_file(file, build, options) for file in read.files)
    imports = _Imports(directory, tree, build, options)
    budget = Budget(options.limits)
    places = places_of(files, build.framework, unit, options)
    environments = [place.environment for place in places]
    applications = []
    for place in places:
        environment = Environment(place.workload, build.framework)
        mounted = mounted_config(place.workload, environment, build.framework, options.limits)
        all_files = (*files, *(_mounted_file(file, build, options) for file in mounted.files))
        layers, profiles, remote = _layers(all_files, place, environment, build, imports)
        remote = remote or mounted.doubt
        settings = Resolver(layers, environment, profiles, build, budget).settings(read.lost or remote)
        alone = environments.count(place.environment) == 1
        applications.append(
            Application(
                name=settings.text(_NAME_KEYS.get(build.framework, "")),
                directory=directory,
                framework=build.framework,
                version=build.version,
                profile=place.profile,
                profiles=profiles,
                environment=place.environment,
                deployment="" if alone or place.workload is None else place.workload.address,
                settings=settings,
                anchor=_anchor(settings, files, profiles, unit),
                build=build,
                containers=place.containers,
            )
        )
    active = {profile for application in applications for profile in application.profiles}
    notices = (*read.notices, *(quarkus.notices(files) if build.framework == QUARKUS else ()))
    return Loaded(
        Module(tuple(applications)),
        (*(file.parsed for file in read.files), *imports.parsed),
        (*(_record(file, unit, active) for file in read.files), *read.records),
        notices,
    )


def directory_of(path: str) -> str:
    """The directory of the module that a configuration file belongs to.

    A file in another folder of the resources (`shared/application.yml`) is no configuration of the module: a
    configuration server may hand it out to others.
    """
    folder = posixpath.dirname(path)
    match = _RESOURCES.search(folder)
    if match is not None:
        return folder[: match.start()]
    return posixpath.dirname(folder) if posixpath.basename(folder) in {"config", "META-INF"} else folder


class _Imports:
    """Reads the files of the tree that `spring.config.import` names."""

    def __init__(self, directory: str, tree: FileTree, build: Build, options: Options) -> None:
        self.parsed: list[Parsed] = []
        self._directory = directory
        self._tree = tree
        self._build = build
        self._options = options
        self._read: dict[str, SettingsFile | None] = {}

    def read(self, path: str, file: ConfigFile) -> SettingsFile | None:
        """The file that a path of an import names, None if it is not in the tree."""
        folder = posixpath.dirname(file.path)
        root = posixpath.dirname(folder) if file.in_config else folder
        for base in dict.fromkeys((root, self._directory)):
            candidate = posixpath.normpath(posixpath.join(base, path))
            if candidate not in self._read:
                self._read[candidate] = self._settings(candidate)
            found = self._read[candidate]
            if found is not None:
                return found
        return None

    def _settings(self, path: str) -> SettingsFile | None:
        if (
            not path.endswith(_EXTENSIONS)
            or len(self.parsed) >= _MOST_IMPORTS
            or not self._tree.is_file(path)
        ):
            return None
        try:
            parsed = parse_config(path, self._tree, self._options.limits)
        except Unreadable:
            return None  # the settings are then open, as for every import that is not in the tree
        self.parsed.append(parsed)
        return _settings_file(config_file(path, parsed), self._build, self._options)


def _layers(
    files: Sequence[SettingsFile], place: Place, environment: Environment, build: Build, imports: _Imports
) -> tuple[Layers, tuple[str, ...], str]:
    """The layers of an environment, its active profiles (the one that wins first), and what is not known."""
    if build.framework == SPRING:
        active = spring.with_groups(place.profiles, files)
        active = active or spring.with_groups(spring.default_profiles(files, environment), files)
        platform = spring.cloud_platform(files, environment)
        found = spring.layers(files, active, imports.read, platform)
        remote = found.remote or spring.remote_source(found.layers, environment)
        return found.layers, tuple(reversed(active)), remote
    profiles = quarkus.with_parents(place.profiles, files)
    layers = quarkus.layers(files, profiles)
    return layers, profiles, quarkus.remote_source(layers)


def _settings_file(file: ConfigFile, build: Build, options: Options) -> SettingsFile:
    documents = []
    for document in file.parsed.documents:
        occurrences = []
        for written in settings_of(file, document, build.framework, options.limits):
            profiles, name = ((), written.name) if build.framework == SPRING else split_profiles(written.name)
            if name:
                own = setting_name(build.framework, name)
                occurrences.append(Occurrence(own, name, profiles, written.key, written.value))
        documents.append(tuple(occurrences))
    return SettingsFile(file, tuple(documents))


def _mounted_file(file: ConfigFile, build: Build, options: Options) -> SettingsFile:
    """A file that is there only when the application runs: what is fixed when it is built stays as it is."""
    read = _settings_file(file, build, options)
    known = known_settings(build.framework)
    documents = []
    for document in read.documents:
        specs = (known.spec(one.name.identity) for one in document)
        late = [one for one, spec in zip(document, specs, strict=True) if spec is None or not spec.fixed]
        documents.append(tuple(late))
    return read._replace(documents=tuple(documents))


def _anchor(settings: Settings, files: Sequence[SettingsFile], profiles: Sequence[str], unit: Unit) -> Node:
    """What stands for the application: the key of its name, else its first own key, else its file.

    Keys of the main file go before those of files for active profiles; others stand in only for want of any.
    """
    for key in _NAME_KEYS.values():
        named = settings.setting(key)
        if named is not None and not isinstance(named.key.source, ForeignSource):
            return named.key
    own = frozenset(("", *profiles))
    for chosen in (frozenset(("",)), own, None):
        for file, documents in files:
            if chosen is not None and file.profile not in chosen:
                continue
            for one in (one for document in documents for one in document):
                if chosen is None or not one.profiles or not own.isdisjoint(one.profiles):
                    return one.key
    source = files[0].file.parsed.source if files else Source(unit.files[0], SourceText(""))
    return Node("", source, 0, 0)


def _record(file: ConfigFile, unit: Unit, active: set[str]) -> FileRecord:
    judged = unit.judged and (not file.profile or file.profile in active)
    return FileRecord(file.path, FORMAT, unit.id, unit.environment or file.profile, judged)
