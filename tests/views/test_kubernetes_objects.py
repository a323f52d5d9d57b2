from __future__ import annotations

import json

import pytest

from views.kubernetes_support import load, objects, view
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Origin, Source
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.kubernetes.kind import model_of
from vvbscan.views.kubernetes.objects import read_objects, same_namespace

TWO = """\
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web, namespace: shop}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
"""


def addresses(text: str, path: str = "m.yaml") -> list[str]:
    return [item.address for item in objects(text, path)]


def test_every_document_is_an_object() -> None:
    account, deployment = objects(TWO)
    assert (account.kind, account.group, account.version, account.api_version) == (
        "ServiceAccount", "", "v1", "v1",
    )  # fmt: skip
    assert (account.namespace, account.name, account.address) == ("shop", "web", "ServiceAccount/shop/web")
    assert (deployment.group, deployment.version, deployment.address) == ("apps", "v1", "Deployment/web")


def test_the_kind_stands_for_the_object() -> None:
    anchors = [item.anchor.written for item in objects(TWO)]
    assert anchors == ["ServiceAccount", "Deployment"]


def test_json_gives_the_same_objects() -> None:
    text = json.dumps({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}})
    (job,) = objects(text, "job.json")
    assert (job.address, job.group, job.anchor.written) == ("Job/once", "batch", '"Job"')


def test_lists_are_flattened() -> None:
    text = """\
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
          - apiVersion: v1
            kind: List
            items:
              - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
          - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
    """
    assert addresses(text) == ["ConfigMap/a", "ConfigMap/b", "ConfigMap/c"]


def test_items_of_a_typed_list_have_its_kind_and_version() -> None:
    text = """\
        apiVersion: apps/v1
        kind: DeploymentList
        items:
          - metadata: {name: a}
          - {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
    """
    first, second = objects(text)
    assert (first.address, first.api_version, first.anchor.written) == ("Deployment/a", "apps/v1", "metadata")
    assert (second.address, second.anchor.written) == ("Deployment/b", "Deployment")


@pytest.mark.parametrize("items", ["", "items: 3", "items: {a: 1}"])
def test_a_list_without_items_is_kept_as_it_is(items: str) -> None:
    assert addresses(f"apiVersion: example.com/v1\nkind: AllowList\nmetadata: {{name: x}}\n{items}\n") == [
        "AllowList/x"
    ]


def test_an_empty_list_has_no_objects() -> None:
    assert addresses("apiVersion: v1\nkind: List\nitems: []\n") == []


@pytest.mark.parametrize("text", ["", "--- \n---\n", "just words", "- kind: Pod", "name: no kind", "kind:\n"])
def test_what_has_no_kind_is_no_object(text: str) -> None:
    assert objects(text) == ()


def test_custom_resources_are_kept() -> None:
    (item,) = objects("apiVersion: example.com/v1alpha1\nkind: Gadget\nspec: {size: 3}\n")
    assert (item.address, item.group, item.version) == ("Gadget/?", "example.com", "v1alpha1")


def test_values_that_only_look_like_an_object_are_told() -> None:
    loaded = load(
        "apiVersion: apps/v1\nkind: Deployment\nimage: web\nreplicas: 2\n---\nkind: Pod\nspec: {}\n"
    )
    assert [item.address for item in model_of(loaded).objects] == ["Pod/?"]
    (notice,) = loaded.notices
    assert (notice.level, notice.code, notice.location and notice.location.line) == ("note", "no-manifest", 2)


def test_an_object_without_its_kind_is_told() -> None:
    loaded = load(
        "apiVersion: v1\nkind: Pod\nmetadata: {}\n---\napiVersion: apps/v1\nmetadata: {name: web}\n"
        "---\nmetadata: {name: no version}\n---\napiVersion: 2\nname: chart\n"
    )
    assert [item.address for item in model_of(loaded).objects] == ["Pod/?"]
    (notice,) = loaded.notices
    assert (notice.level, notice.code, notice.location and notice.location.line) == ("warning", "no-kind", 5)


def test_generated_and_unknown_names() -> None:
    text = """\
        apiVersion: batch/v1
        kind: Job
        metadata: {generateName: backup-}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {namespace: shop}
    """
    assert addresses(text) == ["Job/backup-*", "Secret/shop/?"]


def test_booleans_as_names_are_shown_as_yaml_writes_them() -> None:
    assert addresses("apiVersion: v1\nkind: Pod\nmetadata: {name: yes}\n") == ["Pod/true"]


def test_numbers_as_names_are_kept() -> None:
    assert addresses("apiVersion: v1\nkind: Pod\nmetadata: {name: 12}\n") == ["Pod/12"]


def test_equal_addresses_are_told_apart() -> None:
    document = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    assert addresses("---\n".join([document] * 3)) == ["Pod/web", "Pod/web#2", "Pod/web#3"]


def test_anchors_and_merge_keys_are_resolved() -> None:
    text = """\
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
          labels: &labels {app: web}
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          <<: &named {name: b}
          labels: {<<: *named}
    """
    assert addresses(text) == ["ConfigMap/a", "Pod/b"]


def test_a_broken_document_does_not_lose_the_others() -> None:
    text = "kind: A\napiVersion: v1\n---\nkind: [\n---\nkind: B\napiVersion: v1\n"
    assert [item.kind for item in objects(text)] == ["A", "B"]


def test_environment_and_way_are_carried_to_the_subjects() -> None:
    source = Source("base/m.yaml", SourceText("kind: Pod\napiVersion: v1\n"))
    step = Origin("the overlay lists it", source, 0, 4)
    (item,) = read_objects(parse_yaml(source, DEFAULT_LIMITS), "production", (step,))
    assert (item.environment, item.via) == ("production", (step,))


def test_view_of_objects() -> None:
    subjects = view("kubernetes_object", TWO)
    fields = [
        {name: node.value for name in ("kind", "api_version", "namespace", "name")
         if (node := subject.root.get(name)) is not None}
        for subject in subjects
    ]  # fmt: skip
    assert fields == [
        {"kind": "ServiceAccount", "api_version": "v1", "namespace": "shop", "name": "web"},
        {"kind": "Deployment", "api_version": "apps/v1", "name": "web"},
    ]
    assert subjects[1].root.at("object", "metadata", "name") is subjects[1].root.get("name")


def test_deep_nesting_is_a_problem_and_no_crash() -> None:
    text = "kind: Pod\napiVersion: v1\nspec: " + "[" * 100_000
    loaded = load(text)
    assert any(problem.level == "error" for problem in loaded.parsed[0].problems)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("a", "a", True), ("a", "b", False), ("", "b", True), ("a", "", True), ("a-*", "b", True)],
)
def test_an_unwritten_namespace_can_be_any(first: str, second: str, *, same: bool) -> None:
    assert same_namespace(first, second) is same


def test_a_json_file_may_have_several_objects() -> None:
    pod = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}'
    text = f"{pod}\n{pod.replace('Pod', 'Secret')}\n"
    assert [item.address for item in objects(text, "m.json")] == ["Pod/a", "Secret/a"]
