"""Settings of Quarkus.

Sources: the `*Config` interfaces of quarkusio/quarkus named at each group (their `@WithDefault`), and the
generated list of all settings of Quarkus 3.33.
"""

from __future__ import annotations

from typing import Final

from vvbscan.views.settings.specs import BOOLEAN, DEPENDS, DURATION, INTEGER, LIST, NUMBER, SIZE, TEXT, Spec

_PROTOCOLS: Final = "TLSv1.3,TLSv1.2"


def _data_source(prefix: str) -> tuple[Spec, ...]:
    # DataSourceJdbcRuntimeConfig, DataSourceReactiveRuntimeConfig, DataSourceBuildTimeConfig. The pool grew
    # from 20 to 50 connections with quarkus#51169 (3.31).
    return (
        Spec(f"{prefix}.db-kind", fixed=True),
        Spec(f"{prefix}.username"),
        Spec(f"{prefix}.password"),
        Spec(f"{prefix}.health.enabled", BOOLEAN, "true", fixed=True),
        Spec(f"{prefix}.jdbc", BOOLEAN, "true", fixed=True),
        Spec(f"{prefix}.jdbc.url"),
        Spec(f"{prefix}.jdbc.min-size", INTEGER, "0"),
        Spec(f"{prefix}.jdbc.max-size", INTEGER, "20", since=(("3.31", "50"),)),
        Spec(f"{prefix}.jdbc.initial-size", INTEGER),
        Spec(f"{prefix}.jdbc.acquisition-timeout", DURATION, "5S"),
        Spec(f"{prefix}.jdbc.max-lifetime", DURATION),
        Spec(f"{prefix}.jdbc.idle-removal-interval", DURATION, "5M"),
        Spec(f"{prefix}.jdbc.background-validation-interval", DURATION, "2M"),
        Spec(f"{prefix}.jdbc.leak-detection-interval", DURATION),
        Spec(f"{prefix}.jdbc.validate-on-borrow", BOOLEAN, "false"),
        Spec(f"{prefix}.reactive", BOOLEAN, "true", fixed=True),
        Spec(f"{prefix}.reactive.url"),
        # quarkus#30801 made 20 the default; before, each client had its own.
        Spec(f"{prefix}.reactive.max-size", INTEGER, DEPENDS, since=(("3.0", "20"),)),
        Spec(f"{prefix}.reactive.idle-timeout", DURATION),
        Spec(f"{prefix}.reactive.trust-all", BOOLEAN, "false"),
    )


def _orm(prefix: str) -> tuple[Spec, ...]:
    # HibernateOrmRuntimeConfigPersistenceUnit, HibernateOrmConfigPersistenceUnit
    return (
        Spec(f"{prefix}.schema-management.strategy", TEXT, "none"),
        Spec(f"{prefix}.database.generation", TEXT, "none"),
        Spec(f"{prefix}.log.sql", BOOLEAN, "false"),
        Spec(f"{prefix}.log.bind-parameters", BOOLEAN, "false", fixed=True),
    )


def _flyway(prefix: str) -> tuple[Spec, ...]:
    # FlywayDataSourceRuntimeConfig
    return (
        Spec(f"{prefix}.migrate-at-start", BOOLEAN, "false"),
        Spec(f"{prefix}.clean-at-start", BOOLEAN, "false"),
        Spec(f"{prefix}.clean-disabled", BOOLEAN, "false"),
        Spec(f"{prefix}.validate-on-migrate", BOOLEAN, "true"),
        Spec(f"{prefix}.baseline-on-migrate", BOOLEAN, "false"),
        Spec(f"{prefix}.out-of-order", BOOLEAN, "false"),
        Spec(f"{prefix}.repair-at-start", BOOLEAN, "false"),
        Spec(f"{prefix}.ignore-migration-patterns", LIST),
        Spec(f"{prefix}.baseline-version"),
    )


