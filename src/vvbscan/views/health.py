"""Where an application answers health probes, from the settings that its fact carries."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.facts import OPEN, ApplicationFact, Located
from vvbscan.record import NamedTuple
from vvbscan.views.settings.names import QUARKUS, SPRING

LIVENESS: Final = "liveness"
READINESS: Final = "readiness"
STARTUP: Final = "startup"
OVERALL: Final = "overall"
_GROUP: Final = "management.endpoint.health.group.{}.include"


class HealthEndpoint(NamedTuple):
    """A path that answers about the health of an application."""

    kind: str
    """`liveness`, `readiness`, `startup`, or `overall` for all checks together."""
    path: str
    port: int | None
    """None if it is not known."""
    settings: tuple[Located, ...]
    """The settings that make path and port differ from the defaults."""
    tls_port: int | None = None
    """The port for TLS, where that is another one."""


class Health(NamedTuple):
    """What is known of the health endpoints of an application."""

    endpoints: tuple[HealthEndpoint, ...]
    unknown: str
    """Why they cannot be told, or may be others; empty if they are certain."""
    doubt: str = ""
    """Why the paths are only what they would be by default: a setting has a value that is not known."""
    disabled: Located | None = None
    """The setting that turns them off."""
    port_doubt: str = ""
    """Why the ports cannot be told, or may be others; empty if they are certain."""
    without: tuple[str, ...] = ()
    """Paths of the usual groups that are not there."""


def health_of(fact: ApplicationFact) -> Health:
    """The health endpoints of an application, if it has the health extension (or actuator) at all."""
    settings = _Settings(fact)
    if fact.framework == QUARKUS:
        return _quarkus(settings)
    if fact.framework == SPRING:
        return _spring(settings)
    return Health((), "the framework of the application is not known")


class _Settings:
    """The settings of a fact with defaults; notes which were used and what is not known."""

    def __init__(self, fact: ApplicationFact) -> None:
        self._by_name = dict(fact.settings)
        rest = self._by_name.get(OPEN)
        self.unknown = rest.unknown if rest else ""
        self.doubt = ""
        self.port_doubt = self.unknown
        self.used: list[Located] = []

    def get(self, name: str) -> Located | None:
        return self._by_name.get(name)

    def text(self, name: str, default: str) -> str:
        value = self._value(name)
        return value if isinstance(value, str) and value else default

    def port(self, name: str, default: int) -> int | None:
        """A port, None if it is not known, which leaves the paths known."""
        located = self.get(name)
        if located is None:
            return default
        self.used.append(located)
        if located.unknown or located.value == 0:
            why = located.unknown or "the system chooses a free port"
            self.port_doubt = self.port_doubt or f"`{name}` is not known: {why}"
            return None
        return located.value if isinstance(located.value, int) else default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._value(name)
        return value if isinstance(value, bool) else default

    def switch(self, name: str) -> Located | None:
        """A setting that decides what is there, not where; if it is not known, that is in doubt."""
        located = self.get(name)
        if located is not None and located.unknown:
            why = f"`{name}` is not known: {located.unknown}"
            self.doubt, self.unknown = self.doubt or why, self.unknown or why
        return located

    def _value(self, name: str) -> str | int | float | bool | None:
        located = self.switch(name)
        if located is None:
            return None
        self.used.append(located)
        return located.value


def _quarkus(settings: _Settings) -> Health:
    """Quarkus.

    Sources: `VertxHttpBuildTimeConfig` (`/` and `q`: a relative path lies below the root path),
    `ManagementBuildTimeConfig` and `ManagementConfig` (`/q`, port 9000), `SmallRyeHealthConfig` (`health`,
    `live`, `ready`, `started`, each relative to the one before unless it begins with `/`).
    """
    disabled = settings.get("quarkus.smallrye-health.enabled")
    if disabled is not None and disabled.value is False:
        return Health((), settings.unknown, disabled=disabled)
    on_management = settings.flag("quarkus.management.enabled", default=False)
    if on_management and settings.flag("quarkus.smallrye-health.management.enabled", default=True):
        base = _below("/", settings.text("quarkus.management.root-path", "/q"))
        port = settings.port("quarkus.management.port", 9000)
        tls_port = None
    else:
        root = _below("/", settings.text("quarkus.http.root-path", "/"))
        base = _below(root, settings.text("quarkus.http.non-application-root-path", "q"))
        # `VertxHttpConfig`: TLS has a port of its own, the only one where plain requests are disabled.
        tls_port = settings.port("quarkus.http.ssl-port", 8443)
        plain = settings.text("quarkus.http.insecure-requests", "enabled").lower() != "disabled"
        port = settings.port("quarkus.http.port", 8080) if plain else tls_port
    health = _below(base, settings.text("quarkus.smallrye-health.root-path", "health"))
    paths = (
        (OVERALL, health),
        (LIVENESS, _below(health, settings.text("quarkus.smallrye-health.liveness-path", "live"))),
        (READINESS, _below(health, settings.text("quarkus.smallrye-health.readiness-path", "ready"))),
        (STARTUP, _below(health, settings.text("quarkus.smallrye-health.startup-path", "started"))),
    )
    used = tuple(settings.used)
    endpoints = tuple(HealthEndpoint(kind, path, port, used, tls_port) for kind, path in paths)
    return Health(endpoints, settings.unknown, settings.doubt, port_doubt=settings.port_doubt)


def _spring(settings: _Settings) -> Health:
    """Spring Boot.

    Sources: Spring Boot reference, "Actuator: Endpoints" (`/actuator`, `health`, the groups `liveness` and
    `readiness`, additional paths `/livez` and `/readyz`) and "Monitoring and Management over HTTP" (with a
    port of its own, the management server has its own base path instead of the context path).
    """
    disabled = _turned_off(settings)
    if disabled is not None:
        return Health((), settings.unknown, disabled=disabled)
    main_port = settings.port("server.port", 8080)
    context = settings.text("server.servlet.context-path", "") or settings.text(
        "spring.webflux.base-path", ""
    )
    # `DispatcherServletPath`: all that Spring MVC serves lies below it, the actuator on the same port too.
    servlet = settings.text("spring.mvc.servlet.path", "").strip("/")
    context = f"{context.rstrip('/')}/{servlet}" if servlet else context
    port, prefix = main_port, context
    if settings.get("management.server.port") is not None:
        own_port = settings.port("management.server.port", 8080)
        if own_port is not None and own_port < 0:
            return Health((), settings.unknown, disabled=settings.get("management.server.port"))
        if own_port is None or own_port != main_port:
            port, prefix = own_port, settings.text("management.server.base-path", "")
            if context and None in (own_port, main_port):
                # The same port would bring the path of the application with it.
                settings.doubt = settings.doubt or settings.port_doubt
    base = settings.text("management.endpoints.web.base-path", "/actuator")
    name = settings.text("management.endpoints.web.path-mapping.health", "health")
    health = _joined(prefix, base, name)
    used = tuple(settings.used)
    probes = settings.get("management.endpoint.health.probes.enabled")
    endpoints = [HealthEndpoint(OVERALL, health, port, used)]
    without: list[str] = []
    for kind in (LIVENESS, READINESS):
        path = f"{health}/{kind}"
        if probes is not None and probes.value is False and settings.get(_GROUP.format(kind)) is None:
            without.append(path)
        else:
            endpoints.append(HealthEndpoint(kind, path, port, used))
    added = settings.flag("management.endpoint.health.probes.add-additional-paths", default=False)
    for kind, default in ((LIVENESS, "/livez"), (READINESS, "/readyz")):
        key = f"management.endpoint.health.group.{kind}.additional-path"
        where, _, path = settings.text(key, f"server:{default}" if added else "").partition(":")
        if path:
            on_server = where.strip() == "server"
            further = _joined(context if on_server else prefix, path.strip())
            endpoints.append(HealthEndpoint(kind, further, main_port if on_server else port, used))
    return Health(
        tuple(endpoints),
        settings.unknown,
        settings.doubt,
        port_doubt=settings.port_doubt,
        without=tuple(without),
    )


def _turned_off(settings: _Settings) -> Located | None:
    """The setting that leaves the health endpoint of Spring's actuator out, if one does.

    Sources: Spring Boot reference, "Actuator: Endpoints", "Controlling Access" and "Exposing Endpoints".
    """
    exposed = settings.switch("management.endpoints.web.exposure.include")
    if exposed is not None and not exposed.unknown and not _names(exposed) & {"*", "health"}:
        return exposed
    kept_back = settings.switch("management.endpoints.web.exposure.exclude")
    if kept_back is not None and _names(kept_back) & {"*", "health"}:
        return kept_back
    for own, general, off in (
        ("management.endpoint.health.enabled", "management.endpoints.enabled-by-default", False),
        ("management.endpoint.health.access", "management.endpoints.access.default", "none"),
    ):
        setting = settings.switch(own) or settings.switch(general)
        value = None if setting is None else setting.value
        if (value.lower() if isinstance(value, str) else value) == off:
            return setting
    return None


def _names(endpoints: Located) -> set[str]:
    """The ids of endpoints that a list has."""
    return {name.strip().lower() for name in str(endpoints.value or "").split(",")} - {""}


def _below(base: str, path: str) -> str:
    """A path of Quarkus: relative to `base` unless it begins with `/`, without a `/` at its end."""
    return posixpath.normpath(posixpath.join(base, path.strip())) if path.strip() else base


def _joined(*parts: str) -> str:
    """A path of Spring from its parts."""
    named = [part.strip().strip("/") for part in parts]
    return "/" + "/".join(part for part in named if part)
