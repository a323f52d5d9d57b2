"""Where Spring Boot reads settings, in which order, and in which profiles.

Sources: Spring Boot 4 (August 2026), `ConfigDataEnvironment` (search locations),
`StandardConfigDataLocationResolver` (order of extensions), `Profiles` (groups) and `ConfigDataProperties`
(activation); its reference, "Externalized Configuration".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.settings import profile_expression
from vvbscan.views.settings.environment import Environment
from vvbscan.views.settings.expand import Budget, Expander, Found
from vvbscan.views.settings.files import APPLICATION, BOOTSTRAP, ConfigFile
from vvbscan.views.settings.flatten import split_list
from vvbscan.views.settings.layers import Layer, Layers, Occurrence, SettingsFile
from vvbscan.views.settings.names import SPRING, split_list_text, spring_name

_ON_PROFILE: Final = "spring.config.activate.onprofile"
_ON_CLOUD: Final = "spring.config.activate.oncloudplatform"
_PLATFORM: Final = "spring.main.cloudplatform"
_LEGACY_PROFILES: Final = "spring.profiles"
"""Before Spring Boot 2.4, what `spring.config.activate.on-profile` is now."""
_IMPORT: Final = "spring.config.import"
_ACTIVE: Final = "spring.profiles.active"
_INCLUDE: Final = "spring.profiles.include"
_DEFAULT: Final = "spring.profiles.default"
_GROUP: Final = "spring.profiles.group."
_EXTENSIONS: Final = {"yaml": 0, "yml": 1, "properties": 2}
_LOCATION: Final = lazy_pattern(r"(optional:)?(?:(classpath|file|resource):)?/*(.*)", re.DOTALL)
_MOST_PROFILES: Final = 100

_REMOTE_VARIABLES: Final = (
    "SPRING_CONFIG_IMPORT",
    "SPRING_CONFIG_LOCATION",
    "SPRING_CONFIG_ADDITIONAL_LOCATION",
)
_REMOTE_OPTIONS: Final = (_IMPORT, "spring.config.location", "spring.config.additional-location")
_REMOTE_SETTINGS: Final = ("spring.cloud.config.uri", "spring.cloud.vault.uri", "spring.cloud.consul.host")

ReadImport = Callable[[str, ConfigFile], SettingsFile | None]
"""Reads a file that a document imports, None if it is not in the tree."""

_Document = tuple[Occurrence, ...]
_Rank = tuple[int, ...]


class SpringLayers(NamedTuple):
    """The layers of a Spring application."""

    layers: Layers
    remote: str
    """Why further settings may come from outside the tree, or empty."""


def layers(
    files: Sequence[SettingsFile], profiles: Sequence[str], read_import: ReadImport, platform: str = ""
) -> SpringLayers:
    """The layers in the active profiles (later ones win), highest first; `platform` as for `activation`."""
    ranked: list[tuple[_Rank, Layer]] = []
    remote = ""
    for file, documents in files:
        if file.base not in {APPLICATION, BOOTSTRAP} or (file.profile and file.profile not in profiles):
            continue
        for position, document in enumerate(documents):
            doubt = activation(document, profiles, platform)
            if doubt is None:
                continue
            rank = (*_rank(file, profiles), position)
            ranked.append((rank, Layer(document, doubt)))
            imported, away = _imports(document, file, profiles, read_import, platform)
            remote = remote or away
            # What a document imports stands above it, the last import highest.
            ranked += [((*rank, 1, index), layer) for index, layer in enumerate(imported)]
    ranked.sort(key=lambda one: one[0], reverse=True)
    return SpringLayers(Layers([layer for _, layer in ranked]), remote)


def activation(document: _Document, profiles: Sequence[str], platform: str = "") -> str | None:
    """None if a document is not active, empty if it is, else why that is not known.

    `platform` is the cloud platform, `none` if the application runs on none, empty if that is not known.
    """
    expressions = [*_texts(document, _ON_PROFILE), *_texts(document, _LEGACY_PROFILES)]
    if any("${" in expression for expression in expressions) or _is_unknown(document, _ON_PROFILE):
        return "the profile that the document is for is not known"
    if expressions:
        answers = [profile_expression.matches(expression, profiles) for expression in expressions]
        if not any(answers):
            return None if None not in answers else "the profile expression of the document is malformed"
    platforms = _texts(document, _ON_CLOUD)
    if platforms and platform:
        return "" if platforms[0].lower().replace("-", "_") == platform else None
    if platforms and platforms[0].lower() != "none":
        return f"the document is active on the cloud platform {platforms[0]} only"
    return ""


def cloud_platform(files: Sequence[SettingsFile], environment: Environment) -> str:
    """The cloud platform that `CloudPlatform.getActive` finds: what is set, else by what deploys.

    Empty if that is not known.
    """
    plain = layers([one for one in files if not one.file.profile], (), _no_import).layers
    node = environment.setting(_PLATFORM, _PLATFORM) or _value(plain, _PLATFORM)
    text = environment.platform if node is None else node.text() or ""
    return "" if "${" in text else text.strip().lower().replace("-", "_")


def written_profiles(files: Sequence[SettingsFile]) -> frozenset[str]:
    """The profiles that files or documents are limited to, negations left out."""
    profiles = {file.profile for file, _ in files if file.profile}
    for _, documents in files:
        for document in documents:
            for expression in (*_texts(document, _ON_PROFILE), *_texts(document, _LEGACY_PROFILES)):
                profiles |= profile_expression.names(re.sub(r"!\s*[^\s()&|!]+", "", expression))
    return frozenset(profiles)


def declared_profiles(files: Sequence[SettingsFile], environment: Environment) -> tuple[str, ...]:
    """The profiles of `spring.profiles.active`, from the environment or from documents without conditions."""
    plain = layers([one for one in files if not one.file.profile], (), _no_import).layers
    node = environment.setting(_ACTIVE, _ACTIVE) or _value(plain, _ACTIVE)
    nodes = [node] if node is not None else list(_items(plain, _ACTIVE))

    def look_up(written: str) -> Found | None:
        found = environment.variable(written) or _value(plain, spring_name(written).identity)
        return Found(written, found) if found is not None else None

    expander = Expander(look_up, lambda _: None, SPRING, Budget(DEFAULT_LIMITS))
    expanded = [expander.expand(Found(f"{_ACTIVE}[{index}]", one)) for index, one in enumerate(nodes)]
    return tuple(name for one in expanded if (text := one.text()) for name in split_list_text(text))


def with_groups(profiles: Sequence[str], files: Sequence[SettingsFile]) -> tuple[str, ...]:
    """The active profiles with the members of their groups and the included ones, in Spring's order."""
    plain = layers([one for one in files if not one.file.profile], (), _no_import).layers
    included = [text for item in _items(plain, _INCLUDE) if (text := item.text())]
    pending = list(dict.fromkeys([*included, *profiles]))
    found: dict[str, None] = {}
    while pending and len(found) < _MOST_PROFILES:
        current = pending.pop(0)
        if current not in found:
            found[current] = None
            group = spring_name(f"{_GROUP}{current}").identity
            pending = [text for item in _items(plain, group) if (text := item.text())] + pending
    return tuple(found)


