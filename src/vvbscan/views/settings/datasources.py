"""View `datasource`: the connection pools of an application, their bounds and their way to the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
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
_DRIVER: Final = lazy_pattern(r"(?:(?:vertx-reactive|jdbc|otel|tracing|p6spy|r2dbc|pool):)*([a-z0-9]+):")
_LOCAL: Final = lazy_pattern(
    r"[\"']?(?:[a-z0-9-]+:)+(?://(?:[^/@${]*@)?(?:(?:localhost|127\.0\.0\.1|\[::1\])(?![\w.-])|/)|[^/:@$]+$)"
)
"""A host that is written as the machine itself, or no host at all: `jdbc:postgresql:shop`."""
_TLS_MODE: Final = lazy_pattern(r"[?&;](?:sslmode|ssl|usessl|encrypt)=([A-Za-z_-]+)", re.IGNORECASE)
"""Parameters of URLs that turn TLS on and off: pgjdbc and Vert.x `sslmode`, MariaDB and MySQL `sslMode` and
`useSSL`, SQL Server `encrypt`."""
_TLS_VARIABLE: Final = lazy_pattern(r"[?&;](?:(?:sslmode|ssl|usessl|encrypt)=)?\$", re.IGNORECASE)
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
    tls_mode: Node | None = None
    """The mode of TLS as it is written, in lower case: `verify-full`, `disable`, `false`."""

    @property
    def database(self) -> str:
        """`postgresql`, `mysql`, ...: by the URL, else by the setting; empty if neither is known."""
        match = _DRIVER.match(_known_text(self.url))
        return match.group(1) if match else _known_text(self.kind)

    @property
    def is_local(self) -> bool:
        """Whether the URL names the machine itself, written out and not as the default of a variable."""
        return self.url is not None and _LOCAL.match(self.url.written) is not None


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
                    "database": computed(source.database, anchor) if source.database else None,
                    "local": computed(source.is_local, anchor),
                    "tls_mode": source.tls_mode,
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
        tls_mode=_tls_mode(
            settings,
            settings.get(f"{pool}.url"),
            f"{pool}.postgresql.ssl-mode",
            f"{pool}.mysql.ssl-mode",
            f"{pool}.additional-jdbc-properties.sslmode",
        ),
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
        max_size = settings.effective(f"spring.datasource.{limit}", at)
        min_size = settings.effective(f"spring.datasource.{least}", at)
        if limit.startswith("hikari.") and settings.rest is None:
            # HikariCP, `minimumIdle`: the pool has its full size unless told otherwise.
            min_size = settings.get(f"spring.datasource.{least}") or max_size
        yield (
            at,
            DataSource(
                name=DEFAULT,
                reactive=False,
                kind=None,
                url=settings.get("spring.datasource.url"),
                max_size=max_size,
                min_size=min_size,
                acquisition_timeout=settings.effective(f"spring.datasource.{wait}", at),
                tls_mode=_tls_mode(
                    settings,
                    settings.get("spring.datasource.url"),
                    "spring.datasource.hikari.data-source-properties.sslmode",
                ),
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
                tls_mode=_tls_mode(
                    settings, settings.get("spring.r2dbc.url"), "spring.r2dbc.properties.sslMode"
                ),
            ),
        )


def _tls_mode(settings: Settings, url: Node | None, *names: str) -> Node | None:
    """The mode of TLS that a setting or the URL writes."""
    for name in names:
        written = settings.get(name)
        if written is not None:
            text = written.text()
            return written if text is None else written._replace(value=text.lower())
    if url is None:
        return None
    # The characters of the URL first, since a variable elsewhere in it (`${DB_HOST}`) does not matter here.
    match = _TLS_MODE.search(url.written)
    if match is not None:
        start, end = match.span(1)
        return Node(match.group(1).lower(), url.source, url.start + start, url.start + end, via=url.via)
    value = url.value
    if isinstance(value, Unknown):
        whole = not value.parts or value.parts[-1] is None or _TLS_VARIABLE.search(url.written)
        return url.replace_value(value._replace(parts=())) if whole else None
    match = _TLS_MODE.search(value) if isinstance(value, str) else None
    return url.part(*match.span(1))._replace(value=match.group(1).lower()) if match else None


def _known_text(node: Node | None) -> str:
    """The text of a node, or the known text that it begins with."""
    value = None if node is None else node.value
    if isinstance(value, Unknown):
        return (value.parts[0] or "") if value.parts else ""
    return value if isinstance(value, str) else ""


def _split(rest: str) -> tuple[str, str, str]:
    """The first segment of a name, quotes taken together, and the rest."""
    if rest.startswith('"'):
        end = rest.find('"', 1)
        if end > 0:
            return rest[: end + 1], ".", rest[end + 2 :]
    return rest.partition(".")
