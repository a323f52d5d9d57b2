"""Rendering: what a kustomization lists, in which order it is transformed, and what is said of mistakes."""

from __future__ import annotations

import pytest

from views.kustomize_support import UNKNOWN, WEB, at, load, messages, model, objects, value, way, where
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Unknown
from vvbscan.model.outcome import NOT_ANALYSED, PARTLY
from vvbscan.views.kustomize import KIND

WEB_APP = "Deployment/web"
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n"
POD = ("spec", "template", "spec")


def config(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{a: b}}\n"


def test_files_lists_and_directories_are_rendered_in_their_order() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [a.yaml, base, b.json]\n",
            "a.yaml": f"{config('one')}---\n---\n{{apiVersion: v1, kind: List, items: [{{kind: X, metadata: {{name: x}}}}]}}",
            "b.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "two"}}',
            "base/kustomization.yml": "resources: [web.yaml]\n",
            "base/web.yaml": WEB,
        }
    )
    assert list(objects(loaded)) == ["ConfigMap/one", "X/x", WEB_APP, "ConfigMap/two"]
    assert messages(loaded) == []


def test_an_object_comes_by_the_kustomizations_that_list_it_the_nearest_first() -> None:
    loaded = load(
        {
            "prod/kustomization.yaml": "resources: [../middle]\n",
            "middle/kustomization.yaml": "bases: [../base]\n",
            "base/Kustomization": "resources: [web.yaml]\n",
            "base/web.yaml": WEB,
        },
        "prod/kustomization.yaml",
        environment="prod",
    )
    (subject,) = KIND.views["workload"](loaded)
    assert [f"{step.source.path}: {step.label}" for step in subject.via] == [
        "base/Kustomization: kustomization base lists this file",
        "middle/kustomization.yaml: kustomization middle lists this base",
        "prod/kustomization.yaml: kustomization prod lists this base",
    ]
    assert subject.environment == "prod"
    assert subject.via[0].source.text.text[subject.via[0].start : subject.via[0].end] == "web.yaml"


def test_the_views_of_manifests_are_fed() -> None:
    loaded = load({"kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": WEB})
    names = [subject.address for subject in KIND.views["container"](loaded)]
    assert names == ["Deployment/web:containers[app]", "Deployment/web:containers[proxy]"]


def test_every_file_that_is_read_is_recorded_and_parsed_once() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [left, right]\n",
            "left/kustomization.yaml": "resources: [../base]\nnamePrefix: l-\n",
            "right/kustomization.yaml": "resources: [../base]\nnamePrefix: r-\npatches: [{path: p.yaml}]\n",
            "right/p.yaml": WEB,
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": WEB,
        }
    )
    assert [(record.path, record.format) for record in loaded.files] == [
        ("kustomization.yaml", "kustomization"),
        ("left/kustomization.yaml", "kustomization"),
        ("base/kustomization.yaml", "kustomization"),
        ("base/web.yaml", "kubernetes"),
        ("right/kustomization.yaml", "kustomization"),
        ("right/p.yaml", "kustomization"),
    ]
    assert [parsed.source.path for parsed in loaded.parsed] == [record.path for record in loaded.files]
    assert list(objects(loaded)) == ["Deployment/l-web", "Deployment/r-web"]


def test_a_namespace_comes_from_the_kustomization() -> None:
    loaded = load(
        {
            "kustomization.yaml": "namespace: shop\nresources: [web.yaml, role.yaml]\n",
            "web.yaml": WEB,
            "role.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n",
        }
    )
    assert list(objects(loaded)) == ["Deployment/shop/web", "ClusterRole/all"]
    assert where(at(loaded, "Deployment/shop/web", "metadata", "namespace")) == "kustomization.yaml: shop"


def test_names_get_affixes_and_references_follow() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [base]\nnamePrefix: eu-\nnameSuffix: '-2'\n",
            "base/kustomization.yaml": "resources: [web.yaml, rest.yaml]\nnamePrefix: b-\n",
            "base/web.yaml": WEB,
            "base/rest.yaml": f"{config('settings')}---\n{ACCOUNT}---\n{config('token').replace('ConfigMap', 'Secret')}",
        }
    )
    name = "Deployment/eu-b-web-2"
    assert list(objects(loaded)) == [
        name, "ConfigMap/eu-b-settings-2", "ServiceAccount/eu-b-runner-2", "Secret/eu-b-token-2",
    ]  # fmt: skip
    container = (*POD, "containers", 0)
    assert value(loaded, name, *container, "envFrom", 0, "configMapRef", "name") == "eu-b-settings-2"
    assert value(loaded, name, *container, "env", 1, "valueFrom", "secretKeyRef", "name") == "eu-b-token-2"
    assert value(loaded, name, *POD, "serviceAccountName") == "eu-b-runner-2"
    assert value(loaded, name, "spec", "selector", "matchLabels") == {"app": "web"}


