"""Probes of containers with the timing that holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.lookup import mapping, reach
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.subjects import subject
from vvbscan.views.records import computed

_KINDS: Final = (("liveness", "livenessProbe"), ("readiness", "readinessProbe"), ("startup", "startupProbe"))
_HANDLERS: Final = (("httpGet", "http"), ("tcpSocket", "tcp"), ("exec", "exec"), ("grpc", "grpc"))
_TIMING: Final = (
    # Kubernetes API reference v1.34, Probe v1 core: field, default where it is absent or zero
    ("initial_delay_seconds", "initialDelaySeconds", 0),
    ("period_seconds", "periodSeconds", 10),
    ("timeout_seconds", "timeoutSeconds", 1),
    ("success_threshold", "successThreshold", 1),
    ("failure_threshold", "failureThreshold", 3),
)
_FAILURE: Final = tuple(timing for timing in _TIMING if timing[0] in {"period_seconds", "failure_threshold"})


class ContainerProbe(NamedTuple):
    """A probe of a container."""

    container: Container
    kind: str
    """`liveness`, `readiness` or `startup`."""
    key: Node
    """The key that declares it."""
    node: Node
    handler: str
    """`http`, `tcp`, `exec` or `grpc`; empty if it has none or that is unknown."""
    request: Node | None
    """What the handler asks: the value of `httpGet`, `tcpSocket`, `exec` or `grpc`."""


def probes_of(container: Container) -> Iterator[ContainerProbe]:
    """The probes that a container declares."""
    for kind, name in _KINDS:
        node = reach(container.node, name)
        if node is None:
            continue
        handler, request = "", None
        for field, label in _HANDLERS:
            found = node.get(field)  # not what an open mapping may have besides
            if found is not None and found.value is not None:
                handler, request = label, found
                break
        yield ContainerProbe(container, kind, container.key(name), node, handler, request)


def probes(model: KubernetesModel) -> Iterator[Subject]:
    """View `probe`: every probe of every container. Record: `ContainerProbe`.

    Fields: `kind` (`liveness`, `readiness` or `startup`), `handler` (`http`, `tcp`, `exec` or `grpc`),
    `spec` (the probe), `path`, `port` and `scheme` of what it asks, `container`, `object`, `workload_kind`,
    `role`, `long_running`, the effective `initial_delay_seconds`, `period_seconds`, `timeout_seconds`,
    `success_threshold` and `failure_threshold`, `failure_seconds` (period times failure threshold: how long
    it takes to give up), `jvm` (see `jvm_of`), and `sibling` with the container's other probes by kind.
    """
    for container in model.containers:
        declared = tuple(probes_of(container))
        jvm = model.jvm(container) if declared else None
        for probe in declared:
            yield _probe(probe, declared, jvm)


def failure_seconds(probe: ContainerProbe) -> Node | None:
    """How long a probe fails until it is given up, None if its figures are no numbers."""
    period, threshold = (_timing(probe, field, default) for _, field, default in _FAILURE)
    return _product(period, threshold, probe.key)


def _product(period: Node, threshold: Node, at: Node) -> Node | None:
    for node in (period, threshold):
        if isinstance(node.value, Unknown):
            return at.replace_value(node.value)
    if isinstance(period.value, int) and isinstance(threshold.value, int):
        return computed(period.value * threshold.value, at)
    return None


def _probe(probe: ContainerProbe, declared: tuple[ContainerProbe, ...], jvm: Node | None) -> Subject:
    container, key = probe.container, probe.key
    item = container.workload.object
    siblings: dict[str, Node | None] = {other.kind: other.node for other in declared if other is not probe}
    is_http = probe.handler == "http"
    members: dict[str, Node | None] = {
        "kind": computed(probe.kind, key),
        "handler": _handler(probe),
        "spec": probe.node,
        "path": reach(probe.request, "path") or (computed("/", key) if is_http else None),
        "port": reach(probe.request, "port"),
        "scheme": reach(probe.request, "scheme") or (computed("HTTP", key) if is_http else None),
        "container": container.node,
        "object": item.root,
        "workload_kind": computed(item.kind, item.anchor),
        "role": computed(container.role, container.anchor),
        "long_running": computed(container.long_running, container.anchor),
        "jvm": jvm,
        "sibling": mapping(key, siblings, {other.kind: other.key for other in declared}),
    }
    timing = {name: _timing(probe, field, default) for name, field, default in _TIMING}
    members.update(timing)
    members["failure_seconds"] = _product(timing["period_seconds"], timing["failure_threshold"], key)
    address = f"{container.address}.{probe.kind}Probe"
    return subject("probe", item, address, key, members, probe)


def _handler(probe: ContainerProbe) -> Node | None:
    if probe.handler:
        return computed(probe.handler, probe.key)
    value = probe.node.value
    unknown = value.rest if isinstance(value, MapValue) else value
    return probe.node.replace_value(unknown) if isinstance(unknown, Unknown) else None


def _timing(probe: ContainerProbe, field: str, default: int) -> Node:
    """The figure that holds; the API server takes a zero for an absent value."""
    node = reach(probe.node, field)
    if node is None:
        return computed(default, probe.key)
    return computed(default, node) if node.value == 0 and default else node
