"""View `tls_endpoint`: where an application ends or begins TLS, and which versions it accepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vvbscan.model.node import COMPUTED, Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.records import TlsEndpoint, computed, fields, sequence
from vvbscan.views.settings.model import Application, Setting, Settings
from vvbscan.views.settings.names import QUARKUS, SPRING
from vvbscan.views.settings.subjects import address

_VERSIONS: Final = {"TLSv1": "1.0", "TLSv1.0": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}
"""Names of protocols: Java Security Standard Algorithm Names (JDK 17), SSLContext."""
_DEFAULT: Final = ("1.2", "1.3")
"""Quarkus: `TLSv1.3,TLSv1.2` (`TlsBucketConfig`, `ServerSslConfig`). Spring leaves it to the server and the
JDK, which has disabled 1.0 and 1.1 since 11.0.11 (`jdk.tls.disabledAlgorithms`, JDK-8202343)."""

_QUARKUS_SERVERS: Final = ("quarkus.http", "quarkus.management")
_TLS_NAME: Final = "tls-configuration-name"
_SPRING_SERVERS: Final = ("server.ssl", "management.server.ssl")
_SPRING_KEYS: Final = ("bundle", "certificate", "key-store", "key-store-type")
_BUNDLES: Final = ("spring.ssl.bundle.jks", "spring.ssl.bundle.pem")


class _Endpoint(NamedTuple):
    name: str
    """What it is an endpoint of: `quarkus.http`, `server.ssl`."""
    key: Node
    """The key that turns TLS on or names its configuration."""
    protocols: str
    """Name of the setting with its protocols."""
    unknown: Unknown | None = None
    """Set if it is not known which setting that is."""


def tls_subjects(application: Application) -> Iterator[Subject]:
    """The subjects of the view `tls_endpoint` of an application. Record: `TlsEndpoint`."""
    if application.framework == QUARKUS:
        endpoints = _quarkus(application.settings)
    elif application.framework == SPRING:
        endpoints = _spring(application.settings)
    else:
        return
    for endpoint in endpoints:
        versions, rest, key = _versions(endpoint, application.settings)
        yield Subject(
            view="tls_endpoint",
            address=address(application, f"tls[{endpoint.name}]"),
            root=fields(
                key,
                {
                    "component": computed(application.framework, key),
                    "versions": sequence(versions, key, rest),
                },
            ),
            anchor=key,
            environment=application.environment,
            record=TlsEndpoint(application.framework, versions, rest),
        )


def _versions(endpoint: _Endpoint, settings: Settings) -> tuple[tuple[Node, ...], Unknown | None, Node]:
    """The versions of an endpoint, whether there may be more, and the key that says so."""
    if endpoint.unknown is not None:
        return (), endpoint.unknown, endpoint.key
    written = settings.setting(endpoint.protocols)
    if written is None:
        if settings.rest is not None:
            return (), settings.rest, endpoint.key
        return tuple(computed(version, endpoint.key) for version in _DEFAULT), None, endpoint.key
    value = written.value.value
    if isinstance(value, Unknown):
        return (), value, written.key
    items = value.items if isinstance(value, SeqValue) else (written.value,)
    versions = []
    rest = None
    for item in items:
        if isinstance(item.value, Unknown):
            rest = rest or item.value
        else:
            name = str(item.value)
            versions.append(item._replace(value=_VERSIONS.get(name, name), style=COMPUTED))
    return tuple(versions), rest, written.key


def _quarkus(settings: Settings) -> Iterator[_Endpoint]:
    """The servers of Quarkus, and what else names a TLS configuration.

    `VertxHttpConfig.tlsConfigurationName`: without a name, the default configuration `quarkus.tls` counts if
    it is configured at all, else the server's own settings `ssl`.
    """
    default = _first(settings, "quarkus.tls", frozenset({"key-store", "protocols"}))
    for server in _QUARKUS_SERVERS:
        if server == "quarkus.management" and not settings.is_true("quarkus.management.enabled"):
            continue
        named = settings.setting(f"{server}.{_TLS_NAME}")
        own = _first(settings, f"{server}.ssl", frozenset({"certificate", "protocols"}))
        if named is not None:
            yield _named(server, named)
        elif default is not None:
            yield _Endpoint(server, default.key, "quarkus.tls.protocols")
        elif own is not None:
            yield _Endpoint(server, own.key, f"{server}.ssl.protocols")
    grpc = _first(settings, "quarkus.grpc.server.ssl", frozenset({"certificate", "key-store", "protocols"}))
    if grpc is not None:
        yield _Endpoint("quarkus.grpc.server", grpc.key, "quarkus.grpc.server.ssl.protocols")
    for setting in settings:
        owner, dot, last = setting.name.rpartition(".")
        if dot and last == _TLS_NAME and owner not in _QUARKUS_SERVERS:
            yield _named(owner, setting)


def _named(owner: str, setting: Setting) -> _Endpoint:
    """An endpoint with the TLS configuration that a setting names; `<default>` is the default's name."""
    name = setting.text.value
    if isinstance(name, Unknown):
        return _Endpoint(owner, setting.key, "", name)
    bucket = "" if name in {"", "<default>"} else f".{name}"
    return _Endpoint(owner, setting.key, f"quarkus.tls{bucket}.protocols")


def _spring(settings: Settings) -> Iterator[_Endpoint]:
    """The servers of Spring Boot: their own settings, or the SSL bundle that they name."""
    for server in _SPRING_SERVERS:
        enabled = settings.get(f"{server}.enabled")
        first = _first(settings, server, frozenset({*_SPRING_KEYS, "enabled-protocols"}))
        if first is None or (enabled is not None and enabled.value is False):
            continue
        bundle = settings.text(f"{server}.bundle")
        protocols = f"{server}.enabled-protocols"
        for kind in _BUNDLES if bundle else ():
            if next(settings.below(f"{kind}.{bundle}"), None) is not None:
                protocols = f"{kind}.{bundle}.options.enabled-protocols"
        yield _Endpoint(server, first.key, protocols)


def _first(settings: Settings, prefix: str, names: frozenset[str]) -> Setting | None:
    """The first setting below a prefix whose next segment is one of these names."""
    wanted = {name.replace("-", "") for name in names} | names
    for rest, setting in settings.below(prefix):
        if rest.partition(".")[0].partition("[")[0] in wanted:
            return setting
    return None