def test_a_renamed_object_keeps_the_place_of_its_name() -> None:
    loaded = load({"kustomization.yaml": "resources: [web.yaml]\nnamePrefix: eu-\n", "web.yaml": WEB})
    name = at(loaded, "Deployment/eu-web", "metadata", "name")
    assert where(name) == "web.yaml: web"
    assert way(name) == ["kustomization . puts this before names: eu-"]


def test_names_that_nothing_rendered_has_stay_as_they_are() -> None:
    loaded = load({"kustomization.yaml": "resources: [web.yaml]\nnamePrefix: eu-\n", "web.yaml": WEB})
    assert value(loaded, "Deployment/eu-web", *POD, "serviceAccountName") == "runner"


def test_definitions_and_namespaces_keep_their_names() -> None:
    definitions = "".join(
        f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n"
        for version, kind in (
            ("v1", "Namespace"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            ("apiregistration.k8s.io/v1", "APIService"),
        )
    )
    loaded = load({"kustomization.yaml": "resources: [d.yaml]\nnamePrefix: eu-\n", "d.yaml": definitions})
    assert list(objects(loaded)) == ["Namespace/x", "CustomResourceDefinition/x", "APIService/x"]


def test_labels_come_from_the_kustomization_and_reach_selectors_when_asked() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [web.yaml]\nlabels:\n- pairs: {plain: a, app: other}\n"
            "- {pairs: {team: b}, includeSelectors: true}\ncommonAnnotations: {owner: me}\n",
            "web.yaml": WEB,
        }
    )
    assert value(loaded, WEB_APP, "metadata", "labels") == {"app": "other", "plain": "a", "team": "b"}
    assert value(loaded, WEB_APP, "spec", "selector", "matchLabels") == {"app": "web", "team": "b"}
    template = value(loaded, WEB_APP, "spec", "template", "metadata")
    assert template == {"labels": {"app": "web", "team": "b"}, "annotations": {"owner": "me"}}
    assert where(at(loaded, WEB_APP, "metadata", "labels", "app")) == "kustomization.yaml: other"
    key = at(loaded, WEB_APP, "metadata", "labels").key("plain")
    assert key is not None
    assert where(key) == "kustomization.yaml: plain"


def test_replicas_are_set_by_name_even_an_earlier_one() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [base]\nreplicas: [{name: web, count: 4}]\n",
            "base/kustomization.yaml": "resources: [web.yaml]\nnamePrefix: b-\n",
            "base/web.yaml": WEB,
        }
    )
    assert where(at(loaded, "Deployment/b-web", "spec", "replicas")) == "kustomization.yaml: 4"


def test_replicas_of_nothing_are_reported() -> None:
    text = "resources: [web.yaml]\nreplicas: [{name: wbe, count: 4}, {name: web, count: many}]\n"
    assert messages(load({"kustomization.yaml": text, "web.yaml": WEB}), "error") == [
        "kustomization.yaml:2: Nothing that has replicas is named wbe.",
        "kustomization.yaml:2: An entry of replicas has a name and a count, which is a number.",
    ]


COMPONENT = (
    "kind: Component\nresources: [extra.yaml]\npatches:\n- target: {kind: Deployment}\n  path: p.yaml\n"
)


def test_a_component_works_on_what_the_kustomization_that_lists_it_has() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [web.yaml]\ncomponents: [part]\nnamePrefix: a-\n",
            "web.yaml": WEB,
            "part/kustomization.yaml": COMPONENT,
            "part/extra.yaml": config("extra"),
            "part/p.yaml": "- {op: add, path: /spec/paused, value: true}\n",
        }
    )
    assert list(objects(loaded)) == ["Deployment/a-web", "ConfigMap/a-extra"]
    assert way(at(loaded, "Deployment/a-web", "spec", "paused")) == [
        "kustomization part lists this patch: p.yaml"
    ]
    assert messages(loaded) == []


