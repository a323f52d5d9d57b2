"""View `datasource`: the connection pools of an application and their bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.views.records import computed, fields
from vvbscan.views.settings.model import Application, Setting, Settings
from vvbscan.views.settings.names import QUARKUS, SPRING

DEFAULT: Final = "<default>"
"""Name of the data source without a name, as Quarkus calls it."""

_QUARKUS: Final = "quarkus.datasource"
_OWN_SETTINGS: Final = frozenset(
    {
        "active",
        "credentials-provider",
        "credentials-provider-name",
        "db-kind",
        "db-version",
        "devservices",
        "health",
        "health-exclude",
        "jdbc",
        "metrics",
        "password",
        "reactive",
        "username",
    }
)
"""First segments of the settings of a data source (Quarkus, `DataSourceBuildTimeConfig`,
`DataSourceRuntimeConfig` and those of the pools); any other segment is the name of one."""
_USED: Final = frozenset({"db-kind", "jdbc", "password", "reactive", "username", "credentials-provider"})
"""Those that tell that there is a data source; the others are also written for the case that there is one."""
_REACTIVE_CLIENTS: Final = "quarkus-reactive-"
_JDBC_DRIVERS: Final = ("quarkus-jdbc-", "quarkus-agroal")


class DataSource(NamedTuple):
    """A connection pool. View `datasource`, fields as named here."""

    name: str
    reactive: bool
    kind: Node | None
    """`postgresql`; absent if it is not written."""
    url: Node | None
    max_size: Node | None
    min_size: Node | None
    acquisition_timeout: Node | None


def datasource_subjects(application: Application) -> Iterator[Subject]:
    """The subjects of the view `datasource`. Record: `DataSource`."""
    if application.framework == QUARKUS:
        found = _quarkus(application)
    elif application.framework == SPRING:
        found = _spring(application.settings)
    else:
        return
    for anchor, source in found:
        kind = "reactive" if source.reactive else "jdbc"
        yield Subject(
            view="datasource",
            address=f"datasource[{source.name}]:{kind}",
            root=fields(
                anchor,
                {
                    "name": computed(source.name, anchor),
                    "framework": computed(application.framework, anchor),
                    "reactive": computed(source.reactive, anchor),
                    "kind": source.kind,
                    "url": source.url,
                    "max_size": source.max_size,
                    "min_size": source.min_size,
                    "acquisition_timeout": source.acquisition_timeout,
                },
            ),
            anchor=anchor,
            environment=application.environment,
            record=source,
        )


def _quarkus(application: Application) -> Iterator[tuple[Node, DataSource]]:
    settings = application.settings
    first: dict[str, Setting] = {}
    for rest, setting in settings.below(_QUARKUS):
        segment, _, inner = _split(rest)
        name = DEFAULT if segment in _OWN_SETTINGS else segment
        used = segment if name == DEFAULT else _split(inner)[0]
        if used in _USED:
            first.setdefault(name, setting)
    for name, setting in first.items():
        prefix = _QUARKUS if name == DEFAULT else f"{_QUARKUS}.{name}"
        for reactive in _pools(prefix, application):
            yield setting.key, _quarkus_pool(settings, prefix, name, setting.key, reactive=reactive)


def _pools(prefix: str, application: Application) -> Iterator[bool]:
    """Whether the pools of a data source are reactive: it can have one of each kind."""
    settings = application.settings
    build = application.build
    written = {kind: next(settings.below(f"{prefix}.{kind}"), None) for kind in ("jdbc", "reactive")}
    off = {kind: (node := settings.get(f"{prefix}.{kind}")) and node.value is False for kind in written}
    reactive = written["reactive"] is not None or build.depends_on(_REACTIVE_CLIENTS)
    jdbc = written["jdbc"] is not None or build.depends_on(*_JDBC_DRIVERS) or not reactive
    if jdbc and not off["jdbc"]:
        yield False
    if reactive and not off["reactive"]:
        yield True


def _quarkus_pool(settings: Settings, prefix: str, name: str, at: Node, *, reactive: bool) -> DataSource:
    pool = f"{prefix}.reactive" if reactive else f"{prefix}.jdbc"
    return DataSource(
        name=name,
        reactive=reactive,
        kind=settings.get(f"{prefix}.db-kind"),
        url=settings.get(f"{pool}.url"),
        max_size=settings.effective(f"{pool}.max-size", at),
        min_size=None if reactive else settings.effective(f"{pool}.min-size", at),
        acquisition_timeout=None if reactive else settings.effective(f"{pool}.acquisition-timeout", at),
    )


def _spring(settings: Settings) -> Iterator[tuple[Node, DataSource]]:
    """The data source that Spring Boot configures itself; those with a prefix of their own stay unseen."""
    jdbc = next(settings.below("spring.datasource"), None)
    if jdbc is not None:
        at = jdbc[1].key
        # DataSourceConfiguration: HikariCP unless a type is set or another pool alone is there.
        kind = settings.text("spring.datasource.type")
        if "tomcat" in kind:
            limit, least, wait = "tomcat.max-active", "tomcat.min-idle", "tomcat.max-wait"
        elif "dbcp2" in kind:
            limit, least, wait = "dbcp2.max-total", "dbcp2.min-idle", "dbcp2.max-wait-millis"
        else:
            limit, least, wait = (
                "hikari.maximum-pool-size",
                "hikari.minimum-idle",
                "hikari.connection-timeout",
            )
        yield (
            at,
            DataSource(
                name=DEFAULT,
                reactive=False,
                kind=None,
                url=settings.get("spring.datasource.url"),
                max_size=settings.effective(f"spring.datasource.{limit}", at),
                min_size=settings.effective(f"spring.datasource.{least}", at),
                acquisition_timeout=settings.effective(f"spring.datasource.{wait}", at),
            ),
        )
    reactive = next(settings.below("spring.r2dbc"), None)
    if reactive is not None:
        at = reactive[1].key
        yield (
            at,
            DataSource(
                name=DEFAULT,
                reactive=True,
                kind=None,
                url=settings.get("spring.r2dbc.url"),
                max_size=settings.effective("spring.r2dbc.pool.max-size", at),
                min_size=settings.get("spring.r2dbc.pool.initial-size"),
                acquisition_timeout=settings.get("spring.r2dbc.pool.max-acquire-time"),
            ),
        )


def _split(rest: str) -> tuple[str, str, str]:
    """The first segment of a name, quotes taken together, and the rest."""
    if rest.startswith('"'):
        end = rest.find('"', 1)
        if end > 0:
            return rest[: end + 1], ".", rest[end + 2 :]
    return rest.partition(".")
