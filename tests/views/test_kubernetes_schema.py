from __future__ import annotations

import json
from socket import socket

import pytest

from expr.nodes import UNKNOWN, node
from views.kubernetes_support import field, model, unknown, view
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes import field_values
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import objects_of
from vvbscan.views.kubernetes.schema import SchemaError, similar
from vvbscan.views.kubernetes.schema_pack import SchemaPack, shipped_pack
from vvbscan.views.kubernetes.schema_view import schema_errors

GOOD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, creationTimestamp: null}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: web:1
          ports: [{containerPort: 80}]
          resources: {limits: {cpu: 1, memory: 1Gi}}
          livenessProbe: {httpGet: {path: /, port: http}}
"""

PORT = "spec.template.spec.containers[app].ports[0]"

LIMITS = "spec.template.spec.containers[app].resources.limits"

Found = tuple[str, str, str, str]


def errors(text: str, version: str = "1.28") -> list[Found]:
    """Kind, path, message and offending characters of each error."""
    found = []
    for subject in view("schema_error", text, version=version):
        record = subject.record
        assert isinstance(record, SchemaError)
        if record.kind != "valid":
            found.append((record.kind, record.path, record.message, subject.anchor.written))
    return found


def error(text: str, version: str = "1.28") -> Found:
    (only,) = errors(text, version)
    return only


def test_a_valid_object_is_a_subject_without_an_error() -> None:
    (subject,) = view("schema_error", GOOD)
    assert (field(subject, "kind"), field(subject, "version"), subject.address) == (
        "valid",
        "1.28",
        "Deployment/web",
    )
    assert subject.anchor.written == "Deployment"


def test_all_errors_are_found_each_at_its_place() -> None:
    text = GOOD.replace("replicas: 2", "replicas: two").replace("containerPort", "containerport")
    text = text.replace("image: web:1", "imag: web:1").replace(
        "app: web}}\n  template", "app: 3}}\n  template"
    )
    assert sorted(errors(text)) == [
        (
            "missing-field",
            "spec.template.spec.containers[app].ports[0].containerPort",
            f"{PORT} lacks the required field `containerPort`",
            "containerport",
        ),
        (
            "unknown-field",
            "spec.template.spec.containers[app].imag",
            "`imag` is not a field of spec.template.spec.containers[app]; perhaps `image` is meant",
            "imag",
        ),
        (
            "unknown-field",
            "spec.template.spec.containers[app].ports[0].containerport",
            f"`containerport` is not a field of {PORT}; perhaps `containerPort` is meant",
            "containerport",
        ),
        ("wrong-type", "spec.replicas", "spec.replicas must be an integer, not a string", "two"),
        (
            "wrong-type",
            "spec.selector.matchLabels.app",
            "spec.selector.matchLabels.app must be a string, not an integer",
            "3",
        ),
    ]


def test_errors_are_subjects_with_addresses_of_their_own() -> None:
    subjects = view("schema_error", GOOD.replace("replicas", "replica").replace("image:", "img:"))
    assert [subject.address for subject in subjects] == [
        "Deployment/web:spec.replica",
        "Deployment/web:spec.template.spec.containers[app].img",
    ]
    assert {field(subject, "level") for subject in subjects} == {"error"}
    assert [field(subject, "key") for subject in subjects] == ["replica", "img"]


@pytest.mark.parametrize(
    ("old", "new", "message", "written"),
    [
        ("  selector: {matchLabels: {app: web}}\n", "", "spec lacks the required field `selector`", "spec"),
        ("matchLabels: {app: web}", "matchLabels: [app]",
         "spec.selector.matchLabels must be a mapping, not a list", "matchLabels"),
        ("name: app\n", "name: app\n          env: [{value: x}]\n",
         "spec.template.spec.containers[app].env[0] lacks the required field `name`", "value"),
        ("cpu: 1,", "cpu: {a: 1},",
         "spec.template.spec.containers[app].resources.limits.cpu must be a number or a string, not a mapping", "cpu"),
        ("containerPort: 80", "containerPort: '80'", f"{PORT}.containerPort must be an integer, not a string", "'80'"),
        ("containers:\n", "containers: null\n      volumes:\n",
         "spec.template.spec.containers must be a list, not null", "null"),
        ("labels: {app: web}", "labels: {app: yes, 'a/b': 1.5}",
         'spec.template.metadata.labels["a/b"] must be a string, not a number', "1.5"),
    ],
)  # fmt: skip
def test_messages_and_places(old: str, new: str, message: str, written: str) -> None:
    assert old in GOOD
    found = errors(GOOD.replace(old, new))
    assert (message, written) in [(one[2], one[3]) for one in found]


def test_null_for_a_number_or_a_text_is_no_error() -> None:
    text = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: {maxUnavailable: 1, minAvailable: null}\n"
    assert errors(text) == []


def test_null_for_what_is_required_is_an_error() -> None:
    kind, path, message, written = error(GOOD.replace("port: http", "port: null"))
    where = "spec.template.spec.containers[app].livenessProbe.httpGet.port"
    assert (kind, path, message, written) == ("wrong-type", where, f"{where} must not be null", "null")


def test_a_field_of_a_later_version() -> None:
    text = "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}], resources: {limits: {cpu: 1}}}\n"
    kind, path, message, written = error(text)
    assert (kind, path, written) == ("newer-version", "spec.resources", "resources")
    assert message == "`resources` is a field of spec from Kubernetes 1.32 on, not in 1.28"
    assert errors(text, "1.32") == []


def test_an_api_of_a_later_version() -> None:
    text = (
        "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n"
        "metadata: {name: p}\nspec: {}\n"
    )
    kind, path, message, written = error(text)
    assert (kind, path, written) == ("newer-version", "apiVersion", "admissionregistration.k8s.io/v1")
    assert message.endswith("is served from Kubernetes 1.30 on, not by 1.28")


FLOW = "apiVersion: flowcontrol.apiserver.k8s.io/v1beta2\nkind: FlowSchema\nmetadata: {name: f}\n"


def test_an_api_that_a_later_version_removes_is_a_warning() -> None:
    (subject,) = view("schema_error", FLOW)
    assert (field(subject, "kind"), field(subject, "level"), field(subject, "version")) == (
        "removed-api",
        "warning",
        "1.29",
    )
    assert field(subject, "message") == (
        "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema is no longer served from Kubernetes 1.29 on; "
        "use flowcontrol.apiserver.k8s.io/v1"
    )


@pytest.mark.parametrize(
    ("api_version", "kind", "gone", "instead"),
    [
        (
            "flowcontrol.apiserver.k8s.io/v1beta1",
            "FlowSchema",
            "1.26",
            "flowcontrol.apiserver.k8s.io/v1beta3",
        ),
        ("extensions/v1beta1", "Deployment", "1.16", "apps/v1"),
        ("batch/v1beta1", "CronJob", "1.25", "batch/v1"),
        ("networking.k8s.io/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26", "autoscaling/v2"),
        ("events.k8s.io/v1beta1", "Event", "1.25", "events.k8s.io/v1"),
        ("policy/v1beta1", "PodSecurityPolicy", "1.25", ""),
    ],
)
def test_removed_apis(api_version: str, kind: str, gone: str, instead: str) -> None:
    text = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x}}\n"
    hint = f"; use {instead}" if instead else ""
    assert error(text) == (
        "removed-api",
        "apiVersion",
        f"{api_version} {kind} is no longer served since Kubernetes {gone}{hint}",
        api_version,
    )


@pytest.mark.parametrize(
    ("api_version", "message"),
    [
        ("v1", "Kubernetes 1.28 has no v1 Deployment; use apps/v1"),
        ("apps/v2", "Kubernetes 1.28 has no apps/v2 Deployment; use apps/v1"),
        ("batch/v1", "Kubernetes 1.28 has no batch/v1 Deployment; use apps/v1"),
    ],
)
def test_a_kind_in_a_wrong_group(api_version: str, message: str) -> None:
    assert error(f"apiVersion: {api_version}\nkind: Deployment\n")[:3] == (
        "unknown-api",
        "apiVersion",
        message,
    )


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("apps/v1 Deploymnt", "Kubernetes 1.28 has no apps/v1 Deploymnt; perhaps `Deployment` is meant"),
        ("apps/v1 deployment", "Kubernetes 1.28 has no apps/v1 deployment; perhaps `Deployment` is meant"),
        ("batch/v1 Gadget", "Kubernetes 1.28 has no batch/v1 Gadget"),
        ("v1 Servce", "Kubernetes 1.28 has no v1 Servce; perhaps `Service` is meant"),
        (
            "networking.k8s.io/v1 Ingres",
            "Kubernetes 1.28 has no networking.k8s.io/v1 Ingres; perhaps `Ingress` is meant",
        ),
    ],
)
def test_a_kind_that_is_not_there(named: str, message: str) -> None:
    api_version, _, kind = named.partition(" ")
    found = error(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n")
    assert found[:3] == ("unknown-api", "kind", message)


@pytest.mark.parametrize(
    "named",
    [
        "v1 Template",
        "v1 Route",
        "v1 DeploymentConfig",
        "gateway.networking.k8s.io/v1 Gateway",
        "example.com/v1 Deploymnt",
    ],
)
def test_kinds_of_other_projects_are_not_checked(named: str) -> None:
    api_version, _, kind = named.partition(" ")
    assert errors(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n") == []


def test_a_missing_api_version() -> None:
    found = error("kind: Service\nmetadata: {name: x}\n")
    assert found == (
        "missing-field",
        "apiVersion",
        "a Service lacks the required field `apiVersion`",
        "Service",
    )


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: example.com/v1\nkind: Deployment\nspec: {x: 1}\n",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {x: 1}\n",
        "apiVersion: v1\nkind: Config\nclusters: []\n",
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n",
        "kind: Gadget\n",
        "apiVersion: apps/v1\nkind: Deployment\n$patch: delete\nmetadata: {name: x}\n",
    ],
)
def test_custom_resources_and_patches_are_no_subjects(text: str) -> None:
    assert view("schema_error", text) == []


@pytest.mark.parametrize(
    "text",
    [
        # Required by the documents of 1.28, by no API server, and no longer by later documents.
        GOOD.replace("Deployment", "StatefulSet"),
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {ingress: []}\n",
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: p}\n",
        # The API server ignores a status.
        GOOD + "status: {replicas: many, x: 1}\n",
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: {minAvailable: 1}\nstatus: {}\n",
    ],
)
def test_what_no_api_server_refuses_is_valid(text: str) -> None:
    assert errors(text) == []


def test_repeated_fields() -> None:
    assert error(GOOD.replace("  replicas: 2\n", "  replicas: 2\n  replicas: 3\n")) == (
        "duplicate-field",
        "replicas",
        "the field `replicas` is written twice",
        "replicas",
    )
    second = "---\n" + GOOD.replace("name: web,", "name: api,").replace(
        "  replicas: 2\n", "  paused: true\n  paused: false\n"
    )
    assert [subject.address for subject in view("schema_error", GOOD + second)] == [
        "Deployment/web",
        "Deployment/api:paused",
    ]


def test_items_of_lists_are_checked() -> None:
    text = "apiVersion: v1\nkind: ServiceList\nitems: [{metadata: {name: a}, spec: {port: 1}}]\n"
    assert error(text)[:2] == ("unknown-field", "spec.port")


def test_json_is_checked_too() -> None:
    (item,) = model('{"apiVersion": "v1", "kind": "Service", "spec": {"typ": "x"}}', "m.json").objects
    (subject,) = schema_errors(KubernetesModel([item]), ())
    assert (field(subject, "kind"), subject.anchor.written) == ("unknown-field", '"typ"')


def test_types_in_what_quarkus_reads_are_no_errors() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\ndata: {a: 1}\nimutable: true\n"
    found = {
        path: [field(one, "kind") for one in schema_errors(KubernetesModel(model(text, path).objects), ())]
        for path in ("src/main/kubernetes/common.yml", "api/src/main/kubernetes/x.yml", "kubernetes/x.yml")
    }
    assert list(found.values()) == [["unknown-field"], ["unknown-field"], ["wrong-type", "unknown-field"]]


def test_lone_surrogates_do_not_raise() -> None:
    text = '{"apiVersion": "v1", "kind": "ConfigMap", "data": {"a\\ud800": "\\udfff", "b": 1}}'
    (item,) = model(text, "m.json").objects
    (subject,) = schema_errors(KubernetesModel([item]), ())
    assert (field(subject, "kind"), field(subject, "path")) == ("wrong-type", "data.b")


def check(manifest: dict[object, object]) -> list[Subject]:
    return list(schema_errors(KubernetesModel(objects_of(node(manifest))), ()))


def pod_with(container: object) -> dict[object, object]:
    return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}


@pytest.mark.parametrize(
    "container",
    [
        UNKNOWN,
        {"name": UNKNOWN},
        {"name": "a", "ports": UNKNOWN},
        {"name": "a", "ports": [{"containerPort": UNKNOWN}]},
        {"name": "a", "resources": {"limits": {"cpu": UNKNOWN}}},
        {"name": "a", "livenessProbe": {"httpGet": {"port": UNKNOWN}}},
        {...: 1},
        {"name": "a", "ports": [{...: 1}]},
        {"name": "a", "env": [..., {"name": "b", "value": UNKNOWN}]},
    ],
)
def test_what_is_unknown_is_no_error(container: object) -> None:
    assert [field(subject, "kind") for subject in check(pod_with(container))] == ["valid"]


def test_errors_beside_unknowns_are_found() -> None:
    found = check(pod_with({"name": UNKNOWN, "imag": "x", ...: 1, "image": 3}))
    assert sorted(str(field(subject, "path")) for subject in found) == [
        "spec.containers[0].imag",
        "spec.containers[0].image",
    ]


@pytest.mark.parametrize(
    "manifest", [{"apiVersion": UNKNOWN, "kind": "Pod"}, {"apiVersion": "v1", "kind": UNKNOWN}]
)
def test_an_object_of_an_unknown_kind_is_not_checked(manifest: dict[object, object]) -> None:
    assert check(manifest) == []


def test_nesting_that_is_too_deep_is_unknown() -> None:
    value: object = "x"
    for _ in range(150):
        value = [value]
    (subject,) = check({"apiVersion": "v1", "kind": "Pod", "spec": value})
    assert unknown(subject, "kind").kind == "limit"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("1.28", "1.28"), ("v1.30.4", "1.30"), ("1.9", "1.25"), ("1.99", "1.37"), ("2.0", "1.37"), ("", "1.25")],
)
def test_the_version_that_is_checked(wanted: str, found: str) -> None:
    pack = shipped_pack()
    assert pack.versions[pack.position(wanted)] == found


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("imagePullpolicy", "imagePullPolicy"),
        ("enviroment", "environment"),
        ("replica", "replicas"),
        ("x", ""),
        ("annotations", ""),
    ],
)
def test_what_a_misspelled_field_means(name: str, meant: str) -> None:
    assert similar(name, ["imagePullPolicy", "environment", "replicas", "selector"]) == meant


def test_a_reference_outside_the_pack_is_never_fetched() -> None:
    with socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/schema"
        index = {"versions": ["1.28"], "kinds": {}, "definitions": {"a": [[0, 0, 1]]}}
        pack = SchemaPack(f"{json.dumps(index)}\n{json.dumps({'$ref': address})}")
        with pytest.raises(ValueError, match="is not part of the schema pack"):
            pack.validator("a", 0)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("old", "new", "message", "written"),
    [
        (
            "memory: 1Gi",
            "memory: 1GB",
            f"{LIMITS}.memory must be a quantity, such as `500m`, `1.5` or `512Mi`",
            "1GB",
        ),
        (
            "image: web:1",
            "image: web:1\n          imagePullPolicy: always",
            "spec.template.spec.containers[app].imagePullPolicy must be one of Always, IfNotPresent, Never",
            "always",
        ),
        (
            "{path: /, port: http}",
            "{path: /, port: http}, successThreshold: 3",
            "spec.template.spec.containers[app].livenessProbe.successThreshold must be 1",
            "3",
        ),
        (
            "replicas: 2",
            "strategy: {type: Rolling}",
            "spec.strategy.type must be one of Recreate, RollingUpdate",
            "Rolling",
        ),
    ],
)
def test_values_that_the_schemas_leave_open(old: str, new: str, message: str, written: str) -> None:
    kind, _, said, place = error(GOOD.replace(old, new))
    assert (kind in {"wrong-value", "no-quantity"}, said, place) == (True, message, written)


def budget(share: str) -> str:
    return f"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: x}}\nspec: {{minAvailable: {share}}}\n"


@pytest.mark.parametrize("share", ["1", "0", "50%", "${LEAST}"])
def test_shares(share: str) -> None:
    assert errors(budget(share)) == []


@pytest.mark.parametrize("share", ['"1"', "half", "50 %", "0.5%"])
def test_no_shares(share: str) -> None:
    assert error(budget(share))[2] == "spec.minAvailable must be a number, or a share such as `25%`"


@pytest.mark.parametrize(("port", "valid"), [("0", False), ("1", True), ("65535", True), ("80800", False)])
def test_ports(port: str, *, valid: bool) -> None:
    found = errors(GOOD.replace("containerPort: 80", f"containerPort: {port}"))
    assert [one[2] for one in found] == (
        [] if valid else [f"{PORT}.containerPort must be a port, from 1 to 65535"]
    )


def pods(api_version: str, kind: str, policy: str) -> str:
    pod = f"{{{policy}containers: [{{name: a, image: b:1}}]}}"
    return (
        f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x}}\n"
        f"spec: {{selector: {{matchLabels: {{a: b}}}}, template: {{spec: {pod}}}}}\n"
    )


@pytest.mark.parametrize(
    ("api_version", "kind", "policy", "message"),
    [
        ("batch/v1", "Job", "", "spec.template.spec lacks the required field `restartPolicy`"),
        ("batch/v1", "Job", "restartPolicy: Always, ", "spec.template.spec.restartPolicy must be one of OnFailure, Never"),
        ("apps/v1", "Deployment", "restartPolicy: never, ", "spec.template.spec.restartPolicy must be Always"),
        ("apps/v1", "DaemonSet", "restartPolicy: OnFailure, ", "spec.template.spec.restartPolicy must be Always"),
    ],
)  # fmt: skip
def test_restart_policies_of_workloads(api_version: str, kind: str, policy: str, message: str) -> None:
    assert error(pods(api_version, kind, policy))[2] == message


@pytest.mark.parametrize(
    "policy", ["restartPolicy: Never, ", "restartPolicy: OnFailure, ", "restartPolicy: $POLICY, "]
)
def test_restart_policies_of_a_job(policy: str) -> None:
    assert errors(pods("batch/v1", "Job", policy)) == []


@pytest.mark.parametrize("quantity", ["1", "1.5", ".5", "1Gi", "1e3", "1E3", "12E", "100m", "-1", '" 1Gi "'])
def test_quantities(quantity: str) -> None:
    assert errors(GOOD.replace("memory: 1Gi", f"memory: {quantity}")) == []


@pytest.mark.parametrize("quantity", ["1GB", "100mb", "1gi", "10K", "1 Gi", "1.5.1", '""', "Gi", "1MiB"])
def test_no_quantities(quantity: str) -> None:
    assert error(GOOD.replace("memory: 1Gi", f"memory: {quantity}"))[0] == "no-quantity"


@pytest.mark.parametrize(
    "value",
    ["${MEMORY}", "${MEM}Mi", "$MEM", "$(MEM)", '"{{ memory }}"', "<memory>", "__MEMORY__", "@memory@"],
)
def test_what_is_filled_in_before_it_is_applied_is_no_error(value: str) -> None:
    text = GOOD.replace("memory: 1Gi", f'memory: "{value}"'.replace('""', '"'))
    assert errors(text.replace("replicas: 2", "replicas: ${REPLICAS}")) == []


def test_what_sops_has_encrypted_is_no_error() -> None:
    encrypted = GOOD.replace("replicas: 2", "replicas: ENC[AES256_GCM,data:x,iv:x,tag:x,type:int]")
    assert errors(f"{encrypted}sops: {{mac: x, version: 3.9.0}}\n") == []


@pytest.mark.parametrize("version", ["1.28", "1.31", "1.34"])
def test_definitions_that_look_alike_have_values_of_their_own(version: str) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: gpu}
spec:
  os: {name: linux}
  schedulingGates: [{name: example.com/quota}]
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchExpressions: [{key: cores, operator: Gt, values: ["4"]}]}]
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        - {topologyKey: zone, labelSelector: {matchExpressions: [{key: app, operator: Lt, values: [web]}]}}
  containers: [{name: app, image: "app:1", resources: {claims: [{name: gpu}]}}]
"""
    assert error(text, version)[3] == "Lt"


def test_the_fields_whose_values_are_limited_are_in_the_pack() -> None:
    pack = shipped_pack()
    newest = len(pack.versions) - 1
    for definition, fields in field_values.VALUES.items():
        assert fields.keys() <= pack.schema(definition, newest)["properties"].keys()
