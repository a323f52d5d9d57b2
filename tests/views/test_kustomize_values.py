"""Images, generators, replacements and variables of kustomizations: values and where they are."""

from __future__ import annotations

from base64 import b64decode

import pytest

from views.kustomize_support import UNKNOWN, WEB, at, load, messages, objects, value, way, where
from vvbscan.model.node import MapValue, Unknown
from vvbscan.views.kustomize import KIND
from vvbscan.views.records import ImageReference

WEB_APP = "Deployment/web"
CONTAINER = ("spec", "template", "spec", "containers", 0)
IMAGE = (*CONTAINER, "image")


def image(entry: str, name: str = "shop/web:1.0.0") -> object:
    loaded = load(
        {
            "kustomization.yaml": f"resources: [web.yaml]\nimages: [{entry}]\n",
            "web.yaml": WEB.replace("shop/web:1.0.0", name),
        }
    )
    assert messages(loaded) == []
    return value(loaded, WEB_APP, *IMAGE)


@pytest.mark.parametrize(
    ("entry", "name", "expected"),
    [
        ("{name: shop/web, newTag: '2'}", "shop/web:1.0.0", "shop/web:2"),
        ("{name: shop/web, newTag: '2'}", "shop/web", "shop/web:2"),
        ("{name: shop/web, newTag: '2'}", "shop/web@sha256:12", "shop/web:2"),
        ("{name: shop/web, newTag: '2'}", "shop/web:1@sha256:12", "shop/web:2"),
        ("{name: shop/web, digest: 'sha256:ab'}", "shop/web:1.0.0", "shop/web@sha256:ab"),
        ("{name: shop/web, newTag: '2', digest: 'sha256:ab'}", "shop/web", "shop/web:2@sha256:ab"),
        ("{name: shop/web, newName: other}", "shop/web:1@sha256:12", "other:1@sha256:12"),
        ("{name: web, newTag: '2'}", "shop/web:1.0.0", "shop/web:1.0.0"),
        ("{name: shop/we, newTag: '2'}", "shop/web:1.0.0", "shop/web:1.0.0"),
        ("{name: 'r.example:5000/web', newTag: '2'}", "r.example:5000/web:1", "r.example:5000/web:2"),
        ("{name: 'r.example:5000/web', newName: web}", "r.example:5000/web", "web"),
        ("{name: shop.web, newTag: '2'}", "shop/web", "shop/web:2"),
        ("{name: '(shop|other)/.*', newTag: '2'}", "other/api:1", "other/api:2"),
        ("{name: shop/web, tagSuffix: -x}", "shop/web:1@sha256:12", "shop/web:1-x"),
        ("{name: shop/web}", "shop/web:1", "shop/web:1"),
    ],
)
def test_images_change_as_kustomize_changes_them(entry: str, name: str, expected: str) -> None:
    assert image(entry, name) == expected


def reference(files: dict[str, str | bytes], path: str = "kustomization.yaml") -> ImageReference:
    loaded = load(files, path)
    subjects = [one for one in KIND.views["image_reference"](loaded) if "containers[app]" in one.address]
    record = subjects[0].record
    assert isinstance(record, ImageReference)
    return record


def test_each_part_of_an_image_is_where_it_was_written() -> None:
    found = reference(
        {
            "kustomization.yaml": "resources: [web.yaml]\nimages:\n- name: shop/web\n  newTag: latest\n",
            "web.yaml": WEB,
        }
    )
    assert found.tag is not None
    assert found.repository is not None
    assert where(found.tag) == "kustomization.yaml: latest"
    assert way(found.tag) == ["the image is named here: shop/web:1.0.0"]
    assert where(found.repository) == "web.yaml: shop/web"
    assert where(found.image) == "kustomization.yaml: latest"


def test_a_tag_stays_where_it_was_if_only_the_name_changes() -> None:
    found = reference(
        {
            "kustomization.yaml": "resources: [web.yaml]\nimages: [{name: shop/web, newName: r.example/shop/w}]\n",
            "web.yaml": WEB,
        }
    )
    assert [where(node) for node in (found.tag, found.registry, found.repository) if node is not None] == [
        "web.yaml: 1.0.0",
        "kustomization.yaml: r.example",
        "kustomization.yaml: shop/w",
    ]