def test_a_component_on_its_own_is_open_and_not_a_mistake() -> None:
    loaded = load(
        {
            "kustomization.yaml": "kind: Component\npatches: [{path: web.yaml}]\nreplicas: [{name: web, count: 2}]\n",
            "web.yaml": WEB,
        }
    )
    assert messages(loaded) == []
    rest = model(loaded).rest
    assert rest is not None
    assert rest.kind == "open"


@pytest.mark.parametrize(
    ("field", "kind", "said"),
    [
        ("resources", "Component", "part is a component, which belongs under 'components'."),
        ("components", "Kustomization", "part is not a component: its kind is not Component."),
    ],
)
def test_components_and_bases_that_are_mixed_up_are_reported(field: str, kind: str, said: str) -> None:
    loaded = load(
        {
            "kustomization.yaml": f"{field}: [part]\n",
            "part/kustomization.yaml": f"kind: {kind}\nresources: [extra.yaml]\n",
            "part/extra.yaml": config("extra"),
        }
    )
    assert messages(loaded, "warning") == [f"kustomization.yaml:1: {said}"]
    assert list(objects(loaded)) == ["ConfigMap/extra"]


def test_local_configuration_is_not_rendered() -> None:
    local = config("l").replace(
        "{name: l}", "{name: l, annotations: {config.kubernetes.io/local-config: 'true'}}"
    )
    assert objects(load({"kustomization.yaml": "resources: [l.yaml]\n", "l.yaml": local})) == {}


@pytest.mark.parametrize(
    ("entry", "level", "said"),
    [
        ("gone.yaml", "error", "gone.yaml does not exist."),
        ("../gone", "error", "gone does not exist."),
        ("empty", "error", "The directory empty has no kustomization file."),
        (
            "../../out",
            "error",
            "../../out leads out of the directory that is scanned, where nothing is read.",
        ),
        ("/etc", "error", "/etc leads out of the directory that is scanned, where nothing is read."),
        (".", "error", "app contains a kustomization that lists it, which would go on for ever."),
        ("..", "error", ". contains a kustomization that lists it, which would go on for ever."),
        ("1", "error", "A path is expected here."),
        (
            "https://example.org/x.yaml",
            "warning",
            "https://example.org/x.yaml is outside the tree and is not fetched.",
        ),
        ("github.com/org/repo//deploy?ref=v1", "warning", "is outside the tree and is not fetched."),
        ("git@example.org:org/repo", "warning", "is outside the tree and is not fetched."),
        ("git::ssh://example.org/repo.git", "warning", "is outside the tree and is not fetched."),
        ("example.org/org/repo.git//deploy", "warning", "is outside the tree and is not fetched."),
    ],
)
def test_what_cannot_be_rendered_is_located_and_leaves_the_objects_open(
    entry: str, level: str, said: str
) -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [app]\n",
            "app/kustomization.yaml": f"resources: [web.yaml, {entry}]\n",
            "app/web.yaml": WEB,
            "app/empty/readme.md": "",
        },
        "app/kustomization.yaml",
    )
    entry_said = said.replace("empty has", "app/empty has").replace("gone.yaml does", "app/gone.yaml does")
    (message,) = messages(loaded, level)
    assert message.startswith("app/kustomization.yaml:1: ")
    assert message.endswith(entry_said)
    assert list(objects(loaded)) == [WEB_APP]
    rest = model(loaded).rest
    assert rest is not None
    assert rest.reason
    (record,) = [one for one in loaded.files if one.path == "app/kustomization.yaml"]
    assert (record.status, record.reason) == (PARTLY, rest.reason)


def test_what_a_remote_base_may_bring_is_not_missed() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [web.yaml, 'https://example.org/rest']\npatches: [{path: s.yaml}]\n",
            "web.yaml": WEB,
            "s.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n",
        }
    )
    assert messages(loaded, "error") == []
    (workload,) = KIND.views["workload"](loaded)
    backed = workload.root.get("service_backed")
    assert backed is not None
    assert isinstance(backed.value, Unknown)
    assert backed.value.kind == "remote"


