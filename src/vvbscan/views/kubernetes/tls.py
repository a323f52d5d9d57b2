"""Places of a cluster where TLS is terminated: ingress-nginx and Istio gateways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.flags import is_switched_off, is_switched_on
from vvbscan.views.kubernetes.lookup import reach, shown, text_at
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject
from vvbscan.views.records import TlsEndpoint, computed, fields, sequence, tls_fields

_NGINX_KEY: Final = "ssl-protocols"
_NGINX_DEFAULT: Final = ("1.2", "1.3")
"""ingress-nginx documentation, ConfigMaps: `ssl-protocols` is "TLSv1.2 TLSv1.3"."""
_NGINX_VERSIONS: Final = {"TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}
"""nginx documentation, `ssl_protocols`; SSLv2 and SSLv3 are no longer built in."""
_HSTS_DEFAULT: Final = Unknown(
    "default", "hsts-max-age is not set: half a year before ingress-nginx 1.9.5, a year since"
)
"""kubernetes/ingress-nginx#10564; ConfigMaps: `hsts` is "true"."""
_NGINX_NAMES: Final = frozenset(
    {"ingress-nginx-controller", "nginx-ingress-controller", "nginx-configuration", "ingress-nginx"}
)
"""Names that the project's manifests and chart have given the controller's ConfigMap."""
_NGINX_OTHER_MAPS: Final = ("tcp", "udp", "headers", "tcp-services", "udp-services")
"""Last words of the names of further ConfigMaps that bear the controller's labels."""

_SECONDS: Final = lazy_pattern(r"[0-9]{1,18}")

