from __future__ import annotations

import pytest

from views.kubernetes_support import field, model, one, unknown, view, written
from vvbscan.model.node import Unknown
from vvbscan.views.kubernetes.model import KubernetesModel

POD_SPEC = "{containers: [{name: app, image: a:1}]}"
TEMPLATE = f"{{metadata: {{labels: {{app: web}}}}, spec: {POD_SPEC}}}"


def workload(api_version: str, kind: str, body: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\n{body}\n"


def deployment(spec: str = "") -> str:
    return workload("apps/v1", "Deployment", f"spec:\n  template: {TEMPLATE}\n{spec}")


@pytest.mark.parametrize(
    ("api_version", "kind", "body"),
    [
        ("v1", "Pod", f"spec: {POD_SPEC}"),
        ("v1", "PodTemplate", f"template: {TEMPLATE}"),
        ("v1", "ReplicationController", f"spec: {{template: {TEMPLATE}}}"),
        ("apps/v1", "Deployment", f"spec: {{template: {TEMPLATE}}}"),
        ("extensions/v1beta1", "Deployment", f"spec: {{template: {TEMPLATE}}}"),
        ("apps/v1", "ReplicaSet", f"spec: {{template: {TEMPLATE}}}"),
        ("apps/v1", "DaemonSet", f"spec: {{template: {TEMPLATE}}}"),
        ("apps/v1", "StatefulSet", f"spec: {{template: {TEMPLATE}}}"),
        ("batch/v1", "Job", f"spec: {{template: {TEMPLATE}}}"),
        ("batch/v1", "CronJob", f"spec: {{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}"),
        ("argoproj.io/v1alpha1", "Rollout", f"spec: {{template: {TEMPLATE}}}"),
        ("serving.knative.dev/v1", "Service", f"spec: {{template: {TEMPLATE}}}"),
        ("apps.openshift.io/v1", "DeploymentConfig", f"spec: {{template: {TEMPLATE}}}"),
        ("v1", "DeploymentConfig", f"spec: {{template: {TEMPLATE}}}"),
    ],
)
def test_every_kind_that_runs_pods(api_version: str, kind: str, body: str) -> None:
    text = workload(api_version, kind, body)
    assert [item.address for item in view("workload", text)] == [f"{kind}/shop/web"]
    assert [item.address for item in view("container", text)] == [f"{kind}/shop/web:containers[app]"]
    assert field(one("workload", text), "pod") == {"containers": [{"name": "app", "image": "a:1"}]}


@pytest.mark.parametrize(
    ("api_version", "kind", "body"),
    [
        ("example.com/v1", "Deployment", f"spec: {{template: {TEMPLATE}}}"),
        ("v1", "Service", f"spec: {{template: {TEMPLATE}}}"),
        ("example.com/v1", "Gadget", f"spec: {{template: {TEMPLATE}}}"),
        ("argoproj.io/v1alpha1", "Rollout", "spec: {workloadRef: {kind: Deployment, name: web}}"),
    ],
)
def test_what_runs_no_pods_of_its_own(api_version: str, kind: str, body: str) -> None:
    assert view("workload", workload(api_version, kind, body)) == []


def test_without_an_api_version_the_kind_decides() -> None:
    text = f"kind: Deployment\nmetadata: {{name: web}}\nspec: {{template: {TEMPLATE}}}\n"
    assert [item.address for item in view("container", text)] == ["Deployment/web:containers[app]"]
    assert view("workload", "kind: Service\nmetadata: {name: web}\nspec: {selector: {a: b}}\n") == []


@pytest.mark.parametrize(
    ("text", "long_running"),
    [
        (deployment(), True),
        (workload("apps/v1", "DaemonSet", f"spec: {{template: {TEMPLATE}}}"), True),
        (workload("batch/v1", "Job", f"spec: {{template: {TEMPLATE}}}"), False),
        (
            workload("batch/v1", "CronJob", f"spec: {{jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}"),
            False,
        ),
        (workload("v1", "Pod", f"spec: {POD_SPEC}"), True),
        (workload("v1", "Pod", "spec: {restartPolicy: Always, containers: []}"), True),
        (workload("v1", "Pod", "spec: {restartPolicy: Never, containers: []}"), False),
        (workload("v1", "Pod", "spec: {restartPolicy: OnFailure, containers: []}"), False),
    ],
)
def test_long_running(text: str, *, long_running: bool) -> None:
    assert field(one("workload", text), "long_running") is long_running


def test_replicas_default_to_one_where_there_can_be_several() -> None:
    written_one = one("workload", deployment("  replicas: 3"))
    default = one("workload", deployment())
    daemon = one("workload", workload("apps/v1", "DaemonSet", f"spec: {{template: {TEMPLATE}}}"))
    assert (field(written_one, "replicas"), written(written_one.root.get("replicas"))) == (3, "3")
    assert (field(default, "replicas"), written(default.root.get("replicas"))) == (1, "Deployment")
    assert daemon.root.get("replicas") is None


def test_null_replicas_are_absent() -> None:
    assert field(one("workload", deployment("  replicas: null")), "replicas") == 1


def service(selector: str, namespace: str = "shop", name: str = "web") -> str:
    metadata = f"{{name: {name}, namespace: {namespace}}}"
    return f"---\napiVersion: v1\nkind: Service\nmetadata: {metadata}\nspec: {{selector: {selector}}}\n"


@pytest.mark.parametrize(
    ("services", "backed"),
    [
        ("", False),
        (service("{app: web}"), True),
        (service("{app: web}", "''"), True),
        (service("{app: web}", "other"), False),
        (service("{app: web, tier: front}"), False),
        (service("{}"), False),
        (service("{app: api}") + service("{app: web}"), True),
        (
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: external}\nspec: {type: ExternalName}\n",
            False,
        ),
    ],
)
def test_service_backed(services: str, *, backed: bool) -> None:
    assert field(one("workload", deployment() + services), "service_backed") is backed


