"""What other objects of the unit decide: limits by a LimitRange, tokens by a ServiceAccount, evictions by a budget."""

from __future__ import annotations

import pytest

from views.kubernetes_support import field, model, one, pod, unknown, view, written
from vvbscan.model.node import Unknown
from vvbscan.views.kubernetes.budgets import disruption_budgets
from vvbscan.views.kubernetes.model import KubernetesModel

RANGE = """\
    ---
    apiVersion: v1
    kind: LimitRange
    metadata: {name: defaults}
    spec:
      limits:
        - type: Pod
          max: {memory: 8Gi}
        - type: Container
          default: {memory: 512Mi}
          defaultRequest: {memory: 256Mi, cpu: 100m}
"""


def test_a_limit_range_gives_what_a_container_lacks() -> None:
    subject = view("container", pod("image: a:1", extra=RANGE))[0]
    assert field(subject, "resources") == {
        "limits": {"memory": "512Mi"},
        "requests": {"memory": "256Mi", "cpu": "100m"},
    }
    given = subject.root.at("resources", "limits", "memory")
    assert given is not None
    assert [step.label for step in given.via] == ["LimitRange defaults gives it to containers without one"]


def test_what_a_container_sets_itself_comes_first() -> None:
    container = "image: a:1\nresources: {limits: {memory: 1Gi}}"
    subject = view("container", pod(container, extra=RANGE))[0]
    assert field(subject, "resources") == {
        "limits": {"memory": "1Gi"},
        "requests": {"memory": "1Gi", "cpu": "100m"},
    }


@pytest.mark.parametrize(
    ("entry", "limits", "requests"),
    [
        ("max: {memory: 2Gi}", {"memory": "2Gi"}, {"memory": "2Gi"}),
        ("default: {memory: 1Gi}, max: {memory: 2Gi}", {"memory": "1Gi"}, {"memory": "1Gi"}),
        ("min: {memory: 64Mi}", None, {"memory": "64Mi"}),
    ],
)
def test_defaults_of_a_limit_range(
    entry: str, limits: dict[str, str] | None, requests: dict[str, str]
) -> None:
    text = f"---\napiVersion: v1\nkind: LimitRange\nmetadata: {{name: r}}\nspec: {{limits: [{{type: Container, {entry}}}]}}\n"
    subject = view("container", pod("image: a:1", extra=text))[0]
    assert (field(subject, "resources", "limits"), field(subject, "resources", "requests")) == (
        limits,
        requests,
    )


def test_a_limit_range_of_another_namespace_gives_nothing() -> None:
    other = RANGE.replace("{name: defaults}", "{name: defaults, namespace: a}")
    text = pod("image: a:1", extra=other).replace("name: web", "name: web\n  namespace: b")
    assert field(view("container", text)[0], "resources") == {}


ACCOUNT = """\
    ---
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: %s}
    automountServiceAccountToken: false
"""


@pytest.mark.parametrize(
    ("spec", "extra", "account", "mounted"),
    [
        ("", "", "default", True),
        ("automountServiceAccountToken: false", "", "default", False),
        ("", ACCOUNT % "default", "default", False),
        ("automountServiceAccountToken: true", ACCOUNT % "default", "default", True),
        ("serviceAccountName: api", ACCOUNT % "api", "api", False),
        ("serviceAccount: api", ACCOUNT % "api", "api", False),
        ("serviceAccountName: ''", "", "default", True),
    ],
)
def test_service_accounts(spec: str, extra: str, account: str, *, mounted: bool) -> None:
    subject = view("workload", pod("image: a:1", spec, extra))[0]
    assert (field(subject, "service_account"), field(subject, "token_mounted")) == (account, mounted)


def test_an_account_that_is_not_there_may_decide() -> None:
    subject = one("workload", pod("image: a:1", "serviceAccountName: api"))
    assert unknown(subject, "token_mounted").kind == "open"


def budget(spec: str, replicas: str = "", extra: str = "") -> str:
    return f"""\
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {{name: web}}
    spec: {{selector: {{matchLabels: {{app: web}}}}, {spec}}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: web}}
    spec: {{{replicas}template: {{metadata: {{labels: {{app: web}}}}, spec: {{}}}}}}
    ---
{extra}"""


@pytest.mark.parametrize(
    ("spec", "replicas", "evictable"),
    [
        ("minAvailable: 1", "replicas: 3, ", 2),
        ("minAvailable: 3", "replicas: 3, ", 0),
        ("minAvailable: 4", "replicas: 3, ", 0),
        ("minAvailable: 1", "", 0),
        ("minAvailable: 50%", "replicas: 3, ", 1),
        ("minAvailable: 50%", "replicas: 1, ", 0),
        ("minAvailable: 100%", "replicas: 3, ", 0),
        ("maxUnavailable: 0", "replicas: 3, ", 0),
        ("maxUnavailable: 0%", "replicas: 3, ", 0),
        ("maxUnavailable: 25%", "replicas: 1, ", 1),
        ("maxUnavailable: 2", "replicas: 3, ", 2),
    ],
)
def test_how_many_pods_a_budget_lets_go(spec: str, replicas: str, evictable: int) -> None:
    subject = one("disruption_budget", budget(spec, replicas))
    assert field(subject, "evictable") == evictable
    assert written(subject.root.get("evictable")) == spec.partition(": ")[2]


def test_an_autoscaler_decides_how_many_there_are() -> None:
    scaler = """\
    apiVersion: autoscaling/v2
    kind: HorizontalPodAutoscaler
    metadata: {name: web}
    spec: {minReplicas: 2, maxReplicas: 5, scaleTargetRef: {kind: Deployment, name: web}}
"""
    subject = one("disruption_budget", budget("minAvailable: 2", "replicas: 4, ", scaler))
    assert (field(subject, "replicas"), field(subject, "evictable")) == (2, 0)


def test_without_its_pods_only_what_holds_for_any_number_is_told() -> None:
    assert (
        field(
            one("disruption_budget", budget("minAvailable: 1").replace("app: web}}, spec", "app: x}}, spec")),
            "evictable",
        )
        is None
    )
    other = budget("minAvailable: 100%").replace("app: web}}, spec", "app: x}}, spec")
    assert field(one("disruption_budget", other), "evictable") == 0


def test_where_more_objects_may_exist_the_number_is_not_known() -> None:
    rest = Unknown("remote", "a base is not in the tree")
    opened = KubernetesModel(model(budget("minAvailable: 1", "replicas: 1, ")).objects, rest=rest)
    (subject,) = disruption_budgets(opened)
    assert unknown(subject, "evictable") == rest
