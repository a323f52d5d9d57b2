"""Settings of Spring Boot.

Sources: the `...Properties` classes and `additional-spring-configuration-metadata.json` of
spring-projects/spring-boot (4.2 in development, August 2026), and the README of HikariCP for its pool.
"""

from __future__ import annotations

from typing import Final

from vvbscan.views.settings.specs import (
    BOOLEAN,
    DEPENDS,
    DURATION,
    INTEGER,
    LIST,
    MILLISECONDS,
    NUMBER,
    SIZE,
    TEXT,
    Spec,
)


def _ssl(prefix: str) -> tuple[Spec, ...]:
    return (
        Spec(f"{prefix}.enabled", BOOLEAN, "true"),
        Spec(f"{prefix}.enabled-protocols", LIST),
        Spec(f"{prefix}.ciphers", LIST),
        Spec(f"{prefix}.bundle"),
        Spec(f"{prefix}.client-auth"),
    )


def _error(prefix: str) -> tuple[Spec, ...]:
    return (
        Spec(f"{prefix}.include-exception", BOOLEAN, "false"),
        Spec(f"{prefix}.include-stacktrace", TEXT, "never"),
        Spec(f"{prefix}.include-message", TEXT, "never"),
        Spec(f"{prefix}.include-binding-errors", TEXT, "never"),
    )