def test_a_unit_with_unknown_objects_may_have_a_service() -> None:
    known = model(deployment())
    reason = Unknown("remote", "the base is outside the tree")
    opened = KubernetesModel(known.objects, rest=reason)
    assert opened.is_service_backed(opened.workloads[0]) == reason
    assert opened.is_autoscaled(opened.workloads[0]) == reason


def test_very_many_services_are_not_compared() -> None:
    text = deployment() + "".join(service("{app: web, tier: front}") for _ in range(101))
    assert unknown(one("workload", text), "service_backed").kind == "limit"


@pytest.mark.parametrize(
    ("scaler", "scaled"),
    [
        ("", False),
        ("autoscaling/v2 HorizontalPodAutoscaler Deployment web shop", True),
        ("autoscaling/v2 HorizontalPodAutoscaler Deployment web other", False),
        ("autoscaling/v2 HorizontalPodAutoscaler StatefulSet web shop", False),
        ("autoscaling/v2 HorizontalPodAutoscaler Deployment api shop", False),
        ("keda.sh/v1alpha1 ScaledObject Deployment web shop", True),
    ],
)
def test_autoscaled(scaler: str, *, scaled: bool) -> None:
    text = deployment()
    if scaler:
        api_version, kind, target, name, namespace = scaler.split()
        text += (
            f"---\napiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: s, namespace: {namespace}}}\n"
            f"spec: {{scaleTargetRef: {{kind: {target}, name: {name}}}}}\n"
        )
    assert field(one("workload", text), "autoscaled") is scaled


def required(expression: str) -> str:
    """The affinity of a pod that must run where an expression on the labels of nodes holds."""
    terms = f"{{nodeSelectorTerms: [{{matchExpressions: [{expression}]}}]}}"
    return f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {terms}}}}}"


@pytest.mark.parametrize(
    ("spec", "system"),
    [
        ("containers: []", None),
        ("os: {name: windows}", "windows"),
        ("nodeSelector: {kubernetes.io/os: windows}", "windows"),
        ("{os: {name: linux}, nodeSelector: {kubernetes.io/os: windows}}", "linux"),
        (required("{key: kubernetes.io/os, operator: In, values: [windows]}"), "windows"),
        (required("{key: a, operator: Exists}"), None),
        (required("{key: kubernetes.io/os, operator: In, values: [windows, linux]}"), None),
        (required("{key: kubernetes.io/os, operator: NotIn, values: [windows]}"), None),
    ],
)
def test_operating_system(spec: str, system: str | None) -> None:
    body = spec if spec.startswith("{") else f"{{{spec}}}"
    assert field(one("workload", workload("v1", "Pod", f"spec: {body}")), "os") == system


@pytest.mark.parametrize("spec", ["spec: 3", "spec: []", "spec: {template: x}", "spec:", "metadata: []"])
def test_nonsense_has_no_pod_and_does_not_raise(spec: str) -> None:
    text = f"apiVersion: apps/v1\nkind: Deployment\n{spec}\n"
    assert one("workload", text).root.get("pod") is None
    assert view("container", text) == []
