"""Where Quarkus reads settings, in which order, and in which profiles.

Sources: SmallRye Config 3 (June 2026), `AbstractLocationConfigSourceLoader` and `SmallRyeConfigBuilder`;
Quarkus 3, `ApplicationPropertiesConfigSourceLoader` (250 in the class path, 260 in `config/`),
`ApplicationYamlConfigSourceLoader` (255 and 265), and the configuration reference.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Final

from vvbscan.model.outcome import Notice
from vvbscan.views.settings.environment import Environment
from vvbscan.views.settings.files import BOOTSTRAP, MICROPROFILE, ConfigFile
from vvbscan.views.settings.layers import Layer, Layers, Occurrence, SettingsFile
from vvbscan.views.settings.names import split_list_text

DEFAULT_PROFILE: Final = "prod"
"""The profile of an application that runs neither in development mode nor in a test."""

_MICROPROFILE_ORDINAL: Final = 100
_CLASS_PATH_ORDINAL: Final = 250
_CONFIG_DIRECTORY: Final = 10
_YAML: Final = 5
_ORDINAL_KEY: Final = "config_ordinal"
_LONGEST_ORDINAL: Final = 10
_PROFILE_KEYS: Final = ("quarkus.profile", "smallrye.config.profile", "mp.config.profile")
_PARENT_KEYS: Final = ("quarkus.config.profile.parent", "smallrye.config.profile.parent")
_MOST_PROFILES: Final = 32

_REMOTE_SOURCES: Final = {
    "quarkus.config.locations": "further configuration files",
    "smallrye.config.locations": "further configuration files",
    "quarkus.spring-cloud-config.url": "a Spring Cloud Config server",
    "quarkus.consul-config.enabled": "Consul",
    "quarkus.kubernetes-config.enabled": "ConfigMaps and Secrets",
    "quarkus.vault.secret-config-kv-path": "Vault",
    "quarkus.azure.app.configuration.endpoint": "Azure App Configuration",
}
"""Settings that add sources which are not in the tree."""


def layers(files: Sequence[SettingsFile], profiles: Sequence[str]) -> Layers:
    """The layers in the active profiles (the one that wins first), highest first.

    A file of a profile stands above its main file, and is read only if there is one beside it.
    """
    collected = {
        _key(one)
        for file, documents in files
        for document in documents
        for one in document
        if len(one.profiles) > 1 and not file.profile
    }
    ranked: list[tuple[int, int, Layer]] = []
    for position, (file, documents) in enumerate(files):
        if file.base == BOOTSTRAP or (file.profile and file.profile not in profiles):
            continue
        main = main_of(file, files)
        if main is None:
            continue
        occurrences = [one for document in documents for one in document]
        if file.profile:
            # Keys for several profiles are collected before the files of profiles are read: there, only those
            # count that a main file has too (seen with SmallRye Config 3.9).
            occurrences = [one for one in occurrences if len(one.profiles) < 2 or _key(one) in collected]
        ordinal = _own_ordinal(file)
        if ordinal is None:
            above = len(profiles) - profiles.index(file.profile) if file.profile else 0
            ordinal = (_own_ordinal(main) or _ordinal(main)) + above
        ranked.append((-ordinal, position, Layer(occurrences)))
    ranked.sort(key=lambda one: one[:2])
    return Layers([layer for _, _, layer in ranked], profiles)


def active_profiles(files: Sequence[SettingsFile], environment: Environment) -> tuple[str, ...]:
    """The profiles that the tree makes active, the one that wins first; empty if it names none."""
    declared = ""
    main = layers(files, ())
    for key in _PROFILE_KEYS:
        pick = main.pick(key)
        node = environment.setting(key, key) or (pick.value if pick else None)
        text = node.text() if node is not None else None
        if text and "$" not in text:
            declared = text
            break
    return tuple(reversed(split_list_text(declared)))


def with_parents(profiles: Sequence[str], files: Sequence[SettingsFile]) -> tuple[str, ...]:
    """Profiles, the one that wins first, with the parents that each of them names behind it."""
    main = layers(files, ())
    found: list[str] = []
    for profile in profiles:
        pending = [profile]
        while pending and len(found) < _MOST_PROFILES:
            current = pending.pop(0)
            if current in found:
                continue
            found.append(current)
            of_profile = main.within((current,))
            for key in _PARENT_KEYS:
                pick = of_profile.pick(key)
                pending += reversed(split_list_text((pick.value.text() or "") if pick else ""))
    return tuple(found)


def written_profiles(files: Sequence[SettingsFile]) -> frozenset[str]:
    """The profiles that files or keys are limited to."""
    of_files = {file.profile for file, _ in files if file.profile}
    of_keys = {
        profile
        for _, documents in files
        for document in documents
        for occurrence in document
        for profile in occurrence.profiles
    }
    return frozenset(of_files | of_keys)


def remote_source(settings: Layers) -> str:
    """Why further settings may come from outside the tree, or empty."""
    for key, what in _REMOTE_SOURCES.items():
        pick = settings.pick(key)
        if pick is not None and pick.value.value not in {"", "false"}:
            return f"`{key}` adds {what}"
    return ""


def main_of(file: ConfigFile, files: Sequence[SettingsFile]) -> ConfigFile | None:
    """The main file that a file belongs to: itself, or beside a file of a profile the one in its format."""
    if not file.profile:
        return file
    folder = posixpath.dirname(file.path)
    for other, _ in files:
        same = other.base == file.base and other.is_yaml == file.is_yaml
        if same and not other.profile and posixpath.dirname(other.path) == folder:
            return other
    return None


def notices(files: Sequence[SettingsFile]) -> tuple[Notice, ...]:
    """Files of profiles that Quarkus does not read."""
    return tuple(
        Notice(
            "warning",
            "profile-file-without-main",
            f"Quarkus reads `{posixpath.basename(file.path)}` only if there is a file "
            f"`{file.base}.{file.extension}` beside it.",
            file.path,
            hint="add that file; it may be empty",
        )
        for file, _ in files
        if file.base != BOOTSTRAP and main_of(file, files) is None
    )


def _key(occurrence: Occurrence) -> tuple[str, tuple[str, ...]]:
    return occurrence.name.identity, occurrence.profiles


def _ordinal(file: ConfigFile) -> int:
    """The ordinal that a main file has by its place and format."""
    if file.base == MICROPROFILE:
        return _MICROPROFILE_ORDINAL
    return _CLASS_PATH_ORDINAL + _YAML * file.is_yaml + _CONFIG_DIRECTORY * (file.outside and file.in_config)


def _own_ordinal(file: ConfigFile) -> int | None:
    """The ordinal that a properties file gives itself."""
    for document in reversed(file.parsed.documents):
        own = document.root.get(_ORDINAL_KEY) if not file.is_yaml else None
        text = (own.text() or "").strip() if own is not None else ""
        if text.isdecimal() and len(text) < _LONGEST_ORDINAL:
            return int(text)
    return None
