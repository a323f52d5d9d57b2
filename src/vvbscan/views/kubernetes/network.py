"""Services, Ingresses and the ports that are reachable from outside the cluster's network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import first_key, mapping, reach, shown, text_at
from vvbscan.views.kubernetes.model import KubernetesModel, selects
from vvbscan.views.kubernetes.objects import KubernetesObject, same_namespace
from vvbscan.views.kubernetes.subjects import subject
from vvbscan.views.kubernetes.workloads import Workload
from vvbscan.views.records import PublishedPort, computed, sequence

_INTERNAL: Final = (
    # annotations with which clouds give a load balancer a private address only: AWS Load Balancer
    # Controller 2.x, the in-tree AWS, Azure and GCE providers, GKE
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),
    ("networking.gke.io/load-balancer-type", "internal"),
    ("cloud.google.com/load-balancer-type", "internal"),
)
_CLASS_ANNOTATION: Final = "kubernetes.io/ingress.class"
_CLOUD_CLASSES: Final = frozenset({"", "alb", "gce", "gce-internal"})
"""Classes of Ingresses whose load balancers stand outside the cluster and reach a Service through a port of
the nodes (GKE, "Ingress for Application Load Balancers": instance groups; AWS Load Balancer Controller,
"Ingress specification"). Without a class the cluster's default decides."""


_MOST_NAMESAKES: Final = 100
"""Ports of one name that are looked at for each Service that names it."""
_NamedPorts = dict[str, list[tuple[Workload, Node]]]


class KubernetesService(NamedTuple):
    """A Service."""

    object: KubernetesObject
    type: Node
    """`ClusterIP` where it is not written."""
    ports: tuple[Node, ...]
    selector: Node | None
    sources: Node | None
    """`loadBalancerSourceRanges`."""
    internal: Node | None
    """What makes its load balancer internal, None if nothing does."""


class Ingress(NamedTuple):
    """An Ingress."""

    object: KubernetesObject
    class_name: Node | None
    hosts: tuple[Node, ...]
    """The hosts of its rules."""
    paths: tuple[Node, ...]
    """The paths of its rules."""
    tls_hosts: tuple[Node, ...]
    annotations: Node | None


def service_of(item: KubernetesObject) -> KubernetesService | None:
    """The object as a Service, None if it is none."""
    if not item.is_kind("Service", ""):
        return None
    spec = reach(item.root, "spec")
    ports = reach(spec, "ports")
    annotations = reach(item.root, "metadata", "annotations")
    internal = (reach(annotations, name) if text_at(annotations, name).lower() == value else None
                for name, value in _INTERNAL)  # fmt: skip
    return KubernetesService(
        item,
        reach(spec, "type") or computed("ClusterIP", item.anchor),
        () if ports is None else ports.items(),
        reach(spec, "selector"),
        reach(spec, "loadBalancerSourceRanges"),
        next((node for node in internal if node is not None), None),
    )


def services(model: KubernetesModel) -> Iterator[Subject]:
    """View `kubernetes_service`: every Service. Record: `KubernetesService`.

    Fields: `object`, `type` (`ClusterIP` where it is not written), `ports`, `selector`, `source_ranges`,
    `internal` (whether an annotation makes its load balancer internal), `annotations`.
    """
    for item in model.objects:
        service = service_of(item)
        if service is None:
            continue
        internal = service.internal
        members = {
            "object": item.root,
            "type": service.type,
            "ports": reach(item.root, "spec", "ports"),
            "selector": service.selector,
            "source_ranges": service.sources,
            "internal": computed(internal is not None, internal or item.anchor),
            "annotations": reach(item.root, "metadata", "annotations"),
        }
        yield subject("kubernetes_service", item, item.address, item.anchor, members, service)


def ingresses(model: KubernetesModel) -> Iterator[Subject]:
    """View `ingress`: every Ingress. Record: `Ingress`.

    Fields: `object`, `class` (`ingressClassName`, else the annotation), `hosts` and `paths` of its rules,
    `tls`, `tls_hosts`, `annotations`.
    """
    for item in model.objects:
        if not item.is_kind("Ingress", "networking.k8s.io", "extensions"):
            continue
        record = _ingress(item)
        anchor = item.anchor
        members = {
            "object": item.root,
            "class": record.class_name,
            "hosts": sequence(record.hosts, anchor),
            "paths": sequence(record.paths, anchor),
            "tls": reach(item.root, "spec", "tls"),
            "tls_hosts": sequence(record.tls_hosts, anchor),
            "annotations": record.annotations,
        }
        yield subject("ingress", item, item.address, anchor, members, record)


def published_ports(model: KubernetesModel) -> Iterator[Subject]:
    """View `published_port`: ports of nodes and load balancers. Record: `PublishedPort`.

    Fields as `PublishedPort` names them: of containers with a `hostPort` or in the host's network, and of
    Services of the type NodePort and LoadBalancer.
    """
    for workload, members in model.pods:
        item = workload.object
        host_network = reach(workload.pod, "hostNetwork")
        for container in members:
            ports = reach(container.node, "ports")
            for index, port in enumerate(() if ports is None else ports.items()):
                published = _of_container(port, host_network)
                if published is not None:
                    yield _published(item, f"{container.address}.ports[{index}]", port, published)
    named: _NamedPorts | None = None
    backends: dict[tuple[str, str], set[str]] = {}
    for item in model.objects:
        for name in _cloud_backends(item):
            backends.setdefault((item.environment, name), set()).add(item.namespace)
    for item in model.objects:
        service = service_of(item)
        exposure = "" if service is None else _exposure(service)
        for index, port in enumerate(service.ports if service is not None and exposure else ()):
            if service is not None:
                namespaces = backends.get((item.environment, item.name), set())
                needed = exposure == "node" and (
                    item.namespace in namespaces
                    or any(same_namespace(other, item.namespace) for other in namespaces)
                )
                published = _of_service(port, service, exposure)._replace(needed_by_ingress=needed)
                named = _named_ports(model) if named is None else named
                published = published._replace(target=_resolved(published.target, service, named))
                yield _published(item, f"{item.address}:ports[{index}]", port, published)