def test_parts_keep_their_places_through_several_kustomizations() -> None:
    found = reference(
        {
            "prod/kustomization.yaml": "resources: [../base]\nimages: [{name: r.example/web, newTag: '7'}]\n",
            "base/kustomization.yaml": "resources: [web.yaml]\nimages: [{name: shop/web, newName: r.example/web}]\n",
            "base/web.yaml": WEB,
        },
        "prod/kustomization.yaml",
    )
    assert found.tag is not None
    assert found.registry is not None
    assert where(found.tag) == "prod/kustomization.yaml: 7"
    assert where(found.registry) == "base/kustomization.yaml: r.example"


def test_images_of_custom_resources_and_init_containers_change_too() -> None:
    text = (
        "kind: {kind}\nmetadata: {{name: x}}\nspec: {{pods: [{{initContainers: [{{image: shop/web}}]}}]}}\n"
    )
    files: dict[str, str | bytes] = {
        "kustomization.yaml": "resources: [a.yaml, b.yaml]\nimages: [{name: shop/web, newTag: '2'}]\n",
        "a.yaml": text.format(kind="Fleet"),
        "b.yaml": text.format(kind="CustomResourceDefinition"),
    }
    loaded = load(files)
    path = ("spec", "pods", 0, "initContainers", 0, "image")
    assert value(loaded, "Fleet/x", *path) == "shop/web:2"
    assert value(loaded, "CustomResourceDefinition/x", *path) == "shop/web"


def test_an_image_name_without_meaning_is_reported() -> None:
    loaded = load(
        {"kustomization.yaml": "resources: [web.yaml]\nimages: [{name: '[', newTag: a}]\n", "web.yaml": WEB}
    )
    (message,) = messages(loaded, "error")
    assert message.startswith("kustomization.yaml:2: The name of the image has no meaning as a pattern: ")


GENERATED: dict[str, str | bytes] = {
    "app/kustomization.yaml": """\
        resources: [web.yaml]
        namespace: shop
        configMapGenerator:
        - name: settings
          literals:
          - LEVEL=debug
          - "QUOTED='a b'"
          - EQUALS=a=b
          files: [app.conf, other=../common/other.conf, raw.bin]
          envs: [values.env]
        secretGenerator:
        - name: token
          literals: [value=hunter2]
        """,
    "app/web.yaml": WEB,
    "app/app.conf": "key = 1\n",
    "common/other.conf": "other\n",
    "app/raw.bin": b"caf\xe9",
    "app/values.env": "# comment\nTIMEOUT=30\n  BARE\n\nSPACED=a b \n",
}


def test_generated_objects_have_their_values_with_their_places() -> None:
    loaded = load(GENERATED, "app/kustomization.yaml")
    assert messages(loaded) == []
    address = "ConfigMap/shop/settings"
    assert value(loaded, address, "data") == {
        "TIMEOUT": "30",
        "BARE": "",
        "SPACED": "a b ",
        "LEVEL": "debug",
        "QUOTED": "a b",
        "EQUALS": "a=b",
        "app.conf": "key = 1\n",
        "other": "other\n",
    }
    assert value(loaded, address, "binaryData") == {"raw.bin": UNKNOWN}
    places = {
        name: where(at(loaded, address, "data", name))
        for name in ("TIMEOUT", "LEVEL", "QUOTED", "EQUALS", "other")
    }
    assert places == {
        "TIMEOUT": "app/values.env: 30",
        "LEVEL": "app/kustomization.yaml: debug",
        "QUOTED": "app/kustomization.yaml: a b",
        "EQUALS": "app/kustomization.yaml: a=b",
        "other": "common/other.conf: other\n",
    }
    assert way(at(loaded, address, "data", "TIMEOUT")) == [
        "kustomization app lists this file of variables: values.env"
    ]
    assert way(at(loaded, address, "data", "other")) == [
        "kustomization app lists this file: ../common/other.conf"
    ]


def test_a_generated_secret_points_at_the_plain_value() -> None:
    loaded = load(GENERATED, "app/kustomization.yaml")
    secret = at(loaded, "Secret/shop/token", "data", "value")
    assert b64decode(str(secret.value)) == b"hunter2"
    assert where(secret) == "app/kustomization.yaml: hunter2"
    key = at(loaded, "Secret/shop/token", "data").key("value")
    assert key is not None
    assert where(key) == "app/kustomization.yaml: value"


def test_a_container_gets_the_variables_of_a_generated_config_map() -> None:
    loaded = load(GENERATED, "app/kustomization.yaml")
    (container,) = (one for one in KIND.views["container"](loaded) if "app" in one.address)
    level = container.root.at("env", "LEVEL")
    assert level is not None
    assert where(level) == "app/kustomization.yaml: debug"


