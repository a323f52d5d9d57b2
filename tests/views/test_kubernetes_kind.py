from __future__ import annotations

from textwrap import dedent

from views.kubernetes_support import UNIT, load, pod
from vvbscan.engine.tree import MemoryTree
from vvbscan.model.facts import WorkloadFact
from vvbscan.model.outcome import NOT_ANALYSED, PARTLY
from vvbscan.model.unit import Options
from vvbscan.views.kubernetes.kind import KIND, VIEWS, model_of

MANIFEST = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      template:
        spec:
          containers:
            - name: app
              image: registry.example.com/shop/web:2
              ports: [{name: http, containerPort: 8080}, {containerPort: 9000}, {containerPort: x}]
              env: [{name: A, value: "1"}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}]
              envFrom: [{secretRef: {name: more}}]
              livenessProbe: {httpGet: {path: /live, port: http}}
              readinessProbe: {httpGet: {port: 8080}}
              startupProbe: {exec: {command: [x]}}
"""

MANIFEST_OF_ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"


def facts(text: str) -> list[WorkloadFact]:
    found = KIND.facts(UNIT._replace(environment="production"), load(text))
    return [fact for fact in found if isinstance(fact, WorkloadFact)]


def test_a_template_outside_of_a_chart_is_read_as_far_as_it_is_yaml() -> None:
    filled = pod("image: web:1").replace("name: web", "name: web\n  namespace:\n    {{ .Namespace }}")
    decided = pod("image: web:1") + "{{- if .More }}\n  restartPolicy: Never\n{{- end }}\n"
    (whole,) = model_of(load(filled)).objects
    assert whole.address == "Pod/*/web"
    loaded = load(f"{decided}---\n{MANIFEST_OF_ONE}")
    assert [item.address for item in model_of(loaded).objects] == ["ConfigMap/web"]
    (notice,) = loaded.notices
    assert (notice.level, notice.code) == ("warning", "template-not-rendered")
    assert [record.status for record in loaded.files] == [PARTLY]
    assert [record.status for record in load(decided).files] == [NOT_ANALYSED]
    assert not any(parsed.problems for parsed in loaded.parsed)


def test_tags_of_other_template_engines() -> None:
    loaded = load(f"{{% raw %}}\n{MANIFEST_OF_ONE}{{% endraw %}}\n---\n{MANIFEST_OF_ONE}")
    assert [notice.message for notice in loaded.notices] == [
        "The file is a template and was not wholly analysed: `{% raw %}` is a tag of a template engine."
    ]
    assert [item.address for item in model_of(loaded).objects] == ["ConfigMap/web"]


def test_what_is_no_yaml_and_no_template_is_an_error() -> None:
    loaded = load("apiVersion: v1\nkind: Pod\nmetadata: {name: @NAME@}\n")
    assert [problem.level for parsed in loaded.parsed for problem in parsed.problems] == ["error"]


def test_facts_of_a_container() -> None:
    (fact,) = facts(MANIFEST)
    assert (fact.unit, fact.judged, fact.address) == (
        "manifest:m.yaml",
        True,
        "Deployment/shop/web:containers[app]",
    )
    assert (fact.workload, fact.container) == ("web", "app")
    assert (fact.image.value, fact.image.location.line) == ("registry.example.com/shop/web:2", 9)
    assert fact.ports == (("http", 8080), ("", 9000))
    assert [(probe.kind, probe.path.value, probe.port.value) for probe in fact.probes] == [
        ("liveness", "/live", "http"),
        ("readiness", "/", 8080),
    ]
    assert [(one.name, one.value.value, one.value.unknown) for one in fact.variables] == [
        ("A", "1", ""),
        ("B", None, "it is the key k of Secret s"),
    ]
    assert fact.open_variables == "Secret more may set it"
    assert fact.location.snippet.strip() == "- name: app"


def test_the_place_of_a_missing_image_is_the_container() -> None:
    (fact,) = facts(pod("command: [x]"))
    assert (fact.image.value, fact.image.unknown, fact.image.location.line) == (None, "", 7)


def test_a_value_from_a_config_map_says_its_way() -> None:
    config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {K: v}\n"
    (fact,) = facts(pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: K}}}]", extra=config))
    (variable,) = fact.variables
    assert (variable.value.value, variable.value.location.line) == ("v", 13)
    assert [step.label for step in variable.value.via] == ["container app takes it from here"]


def test_json_is_read_as_json() -> None:
    loaded = load('{"apiVersion": "v1",\n\t"kind": "Pod", "metadata": {"name": "web"}}', "pod.json")
    assert [item.address for item in model_of(loaded).objects] == ["Pod/web"]
    assert loaded.parsed[0].problems == ()


def test_a_file_that_cannot_be_read_is_a_notice() -> None:
    loaded = KIND.load(UNIT, MemoryTree({}), Options())
    (record,) = loaded.files
    (notice,) = loaded.notices
    assert (record.status, notice.level, notice.code, notice.path) == (
        NOT_ANALYSED,
        "error",
        "unreadable",
        "m.yaml",
    )
    assert [list(view(loaded)) for view in VIEWS.values()] == [[]] * len(VIEWS)


def test_the_environment_of_the_unit_is_that_of_its_objects() -> None:
    tree = MemoryTree({"m.yaml": dedent(MANIFEST)})
    loaded = KIND.load(UNIT._replace(environment="production"), tree, Options())
    assert {item.environment for item in model_of(loaded).objects} == {"production"}
    assert {subject.environment for view in VIEWS.values() for subject in view(loaded)} == {"production"}


OTHERS = """\
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {type: NodePort, ports: [{port: 80}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: web}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: edge}
    data: {ssl-protocols: TLSv1.3}
    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: web}
    spec: {maxUnavailable: 1}
"""


def test_every_view_names_its_subjects_after_itself() -> None:
    loaded = load(dedent(MANIFEST) + dedent(OTHERS))
    for name, view in VIEWS.items():
        subjects = list(view(loaded))
        assert subjects, name
        assert {subject.view for subject in subjects} == {name}
        for subject in subjects:
            assert subject.anchor.written
            assert "\n" not in subject.anchor.written