SPRING_SETTINGS: Final = (
    Spec("spring.application.name"),
    # ServerProperties, TomcatServerProperties, JettyServerProperties
    Spec("server.port", INTEGER, "8080"),
    Spec("server.servlet.context-path"),
    Spec("spring.mvc.servlet.path"),
    Spec("spring.webflux.base-path"),
    Spec("server.shutdown", TEXT, "immediate", since=(("3.4", "graceful"),)),
    Spec("server.http2.enabled", BOOLEAN, "false"),
    Spec("server.max-http-request-header-size", SIZE, "8KB"),
    Spec("server.tomcat.threads.max", INTEGER, "200"),
    Spec("server.tomcat.threads.min-spare", INTEGER, "10"),
    Spec("server.tomcat.threads.max-queue-capacity", INTEGER, "2147483647"),
    Spec("server.tomcat.max-connections", INTEGER, "8192"),
    Spec("server.tomcat.accept-count", INTEGER, "100"),
    Spec("server.tomcat.connection-timeout", DURATION),
    Spec("server.tomcat.max-http-form-post-size", SIZE, "2MB"),
    Spec("server.tomcat.max-swallow-size", SIZE, "2MB"),
    Spec("server.jetty.threads.max", INTEGER, "200"),
    Spec("server.jetty.threads.max-queue-capacity", INTEGER),
    # ErrorProperties; `server.error` until 4.0
    *_error("server.error"),
    *_error("spring.web.error"),
    *_ssl("server.ssl"),
    *_ssl("management.server.ssl"),
    Spec("spring.ssl.bundle.jks.*.options.enabled-protocols", LIST),
    Spec("spring.ssl.bundle.pem.*.options.enabled-protocols", LIST),
    # LifecycleProperties, ThreadsProperties, MultipartProperties
    Spec("spring.lifecycle.timeout-per-shutdown-phase", DURATION, "30s"),
    Spec("spring.threads.virtual.enabled", BOOLEAN, "false"),
    Spec("spring.servlet.multipart.max-file-size", SIZE, "1MB"),
    Spec("spring.servlet.multipart.max-request-size", SIZE, "10MB"),
    Spec("spring.task.execution.pool.max-size", INTEGER, "2147483647"),
    Spec("spring.task.execution.pool.queue-capacity", INTEGER, "2147483647"),
    # DataSourceProperties; HikariCP, "Configuration"
    Spec("spring.datasource.url"),
    Spec("spring.datasource.username"),
    Spec("spring.datasource.password"),
    Spec("spring.datasource.hikari.maximum-pool-size", INTEGER, "10"),
    Spec("spring.datasource.hikari.minimum-idle", INTEGER, DEPENDS),  # the maximum
    Spec("spring.datasource.hikari.connection-timeout", MILLISECONDS, "30000"),
    Spec("spring.datasource.hikari.idle-timeout", MILLISECONDS, "600000"),
    Spec("spring.datasource.hikari.max-lifetime", MILLISECONDS, "1800000"),
    Spec("spring.datasource.hikari.leak-detection-threshold", MILLISECONDS, "0"),
    Spec("spring.datasource.tomcat.max-active", INTEGER, "100"),
    Spec("spring.datasource.dbcp2.max-total", INTEGER, "8"),
    Spec("spring.r2dbc.url"),
    Spec("spring.r2dbc.pool.max-size", INTEGER, "10"),
    # JpaProperties, HibernateProperties, SqlInitializationProperties, FlywayProperties, LiquibaseProperties
    Spec("spring.jpa.hibernate.ddl-auto", TEXT, DEPENDS),  # create-drop for an embedded database
    Spec("spring.jpa.generate-ddl", BOOLEAN, "false"),
    Spec("spring.jpa.open-in-view", BOOLEAN, "true"),
    Spec("spring.jpa.show-sql", BOOLEAN, "false"),
    Spec("spring.sql.init.mode", TEXT, "embedded"),
    Spec("spring.flyway.enabled", BOOLEAN, "true"),
    Spec("spring.flyway.clean-disabled", BOOLEAN, "false", since=(("3.0", "true"),)),
    Spec("spring.flyway.validate-on-migrate", BOOLEAN, "true"),
    Spec("spring.flyway.baseline-on-migrate", BOOLEAN, "false"),
    Spec("spring.flyway.out-of-order", BOOLEAN, "false"),
    Spec("spring.flyway.ignore-migration-patterns", LIST),
    Spec("spring.flyway.baseline-version"),
    Spec("spring.liquibase.drop-first", BOOLEAN, "false"),
    Spec("spring.h2.console.enabled", BOOLEAN, "false"),
    # ManagementServerProperties, WebEndpointProperties, HealthEndpointProperties
    Spec("management.server.port", INTEGER),
    Spec("management.server.address"),
    Spec("management.server.base-path"),
    Spec("management.endpoints.web.base-path", TEXT, "/actuator"),
    Spec("management.endpoints.web.exposure.include", LIST, "health"),
    Spec("management.endpoints.web.exposure.exclude", LIST),
    Spec("management.endpoints.web.path-mapping.health"),
    # EndpointAutoConfiguration's `access` since 3.4, `enabled` before
    Spec("management.endpoints.enabled-by-default", BOOLEAN, "true"),
    Spec("management.endpoints.access.default"),
    Spec("management.endpoint.health.access"),
    Spec("management.endpoint.health.enabled", BOOLEAN, "true"),
    Spec("management.endpoint.health.show-details", TEXT, "never"),
    # Before 4.0 the probes are there on Kubernetes only, unless this is set.
    Spec("management.endpoint.health.probes.enabled", BOOLEAN, DEPENDS, since=(("4.0", "true"),)),
    Spec("management.endpoint.health.probes.add-additional-paths", BOOLEAN, "false"),
    Spec("management.endpoint.health.group.*.additional-path"),
    Spec("management.endpoint.env.show-values", TEXT, "never"),
    Spec("management.endpoint.configprops.show-values", TEXT, "never"),
    Spec("management.endpoint.shutdown.enabled", BOOLEAN, "false"),
    Spec("management.tracing.enabled", BOOLEAN, "true"),
    Spec("management.tracing.export.enabled", BOOLEAN, "true"),
    Spec("management.tracing.sampling.probability", NUMBER, "0.10"),
    Spec("debug", BOOLEAN, "false"),
    Spec("trace", BOOLEAN, "false"),
    Spec("logging.level.root", TEXT, "INFO"),
    Spec("logging.level.*"),
)
