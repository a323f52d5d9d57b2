"""What the build files of a module tell about its framework: a look at their text, no more."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.record import NamedTuple
from vvbscan.views.settings.files import MICROPROFILE, ConfigFile
from vvbscan.views.settings.names import QUARKUS, SPRING, split_profiles

_BUILD_FILES: Final = ("pom.xml", "build.gradle", "build.gradle.kts", "gradle.properties", "settings.gradle")
_MARKS: Final = {QUARKUS: ("io.quarkus",), SPRING: ("org.springframework.boot",)}
_VERSION: Final = r"\s*([0-9]+(?:\.[0-9]+)*(?:\.[A-Za-z0-9-]+)?)\s*"
_VERSIONS: Final = {
    QUARKUS: (
        lazy_pattern(rf"<quarkus(?:[.-](?:platform|plugin))?[.-]version>{_VERSION}<"),
        lazy_pattern(rf"quarkusPlatformVersion\s*=['\"]?{_VERSION}"),
        lazy_pattern(rf"['\"]io\.quarkus['\"]\)?\s*version\s*\(?['\"]{_VERSION}['\"]"),
    ),
    SPRING: (
        lazy_pattern(rf"<artifactId>\s*spring-boot-starter-parent\s*</artifactId>\s*<version>{_VERSION}<"),
        lazy_pattern(rf"<artifactId>\s*spring-boot-dependencies\s*</artifactId>\s*<version>{_VERSION}<"),
        lazy_pattern(rf"<spring-boot[.-]version>{_VERSION}<"),
        lazy_pattern(rf"['\"]org\.springframework\.boot['\"]\)?\s*version\s*\(?['\"]{_VERSION}['\"]"),
        lazy_pattern(rf"springBootVersion\s*=\s*['\"]{_VERSION}['\"]"),
    ),
}
_SPRING_KEYS: Final = ("spring", "server", "management", "logging")


class Build(NamedTuple):
    """What is known of a module's build."""

    framework: str
    """`quarkus`, `spring`, or empty if neither is recognised."""
    version: str
    """Version of the framework as the build files write it; empty if they do not."""
    text: str
    """Text of the module's own build files."""

    def depends_on(self, *artifacts: str) -> bool:
        """Whether one of these artifacts is named in the module's own build files."""
        return any(artifact in self.text for artifact in artifacts)


def inspect_build(directory: str, tree: FileTree, files: Iterable[ConfigFile]) -> Build:
    """The framework of a module: by its build files, by the keys it sets, by the build files above it."""
    own = _read(directory, tree)
    above = [_read(parent, tree) for parent in _parents(directory)]
    framework = _marked(own) or _by_keys(files)
    if not framework:
        framework = next((found for found in map(_marked, above) if found), "")
    version = next((found for text in (own, *above) if (found := _version(text, framework))), "")
    return Build(framework, version, own)


def _read(directory: str, tree: FileTree) -> str:
    texts = []
    for name in _BUILD_FILES:
        path = posixpath.join(directory, name)
        if tree.is_file(path):
            try:
                texts.append(tree.read(path)[0].text.text)
            except Unreadable:
                continue  # whoever claims the file reports it
    return "\n".join(texts)


def _parents(directory: str) -> Iterator[str]:
    while directory:
        directory = posixpath.dirname(directory)
        yield directory


def _marked(text: str) -> str:
    """The one framework that a build file names; empty if it names none or both."""
    named = [framework for framework, marks in _MARKS.items() if any(mark in text for mark in marks)]
    return named[0] if len(named) == 1 else ""


def _by_keys(files: Iterable[ConfigFile]) -> str:
    """The framework that most keys speak of."""
    quarkus = spring = 0
    for file in files:
        quarkus += file.base == MICROPROFILE
        for document in file.parsed.documents:
            value = document.root.value
            for key in value.entries if isinstance(value, MapValue) else ():
                profiles, name = split_profiles(key)
                first = name.partition(".")[0]
                quarkus += first == "quarkus" or bool(profiles) or key.startswith("%")
                spring += first in _SPRING_KEYS
    if quarkus == spring:
        return ""
    return QUARKUS if quarkus > spring else SPRING


def _version(text: str, framework: str) -> str:
    for pattern in _VERSIONS.get(framework, ()):
        match = pattern.search(text)
        if match is not None:
            return match.group(1)
    return ""