def _tls(prefix: str) -> tuple[Spec, ...]:
    # TlsBucketConfig, which leaves out TLS 1.2 since 3.31; the older settings of the servers still have it.
    return (
        Spec(f"{prefix}.protocols", LIST, _PROTOCOLS, since=(("3.31", "TLSv1.3"),)),
        Spec(f"{prefix}.cipher-suites", LIST),
        Spec(f"{prefix}.trust-all", BOOLEAN, "false"),
        Spec(f"{prefix}.hostname-verification-algorithm"),
        Spec(f"{prefix}.alpn", BOOLEAN, "true"),
        Spec(f"{prefix}.handshake-timeout", DURATION, "10S"),
        Spec(f"{prefix}.reload-period", DURATION),
    )


QUARKUS_SETTINGS: Final = (
    Spec("quarkus.application.name", TEXT, DEPENDS),
    # VertxHttpBuildTimeConfig, VertxHttpConfig, ServerSslConfig, ServerLimitsConfig
    Spec("quarkus.http.host", TEXT, "0.0.0.0"),  # noqa: S104  # the platform's default, not ours
    Spec("quarkus.http.port", INTEGER, "8080"),
    Spec("quarkus.http.ssl-port", INTEGER, "8443"),
    Spec("quarkus.http.root-path", TEXT, "/", fixed=True),
    Spec("quarkus.http.non-application-root-path", TEXT, "q", fixed=True),
    Spec("quarkus.http.insecure-requests", TEXT, DEPENDS),
    Spec("quarkus.http.tls-configuration-name"),
    Spec("quarkus.http.ssl.client-auth", TEXT, "none", fixed=True),
    Spec("quarkus.http.ssl.protocols", LIST, _PROTOCOLS),
    Spec("quarkus.http.ssl.cipher-suites", LIST),
    Spec("quarkus.http.cors", BOOLEAN, "false"),
    Spec("quarkus.http.cors.enabled", BOOLEAN, "false"),
    Spec("quarkus.http.cors.origins", LIST),
    Spec("quarkus.http.cors.methods", LIST),
    Spec("quarkus.http.cors.headers", LIST),
    Spec("quarkus.http.cors.access-control-allow-credentials", BOOLEAN),
    Spec("quarkus.http.limits.max-body-size", SIZE, "10240K"),
    Spec("quarkus.http.limits.max-header-size", SIZE, "20K"),
    Spec("quarkus.http.limits.max-connections", INTEGER),
    Spec("quarkus.http.io-threads", INTEGER, DEPENDS),
    Spec("quarkus.http.idle-timeout", DURATION, "30M"),
    Spec("quarkus.http.read-timeout", DURATION, "60S"),
    Spec("quarkus.http.access-log.enabled", BOOLEAN, "false"),
    # ProxyConfig
    Spec("quarkus.http.proxy.proxy-address-forwarding", BOOLEAN, "false"),
    Spec("quarkus.http.proxy.allow-forwarded", BOOLEAN, "false"),
    Spec("quarkus.http.proxy.allow-x-forwarded", BOOLEAN),
    Spec("quarkus.http.proxy.trusted-proxies", LIST),
    Spec("quarkus.http.header.*.value"),
    # ThreadPoolConfig, VertxConfiguration, ShutdownConfig
    Spec("quarkus.thread-pool.core-threads", INTEGER, "1"),
    Spec("quarkus.thread-pool.max-threads", INTEGER, DEPENDS),  # eight times the processors, 200 at least
    Spec("quarkus.thread-pool.queue-size", INTEGER),
    Spec("quarkus.thread-pool.shutdown-timeout", DURATION, "1M"),
    Spec("quarkus.vertx.worker-pool-size", INTEGER, "20"),
    Spec("quarkus.vertx.event-loops-pool-size", INTEGER, DEPENDS),
    Spec("quarkus.shutdown.timeout", DURATION),
    Spec("quarkus.shutdown.delay", DURATION),
    Spec("quarkus.shutdown.delay-enabled", BOOLEAN, "false", fixed=True),
    # ManagementBuildTimeConfig, ManagementConfig
    Spec("quarkus.management.enabled", BOOLEAN, "false", fixed=True),
    Spec("quarkus.management.root-path", TEXT, "/q", fixed=True),
    Spec("quarkus.management.host", TEXT, "0.0.0.0"),  # noqa: S104  # the platform's default, not ours
    Spec("quarkus.management.port", INTEGER, "9000"),
    Spec("quarkus.management.tls-configuration-name"),
    Spec("quarkus.management.ssl.client-auth", TEXT, "none", fixed=True),
    Spec("quarkus.management.ssl.protocols", LIST, _PROTOCOLS),
    # SmallRyeHealthConfig and its successors
    Spec("quarkus.smallrye-health.root-path", TEXT, "health", fixed=True),
    Spec("quarkus.smallrye-health.liveness-path", TEXT, "live", fixed=True),
    Spec("quarkus.smallrye-health.readiness-path", TEXT, "ready", fixed=True),
    Spec("quarkus.smallrye-health.startup-path", TEXT, "started", fixed=True),
    Spec("quarkus.smallrye-health.management.enabled", BOOLEAN, "true", fixed=True),
    Spec("quarkus.smallrye-health.ui.always-include", BOOLEAN, "false", fixed=True),
    Spec("quarkus.smallrye-health.enabled", BOOLEAN, "true", fixed=True),
    *_data_source("quarkus.datasource"),
    *_data_source("quarkus.datasource.*"),
    *_orm("quarkus.hibernate-orm"),
    *_orm("quarkus.hibernate-orm.*"),
    *_flyway("quarkus.flyway"),
    *_flyway("quarkus.flyway.*"),
    Spec("quarkus.liquibase.migrate-at-start", BOOLEAN, "false"),
    Spec("quarkus.liquibase.clean-at-start", BOOLEAN, "false"),
    *_tls("quarkus.tls"),
    *_tls("quarkus.tls.*"),
    # GrpcServerConfiguration
    Spec("quarkus.grpc.server.use-separate-server", BOOLEAN, "true"),
    Spec("quarkus.grpc.server.port", INTEGER, "9000"),
    Spec("quarkus.grpc.server.plain-text", BOOLEAN, "true"),
    Spec("quarkus.grpc.server.enable-reflection-service", BOOLEAN, "false"),
    Spec("quarkus.grpc.server.ssl.protocols", LIST, _PROTOCOLS),
    Spec("quarkus.grpc.server.max-inbound-message-size", INTEGER),
    # LogBuildTimeConfig, LogRuntimeConfig
    Spec("quarkus.log.level", TEXT, "INFO"),
    Spec("quarkus.log.min-level", TEXT, "DEBUG", fixed=True),
    Spec("quarkus.log.category.*.level", TEXT, "inherit"),
    Spec("quarkus.log.console.level", TEXT, "ALL"),
    Spec("quarkus.log.console.json", BOOLEAN, DEPENDS),
    Spec("quarkus.log.console.json.enabled", BOOLEAN, DEPENDS),
    Spec("quarkus.log.console.enable", BOOLEAN, "true"),
    Spec("quarkus.log.console.enabled", BOOLEAN, "true"),
    Spec("quarkus.log.file.enable", BOOLEAN, "false"),
    Spec("quarkus.log.file.enabled", BOOLEAN, "false"),
    # What is meant for development
    Spec("quarkus.swagger-ui.always-include", BOOLEAN, "false", fixed=True),
    Spec("quarkus.smallrye-graphql.ui.always-include", BOOLEAN, "false", fixed=True),
    Spec("quarkus.micrometer.enabled", BOOLEAN, "true", fixed=True),
    Spec("quarkus.otel.enabled", BOOLEAN, "true", fixed=True),
    Spec("quarkus.otel.traces.enabled", BOOLEAN, "true", fixed=True),
    Spec("quarkus.otel.sdk.disabled", BOOLEAN, "false"),
    Spec("quarkus.otel.traces.sampler.arg", NUMBER, "1.0"),
    Spec("mp.jwt.verify.issuer"),
    Spec("mp.jwt.verify.audiences", LIST),
    Spec("mp.jwt.verify.clock.skew", INTEGER),
)