_ISTIO_VERSIONS: Final = ("1.0", "1.1", "1.2", "1.3")
_ISTIO_NAMES: Final = {"TLSV1_0": 0, "TLSV1_1": 1, "TLSV1_2": 2, "TLSV1_3": 3}
_ISTIO_DEFAULT: Final = 2
"""istio/api networking/v1alpha3/gateway.proto: the minimum is TLSV1_2 by default."""
_TERMINATING: Final = frozenset({"SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL"})
"""Modes that end TLS at the gateway with its own settings; ISTIO_MUTUAL takes those of the mesh."""
_MESH_SETTINGS: Final = ("meshMTLS", "tlsDefaults")
"""istio/api mesh/v1alpha1/config.proto: TLS between workloads, and all other TLS; the minimum of both is
TLSV1_2 by default."""
_PLAIN_PROTOCOLS: Final = frozenset({"HTTP", "HTTP2", "GRPC", "GRPC-WEB"})
_NOT_TERMINATING: Final = frozenset({"PASSTHROUGH", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL"})


def tls_endpoints(model: KubernetesModel) -> Iterator[Subject]:
    """View `tls_endpoint`: where TLS ends. Record: `TlsEndpoint`.

    Fields: those of the record. An ingress-nginx takes its protocols from its ConfigMap alone: no Ingress
    can set them.
    """
    for item in model.objects:
        if item.is_kind("ConfigMap", ""):
            yield from _nginx(item)
        elif item.is_kind("Gateway", "networking.istio.io"):
            yield from _istio(item, model)
        elif item.is_kind("IstioOperator", "install.istio.io"):
            yield from _mesh(item)


def _nginx(item: KubernetesObject) -> Iterator[Subject]:
    data = reach(item.root, "data")
    protocols = reach(data, _NGINX_KEY)
    if protocols is None and not _is_controller_map(item):
        return
    holder = item.root.at("data") or item.root
    anchor = item.root.key("data") or item.anchor
    if protocols is None:
        versions = tuple(computed(version, anchor) for version in _NGINX_DEFAULT)
        rest = None
    else:
        anchor = holder.key(_NGINX_KEY) or protocols
        versions = _nginx_versions(protocols)
        rest = None if versions else Unknown("unparsed", "ssl-protocols names no protocol that is known")
        if isinstance(protocols.value, Unknown):
            rest = protocols.value._replace(parts=())
    record = TlsEndpoint(
        component="ingress-nginx",
        versions=versions,
        rest=rest,
        by_default=protocols is None,
        ciphers=_nginx_ciphers(reach(data, "ssl-ciphers")),
        plain_http=_nginx_plain_http(data, anchor),
        hsts=_nginx_hsts(data, anchor),
    )
    yield _endpoint(item, item.address, anchor, record)


def _nginx_ciphers(written: Node | None) -> Node | None:
    """The suites of an `ssl-ciphers`, each at its word; those with `!` or `-` are shut out."""
    text = None if written is None else written.text()
    if written is None or text is None:
        return written
    words = re.finditer(r"[^:,\s]+", text)
    allowed = tuple(written.part(*word.span()) for word in words if word.group()[0] not in "!-")
    return sequence(allowed, written)


def _nginx_plain_http(data: Node | None, anchor: Node) -> Node:
    """ingress-nginx documentation, ConfigMaps: `ssl-redirect` is "true", `force-ssl-redirect` "false"."""
    redirect, force = reach(data, "ssl-redirect"), reach(data, "force-ssl-redirect")
    if redirect is None or is_switched_on(force):
        return computed("redirect", force or anchor)
    if isinstance(redirect.value, Unknown):
        return redirect
    return redirect._replace(value="enabled" if is_switched_off(redirect) else "redirect")


def _nginx_hsts(data: Node | None, anchor: Node) -> Node:
    written, age = reach(data, "hsts"), reach(data, "hsts-max-age")
    if written is not None and isinstance(written.value, Unknown):
        return written
    sent = not is_switched_off(written)
    if age is None:
        age = anchor.replace_value(_HSTS_DEFAULT)
    elif _SECONDS.fullmatch(shown(age)):
        age = age._replace(value=int(shown(age)))
    return fields(anchor, {"sent": computed(sent, written or anchor), "max_age": age if sent else None})


def _nginx_versions(protocols: Node) -> tuple[Node, ...]:
    """The versions that the words of an `ssl-protocols` name, each at its word."""
    text = protocols.text()
    if text is None:
        return ()
    versions: dict[str, Node] = {}
    position = 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        version = _NGINX_VERSIONS.get(word)
        if version is not None and version not in versions:
            versions[version] = protocols.part(start, position)._replace(value=version)
    return tuple(versions.values())


def _is_controller_map(item: KubernetesObject) -> bool:
    """Whether a ConfigMap is that of an ingress-nginx controller, by its name or its labels."""
    if item.name in _NGINX_NAMES:
        return True
    labels = reach(item.root, "metadata", "labels")
    named = text_at(labels, "app.kubernetes.io/name") or text_at(labels, "app")
    component = text_at(labels, "app.kubernetes.io/component")
    return (
        named == "ingress-nginx"
        and component in {"", "controller"}
        and not item.name.endswith(_NGINX_OTHER_MAPS)
    )


def _istio(item: KubernetesObject, model: KubernetesModel) -> Iterator[Subject]:
    servers = reach(item.root, "spec", "servers")
    plain = [] if servers is None else [one for one in servers.items() if _is_plain(one)]
    for index, server in enumerate(() if servers is None else servers.items()):
        tls = reach(server, "tls")
        mode = reach(tls, "mode")
        written = shown(mode)
        if tls is None or mode is None or written in _NOT_TERMINATING:
            continue  # without a mode a server passes TLS through: PASSTHROUGH is the enum's zero
        address = f"{item.address}:servers[{shown(reach(server, 'port', 'name')) or index}]"
        if isinstance(mode.value, Unknown):
            endpoint = TlsEndpoint("istio", (), mode.value)
        elif written in _TERMINATING:
            beside = next((one for one in plain if _hosts(one) & _hosts(server)), None)
            endpoint = _istio_endpoint(tls, mode)._replace(plain_http=_istio_plain_http(beside, model))
        else:
            continue
        yield _endpoint(item, address, mode, endpoint)


def _mesh(item: KubernetesObject) -> Iterator[Subject]:
    """What the configuration of a mesh says of the versions of TLS, where it does."""
    config = reach(item.root, "spec", "meshConfig")
    for name in _MESH_SETTINGS:
        tls = reach(config, name)
        lowest = reach(tls, "minProtocolVersion")
        if tls is not None and lowest is not None:
            yield _endpoint(item, f"{item.address}:{name}", lowest, _istio_endpoint(tls, lowest))


def _is_plain(server: Node) -> bool:
    return shown(reach(server, "port", "protocol")) in _PLAIN_PROTOCOLS


def _hosts(server: Node) -> set[str]:
    """The hosts of a server, without the namespace before a slash."""
    hosts = reach(server, "hosts")
    return set() if hosts is None else {shown(host).rpartition("/")[2] for host in hosts.items()}


def _istio_plain_http(server: Node | None, model: KubernetesModel) -> Node | None:
    """What a server without TLS does with requests for hosts that a server with TLS has too."""
    if server is None:
        return None
    redirect = reach(server, "tls", "httpsRedirect")
    place = server.at("port", "protocol") or server
    if redirect is not None and isinstance(redirect.value, Unknown):
        return redirect
    if redirect is not None and redirect.value is True:
        return computed("redirect", redirect)
    return None if any(_redirects(item) for item in model.objects) else place._replace(value="enabled")


def _redirects(item: KubernetesObject) -> bool:
    """Whether an object is a VirtualService that sends requests on to https; which gateway's is not asked."""
    if not item.is_kind("VirtualService", "networking.istio.io"):
        return False
    routes = reach(item.root, "spec", "http")
    return any(
        text_at(route, "redirect", "scheme").lower() == "https"
        for route in (() if routes is None else routes.items())
    )


def _istio_endpoint(tls: Node, mode: Node) -> TlsEndpoint:
    lowest, highest = reach(tls, "minProtocolVersion"), reach(tls, "maxProtocolVersion")
    for node in (lowest, highest):
        if node is not None and isinstance(node.value, Unknown):
            return TlsEndpoint("istio", (), node.value)
        if node is not None and node.value != "TLS_AUTO" and shown(node) not in _ISTIO_NAMES:
            return TlsEndpoint(
                "istio", (), Unknown("unparsed", f"{shown(node)} is not a protocol version of Istio")
            )
    first = _ISTIO_NAMES.get(shown(lowest), _ISTIO_DEFAULT)
    last = _ISTIO_NAMES.get(shown(highest), len(_ISTIO_VERSIONS) - 1)
    versions = []
    for number in range(first, last + 1):
        place = highest if number == last and number > first and highest is not None else lowest or mode
        is_written = place is not mode and _ISTIO_NAMES.get(shown(place)) == number
        name = _ISTIO_VERSIONS[number]
        versions.append(place._replace(value=name) if is_written else computed(name, place))
    return TlsEndpoint(
        "istio", tuple(versions), None, by_default=lowest is None, ciphers=reach(tls, "cipherSuites")
    )


def _endpoint(item: KubernetesObject, address: str, anchor: Node, record: TlsEndpoint) -> Subject:
    root = tls_fields(record, anchor)
    return Subject("tls_endpoint", address, root, anchor, item.environment, record, item.via)
