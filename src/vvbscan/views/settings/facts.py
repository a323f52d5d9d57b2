"""The settings that cross rules read, as facts."""

from __future__ import annotations

from typing import Final

from vvbscan.model.facts import OPEN, ApplicationFact, Located
from vvbscan.model.location import locate_node
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.unit import Unit
from vvbscan.views.located import located
from vvbscan.views.settings.model import Application
from vvbscan.views.settings.names import QUARKUS, SPRING

_QUARKUS_SETTINGS: Final = (
    "quarkus.application.name",
    "quarkus.http.host-enabled",
    "quarkus.http.insecure-requests",
    "quarkus.http.non-application-root-path",
    "quarkus.http.port",
    "quarkus.http.root-path",
    "quarkus.http.ssl-port",
    "quarkus.management.enabled",
    "quarkus.management.port",
    "quarkus.management.root-path",
    "quarkus.shutdown.delay",
    "quarkus.shutdown.delay-enabled",
    "quarkus.shutdown.timeout",
    "quarkus.smallrye-health.enabled",
    "quarkus.smallrye-health.liveness-path",
    "quarkus.smallrye-health.management.enabled",
    "quarkus.smallrye-health.readiness-path",
    "quarkus.smallrye-health.root-path",
    "quarkus.smallrye-health.startup-path",
    "quarkus.thread-pool.max-threads",
)
_SPRING_SETTINGS: Final = (
    "management.endpoint.health.access",
    "management.endpoint.health.enabled",
    "management.endpoint.health.group.liveness.additional-path",
    "management.endpoint.health.group.liveness.include",
    "management.endpoint.health.group.readiness.additional-path",
    "management.endpoint.health.group.readiness.include",
    "management.endpoint.health.probes.add-additional-paths",
    "management.endpoint.health.probes.enabled",
    "management.endpoints.access.default",
    "management.endpoints.enabled-by-default",
    "management.endpoints.web.base-path",
    "management.endpoints.web.exposure.exclude",
    "management.endpoints.web.exposure.include",
    "management.endpoints.web.path-mapping.health",
    "management.server.base-path",
    "management.server.port",
    "server.port",
    "server.servlet.context-path",
    "server.shutdown",
    "server.ssl.enabled",
    "server.tomcat.threads.max",
    "spring.application.name",
    "spring.datasource.hikari.maximum-pool-size",
    "spring.lifecycle.timeout-per-shutdown-phase",
    "spring.mvc.servlet.path",
    "spring.webflux.base-path",
)
_POOL_SETTINGS: Final = (
    ".jdbc.max-size",
    ".jdbc.min-size",
    ".reactive.max-size",
    ".jdbc.url",
    ".reactive.url",
)
"""Ends of the names of settings of data sources of Quarkus, which have names that people choose."""
_HEALTH: Final = {
    QUARKUS: ("quarkus-smallrye-health", "smallrye-health", "microprofile-health"),
    SPRING: ("spring-boot-starter-actuator", "actuator"),
}
"""The artifact that brings health endpoints, and what tells it or another one that depends on it."""
_DATA_SOURCES: Final = "quarkus.datasource."


def _missing_health(application: Application) -> str:
    """The artifact that brings health endpoints, if the build files are there and none of them names it."""
    artifact, *marks = _HEALTH.get(application.framework, ("",))
    named = not artifact or not application.build.text or application.build.may_depend_on(*marks)
    return "" if named else artifact


def _in_one_text(value: Node) -> Node:
    """A value, a list as one text with commas, unknown if one of its items is."""
    if not isinstance(value.value, SeqValue):
        return value
    unknown = next(
        (item.value for item in value.items() if isinstance(item.value, Unknown)), value.value.rest
    )
    return value.replace_value(unknown or ",".join(str(item.value) for item in value.items()))


def _image_names(application: Application) -> tuple[str, ...]:
    """Names of the image: of its artifact, and what the container image extension of Quarkus is told."""
    chosen = application.settings.text("quarkus.container-image.name")
    names = (application.build.name, chosen if "${" not in chosen else "")
    return tuple(name for name in names if name and "*" not in name)


def application_fact(unit: Unit, application: Application) -> ApplicationFact:
    """What the system view gets to know of an application."""
    settings = application.settings
    wanted = {QUARKUS: _QUARKUS_SETTINGS, SPRING: _SPRING_SETTINGS}.get(application.framework, ())
    found: list[tuple[str, Located]] = []
    for name in wanted:
        setting = settings.setting(name)
        if setting is not None:
            found.append((name, located(_in_one_text(setting.value), setting.key)))
    found += [
        (setting.name, located(setting.value, setting.key))
        for setting in settings
        if setting.name.startswith(_DATA_SOURCES) and setting.name.endswith(_POOL_SETTINGS)
    ]
    anchor = locate_node(application.anchor)
    if settings.rest is not None:
        found.append((OPEN, Located(None, anchor, settings.rest.reason)))
    return ApplicationFact(
        unit=unit.id,
        directory=application.directory,
        name=application.name,
        framework=application.framework,
        profile=application.profile,
        environment=application.environment,
        settings=tuple(found),
        location=anchor,
        containers=application.containers,
        image_names=_image_names(application),
        without=_missing_health(application),
    )