def default_profiles(files: Sequence[SettingsFile], environment: Environment) -> tuple[str, ...]:
    """The profiles that are active if nothing activates one (Spring's reference, "Default Profile")."""
    node = environment.setting(_DEFAULT, _DEFAULT)
    plain = layers([one for one in files if not one.file.profile], (), _no_import).layers
    nodes = split_list(node) if node is not None else _items(plain, _DEFAULT)
    named = tuple(text for item in nodes if (text := item.text()) and "${" not in text)
    return named or ("default",)


def remote_source(settings: Layers, environment: Environment) -> str:
    """Why further settings may come from outside the tree, or empty."""
    for name in _REMOTE_VARIABLES:
        if environment.variable(name) is not None:
            return f"the variable {name} adds configuration files"
    for key in _REMOTE_OPTIONS:
        if environment.setting(spring_name(key).identity, key) is not None:
            return f"`{key}` in what starts the application adds configuration files"
    for key in _REMOTE_SETTINGS:
        if settings.pick(spring_name(key).identity) is not None:
            return f"`{key}` adds a configuration server"
    return ""


def _rank(file: ConfigFile, profiles: Sequence[str]) -> _Rank:
    profile = profiles.index(file.profile) + 1 if file.profile else 0
    return (
        int(file.base == APPLICATION),
        int(file.outside),
        profile,
        int(file.in_config),
        _EXTENSIONS[file.extension],
    )


def _imports(
    document: _Document,
    file: ConfigFile,
    profiles: Sequence[str],
    read_import: ReadImport,
    platform: str,
) -> tuple[list[Layer], str]:
    """The layers that a document imports, and why others are not in the tree."""
    found: list[Layer] = []
    remote = ""
    locations = [occurrence.value for occurrence in document if _is(occurrence, _IMPORT)]
    for location in (item for node in locations for item in split_list(node)):
        text = location.text()
        match = _LOCATION.fullmatch(text) if text else None
        optional, kind, path = match.groups() if match else (None, None, "")
        imported = read_import(path, file) if path and (kind or ":" not in path) else None
        if imported is not None:
            for name in ("", *profiles):
                variant = imported if not name else read_import(_of_profile(path, name), file)
                for inner in variant.documents if variant else ():
                    doubt = activation(inner, profiles, platform)
                    if doubt is not None:
                        found.append(Layer(inner, doubt))
        elif not (optional and kind == "classpath"):
            remote = remote or f"`spring.config.import` names `{(text or location.written)[:80]}`"
    return found, remote


def _of_profile(path: str, profile: str) -> str:
    stem, extension = posixpath.splitext(path)
    return f"{stem}-{profile}{extension}"


def _no_import(_path: str, _file: ConfigFile) -> None:
    return None


def _is(occurrence: Occurrence, identity: str) -> bool:
    own = occurrence.name.identity
    return own == identity or (own.startswith(identity) and own[len(identity) :].startswith("["))


def _is_unknown(document: _Document, identity: str) -> bool:
    return any(isinstance(one.value.value, Unknown) for one in document if _is(one, identity))


def _texts(document: _Document, identity: str) -> list[str]:
    """The items of a list that a document writes, as one text or with indexes."""
    found = []
    for occurrence in document:
        if _is(occurrence, identity):
            found += [text for item in split_list(occurrence.value) if (text := item.text())]
    return found


def _value(settings: Layers, identity: str) -> Node | None:
    pick = settings.pick(identity)
    return pick.value if pick else None


def _items(settings: Layers, identity: str) -> Iterator[Node]:
    """The items of a list setting."""
    plain = _value(settings, identity)
    if plain is not None:
        yield from split_list(plain)
        return
    index = 0
    while (item := _value(settings, f"{identity}[{index}]")) is not None:
        yield item
        index += 1
