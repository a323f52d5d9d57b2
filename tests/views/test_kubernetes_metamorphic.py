"""The same pod, however it is wrapped and spelled, gives the same subjects."""

from __future__ import annotations

import json
import random
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from views.kubernetes_support import UNIT, data
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.subject import Subject
from vvbscan.model.unit import Options
from vvbscan.views.kubernetes.kind import KIND

VIEWS = ("container", "probe", "image_reference", "environment_variable")
OF_THE_OWNER = frozenset({"object", "workload_kind", "long_running", "service_backed", "serves"})

NAMES = st.sampled_from(["app", "proxy", "metrics"])
NUMBERS = st.integers(0, 70_000)
PROBES = st.fixed_dictionaries(
    {},
    optional={
        "httpGet": st.fixed_dictionaries(
            {"port": NUMBERS}, optional={"path": st.sampled_from(["/", "/live"])}
        ),
        "periodSeconds": st.integers(0, 30),
        "failureThreshold": st.integers(0, 5),
        "initialDelaySeconds": st.none() | st.integers(0, 9),
    },
)
SECURITY = st.fixed_dictionaries(
    {},
    optional={
        "runAsUser": NUMBERS,
        "runAsNonRoot": st.booleans(),
        "privileged": st.booleans(),
        "capabilities": st.fixed_dictionaries({"drop": st.lists(st.sampled_from(["ALL", "NET_RAW"]))}),
        "seccompProfile": st.none() | st.fixed_dictionaries({"type": st.just("RuntimeDefault")}),
    },
)
VARIABLES = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("ABC")},
        optional={
            "value": st.sampled_from(["", "x", "$(A)-$(B)", "yes", "1"]),
            "valueFrom": st.just({"secretKeyRef": {"name": "s", "key": "k"}}),
        },
    ),
    max_size=3,
)
CONTAINERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "image": st.sampled_from(["web", "web:1.2", "registry.example.com/shop/web:1@sha256:" + "0" * 64]),
        "livenessProbe": PROBES,
        "readinessProbe": PROBES,
        "securityContext": st.none() | SECURITY,
        "env": VARIABLES,
        "ports": st.lists(st.fixed_dictionaries({"containerPort": NUMBERS}), max_size=2),
        "resources": st.fixed_dictionaries({}, optional={"limits": st.just({"memory": "1Gi"})}),
    },
)
PODS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"containers": st.lists(CONTAINERS, max_size=3, unique_by=lambda container: container["name"])},
    optional={"initContainers": st.lists(CONTAINERS, max_size=1), "securityContext": SECURITY},
)


def manifest(kind: str, pod: dict[str, Any]) -> dict[str, Any]:
    """The pod in an object of a kind."""
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": pod}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    api_version = "batch/v1" if kind in {"Job", "CronJob"} else "apps/v1"
    spec: dict[str, Any] = {"template": template}
    if kind == "CronJob":
        spec = {"schedule": "@daily", "jobTemplate": {"spec": spec}}
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}


def verdicts(text: str, path: str = "m.yaml") -> list[tuple[str, str, object]]:
    """What rules see of the containers: view, address without the owner, and the fields."""
    loaded = KIND.load(UNIT._replace(files=(path,)), MemoryTree({path: text}), Options())
    return [
        (name, subject.address.partition(":")[2], fields(subject))
        for name in VIEWS
        for subject in KIND.views[name](loaded)
    ]


def fields(subject: Subject) -> dict[str, object]:
    return {name: data(node) for name, _, node in subject.root.members() if name not in OF_THE_OWNER}


def dumped(value: object) -> str:
    return str(yaml.safe_dump(value, sort_keys=False))


def shuffled(value: Any, order: random.Random) -> Any:
    """The value with the members of every mapping in another order."""
    if isinstance(value, dict):
        members = list(value.items())
        order.shuffle(members)
        return {key: shuffled(child, order) for key, child in members}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@settings(max_examples=60, deadline=None)
@given(PODS, st.sampled_from(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"]))
def test_the_owner_does_not_matter(pod: dict[str, Any], kind: str) -> None:
    assert verdicts(dumped(manifest(kind, pod))) == verdicts(dumped(manifest("Pod", pod)))


@settings(max_examples=60, deadline=None)
@given(PODS, st.randoms(use_true_random=False))
def test_spelling_does_not_matter(pod: dict[str, Any], order: random.Random) -> None:
    wanted = verdicts(dumped(manifest("Deployment", pod)))
    deployment = manifest("Deployment", pod)
    assert verdicts(json.dumps(deployment), "m.json") == wanted
    assert verdicts(json.dumps(deployment)) == wanted
    assert verdicts(dumped({"apiVersion": "v1", "kind": "List", "items": [deployment]})) == wanted
    assert verdicts(dumped(deployment).replace("\n", "\r\n")) == wanted
    assert verdicts("# first\n---\n" + dumped(deployment) + "...\n") == wanted
    assert verdicts(dumped(shuffled(deployment, order))) == wanted


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.text(max_size=4) | NUMBERS,
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["spec", "template", "containers", "name", "env", "ports", "kind",
                                         "metadata", "securityContext", "livenessProbe", "httpGet", "data",
                                         "labels", "rules", "servers", "tls", "resources", "limits"]),
                        inner, max_size=4), max_leaves=15),
       st.sampled_from(["Pod", "Deployment", "CronJob", "Service", "ConfigMap", "Ingress", "List"]))  # fmt: skip
def test_no_shape_of_input_raises(value: object, kind: str) -> None:
    for api_version in ("v1", "apps/v1", "batch/v1", "networking.k8s.io/v1"):
        document = {"apiVersion": api_version, "kind": kind, "metadata": value, "spec": value, "data": value}
        loaded = KIND.load(UNIT, MemoryTree({"m.yaml": json.dumps(document)}), Options())
        for name, view in KIND.views.items():
            for subject in view(loaded):
                assert subject.view == name
                assert subject.anchor.end >= subject.anchor.start
        KIND.facts(UNIT, loaded)
