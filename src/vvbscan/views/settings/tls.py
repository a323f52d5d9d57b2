"""View `tls_endpoint`: where an application ends or begins TLS, and what it accepts there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import COMPUTED, Node, SeqValue, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import TlsEndpoint, computed, fields, sequence, tls_fields
from vvbscan.views.settings.model import Application, Setting, Settings
from vvbscan.views.settings.names import QUARKUS, SPRING

_VERSIONS: Final = {"TLSv1": "1.0", "TLSv1.0": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}
"""Names of protocols: Java Security Standard Algorithm Names (JDK 17), SSLContext."""
_DEFAULT: Final = ("1.2", "1.3")
"""Spring leaves it to the server and the JDK, which has disabled 1.0 and 1.1 since 11.0.11
(`jdk.tls.disabledAlgorithms`, JDK-8202343)."""

_QUARKUS_HTTP: Final = "quarkus.http"
_QUARKUS_SERVERS: Final = (_QUARKUS_HTTP, "quarkus.management")
_QUARKUS_GRPC: Final = "quarkus.grpc.server"
_TLS_NAME: Final = "tls-configuration-name"
_SPRING_SERVERS: Final = ("server.ssl", "management.server.ssl")
_SPRING_KEYS: Final = ("bundle", "certificate", "key-store", "key-store-type")
_BUNDLES: Final = ("spring.ssl.bundle.jks", "spring.ssl.bundle.pem")
_HSTS: Final = "strict-transport-security"
_MAX_AGE: Final = lazy_pattern(r"max-age\s*=\s*\"?([0-9]{1,18})", re.IGNORECASE)


class _Endpoint(NamedTuple):
    name: str
    """What it is an endpoint of: `quarkus.http`, `server.ssl`."""
    key: Node
    """The key that turns TLS on or names its configuration."""
    protocols: str
    """Name of the setting with its protocols."""
    ciphers: str = ""
    """Name of the setting with its cipher suites."""
    role: str = "server"
    unknown: Unknown | None = None
    """Set if it is not known which settings those are."""


def tls_subjects(application: Application) -> Iterator[Subject]:
    """The subjects of the view `tls_endpoint` of an application. Record: `TlsEndpoint`."""
    settings = application.settings
    if application.framework == QUARKUS:
        endpoints = _quarkus(settings)
    elif application.framework == SPRING:
        endpoints = _spring(settings)
    else:
        return
    for endpoint in endpoints:
        versions, rest, key = _versions(endpoint, settings)
        public = endpoint.name == _QUARKUS_HTTP
        record = TlsEndpoint(
            component=application.framework,
            versions=versions,
            rest=rest,
            role=endpoint.role,
            by_default=rest is None and settings.setting(endpoint.protocols) is None,
            ciphers=_ciphers(endpoint, settings),
            plain_http=_plain_http(settings, endpoint.key) if public else None,
            hsts=_hsts(settings, endpoint.key) if public else None,
        )
        yield Subject(
            view="tls_endpoint",
            address=f"tls[{endpoint.name}]",
            root=tls_fields(record, key),
            anchor=key,
            environment=application.environment,
            record=record,
        )


def http_over_tls(settings: Settings) -> bool:
    """Whether the HTTP server of a Quarkus application has a TLS configuration."""
    return any(endpoint.name == _QUARKUS_HTTP for endpoint in _quarkus(settings))


def _versions(endpoint: _Endpoint, settings: Settings) -> tuple[tuple[Node, ...], Unknown | None, Node]:
    """The versions of an endpoint, whether there may be more, and the key that says so."""
    if endpoint.unknown is not None:
        return (), endpoint.unknown, endpoint.key
    written = settings.setting(endpoint.protocols)
    if written is None:
        if settings.rest is not None:
            return (), settings.rest, endpoint.key
        default = settings.effective(endpoint.protocols, endpoint.key)
        if default is None:
            return tuple(computed(version, endpoint.key) for version in _DEFAULT), None, endpoint.key
        if isinstance(default.value, Unknown):
            return (), default.value, endpoint.key
        names = sorted(str(item.value) for item in default.items())
        return tuple(computed(_VERSIONS[name], endpoint.key) for name in names), None, endpoint.key
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


def _ciphers(endpoint: _Endpoint, settings: Settings) -> Node | None:
    """The cipher suites that are written, absent if none are; Spring's may be an expression of OpenSSL."""
    if endpoint.unknown is not None:
        return endpoint.key.replace_value(endpoint.unknown)
    written = settings.get(endpoint.ciphers)
    if written is None:
        return None if settings.rest is None else endpoint.key.replace_value(settings.rest)
    if isinstance(written.value, Unknown):
        return written
    items = written.items() or (written,)
    return sequence(tuple(suite for item in items for suite in _suites(item)), written)