def test_kustomizations_that_list_each_other_end() -> None:
    loaded = load(
        {
            "a/kustomization.yaml": "resources: [../b, web.yaml]\n",
            "a/web.yaml": WEB,
            "b/kustomization.yaml": "resources: [../a]\n",
        },
        "a/kustomization.yaml",
    )
    assert messages(loaded, "error") == [
        "b/kustomization.yaml:1: a contains a kustomization that lists it, which would go on for ever."
    ]
    assert list(objects(loaded)) == [WEB_APP]


def chain(length: int) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        f"k{i}/kustomization.yaml": f"resources: [../k{i + 1}]\n" for i in range(length)
    }
    files[f"k{length}/kustomization.yaml"] = "resources: [web.yaml]\n"
    files[f"k{length}/web.yaml"] = WEB
    return files


def test_a_long_chain_of_bases_is_rendered() -> None:
    assert list(objects(load(chain(1100), "k0/kustomization.yaml"))) == [WEB_APP]


@pytest.mark.parametrize(
    "files",
    [
        chain(2100),
        {  # every level renders the next one twice
            **{
                f"{side}{i}/kustomization.yaml": f"resources: [../a{i + 1}, ../b{i + 1}]\nnamePrefix: {side}\n"
                for i in range(40)
                for side in "ab"
            },
            "k0/kustomization.yaml": "resources: [../a0]\n",
            "a40/kustomization.yaml": "configMapGenerator: [{name: x}]\n",
            "b40/kustomization.yaml": "configMapGenerator: [{name: y}]\n",
        },
    ],
    ids=["many files", "many objects"],
)
def test_a_kustomization_that_is_too_much_work_is_not_analysed(files: dict[str, str | bytes]) -> None:
    loaded = load(files, "k0/kustomization.yaml", limits=DEFAULT_LIMITS._replace(nodes=20_000))
    (notice,) = loaded.notices
    assert (notice.level, notice.code, notice.path) == ("error", "limit", "k0/kustomization.yaml")
    assert loaded.files[0].status == NOT_ANALYSED
    assert objects(loaded) == {}
    assert model(loaded).rest is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "A kustomization is a mapping."),
        ("text", "A kustomization is a mapping."),
    ],
)
def test_a_kustomization_that_is_none_is_reported(text: str, said: str) -> None:
    loaded = load({"kustomization.yaml": text})
    assert messages(loaded, "error") == [f"kustomization.yaml:1: {said}"]


def test_unknown_fields_are_reported_at_their_key_and_case_does_not_matter() -> None:
    loaded = load({"kustomization.yaml": "Resources: [web.yaml]\nresource: [x.yaml]\n", "web.yaml": WEB})
    assert messages(loaded) == [
        "kustomization.yaml:2: kustomize knows no field 'resource' and refuses the file."
    ]
    assert list(objects(loaded)) == [WEB_APP]


def test_numbers_in_place_of_text_are_used_and_reported() -> None:
    text = "resources: [web.yaml]\nnameSuffix: -2\nimages: [{name: shop/web, newTag: 1.5}]\n"
    loaded = load({"kustomization.yaml": text, "web.yaml": WEB})
    assert messages(loaded, "warning") == [
        "kustomization.yaml:2: kustomize takes only text here and refuses the file.",
        "kustomization.yaml:3: kustomize takes only text here and refuses the file.",
    ]
    assert value(loaded, "Deployment/web-2", *POD, "containers", 0, "image") == "shop/web:1.5"


def test_two_kustomization_files_in_one_directory_are_reported() -> None:
    loaded = load({"kustomization.yaml": "namePrefix: a\n", "kustomization.yml": "namePrefix: b\n"})
    (message,) = messages(loaded, "error")
    assert message.startswith("kustomization.yaml:1: kustomization.yml is in the same directory; ")


@pytest.mark.parametrize("content", ["", "# nothing\n", "null\n", "---\n---\n"])
def test_an_empty_kustomization_renders_nothing(content: str) -> None:
    assert objects(load({"kustomization.yaml": content})) == {}


def test_an_unreadable_kustomization_is_reported() -> None:
    loaded = load({"kustomization.yaml": b"\x00\x01\x02\xff" * 10})
    assert [notice.level for notice in loaded.notices] == ["error"]
    assert loaded.files[0].status == NOT_ANALYSED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("helmCharts: [{name: redis, repo: x}]", "The Helm chart redis is not rendered."),
        ("generators: [gen.yaml]", "The generator gen.yaml is not run."),
    ],
)
def test_what_only_programs_generate_leaves_the_objects_open(text: str, message: str) -> None:
    loaded = load({"kustomization.yaml": f"resources: [web.yaml]\n{text}\n", "web.yaml": WEB})
    assert messages(loaded) == [f"kustomization.yaml:2: {message}"]
    rest = model(loaded).rest
    assert rest is not None
    assert rest.kind == "plugin"


