"""Verdicts of the checks of Kubernetes objects that the examples of their rules do not reach."""

from __future__ import annotations

import pytest

from expr.nodes import UNKNOWN, node
from views.kubernetes_support import pod, view
from vvbscan.checks.ingresses import hosts_without_tls
from vvbscan.checks.probes import liveness_asks_for_readiness
from vvbscan.checks.volumes import other_host_path, sensitive_host_path
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.network import ingresses
from vvbscan.views.kubernetes.objects import objects_of
from vvbscan.views.kubernetes.probes import probes
from vvbscan.views.kubernetes.subjects import workloads

PATHS: dict[str, ParamValue] = {"sensitive": ["/", "/etc/", "/run/docker.sock"]}


def model(manifest: dict[object, object]) -> KubernetesModel:
    return KubernetesModel(objects_of(node(manifest)))


@pytest.mark.parametrize(
    ("liveness", "readiness", "fails"),
    [
        ("exec: {command: [a, b]}", "exec: {command: [a, b]}", True),
        ("exec: {command: [a, b]}", "exec: {command: [a]}", False),
        ("exec: {command: [a, b]}", "exec: {command: [a, c]}", False),
        ("exec: {}", "exec: {}", False),
        ("tcpSocket: {port: 1}", "tcpSocket: {port: 1}", True),
        ("tcpSocket: {port: 1}", "tcpSocket: {port: 1, host: a}", False),
        ("httpGet: {port: a}", "httpGet: {port: a, scheme: HTTPS}", False),
        ("httpGet: {port: a}, periodSeconds: 0", "httpGet: {port: a, path: /}, failureThreshold: 3", True),
        ("httpGet: {port: a}, periodSeconds: x", "httpGet: {port: a}", False),
    ],
)
def test_a_liveness_probe_that_copies_the_readiness_probe(
    liveness: str, readiness: str, *, fails: bool
) -> None:
    text = f"livenessProbe: {{{liveness}}}\nreadinessProbe: {{{readiness}}}"
    subject = view("probe", pod(text))[0]
    found = list(liveness_asks_for_readiness(subject, {"readiness_paths": ["/ready"]}))
    assert bool(found) is fails


def test_an_unknown_command_is_no_copy_and_no_other() -> None:
    container = {
        "livenessProbe": {"exec": {"command": ["a", UNKNOWN]}},
        "readinessProbe": {"exec": {"command": ["a", "b"]}},
    }
    liveness, _ = probes(model({"kind": "Pod", "spec": {"containers": [container]}}))
    (found,) = liveness_asks_for_readiness(liveness, {"readiness_paths": []})
    assert isinstance(found, Unsure)


def volumes(*listed: object) -> Subject:
    (subject,) = workloads(model({"kind": "Pod", "spec": {"volumes": list(listed)}}))
    return subject


def test_an_unknown_path_of_the_node_is_one_but_perhaps_not_a_sensitive_one() -> None:
    subject = volumes({"name": "a", "hostPath": {"path": UNKNOWN}})
    assert [type(found) for found in other_host_path(subject, PATHS)] == [Fail]
    assert [type(found) for found in sensitive_host_path(subject, PATHS)] == [Unsure]


def test_a_volume_of_which_nothing_is_known_may_be_one() -> None:
    for volume in (UNKNOWN, {"name": "a", "hostPath": UNKNOWN}):
        for check in (other_host_path, sensitive_host_path):
            assert [type(found) for found in check(volumes(volume), PATHS)] == [Unsure]


def test_further_volumes_may_be_paths_of_the_node() -> None:
    subject = volumes({"name": "a", "hostPath": {"path": "/run/docker.sock"}}, ...)
    assert [type(found) for found in sensitive_host_path(subject, PATHS)] == [Fail, Unsure]
    assert [type(found) for found in other_host_path(subject, PATHS)] == [Unsure]


@pytest.mark.parametrize(
    ("path", "sensitive"),
    [
        ("/", True),
        ("//", True),
        ("/etc", True),
        ("/etc/.", True),
        ("/etc/ssl", False),
        ("/run/docker.sock", True),
        ("/run/docker.socks", False),
        ("/var/../etc", True),
        (7, False),
    ],
)
def test_paths_below_those_listed(path: object, *, sensitive: bool) -> None:
    subject = volumes({"name": "a", "hostPath": {"path": path}})
    assert bool(list(sensitive_host_path(subject, PATHS))) is sensitive
    assert bool(list(other_host_path(subject, PATHS))) is not sensitive


TLS: dict[str, ParamValue] = {"tls_annotations": ["example.com/tls"]}


def ingress(tls: object, *hosts: object, annotations: object = None) -> list[type]:
    manifest: dict[object, object] = {
        "kind": "Ingress",
        "metadata": {"annotations": annotations},
        "spec": {"tls": tls, "rules": [{"host": host} for host in hosts]},
    }
    (subject,) = ingresses(model(manifest))
    return [type(found) for found in hosts_without_tls(subject, TLS)]


def test_unknown_hosts_and_sections() -> None:
    assert ingress([{"hosts": ["a.example.com", UNKNOWN]}], "a.example.com") == []
    assert ingress([{"hosts": [UNKNOWN]}], "a.example.com") == [Unsure]
    assert ingress([{"hosts": ["a.example.com"]}], UNKNOWN) == [Unsure]
    assert ingress([{"hosts": ["a.example.com"]}, ...], "b.example.com") == [Unsure]
    assert ingress([], "a.example.com") == [Fail]
    assert ingress(None, "a.example.com", annotations={...: 1}) == [Unsure]
    assert ingress(None, "a.example.com", annotations=UNKNOWN) == [Unsure]
    assert ingress(None, "a.example.com", annotations={"example.com/tls": "x", ...: 1}) == []