def _named_ports(model: KubernetesModel) -> _NamedPorts:
    """The ports of all containers that have a name, each with the workload that has it."""
    found: _NamedPorts = {}
    for workload, members in model.pods:
        for container in members:
            ports = reach(container.node, "ports")
            for port in () if ports is None else ports.items():
                number, name = reach(port, "containerPort"), text_at(port, "name")
                if name and number is not None:
                    found.setdefault(name, []).append((workload, number))
    return found


def _resolved(target: Node | None, service: KubernetesService, named: _NamedPorts) -> Node | None:
    """The number of the port that a Service names, the name where no pod that it selects has such a port."""
    name = None if target is None else target.text()
    if target is None or name is None or service.selector is None:
        return target
    numbers = {
        number.value
        for workload, number in named.get(name, ())[:_MOST_NAMESAKES]
        if workload.labels is not None and selects(service.object, workload.labels, workload.object) is True
    }
    number = numbers.pop() if len(numbers) == 1 else None
    return target._replace(value=number) if isinstance(number, int) else target


def _cloud_backends(item: KubernetesObject) -> Iterator[str]:
    """The Services that an Ingress of a cloud routes to."""
    if not item.is_kind("Ingress", "networking.k8s.io", "extensions"):
        return
    spec = reach(item.root, "spec")
    chosen = reach(spec, "ingressClassName") or reach(item.root, "metadata", "annotations", _CLASS_ANNOTATION)
    if chosen is not None and chosen.value not in _CLOUD_CLASSES:
        return
    backends = [reach(spec, "defaultBackend"), reach(spec, "backend")]
    rules = reach(spec, "rules")
    for rule in () if rules is None else rules.items():
        paths = reach(rule, "http", "paths")
        backends += [reach(path, "backend") for path in (() if paths is None else paths.items())]
    for backend in backends:
        name = text_at(backend, "service", "name") or text_at(backend, "serviceName")
        if name:
            yield name


def _ingress(item: KubernetesObject) -> Ingress:
    spec = reach(item.root, "spec")
    annotations = reach(item.root, "metadata", "annotations")
    rules, tls = reach(spec, "rules"), reach(spec, "tls")
    hosts: list[Node] = []
    paths: list[Node] = []
    tls_hosts: list[Node] = []
    for rule in () if rules is None else rules.items():
        host = reach(rule, "host")
        hosts.extend(() if host is None else (host,))
        listed = reach(rule, "http", "paths")
        found = (reach(path, "path") for path in (() if listed is None else listed.items()))
        paths.extend(path for path in found if path is not None)
    for entry in () if tls is None else tls.items():
        named = reach(entry, "hosts")
        tls_hosts.extend(() if named is None else named.items())
    class_name = reach(spec, "ingressClassName") or reach(annotations, _CLASS_ANNOTATION)
    return Ingress(item, class_name, tuple(hosts), tuple(paths), tuple(tls_hosts), annotations)


def _of_container(port: Node, host_network: Node | None) -> PublishedPort | None:
    host_port, inner = reach(port, "hostPort"), reach(port, "containerPort")
    if host_port is not None and host_port.value == 0:
        host_port = None  # the API's spelling of "none"
    opened_by = host_port
    if host_port is None and host_network is not None:
        opened_by = host_network
        if isinstance(host_network.value, Unknown):
            host_port = host_network
        elif host_network.value is True:
            host_port = inner
    if host_port is None or opened_by is None:
        return None
    address = reach(port, "hostIP")
    if address is not None and address.value in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        address = None
    return PublishedPort(host_port, inner, _protocol(port), address, "host", None, opened_by)


def _exposure(service: KubernetesService) -> str:
    """How a Service is reachable from outside, empty if it is not (or its type is unknown)."""
    kind = shown(service.type)
    if kind == "LoadBalancer":
        return "load-balancer" if service.internal is None else "internal-load-balancer"
    return "node" if kind == "NodePort" else ""


def _of_service(port: Node, service: KubernetesService, exposure: str) -> PublishedPort:
    outer = reach(port, "nodePort") if exposure == "node" else reach(port, "port")
    target = reach(port, "targetPort") or reach(port, "port")
    sources = None if exposure == "node" else service.sources
    if sources is not None and not sources.items() and not isinstance(sources.value, Unknown):
        sources = None
    opened_by = service.type or outer or first_key(port)
    return PublishedPort(outer, target, _protocol(port), None, exposure, sources, opened_by)


def _protocol(port: Node) -> Node:
    written = reach(port, "protocol")
    if written is None:
        return computed("tcp", first_key(port))
    value = written.text()
    return written if value is None or value == value.lower() else written.replace_value(value.lower())


def _published(item: KubernetesObject, address: str, port: Node, record: PublishedPort) -> Subject:
    anchor = record.port if record.port is not None else first_key(port)
    members = {
        "port": record.port,
        "target": record.target,
        "protocol": record.protocol,
        "address": record.address,
        "exposure": computed(record.exposure, anchor),
        "sources": record.sources,
        "opened_by": record.opened_by,
        "needed_by_ingress": computed(record.needed_by_ingress, anchor),
    }
    root = mapping(anchor, members)
    return Subject("published_port", address, root, anchor, item.environment, record, item.via)