def test_what_a_transformer_is_applied_to_is_unknown() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [base, other.yaml]\n",
            "other.yaml": config("other"),
            "base/kustomization.yaml": "resources: [web.yaml]\ntransformers: [t.yaml]\n",
            "base/web.yaml": WEB,
            "base/t.yaml": "kind: Program\n",
        }
    )
    assert value(loaded, WEB_APP, "spec") == UNKNOWN
    assert value(loaded, "ConfigMap/other", "data") == {"a": "b"}
    assert messages(loaded) == [
        "base/kustomization.yaml:2: The transformer t.yaml is not run: what it is applied to is unknown."
    ]
    (workload,) = KIND.views["workload"](loaded)
    pod = workload.root.get("pod")
    assert pod is not None
    assert isinstance(pod.value, Unknown)


BUILTIN = """\
apiVersion: builtin
kind: LabelTransformer
metadata: {name: labels}
labels: {team: a}
fieldSpecs: [{path: metadata/labels, create: true}, {path: spec/selector/matchLabels, kind: Deployment}]
---
apiVersion: builtin
kind: PrefixTransformer
metadata: {name: prefix}
prefix: eu-
fieldSpecs: [{path: metadata/name}]
---
apiVersion: builtin
kind: NamespaceTransformer
metadata: {name: namespace, namespace: shop}
fieldSpecs: [{path: metadata/namespace, create: true}]
---
apiVersion: builtin
kind: ImageTagTransformer
metadata: {name: image}
imageTag: {name: shop/web, newTag: v2}
---
apiVersion: builtin
kind: ReplicaCountTransformer
metadata: {name: replicas}
replica: {name: web, count: 5}
---
apiVersion: builtin
kind: PatchTransformer
metadata: {name: patch}
target: {kind: Deployment}
patch: |-
  - op: add
    path: /spec/paused
    value: true
"""


@pytest.mark.parametrize("inline", [False, True])
def test_transformers_that_are_built_in_are_run(*, inline: bool) -> None:
    indented = "".join(f"  {line}\n" for line in BUILTIN.split("\n"))
    entry = f"- |-\n{indented}" if inline else "- t.yaml\n"
    loaded = load(
        {
            "kustomization.yaml": f"resources: [web.yaml]\ntransformers:\n{entry}",
            "web.yaml": WEB,
            "t.yaml": BUILTIN,
        }
    )
    assert messages(loaded) == []
    name = "Deployment/shop/eu-web"
    assert value(loaded, name, "metadata", "labels") == {"app": "web", "team": "a"}
    assert value(loaded, name, "spec", "selector", "matchLabels") == {"app": "web", "team": "a"}
    assert value(loaded, name, *POD, "containers", 0, "image") == "shop/web:v2"
    assert value(loaded, name, "spec", "replicas") == 5
    paused = at(loaded, name, "spec", "paused")
    assert where(paused) == f"{'kustomization' if inline else 't'}.yaml: true"


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: example.org/v1\nkind: Anything\n",
        "apiVersion: builtin\nkind: SortOrderTransformer\n",
        "apiVersion: builtin\nkind: NamespaceTransformer\nunsetOnly: true\nmetadata: {namespace: a}\n",
    ],
)
def test_other_transformers_are_not(text: str) -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [web.yaml]\ntransformers: [t.yaml]\n",
            "web.yaml": WEB,
            "t.yaml": text,
        }
    )
    assert value(loaded, WEB_APP, "spec") == UNKNOWN
    assert len(messages(loaded, "warning")) == 1


@pytest.mark.parametrize("field", ["configurations: [c.yaml]", "crds: [c.yaml]", "openapi: {path: c.json}"])
def test_settings_that_are_not_read_are_noted(field: str) -> None:
    loaded = load({"kustomization.yaml": f"resources: [web.yaml]\n{field}\n", "web.yaml": WEB})
    (message,) = messages(loaded, "note")
    name = field.partition(":")[0]
    assert message.startswith(f"kustomization.yaml:2: The field {name} is not read: ")
