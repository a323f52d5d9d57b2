from __future__ import annotations

import pytest

from expr.nodes import UNKNOWN, node
from views.kubernetes_support import field, one, pod, unknown, view, written
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import objects_of
from vvbscan.views.kubernetes.probes import probes

TIMING = (
    "initial_delay_seconds",
    "period_seconds",
    "timeout_seconds",
    "success_threshold",
    "failure_threshold",
)


def test_defaults_of_the_api() -> None:
    subject = one("probe", pod("livenessProbe:\n  httpGet: {port: 8080}"))
    assert [field(subject, name) for name in TIMING] == [0, 10, 1, 1, 3]
    assert (field(subject, "path"), field(subject, "scheme"), field(subject, "port")) == ("/", "HTTP", 8080)
    assert field(subject, "failure_seconds") == 30
    assert {written(subject.root.get(name)) for name in TIMING} == {"livenessProbe"}
    assert subject.anchor.written == "livenessProbe"


def test_written_timing_is_at_its_literal() -> None:
    members = """
        readinessProbe:
          httpGet: {path: /ready, port: http, scheme: HTTPS}
          initialDelaySeconds: 5
          periodSeconds: 2
          timeoutSeconds: 3
          successThreshold: 4
          failureThreshold: 6
    """
    subject = one("probe", pod(members))
    assert [field(subject, name) for name in TIMING] == [5, 2, 3, 4, 6]
    assert [written(subject.root.get(name)) for name in TIMING] == ["5", "2", "3", "4", "6"]
    assert field(subject, "failure_seconds") == 12
    assert (field(subject, "path"), field(subject, "scheme"), field(subject, "port")) == (
        "/ready",
        "HTTPS",
        "http",
    )


def test_zero_is_the_default() -> None:
    members = (
        "livenessProbe: {tcpSocket: {port: 1}, periodSeconds: 0, failureThreshold: 0, timeoutSeconds: 0}"
    )
    subject = one("probe", pod(members))
    assert [field(subject, name) for name in TIMING] == [0, 10, 1, 1, 3]
    assert written(subject.root.get("period_seconds")) == "0"


@pytest.mark.parametrize(
    ("handler", "name"),
    [
        ("httpGet: {port: 1}", "http"),
        ("tcpSocket: {port: 1}", "tcp"),
        ("exec: {command: [x]}", "exec"),
        ("grpc: {port: 1}", "grpc"),
        ("periodSeconds: 1", None),
    ],
)
def test_handlers(handler: str, name: str | None) -> None:
    assert field(one("probe", pod(f"livenessProbe: {{{handler}}}")), "handler") == name


def test_siblings() -> None:
    members = """
        livenessProbe: {httpGet: {path: /live, port: 1}}
        readinessProbe: {httpGet: {path: /ready, port: 1}}
        startupProbe: {tcpSocket: {port: 1}}
    """
    subjects = {field(subject, "kind"): subject for subject in view("probe", pod(members))}
    assert list(subjects) == ["liveness", "readiness", "startup"]
    assert field(subjects["liveness"], "sibling") == {
        "readiness": {"httpGet": {"path": "/ready", "port": 1}},
        "startup": {"tcpSocket": {"port": 1}},
    }
    assert field(subjects["startup"], "sibling", "readiness", "httpGet", "path") == "/ready"


def test_addresses_and_context() -> None:
    text = pod("startupProbe: {exec: {command: [x]}}")
    subject = one("probe", text)
    assert subject.address == "Pod/web:containers[app].startupProbe"
    assert (field(subject, "workload_kind"), field(subject, "role"), field(subject, "long_running")) == (
        "Pod",
        "app",
        True,
    )


@pytest.mark.parametrize("members", ["image: a:1", "livenessProbe:", "livenessProbe: null"])
def test_no_probe(members: str) -> None:
    assert view("probe", pod(members)) == []


def test_nonsense_does_not_raise() -> None:
    members = "livenessProbe: 3\nreadinessProbe: {periodSeconds: often, httpGet: [x]}"
    first, second = view("probe", pod(members))
    assert (field(first, "handler"), field(first, "period_seconds")) == (None, 10)
    assert (field(second, "period_seconds"), field(second, "failure_seconds")) == ("often", None)


def test_unknown_timing_stays_unknown() -> None:
    container = {"name": "app", "livenessProbe": {"periodSeconds": UNKNOWN, "failureThreshold": 2}}
    manifest = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}
    (subject,) = probes(KubernetesModel(objects_of(node(manifest))))
    assert unknown(subject, "period_seconds") == UNKNOWN
    assert unknown(subject, "failure_seconds") == UNKNOWN
    assert field(subject, "failure_threshold") == 2


def test_an_unknown_probe_has_unknown_fields() -> None:
    container = {"name": "app", "readinessProbe": UNKNOWN, "livenessProbe": {...: 1}}
    manifest = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}
    for subject in probes(KubernetesModel(objects_of(node(manifest)))):
        assert unknown(subject, "handler") == UNKNOWN
        assert unknown(subject, "period_seconds") == UNKNOWN
