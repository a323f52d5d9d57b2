from __future__ import annotations

import pytest

from expr.nodes import UNKNOWN, node
from views.kubernetes_support import container, field, one, pod, unknown, view, written
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import objects_of
from vvbscan.views.kubernetes.subjects import containers

MANY = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          initContainers:
            - {name: migrate, image: m:1}
            - {name: proxy, image: p:1, restartPolicy: Always}
          containers:
            - {name: app, image: a:1}
            - image: b:1
            - {name: app, image: c:1}
            - just words
          ephemeralContainers:
            - {name: debug, image: d:1}
"""


def test_roles_and_addresses() -> None:
    found = [(subject.address, field(subject, "role")) for subject in view("container", MANY)]
    assert found == [
        ("Deployment/web:initContainers[migrate]", "init"),
        ("Deployment/web:initContainers[proxy]", "sidecar"),
        ("Deployment/web:containers[app]", "app"),
        ("Deployment/web:containers[1]", "app"),
        ("Deployment/web:containers[2]", "app"),
        ("Deployment/web:ephemeralContainers[debug]", "ephemeral"),
    ]


def test_the_name_stands_for_the_container() -> None:
    anchors = [subject.anchor.written for subject in view("container", MANY)]
    assert anchors == ["migrate", "proxy", "app", "image", "app", "debug"]


def test_only_containers_that_stay_run_long() -> None:
    running = [subject.address for subject in view("container", MANY) if field(subject, "long_running")]
    assert running == [
        "Deployment/web:initContainers[proxy]",
        "Deployment/web:containers[app]",
        "Deployment/web:containers[1]",
        "Deployment/web:containers[2]",
    ]


def test_nothing_of_a_job_runs_long() -> None:
    text = MANY.replace("Deployment", "Job").replace("apps/v1", "batch/v1")
    assert not any(field(subject, "long_running") for subject in view("container", text))


SECURITY = """\
    securityContext:
      runAsUser: 0
      runAsNonRoot: false
      seccompProfile: {type: Unconfined}
      fsGroup: 5
"""


def test_the_container_is_over_its_pod() -> None:
    text = pod(
        """
        securityContext:
          runAsNonRoot: true
          privileged: false
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [all], add: [CAP_NET_BIND_SERVICE, sys_time]}
        """,
        SECURITY,
    )
    subject = one("container", text)
    assert field(subject, "effective") == {
        "run_as_user": 0,
        "run_as_non_root": True,
        "seccomp_profile": "Unconfined",
        "read_only_root_filesystem": True,
        "privileged": False,
        "allow_privilege_escalation": False,
        "capabilities_add": ["NET_BIND_SERVICE", "SYS_TIME"],
        "capabilities_drop": ["ALL"],
    }
    effective = subject.root.get("effective")
    assert effective is not None
    assert written(effective.get("run_as_user")) == "0"


def test_a_seccomp_profile_replaces_that_of_the_pod_as_a_whole() -> None:
    text = pod("securityContext: {seccompProfile: {localhostProfile: x}}", SECURITY)
    assert field(one("container", text), "effective", "seccomp_profile") is None


def test_privileges_of_the_pod_do_not_exist() -> None:
    text = pod("image: a:1", "securityContext: {privileged: true, readOnlyRootFilesystem: true}")
    assert field(one("container", text), "effective") == {}


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ("securityContext: {}", "securityContext"),
        ("image: a:1", "app"),
        ("securityContext:", "securityContext"),
    ],
)
def test_a_missing_setting_is_missed_at_the_security_context(members: str, place: str) -> None:
    subject = one("container", pod(members))
    assert written(subject.root.key("effective")) == place


def test_null_settings_are_absent() -> None:
    text = pod("securityContext: {runAsUser: null}", "securityContext: {runAsUser: 7}")
    assert field(one("container", text), "effective") == {"run_as_user": 7}


def test_requests_default_to_limits() -> None:
    text = pod("resources: {limits: {memory: 1Gi, cpu: 2}, requests: {cpu: 500m}}")
    subject = one("container", text)
    assert field(subject, "resources") == {
        "requests": {"memory": "1Gi", "cpu": "500m"},
        "limits": {"memory": "1Gi", "cpu": 2},
    }
    requests = subject.root.at("resources", "requests")
    assert requests is not None
    assert written(requests.get("memory")) == "1Gi"


@pytest.mark.parametrize(
    ("members", "resources", "place"),
    [
        ("image: a:1", {}, "app"),
        ("resources: {}", {}, "resources"),
        ("resources: {requests: {cpu: 1}}", {"requests": {"cpu": 1}}, "resources"),
        ("resources: {limits: {cpu: 1}}", {"requests": {"cpu": 1}, "limits": {"cpu": 1}}, "resources"),
        ("resources: {limits: 3}", {"limits": 3}, "resources"),
    ],
)
def test_resources(members: str, resources: object, place: str) -> None:
    subject = one("container", pod(members))
    assert field(subject, "resources") == resources
    assert written(subject.root.key("resources")) == place


SERVICE = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}}\n"
LABELLED = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  containers:\n"


@pytest.mark.parametrize(
    ("text", "serves"),
    [
        (LABELLED + "  - {name: a, ports: [{containerPort: 80}]}\n", [True]),
        (LABELLED + "  - {name: a}\n", [False]),
        (LABELLED + "  - {name: a}\n" + SERVICE, [True]),
        (LABELLED + "  - {name: a}\n  - {name: b}\n" + SERVICE, [False, False]),
        (LABELLED + "  - {name: a, ports: []}\n  - {name: b, ports: [{containerPort: 1}]}\n", [False, True]),
    ],
)
def test_serves(text: str, serves: list[bool]) -> None:
    assert [field(subject, "serves") for subject in view("container", text)] == serves


def test_whether_it_serves_is_not_known_where_its_ports_are_not() -> None:
    spec = {"template": {"spec": {"containers": [{"name": "app", "ports": UNKNOWN}]}}}
    (subject,) = containers(KubernetesModel(objects_of(node({"kind": "Deployment", "spec": spec}))))
    assert unknown(subject, "serves") == UNKNOWN


def test_images() -> None:
    images = view("image_reference", MANY)
    assert [subject.address for subject in images][2:4] == [
        "Deployment/web:containers[app]",
        "Deployment/web:containers[1]",
    ]
    assert (field(images[3], "repository"), field(images[3], "tag"), field(images[3], "role")) == (
        "b",
        "1",
        "container",
    )
    assert all(field(subject, "final") is True for subject in images)


def test_a_container_without_an_image_has_no_reference() -> None:
    assert view("image_reference", pod("command: [x]")) == []


@pytest.mark.parametrize("listed", ["containers: 3", "containers: {name: app}", "containers: [[], 3, null]"])
def test_nonsense_has_no_containers(listed: str) -> None:
    assert view("container", f"apiVersion: v1\nkind: Pod\nspec: {{{listed}}}\n") == []


def test_the_record() -> None:
    found = container(pod("image: registry.example.com/shop/web:2"))
    assert (found.name, found.role, found.address) == ("app", "app", "Pod/web:containers[app]")
    assert written(found.image) == "registry.example.com/shop/web:2"
    assert written(found.key("image")) == "image"
    assert written(found.key("ports")) == "app"
