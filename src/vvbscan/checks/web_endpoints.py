"""Pages and endpoints that are meant for development and operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.expr.values import version, version_constraint
from vvbscan.model.node import Node, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.settings.model import Application, Settings
from vvbscan.views.settings.names import QUARKUS, SPRING

_PAGES: Final = {
    QUARKUS: (
        ("quarkus.swagger-ui.always-include", "quarkus.swagger-ui.enable", "Swagger UI"),
        (
            "quarkus.smallrye-graphql.ui.always-include",
            "quarkus.smallrye-graphql.ui.enable",
            "the GraphQL UI",
        ),
        ("quarkus.smallrye-health.ui.always-include", "quarkus.smallrye-health.ui.enable", "Health UI"),
    ),
    SPRING: (
        ("springdoc.swagger-ui.enabled", "springdoc.swagger-ui.disabled", "Swagger UI"),
        ("spring.graphql.graphiql.enabled", "spring.graphql.disabled", "GraphiQL"),
    ),
}
"""The setting that puts a page into production, the one that takes it away again, and the page."""

_ENDPOINTS: Final = "management.endpoints.web.exposure"
_SECURITY: Final = ("starter-security", "spring-security-", "starter-oauth2-", "starter-oidc")
"""Parts of names of artifacts that bring Spring Security."""
_MANY: Final = 6
"""So many endpoints are not all named in a message."""
_CLOSED: Final = frozenset({"none", "false"})
_CLOSED_SINCE: Final = {"shutdown": "", "heapdump": "3.5"}
"""Endpoints without access unless it is given, and the version since which that is so (empty: always):
`ShutdownEndpoint` and `HeapDumpWebEndpoint`, `enableByDefault` and `defaultAccess`."""


def development_page_enabled(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A page for developers is part of what runs in production."""
    del params
    application = _application(subject)
    settings = application.settings
    for name, switch, page in _PAGES.get(application.framework, ()):
        written = settings.setting(name)
        if written is None or _is_off(settings, switch) or _is_off(settings, f"{switch}d"):
            continue
        value = written.text.value
        if isinstance(value, Unknown):
            yield undecided(value, written.text, name)
        elif str(value).strip().lower() == "true":
            yield failed(subject, f"{name} is true, so {page} is served in production", written.value, name)


def actuator_exposed(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Endpoints of the actuator that disclose or change what runs are reachable where the application is.

    `endpoints` lists them. A management port of its own is a matter of the network.
    """
    application = _application(subject)
    path = f"{_ENDPOINTS}.include"
    included = application.settings.get(path)
    if included is None:
        return
    if isinstance(included.value, Unknown):
        yield undecided(included.value, included, path)
        return
    sensitive = params["endpoints"]
    assert isinstance(sensitive, list)
    excluded = {_name(item) for item in _items(application.settings.get(f"{_ENDPOINTS}.exclude"))}
    if "*" in excluded:
        return
    access = {name: _has_access(application, name) for name in map(str, sensitive) if name not in excluded}
    reached: dict[str, Node] = {}
    doubt: Unsure | None = None
    for item in _items(included):
        name = _name(item)
        if isinstance(item.value, Unknown):
            doubt = doubt or undecided(item.value, item, path)
        for one in access if name == "*" else (name,):
            answer = access.get(one, False)
            if answer is True:
                reached.setdefault(one, item)
            elif isinstance(answer, Unknown) and name != "*":
                doubt = doubt or undecided(answer, item, path)
    if not reached:
        yield from () if doubt is None else (doubt,)
        return
    first, *others = dict.fromkeys(reached.values())
    guard = _guard(application)
    if guard is not None:
        yield undecided(guard, first, path)
        return
    message = f"the actuator exposes {_listed(list(reached))}"
    yield failed(subject, message, first, path, *(Ref(path, other) for other in others))


def _guard(application: Application) -> Unknown | None:
    """What may keep callers from exposed endpoints, though it is not known: a port of their own, or code."""
    settings = application.settings
    port = settings.setting("management.server.port")
    if port is not None and port.text.value != settings.text("server.port"):
        shown = port.text.text() or "of its own"
        reason = f"the actuator listens at port {shown}, and the network decides who reaches that"
        return Unknown("default", reason)
    if application.build.depends_on(*_SECURITY):
        return Unknown("default", "Spring Security is there, and code decides who reaches the actuator")
    return None


def _has_access(application: Application, endpoint: str) -> bool | Unknown:
    """Whether an endpoint of the actuator answers if it is exposed."""
    settings = application.settings
    for names in (
        (f"management.endpoint.{endpoint}.access", f"management.endpoint.{endpoint}.enabled"),
        ("management.endpoints.access.default", "management.endpoints.enabled-by-default"),
    ):
        for name in names:
            written = settings.setting(name)
            if written is not None:
                value = written.text.value
                return value if isinstance(value, Unknown) else str(value).strip().lower() not in _CLOSED
    since = _CLOSED_SINCE.get(endpoint)
    if since is None:
        return True
    if not since:
        return False
    current = version(application.version)
    if current is None:
        return Unknown("default", f"since Spring Boot {since} {endpoint} has no access unless it is given")
    return not version_constraint(f">={since}")(current)


def _is_off(settings: Settings, name: str) -> bool:
    node = settings.get(name)
    return node is not None and (node.value is False or node.value == "false")


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items() or (node,)


def _name(item: Node) -> str:
    return (item.text() or "").strip()


def _listed(names: list[str]) -> str:
    first = names if len(names) < _MANY else [*names[: _MANY - 2], f"{len(names) - _MANY + 2} more"]
    return f"{', '.join(first[:-1])} and {first[-1]}" if first[1:] else first[0]


def _application(subject: Subject) -> Application:
    record = subject.record
    assert isinstance(record, Application)
    return record