def test_an_environment_file_is_recorded_with_its_comments() -> None:
    loaded = load(GENERATED, "app/kustomization.yaml")
    assert ("app/values.env", "env-file") in [(record.path, record.format) for record in loaded.files]
    (parsed,) = [one for one in loaded.parsed if one.source.path == "app/values.env"]
    assert len(parsed.comments) == 1


def generated(entry: str, extra: str = "") -> dict[str, str | bytes]:
    return {
        "kustomization.yaml": f"resources: [base]\n{extra}configMapGenerator: [{entry}]\n",
        "base/kustomization.yaml": "namePrefix: b-\nconfigMapGenerator: [{name: settings, literals: [A=1, B=2]}]\n",
    }


def test_generators_merge_into_and_replace_what_a_base_generates() -> None:
    merged = load(generated("{name: settings, behavior: merge, literals: [B=3, C=4]}"))
    assert objects(merged)["ConfigMap/b-settings"] == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "b-settings"},
        "data": {"A": "1", "B": "3", "C": "4"},
    }
    assert where(at(merged, "ConfigMap/b-settings", "data", "A")) == "base/kustomization.yaml: 1"
    assert where(at(merged, "ConfigMap/b-settings", "data", "B")) == "kustomization.yaml: 3"
    replaced = load(generated("{name: settings, behavior: replace, literals: [B=3]}"))
    assert value(replaced, "ConfigMap/b-settings", "data") == {"B": "3"}


@pytest.mark.parametrize(
    ("entry", "level", "said"),
    [
        ("{name: gone, behavior: merge}", "error", "There is no ConfigMap gone to merge."),
        ("{name: settings}", "warning", "ConfigMap settings is there already"),
        ("{literals: [A=1]}", "error", "The generated object needs a name."),
        ("{name: x, literals: [A]}", "error", "A literal has the form key=value."),
        ("{name: x, literals: ['=1']}", "error", "A literal has the form key=value."),
        ("{name: x, literals: [A=1, A=2]}", "warning", "The key A is generated twice"),
        ("{name: x, files: [gone.txt]}", "warning", "gone.txt is not in the tree: what it holds is unknown."),
        ("{name: x, envs: [.env]}", "warning", ".env is not in the tree: what it holds is unknown."),
        ("{name: x, envs: [../out.env]}", "error", "../out.env leads out of the directory that is scanned"),
    ],
)
def test_mistakes_of_generators_are_located(entry: str, level: str, said: str) -> None:
    (message,) = messages(load(generated(entry)), level)
    assert message.startswith("kustomization.yaml:2: ")
    assert said in message


def test_variables_of_a_file_that_is_not_in_the_tree_are_unknown() -> None:
    reason = Unknown("variable", ".env is not in the tree")
    data = at(load(generated("{name: x, literals: [A=1], envs: [.env]}")), "ConfigMap/x", "data").value
    assert isinstance(data, MapValue)
    assert (list(data.entries), data.rest) == (["A"], reason)
    merged = at(
        load(generated("{name: settings, behavior: merge, envs: [.env]}")), "ConfigMap/b-settings", "data"
    ).value
    assert isinstance(merged, MapValue)
    assert (list(merged.entries), merged.rest) == (["A", "B"], reason)


def test_generator_options_hold_for_all_and_an_entry_has_its_own() -> None:
    options = "generatorOptions: {labels: {a: all, b: all}, immutable: true}\n"
    loaded = load(generated("{name: x, options: {labels: {b: own}, annotations: {c: own}}}", options))
    item = objects(loaded)["ConfigMap/x"]
    assert isinstance(item, dict)
    assert item["metadata"] == {"name": "x", "labels": {"a": "all", "b": "own"}, "annotations": {"c": "own"}}
    assert item["immutable"] is True


def with_replacement(targets: str, source: str = "{kind: Deployment}") -> dict[str, str | bytes]:
    return {
        "kustomization.yaml": f"resources: [web.yaml]\nreplacements:\n- source: {source}\n  targets: [{targets}]\n",
        "web.yaml": WEB,
    }