def _suites(item: Node) -> Iterator[Node]:
    """The suites that an item of a list names: one, or those of an expression such as `HIGH:!aNULL`."""
    text = item.text()
    if text is None:
        yield item
        return
    for word in re.finditer(r"[^:\s]+", text):
        if not word.group().startswith(("!", "-")):
            yield item.part(*word.span())


def _plain_http(settings: Settings, key: Node) -> Node:
    """What Quarkus does with requests without TLS.

    `VertxHttpConfig.insecureRequests`: enabled, unless clients must have a certificate.
    """
    written = settings.get("quarkus.http.insecure-requests")
    if written is not None:
        text = written.text()
        return written if text is None else written._replace(value=text.lower())
    if settings.rest is not None:
        return key.replace_value(settings.rest)
    required = settings.text("quarkus.http.ssl.client-auth").lower() == "required"
    return computed("disabled" if required else "enabled", key)


def _hsts(settings: Settings, key: Node) -> Node:
    """The header that Quarkus sends to all requests or to those of a filter; code can send it too."""
    for rest, setting in (*settings.below("quarkus.http.header"), *settings.below("quarkus.http.filter")):
        segments = re.findall(r'"[^"]*"|[^."]+', rest.lower())
        if _HSTS not in (segment.strip('"') for segment in segments):
            continue
        if segments[-1] == "value" or segments[-1].strip('"') == _HSTS:
            value = setting.value
            return fields(setting.key, {"sent": computed(value=True, at=value), "max_age": _max_age(value)})
    if settings.rest is not None:
        return key.replace_value(settings.rest)
    return fields(key, {"sent": computed(value=False, at=key)})


def _max_age(header: Node) -> Node | None:
    text = header.text()
    if text is None:
        return header
    match = _MAX_AGE.search(text)
    return header.part(*match.span(1))._replace(value=int(match.group(1))) if match else None


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
            yield _named(server, named, "server")
        elif default is not None:
            yield _Endpoint(server, default.key, "quarkus.tls.protocols", "quarkus.tls.cipher-suites")
        elif own is not None:
            yield _Endpoint(server, own.key, f"{server}.ssl.protocols", f"{server}.ssl.cipher-suites")
    ssl = f"{_QUARKUS_GRPC}.ssl"
    grpc = _first(settings, ssl, frozenset({"certificate", "key-store", "protocols"}))
    if grpc is not None:
        yield _Endpoint(_QUARKUS_GRPC, grpc.key, f"{ssl}.protocols", f"{ssl}.cipher-suites", "grpc-server")
    for setting in settings:
        owner, dot, last = setting.name.rpartition(".")
        if dot and last == _TLS_NAME and owner not in _QUARKUS_SERVERS:
            yield _named(owner, setting, "grpc-server" if owner == _QUARKUS_GRPC else "client")


def _named(owner: str, setting: Setting, role: str) -> _Endpoint:
    """An endpoint with the TLS configuration that a setting names; `<default>` is the default's name."""
    name = setting.text.value
    if isinstance(name, Unknown):
        return _Endpoint(owner, setting.key, "", role=role, unknown=name)
    bucket = "" if name in {"", "<default>"} else f".{name}"
    prefix = f"quarkus.tls{bucket}"
    return _Endpoint(owner, setting.key, f"{prefix}.protocols", f"{prefix}.cipher-suites", role)


def _spring(settings: Settings) -> Iterator[_Endpoint]:
    """The servers of Spring Boot: their own settings, or the SSL bundle that they name."""
    for server in _SPRING_SERVERS:
        enabled = settings.get(f"{server}.enabled")
        first = _first(settings, server, frozenset({*_SPRING_KEYS, "enabled-protocols"}))
        if first is None or (enabled is not None and enabled.value is False):
            continue
        bundle = settings.text(f"{server}.bundle")
        options = server
        for kind in _BUNDLES if bundle else ():
            if next(settings.below(f"{kind}.{bundle}"), None) is not None:
                options = f"{kind}.{bundle}.options"
        yield _Endpoint(server, first.key, f"{options}.enabled-protocols", f"{options}.ciphers")


def _first(settings: Settings, prefix: str, names: frozenset[str]) -> Setting | None:
    """The first setting below a prefix whose next segment is one of these names."""
    wanted = {name.replace("-", "") for name in names} | names
    for rest, setting in settings.below(prefix):
        if rest.partition(".")[0].partition("[")[0] in wanted:
            return setting
    return None
