"""Settings that the version of the framework no longer knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.expr.values import version, version_constraint
from vvbscan.model.node import Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.settings.model import Application
from vvbscan.views.settings.names import QUARKUS, SPRING


class _Gone(NamedTuple):
    """A setting, or all below a name that ends with a dot, that has no effect from a version on."""

    name: str
    since: str
    instead: str
    """What is written now, with a dot at its end where `name` has one; empty if there is nothing."""


_GONE: Final = {
    QUARKUS: (
        # quarkusio/quarkus#49650, Migration Guide 3.28; #41405, Migration Guide 3.13
        _Gone("quarkus.http.cors", "3.28", "quarkus.http.cors.enabled"),
        _Gone("quarkus.opentelemetry.", "3.13", "quarkus.otel."),
    ),
    # Spring Boot, `additional-spring-configuration-metadata.json` of the versions named: deprecations of the
    # level `error`, which are no longer bound.
    SPRING: (
        _Gone("spring.datasource.initialization-mode", "2.7", "spring.sql.init.mode"),
        _Gone("spring.datasource.schema", "2.7", "spring.sql.init.schema-locations"),
        _Gone("spring.datasource.data", "2.7", "spring.sql.init.data-locations"),
        _Gone("spring.datasource.platform", "2.7", "spring.sql.init.platform"),
        _Gone("spring.datasource.continue-on-error", "2.7", "spring.sql.init.continue-on-error"),
        _Gone("server.use-forward-headers", "2.7", "server.forward-headers-strategy"),
        _Gone("server.connection-timeout", "2.7", ""),
        _Gone("server.tomcat.max-http-post-size", "2.7", "server.tomcat.max-http-form-post-size"),
        _Gone("logging.file", "2.7", "logging.file.name"),
        _Gone("logging.path", "2.7", "logging.file.path"),
        _Gone("spring.resources.", "2.7", "spring.web.resources."),
        _Gone("management.server.servlet.context-path", "2.7", "management.server.base-path"),
        _Gone("spring.redis.", "3.0", "spring.data.redis."),
        _Gone("spring.data.cassandra.contact-points", "3.0", "spring.cassandra.contact-points"),
        _Gone("spring.data.cassandra.keyspace-name", "3.0", "spring.cassandra.keyspace-name"),
        _Gone("management.trace.http.enabled", "3.0", "management.httpexchanges.recording.enabled"),
        _Gone("management.metrics.export.prometheus.", "3.0", "management.prometheus.metrics.export."),
        _Gone("management.metrics.export.datadog.", "3.0", "management.datadog.metrics.export."),
        _Gone("management.metrics.export.influx.", "3.0", "management.influx.metrics.export."),
        _Gone("server.max-http-header-size", "3.2", "server.max-http-request-header-size"),
        _Gone("spring.liquibase.labels", "3.2", "spring.liquibase.label-filter"),
        _Gone("server.error.", "4.0", "spring.web.error."),
        _Gone("spring.data.mongodb.host", "4.0", "spring.mongodb.host"),
        _Gone("spring.data.mongodb.port", "4.0", "spring.mongodb.port"),
        _Gone("spring.data.mongodb.uri", "4.0", "spring.mongodb.uri"),
        _Gone("spring.data.mongodb.database", "4.0", "spring.mongodb.database"),
        _Gone("spring.data.mongodb.username", "4.0", "spring.mongodb.username"),
        _Gone("spring.data.mongodb.password", "4.0", "spring.mongodb.password"),
        _Gone("spring.session.redis.", "4.0", "spring.session.data.redis."),
        _Gone("management.tracing.enabled", "4.0", "management.tracing.export.enabled"),
    ),
}
_FRAMEWORKS: Final = {QUARKUS: "Quarkus", SPRING: "Spring Boot"}


def setting_ignored(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A setting has no effect in the version that the build files name."""
    del params
    application = subject.record
    assert isinstance(application, Application)
    framework = _FRAMEWORKS.get(application.framework, "")
    current = version(application.version) if application.version else None
    for setting in application.settings:
        gone = _gone(application.framework, setting.name)
        if gone is None:
            continue
        instead = gone.instead
        if instead.endswith("."):
            instead += setting.name[len(gone.name) :]
        if instead and application.settings.setting(instead) is not None:
            continue  # both are there, for builds with either version
        if current is None:
            reason = (
                f"`{setting.name}` has no effect since {framework} {gone.since}, and the build files do not "
                "tell the version"
            )
            yield undecided(Unknown("default", reason), setting.key, setting.name)
        elif version_constraint(f">={gone.since}")(current):
            hint = f": write {instead}" if instead else ""
            message = f"{setting.name} has no effect since {framework} {gone.since}{hint}"
            yield failed(subject, message, setting.key, setting.name)


def _gone(framework: str, name: str) -> _Gone | None:
    for gone in _GONE.get(framework, ()):
        if name == gone.name or (gone.name.endswith(".") and name.startswith(gone.name)):
            return gone
    return None
