"""The plugins that scripts apply, and what is known of them.

https://docs.gradle.org/current/userguide/plugins.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, Node
from vvbscan.parse.gradle_tree import Chain, Expression, Literal
from vvbscan.views.gradle.model import Plugin
from vvbscan.views.gradle.settings import Setting
from vvbscan.views.gradle.values import Scope

_KNOWN: Final = (
    *("org.gradle.", "com.gradle.", "org.jetbrains.kotlin", "org.jetbrains.dokka", "org.springframework."),
    *("io.spring.", "io.quarkus", "io.ktor.plugin", "com.google.protobuf", "com.google.cloud.tools.jib"),
    *("com.google.osdetector", "com.github.ben-manes.versions", "com.github.johnrengelman.", "com.palantir."),
    *("com.gradleup.shadow", "com.github.spotbugs", "com.diffplug.spotless", "com.github.sherter."),
    *("io.freefair.lombok", "org.jlleitschuh.gradle.ktlint", "io.gitlab.arturbosch.detekt", "com.bmuschko."),
    *("net.ltgt.errorprone", "org.cyclonedx.bom", "org.owasp.dependencycheck", "org.openapi.generator"),
    *(
        "org.graalvm.buildtools.native",
        "com.gorylenko.gradle-git-properties",
        "org.flywaydb",
        "org.liquibase.",
    ),
    *("nu.studer.jooq", "org.sonarqube", "me.champeau.jmh", "com.avast.gradle.", "com.github.node-gradle."),
    *("info.solidsoft.pitest", "org.asciidoctor.", "de.undercouch."),
)
"""Beginnings of the ids of plugins that set neither a release of Java nor tests or coverage."""
_OF_GRADLE: Final = frozenset(
    {
        *("java-library", "java-platform", "java-gradle-plugin", "java-test-fixtures", "maven-publish"),
        *("ivy-publish", "jacoco-report-aggregation", "test-report-aggregation", "jvm-test-suite"),
        *("kotlin-dsl", "version-catalog", "project-report", "project-reports", "groovy-gradle-plugin"),
        *("build-dashboard", "kotlin-kapt", "kotlin-spring", "kotlin-jpa", "kotlin-allopen", "kotlin-noarg"),
        "eclipse-wtp",
    }
)
"""Names with a hyphen of plugins that come with Gradle, or with the one of Kotlin."""
BUILD_PLUGINS: Final = frozenset({"kotlin-dsl", "java-gradle-plugin", "groovy-gradle-plugin"})
"""What projects apply that are plugins of the build."""
_MANAGING: Final = (
    *("io.spring.dependency-management", "org.springframework.boot", "io.quarkus", "org.jetbrains.kotlin"),
)
"""Beginnings of the ids of plugins that set versions of dependencies, or whose bills of materials others
import."""


def is_known(key: str) -> bool:
    """Whether it is known of a plugin that it sets neither a release of Java nor tests or coverage."""
    return key.startswith(_KNOWN) if "." in key else "-" not in key or key in _OF_GRADLE


def sets_versions(key: str) -> bool:
    """Whether a plugin sets versions of dependencies."""
    return key.startswith(_MANAGING)


def plugins_of(settings: Iterable[Setting], scope: Scope) -> Iterator[Plugin]:
    """The plugins of blocks `plugins` and those that `apply` names; aliases where the scope has catalogs."""
    for one in settings:
        target = one.statement.target
        if one.path[-2:-1] == ("plugins",):
            yield from _of_block(one, scope)
        elif isinstance(target, Chain) and len(target.links) == 1 and target.links[0].name == "apply":
            for value in one.values:
                key = _text(value.value)
                if value.name == "plugin" and key:
                    yield Plugin(key, None, _place(one, value.value))


def _of_block(one: Setting, scope: Scope) -> Iterator[Plugin]:
    name = one.path[-1]
    pairs = {pair.name: pair.value for pair in one.statement.pairs}
    version = scope.value(pairs["version"], one.source) if "version" in pairs else None
    argument = one.values[0].value if one.values else None
    if name == "alias" and isinstance(argument, Chain):
        names = [link.name for link in argument.links]
        catalog = scope.catalogs.get(names[0])
        alias = ".".join(names[2:])
        found = catalog.plugin(alias) if catalog is not None and names[1:2] == ["plugins"] else None
        if found is not None:
            yield Plugin(found.name, version or found.version, _place(one, one.statement.target))
    elif name in ("id", "kotlin") and argument is not None and (text := _text(argument)):
        yield Plugin(text if name == "id" else f"org.jetbrains.kotlin.{text}", version, _place(one, argument))
    elif argument is None and name not in ("alias", "id", "kotlin"):
        yield Plugin(name, version, _place(one, one.statement.target))


def _text(value: Expression) -> str:
    return value.value if isinstance(value, Literal) and isinstance(value.value, str) else ""


def _place(one: Setting, expression: Expression) -> Node:
    return Node(None, one.source, expression.start, expression.end, COMPUTED)
