"""Places of a cluster where TLS is terminated: ingress-nginx and Istio gateways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.lookup import mapping, reach, shown, text_at
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject
from vvbscan.views.records import TlsEndpoint, computed, sequence

_NGINX_KEY: Final = "ssl-protocols"
_NGINX_DEFAULT: Final = ("1.2", "1.3")
"""ingress-nginx documentation, ConfigMaps: `ssl-protocols` is "TLSv1.2 TLSv1.3"."""
_NGINX_VERSIONS: Final = {"TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}
"""nginx documentation, `ssl_protocols`; SSLv2 and SSLv3 are no longer built in."""
_NGINX_NAMES: Final = frozenset(
    {"ingress-nginx-controller", "nginx-ingress-controller", "nginx-configuration", "ingress-nginx"}
)
"""Names that the project's manifests and chart have given the controller's ConfigMap."""
_NGINX_OTHER_MAPS: Final = ("tcp", "udp", "headers", "tcp-services", "udp-services")
"""Last words of the names of further ConfigMaps that bear the controller's labels."""

_ISTIO_VERSIONS: Final = ("1.0", "1.1", "1.2", "1.3")
_ISTIO_NAMES: Final = {"TLSV1_0": 0, "TLSV1_1": 1, "TLSV1_2": 2, "TLSV1_3": 3}
_ISTIO_DEFAULT: Final = 2
"""istio/api networking/v1alpha3/gateway.proto: the minimum is TLSV1_2 by default."""
_TERMINATING: Final = frozenset({"SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL"})
"""Modes that end TLS at the gateway with its own settings; ISTIO_MUTUAL takes those of the mesh."""
_NOT_TERMINATING: Final = frozenset({"PASSTHROUGH", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL"})


def tls_endpoints(model: KubernetesModel) -> Iterator[Subject]:
    """View `tls_endpoint`: where TLS ends. Record: `TlsEndpoint`.

    Fields: `component` (`ingress-nginx` or `istio`), `versions`. An ingress-nginx takes its protocols from
    its ConfigMap alone: no Ingress can set them.
    """
    for item in model.objects:
        if item.is_kind("ConfigMap", ""):
            yield from _nginx(item)
        elif item.is_kind("Gateway", "networking.istio.io"):
            yield from _istio(item)


def _nginx(item: KubernetesObject) -> Iterator[Subject]:
    data = reach(item.root, "data")
    protocols = reach(data, _NGINX_KEY)
    if protocols is None and not _is_controller_map(item):
        return
    if protocols is None:
        key = item.root.key("data") or item.anchor
        versions = tuple(computed(version, key) for version in _NGINX_DEFAULT)
        yield _endpoint(item, item.address, key, TlsEndpoint("ingress-nginx", versions, None))
        return
    versions = _nginx_versions(protocols)
    rest = None if versions else Unknown("unparsed", "ssl-protocols names no protocol that is known")
    if isinstance(protocols.value, Unknown):
        rest = protocols.value._replace(parts=())
    holder = item.root.at("data") or protocols
    anchor = holder.key(_NGINX_KEY) or protocols
    yield _endpoint(item, item.address, anchor, TlsEndpoint("ingress-nginx", versions, rest))


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


def _istio(item: KubernetesObject) -> Iterator[Subject]:
    servers = reach(item.root, "spec", "servers")
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
            endpoint = _istio_endpoint(tls, mode)
        else:
            continue
        yield _endpoint(item, address, mode, endpoint)


def _istio_endpoint(tls: Node, mode: Node) -> TlsEndpoint:
    lowest, highest = reach(tls, "minProtocolVersion"), reach(tls, "maxProtocolVersion")
    for node in (lowest, highest):
        if node is not None and isinstance(node.value, Unknown):
            return TlsEndpoint("istio", (), node.value)
        if node is not None and node.value != "TLS_AUTO" and shown(node) not in _ISTIO_NAMES:
            return TlsEndpoint(
                "istio", (), Unknown("unparsed", f"{shown(node)} is no protocol version of Istio")
            )
    first = _ISTIO_NAMES.get(shown(lowest), _ISTIO_DEFAULT)
    last = _ISTIO_NAMES.get(shown(highest), len(_ISTIO_VERSIONS) - 1)
    versions = []
    for number in range(first, last + 1):
        place = highest if number == last and number > first and highest is not None else lowest or mode
        is_written = place is not mode and _ISTIO_NAMES.get(shown(place)) == number
        name = _ISTIO_VERSIONS[number]
        versions.append(place._replace(value=name) if is_written else computed(name, place))
    return TlsEndpoint("istio", tuple(versions), None)


def _endpoint(item: KubernetesObject, address: str, anchor: Node, record: TlsEndpoint) -> Subject:
    members = {
        "component": computed(record.component, anchor),
        "versions": sequence(record.versions, anchor, record.rest),
    }
    root = mapping(anchor, members)
    return Subject("tls_endpoint", address, root, anchor, item.environment, record, item.via)
