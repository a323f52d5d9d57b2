"""What the build files of a module tell about its framework.

What they declare counts first; where nothing is declared plainly, a look at their text has to do.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.limits import Limits
from vvbscan.model.node import MapValue
from vvbscan.model.unit import FileTree, Unreadable
from vvbscan.record import NamedTuple
from vvbscan.views.settings.declared import declared_by
from vvbscan.views.settings.files import MICROPROFILE, ConfigFile
from vvbscan.views.settings.names import QUARKUS, SPRING, split_profiles

_BUILD_FILES: Final = ("pom.xml", "build.gradle", "build.gradle.kts", "gradle.properties", "settings.gradle")
_COMMENTS: Final = {
    ".xml": lazy_pattern(r"(?s)()<!--.*?(?:-->|\Z)"),
    ".properties": lazy_pattern(r"(?m)()^[ \t]*[#!].*"),
}
_COMMENT_OF_SCRIPT: Final = lazy_pattern(
    r"""(?s)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|//[^\n]*|/\*.*?(?:\*/|\Z)"""
)
"""A string, which may hold an address, or a comment. Of each match the first group is kept."""
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
_LOG_CONFIGURATIONS: Final = (
    "logback-spring.xml",
    "logback.xml",
    "logback-spring.groovy",
    "logback.groovy",
    "log4j2-spring.xml",
    "log4j2.xml",
)
"""What Spring Boot looks for (reference, "Custom Log Configuration"), as far as it is in use."""
_SPRING_KEYS: Final = ("spring", "server", "management", "logging")


class Build(NamedTuple):
    """What is known of a module's build."""

    framework: str
    """`quarkus`, `spring`, or empty if neither is recognised."""
    version: str
    """Version of the framework as the build files write it; empty if they do not."""
    text: str
    """Text of the module's own build files without comments, with the packages that it depends on."""
    inherited: str = ""
    """Text of the build files in the directories above, some of which the module may inherit from."""
    log_configuration: str = ""
    """Path of the configuration of Logback or Log4j among the module's resources, empty if there is none."""

    name: str = ""
    """The id of its artifact, or the name of its project; empty if that is not known."""

    def depends_on(self, *artifacts: str) -> bool:
        """Whether one of these artifacts is named in the module's own build files."""
        return any(artifact in self.text for artifact in artifacts)

    def may_depend_on(self, *artifacts: str) -> bool:
        """Whether one of these artifacts is named in its own build files or in those above."""
        return self.depends_on(*artifacts) or any(artifact in self.inherited for artifact in artifacts)


def inspect_build(directory: str, tree: FileTree, files: Iterable[ConfigFile], limits: Limits) -> Build:
    """The framework of a module: by its build files, by the keys it sets, by the build files above it."""
    written = _read(directory, tree)
    declared = declared_by(directory, tree, limits)
    own = "\n".join((written, *declared.packages)) if declared.packages else written
    above = [_read(parent, tree) for parent in _parents(directory)]
    framework = _marked(written) or _marked(own) or _by_keys(files)
    if not framework:
        framework = next((found for found in map(_marked, above) if found), "")
    version = declared.versions.get(framework) or next(
        (found for text in (written, *above) if (found := _version(text, framework))), ""
    )
    candidates = (posixpath.join(directory, "src/main/resources", name) for name in _LOG_CONFIGURATIONS)
    configured = next((path for path in candidates if tree.is_file(path)), "")
    return Build(framework, version, own, "\n".join(above), configured, declared.name)


def _read(directory: str, tree: FileTree) -> str:
    texts = []
    for name in _BUILD_FILES:
        path = posixpath.join(directory, name)
        if tree.is_file(path):
            try:
                comment = _COMMENTS.get(posixpath.splitext(name)[1], _COMMENT_OF_SCRIPT)
                texts.append(comment.sub(r"\1", tree.read(path)[0].text.text))
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