@pytest.mark.parametrize(
    ("field", "steps"),
    [
        ("spec.replicas", ("spec", "replicas")),
        ("spec.template.spec.containers.[name=app].image", IMAGE),
        ("spec.template.spec.containers.0.image", IMAGE),
        ("spec.template.spec.containers.*.image", IMAGE),
        (
            "spec.template.spec.containers.[name=app].env.[name=LOG_LEVEL].value",
            (*CONTAINER, "env", 0, "value"),
        ),
        ("metadata.labels.[app]", ("metadata", "labels", "app")),
    ],
)
def test_a_field_that_a_replacement_sets_is_unknown(field: str, steps: tuple[str | int, ...]) -> None:
    loaded = load(with_replacement(f"{{select: {{kind: Deployment}}, fieldPaths: ['{field}']}}"))
    node = at(loaded, WEB_APP, *steps)
    assert isinstance(node.value, Unknown)
    assert node.value == Unknown("expression", "kustomization . sets it with a replacement")
    assert node.source.path == "web.yaml"
    assert len(way(node)) == 1
    assert way(node)[0].startswith("kustomization . replaces this field: ")


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ("{delimiter: ':', index: 1}", ("shop/web:", None)),
        ("{delimiter: ':', index: 0}", (None, ":1.0.0")),
        ("{delimiter: '/', index: -1}", (None, "/shop", "/web:1.0.0")),
        ("{delimiter: ':', index: 9}", ("shop/web", ":1.0.0", ":", None)),
    ],
)
def test_what_a_replacement_leaves_of_a_string_is_known(options: str, parts: tuple[str | None, ...]) -> None:
    path = "spec.template.spec.containers.[name=app].image"
    target = f"{{select: {{kind: Deployment}}, options: {options}, fieldPaths: ['{path}']}}"
    node = at(load(with_replacement(target)), WEB_APP, *IMAGE)
    assert isinstance(node.value, Unknown)
    joined = [part for part in node.value.parts if part is not None]
    wanted = [part for part in parts if part is not None]
    assert "".join(joined) == "".join(wanted)
    assert node.value.parts.count(None) == 1
    assert (node.value.parts[0] is None, node.value.parts[-1] is None) == (
        parts[0] is None,
        parts[-1] is None,
    )


@pytest.mark.parametrize(
    "select",
    [
        "{kind: Service}",
        "{kind: Deployment, name: other}",
        "{kind: Deployment, labelSelector: app=other}",
        "{kind: Deployment}, reject: [{name: web}]",
    ],
)
def test_a_replacement_touches_only_what_it_selects(select: str) -> None:
    loaded = load(with_replacement(f"{{select: {select}, fieldPaths: [spec.replicas]}}"))
    assert value(loaded, WEB_APP, "spec", "replicas") == 1


def test_a_field_that_a_replacement_makes_opens_what_it_is_made_in() -> None:
    target = "{select: {kind: Deployment}, options: {create: true}, fieldPaths: [spec.template.metadata.annotations.x]}"
    loaded = load(with_replacement(target))
    metadata = at(loaded, WEB_APP, "spec", "template", "metadata").value
    assert getattr(metadata, "rest", None) == Unknown(
        "expression", "kustomization . adds to it with a replacement"
    )


def test_replacements_can_be_in_a_file() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [web.yaml]\nreplacements: [{path: r.yaml}]\n",
            "web.yaml": WEB,
            "r.yaml": "- {source: {}, targets: [{select: {name: web}, fieldPaths: [spec.replicas]}]}\n",
        }
    )
    assert value(loaded, WEB_APP, "spec", "replicas") == UNKNOWN


def test_variables_are_unknown_where_they_are_used() -> None:
    loaded = load(
        {
            "kustomization.yaml": "resources: [base]\nvars: [{name: HOST, objref: {kind: Service, name: web}}]\n",
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": WEB.replace("value: debug", 'value: "http://$(HOST)/$(OTHER)"'),
        }
    )
    node = at(loaded, WEB_APP, *CONTAINER, "env", 0, "value")
    assert isinstance(node.value, Unknown)
    assert node.value.parts == ("http://", None, "/$(OTHER)")
    assert way(node) == ["kustomization . defines this variable: HOST"]


def test_variables_are_looked_for_in_the_metadata_of_definitions_only() -> None:
    definition = """\
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: x, annotations: {from: "$(HOST)"}}
        spec: {group: "$(HOST)"}
        """
    loaded = load({"kustomization.yaml": "resources: [d.yaml]\nvars: [{name: HOST}]\n", "d.yaml": definition})
    name = "CustomResourceDefinition/x"
    assert value(loaded, name, "metadata", "annotations", "from") == UNKNOWN
    assert value(loaded, name, "spec", "group") == "$(HOST)"
