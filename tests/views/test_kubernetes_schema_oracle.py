"""The schema check against kubernetes-validate, which reads the same documents with another validator.

Known differences, in all of which kubernetes-validate refuses what every API server takes:

- It validates `status`, which the API server ignores in a manifest.
- It demands fields that the documents of a version call required and those of the newest do not
  (`serviceName` of a StatefulSet, `podSelector` of a NetworkPolicy): they were corrected, not relaxed.
- It refuses null for a number or a text (`minAvailable: null`), because both branches of the schema take it.

It does not know which texts and numbers an API server takes for a field (`imagePullPolicy: always`, `memory: 1GB`),
nor that the pods of a Job need a `restartPolicy`: such errors are left out of the comparison.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # the package has no annotations
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from views.kubernetes_support import objects
from vvbscan.views.kubernetes.schema import check_object
from vvbscan.views.kubernetes.schema_pack import shipped_pack

VERSIONS = ("1.25", "1.28", "1.30", "1.33", "1.37")
NEWEST = VERSIONS[-1]

VALID = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: web}, annotations: {a/b: "1"}}
    spec:
      replicas: 2
      strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: app
              image: web:1
              ports: [{name: http, containerPort: 8080, protocol: TCP}]
              env: [{name: A, value: b}, {name: C, valueFrom: {secretKeyRef: {name: s, key: k}}}]
              resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: 1}}
              livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
              volumeMounts: [{name: tmp, mountPath: /tmp}]
          volumes: [{name: tmp, emptyDir: {}}]
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: backup}
    spec:
      schedule: "@daily"
      jobTemplate:
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b:1, command: [x]}]}}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {type: ClusterIP, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: web}
    spec:
      ingressClassName: nginx
      rules:
        - host: example.com
          http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: config}
    data: {a: b}
    immutable: true
    ---
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: web}
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
      maxReplicas: 3
      metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web}
    spec:
      podSelector: {}
      ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}]
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: gadgets.example.com}
    spec:
      group: example.com
      scope: Namespaced
      names: {plural: gadgets, kind: Gadget}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              description: a gadget
              type: object
              x-kubernetes-preserve-unknown-fields: true
              properties: {description: {type: string, x-kubernetes-int-or-string: false}}
"""
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all(dedent(VALID)))

Path = tuple[str | int, ...]


def is_valid_for_us(manifest: dict[str, Any], version: str) -> bool:
    pack = shipped_pack()
    (item,) = objects(json.dumps(manifest), "m.json")
    errors = check_object(item, pack, pack.position(version))
    assert errors is not None
    beyond = {"wrong-value", "no-quantity"}
    return not any(
        error.level == "error" and error.kind not in beyond and error.key != "restartPolicy"
        for error in errors
    )


def is_valid_for_them(manifest: dict[str, Any], version: str) -> bool:
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError:
        return False
    return True


def check_agreement(manifest: dict[str, Any], version: str) -> None:
    ours, theirs = is_valid_for_us(manifest, version), is_valid_for_them(manifest, version)
    if ours != theirs:
        assert ours, "they accept what we refuse"
        read = as_read(manifest)
        assert is_valid_for_them(read, version) or is_valid_for_them(read, NEWEST)


def as_read(manifest: dict[str, Any]) -> dict[str, Any]:
    """What an API server reads of a manifest: no status, and nothing where null stands."""
    result: dict[str, Any] = copy.deepcopy({key: value for key, value in manifest.items() if key != "status"})
    pending: list[object] = [result]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            for key in [key for key, member in value.items() if member is None]:
                del value[key]
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return result


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """The paths of all values below a value."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in members:
        yield (*path, key)
        yield from paths(child, (*path, key))


PLACES = [
    (number, path) for number, manifest in enumerate(MANIFESTS) for path in paths(manifest)
    if path[0] not in {"apiVersion", "kind"}
]  # fmt: skip


def changed(manifest: dict[str, Any], path: Path, change: str, value: object) -> dict[str, Any]:
    """The manifest with one change at a path: the value replaced, removed, or its key renamed."""
    result = copy.deepcopy(manifest)
    holder: Any = result
    for key in path[:-1]:
        holder = holder[key]
    key = path[-1]
    if change == "replace":
        holder[key] = value
    elif change == "remove" or isinstance(holder, list):
        del holder[key]
    else:
        holder[f"{key}s"] = holder.pop(key)
    return result


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: str(manifest["kind"]))
def test_valid_manifests(manifest: dict[str, Any], version: str) -> None:
    assert is_valid_for_them(manifest, version)
    assert is_valid_for_us(manifest, version)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(["replace", "remove", "rename"]),
    st.sampled_from([None, "x", "", 1, 1.5, True, [], ["x"], {}, {"x": 1}]),
    st.sampled_from(VERSIONS),
)
def test_changed_manifests(place: tuple[int, Path], change: str, value: object, version: str) -> None:
    number, path = place
    check_agreement(changed(MANIFESTS[number], path, change, value), version)


def test_known_differences() -> None:
    spec = {key: value for key, value in MANIFESTS[0]["spec"].items() if key != "strategy"}
    manifests = [
        {**MANIFESTS[0], "status": {"replicas": "many"}},
        {**MANIFESTS[0], "kind": "StatefulSet", "spec": spec},
        {**MANIFESTS[6], "spec": {"ingress": []}},
    ]
    assert [is_valid_for_us(manifest, "1.28") for manifest in manifests] == [True] * 3
    assert [is_valid_for_them(manifest, "1.28") for manifest in manifests] == [False] * 3


@pytest.mark.parametrize(
    ("manifest", "version", "valid"),
    [
        (
            {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}], "resources": {}}},
            "1.28",
            False,
        ),
        (
            {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}], "resources": {}}},
            "1.33",
            True,
        ),
        ({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": 1}}, "1.28", False),
        ({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": None}}, "1.28", True),
        ({"apiVersion": "v1", "kind": "Secret", "data": {"a": "not base64!"}}, "1.28", True),
        ({"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 1e3}]}}, "1.28", True),
    ],
)
def test_verdicts_of_both(manifest: dict[str, Any], version: str, *, valid: bool) -> None:
    assert is_valid_for_them(manifest, version) is valid
    assert is_valid_for_us(manifest, version) is valid


def test_the_versions_are_theirs() -> None:
    theirs = dict.fromkeys(kubernetes_validate.utils.all_versions())
    assert [f"{version}.0" for version in shipped_pack().versions] == list(theirs)
