"""Patches: what they give, where the values then are, and what is said of those that do not fit."""

from __future__ import annotations

import pytest

from views.kustomize_support import WEB, at, load, messages, objects, value, way, where
from vvbscan.model.node import MapValue, Node

WEB_APP = "Deployment/web"
CONTAINER = ("spec", "template", "spec", "containers", 0)


def patched(patch: str, *, base: str = WEB, target: str = "") -> dict[str, str | bytes]:
    """A kustomization with one patch in a file."""
    entry = f"{{path: patch.yaml, target: {target}}}" if target else "{path: patch.yaml}"
    return {
        "kustomization.yaml": f"resources: [web.yaml]\npatches: [{entry}]\n",
        "web.yaml": base,
        "patch.yaml": patch,
    }


MERGE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: app
        resources: {limits: {memory: 1Gi}}
        securityContext: {privileged: false}
"""


def test_a_value_of_a_patch_keeps_its_place_and_names_the_kustomization() -> None:
    loaded = load(patched(MERGE))
    privileged = at(loaded, WEB_APP, *CONTAINER, "securityContext", "privileged")
    assert where(privileged) == "patch.yaml: false"
    assert way(privileged) == ["kustomization . lists this patch: patch.yaml"]
    assert where(at(loaded, WEB_APP, *CONTAINER, "resources", "limits", "memory")) == "patch.yaml: 1Gi"


def test_what_a_patch_leaves_alone_stays_where_it_was_written() -> None:
    loaded = load(patched(MERGE))
    image = at(loaded, WEB_APP, *CONTAINER, "image")
    assert (where(image), way(image)) == ("web.yaml: shop/web:1.0.0", [])
    assert where(at(loaded, WEB_APP, "kind")) == "web.yaml: Deployment"


def test_a_merged_collection_has_the_span_that_it_has_in_the_base() -> None:
    base = at(load({"kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": WEB}), WEB_APP, *CONTAINER)
    merged = at(load(patched(MERGE)), WEB_APP, *CONTAINER)
    assert where(merged) == where(base)
    assert merged.style == base.style


def test_a_key_that_a_patch_adds_is_where_the_patch_has_it() -> None:
    container = at(load(patched(MERGE)), WEB_APP, *CONTAINER)
    added, kept = container.key("resources"), container.key("env")
    assert added is not None
    assert kept is not None
    assert (where(added), where(kept)) == ("patch.yaml: resources", "web.yaml: env")


def removed(node: Node, name: str) -> Node:
    assert isinstance(node.value, MapValue)
    assert node.value.removed is not None
    assert name not in node.value.entries
    return node.value.removed[name]


@pytest.mark.parametrize(
    ("patch", "written"),
    [
        ("securityContext: null", "null"),
        ("securityContext: {$patch: delete}", "delete"),
    ],
)
def test_a_removed_key_points_at_what_removed_it(patch: str, written: str) -> None:
    loaded = load(patched(MERGE.replace("securityContext: {privileged: false}", patch)))
    place = removed(at(loaded, WEB_APP, *CONTAINER), "securityContext")
    assert where(place) == f"patch.yaml: {written}"
    assert way(place) == ["kustomization . lists this patch: patch.yaml"]


def test_a_null_for_a_key_that_is_not_there_removes_nothing() -> None:
    loaded = load(patched(MERGE.replace("replicas: 3", "replicas: 3\n  paused: null")))
    spec = at(loaded, WEB_APP, "spec").value
    assert isinstance(spec, MapValue)
    assert spec.removed is None
    assert "paused" not in spec.entries


def test_a_later_patch_can_bring_back_what_an_earlier_one_removed() -> None:
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    loaded = load(
        {
            "kustomization.yaml": "resources: [web.yaml]\npatches: [{path: a.yaml}, {path: b.yaml}]\n",
            "web.yaml": WEB,
            "a.yaml": f"{head}spec: {{replicas: null}}\n",
            "b.yaml": f"{head}spec: {{replicas: 2}}\n",
        }
    )
    spec = at(loaded, WEB_APP, "spec").value
    assert isinstance(spec, MapValue)
    assert spec.removed is None
    assert where(spec.entries["replicas"]) == "b.yaml: 2"


def test_an_overlay_can_break_its_base_at_its_own_line() -> None:
    loaded = load(
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": WEB.replace("privileged: true", "privileged: false"),
            "overlays/prod/kustomization.yaml": "resources: [../../base]\npatches: [{path: loose.yaml}]\n",
            "overlays/prod/loose.yaml": MERGE.replace("privileged: false", "privileged: true"),
        },
        "overlays/prod/kustomization.yaml",
    )
    privileged = at(loaded, WEB_APP, *CONTAINER, "securityContext", "privileged")
    assert where(privileged) == "overlays/prod/loose.yaml: true"
    assert way(privileged) == ["kustomization overlays/prod lists this patch: loose.yaml"]


INLINE = """\
resources: [web.yaml]
patches:
- target: {kind: Deployment}
  patch: |-
    - op: replace
      path: /spec/replicas
      value: 4

    - op: add
      path: /spec/template/spec/hostNetwork
      value: true
"""


def test_values_of_an_inline_patch_have_their_exact_place_in_the_kustomization() -> None:
    loaded = load({"kustomization.yaml": INLINE, "web.yaml": WEB})
    replicas = at(loaded, WEB_APP, "spec", "replicas")
    assert where(replicas) == "kustomization.yaml: 4"
    assert replicas.source.text.position(replicas.start).line == 7
    host_network = at(loaded, WEB_APP, "spec", "template", "spec", "hostNetwork")
    assert host_network.source.text.position(host_network.start) == (11, 14)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["|", "|-", "|+", "|2", "| # text"])
def test_inline_patches_of_every_spelling_are_exact(header: str, line_end: str) -> None:
    body = INLINE.replace("|-", header)
    if header == "|2":
        body = (
            body.replace("    - op", "  - op")
            .replace("      path", "    path")
            .replace("      value", "    value")
        )
        body = body.replace("  patch: |2", "  patch: |1").replace("\n  - op", "\n    - op")
        body = (
            body.replace("\n    path", "\n      path")
            .replace("\n    value", "\n      value")
            .replace("|1", "|2")
        )
    loaded = load({"kustomization.yaml": body.replace("\n", line_end), "web.yaml": WEB})
    assert messages(loaded) == []
    assert where(at(loaded, WEB_APP, "spec", "replicas")) == "kustomization.yaml: 4"


@pytest.mark.parametrize(
    ("patch", "written"),
    [
        ("""'[{"op": "add", "path": "/spec/replicas", "value": 7}]'""", "7"),
        ("'{kind: Deployment, metadata: {name: web}, spec: {replicas: 7}}'", "7"),
        ('"kind: Deployment\\nmetadata: {name: web}\\nspec: {replicas: 7}"', '"kind: Deployment'),
        (">-\n    {kind: Deployment,\n    metadata: {name: web}, spec: {replicas: 7}}", ">-\n    {kind"),
    ],
)
def test_an_inline_patch_that_is_spelt_otherwise_has_the_span_of_its_text(patch: str, written: str) -> None:
    text = f"resources: [web.yaml]\npatches:\n- target: {{kind: Deployment}}\n  patch: {patch}\n"
    loaded = load({"kustomization.yaml": text, "web.yaml": WEB})
    replicas = at(loaded, WEB_APP, "spec", "replicas")
    assert replicas.value == 7
    assert replicas.written.startswith(written)


def test_a_syntax_error_in_an_inline_patch_is_located_in_the_kustomization() -> None:
    text = "resources: [web.yaml]\npatches:\n- patch: |-\n    kind: Deployment\n    metadata: {name: web\n"
    loaded = load({"kustomization.yaml": text, "web.yaml": WEB})
    problems = [problem for parsed in loaded.parsed for problem in parsed.problems]
    assert [problem.code for problem in problems] == ["yaml-syntax"]
    assert problems[0].start >= text.index("metadata")


def test_comments_of_an_inline_patch_are_comments_of_the_file() -> None:
    text = INLINE.replace("value: 4", "value: 4  # few")
    loaded = load({"kustomization.yaml": text, "web.yaml": WEB})
    parsed = next(one for one in loaded.parsed if one.source.path == "kustomization.yaml")
    assert [text[one.start : one.end] for one in parsed.comments] == ["# few"]


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("- {op: remove, path: /spec/nothing}", "the object has nothing at the path of this 'remove'"),
        ("- {op: add, path: /spec/a/b, value: 1}", "the object has nothing at the path of this 'add'"),
        ("- {op: add, path: /spec/replicas/a, value: 1}", "nothing at the path of this 'add'"),
        ("- {op: test, path: /spec/replicas, value: 2}", "not the one that the operation tests for"),
        ("- {op: replace, path: /spec/template/spec/containers/2, value: 2}", "nothing at the path"),
        ("- {op: add, path: /spec/template/spec/containers/01, value: 2}", "nothing at the path"),
        ("- {op: replace, path: spec, value: 2}", "'spec' is no JSON pointer"),
        ("- {op: increase, path: /spec/replicas}", "'increase' is not an operation"),
        ("- {op: add, path: /spec/replicas}", "the operation lacks 'value'"),
        ("- {op: move, path: /spec/replicas}", "the operation lacks 'from'"),
        ("- {path: /spec/replicas}", "the operation lacks 'op'"),
        ("- {op: remove}", "the operation lacks 'path'"),
        ("- {op: move, from: /spec, path: /spec/template/x}", "cannot be moved into itself"),
        ("- {op: remove, path: ''}", "would remove the object as a whole"),
    ],
)
def test_an_operation_that_fails_is_reported_at_its_place(patch: str, said: str) -> None:
    loaded = load(patched(patch, target="{kind: Deployment}"))
    (message,) = messages(loaded, "error")
    assert message.startswith("patch.yaml:1: The patch cannot be applied to Deployment web: ")
    assert said in message


def test_a_patch_with_a_failing_operation_is_not_applied_at_all() -> None:
    patch = "- {op: replace, path: /spec/replicas, value: 9}\n- {op: remove, path: /spec/nothing}\n"
    assert value(load(patched(patch, target="{kind: Deployment}")), WEB_APP, "spec", "replicas") == 1


@pytest.mark.parametrize(
    ("patch", "annotations"),
    [
        ("- {op: add, path: /metadata/annotations/team~1owner, value: shop}", {"team/owner": "shop"}),
        ("- {op: replace, path: /metadata/annotations/owner, value: shop}", {"owner": "shop"}),
        ("- {op: add, path: /metadata/annotations, value: {owner: shop}}", {"owner": "shop"}),
        ("- {op: remove, path: /metadata/annotations}", None),
        (
            "[{op: add, path: /metadata/annotations/a, value: b}, {op: remove, path: /metadata/annotations/a}]",
            None,
        ),
    ],
)
def test_an_object_without_annotations_can_be_given_some(
    patch: str, annotations: dict[str, str] | None
) -> None:
    # kustomize 5.7.1 does so with annotations only.
    loaded = load(patched(patch, target="{kind: Deployment}"))
    assert messages(loaded, "error") == []
    metadata = at(loaded, WEB_APP, "metadata")
    found = metadata.get("annotations")
    assert (found and {name: node.value for name, _, node in found.members()}) == annotations


def test_what_is_no_annotation_cannot_be_removed() -> None:
    patch = "- {op: remove, path: /metadata/annotations/owner}"
    assert len(messages(load(patched(patch, target="{kind: Deployment}")), "error")) == 1


def test_copies_of_copies_end_at_a_limit() -> None:
    patch = "".join(f"- {{op: copy, from: /spec, path: /spec/template/metadata/x{i}}}\n" for i in range(60))
    loaded = load(patched(patch, target="{kind: Deployment}"))
    (message,) = messages(loaded, "error")
    assert "makes the object too large" in message


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("spec: 1", "a scalar where the object has a collection"),
        ("spec: {replicas: {a: b}}", "a mapping where the object has none"),
        ("spec: {replicas: [1]}", "a sequence where the object has none"),
        ("spec: {template: []}", "a sequence where the object has none"),
        ("spec: {$patch: merely}", "'merely' is not a patch directive"),
    ],
)
def test_a_merge_of_other_types_is_reported(patch: str, said: str) -> None:
    loaded = load(patched(f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\n{patch}\n"))
    (message,) = messages(loaded, "error")
    assert message.startswith("patch.yaml:4: ")
    assert said in message


def test_a_patch_for_an_object_that_is_not_there_is_reported() -> None:
    loaded = load(patched(MERGE.replace("name: web", "name: wbe")))
    assert messages(loaded, "error") == [
        "patch.yaml:2: The patch is for Deployment wbe, which the kustomization does not have."
    ]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("apps/v1", "apps/v1beta1"), False),
        (("{name: web}", "{name: web, namespace: default}"), True),
        (("{name: web}", "{name: web, namespace: shop}"), False),
    ],
)
def test_a_patch_without_a_target_is_for_the_object_of_its_identity(
    change: tuple[str, str], *, found: bool
) -> None:
    loaded = load(patched(MERGE.replace(*change)))
    assert (value(loaded, WEB_APP, "spec", "replicas") == 3) is found
    assert bool(messages(loaded, "error")) is not found


def test_a_patch_does_not_change_what_it_is_for() -> None:
    patch = "apiVersion: x/v2\nkind: Other\nmetadata: {name: other, namespace: there}\nspec: {replicas: 2}\n"
    loaded = load(patched(patch, target="{kind: Deployment}"))
    assert list(objects(loaded)) == [WEB_APP]
    assert value(loaded, WEB_APP, "apiVersion") == "apps/v1"
    assert value(loaded, WEB_APP, "spec", "replicas") == 2


def test_a_whole_object_can_be_deleted() -> None:
    patch = "$patch: delete\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    assert objects(load(patched(patch))) == {}


@pytest.mark.parametrize(
    ("target", "selected"),
    [
        ("{kind: Deployment}", True),
        ("{kind: Deploy}", False),
        ("{kind: 'Deploy.*', name: 'w..'}", True),
        ("{name: 'api|web'}", True),
        ("{name: eb}", False),
        ("{namespace: default}", True),
        ("{group: apps, version: v1}", True),
        ("{version: v2}", False),
        ("{labelSelector: app=web}", True),
        ("{labelSelector: 'app in (api,web), !tier'}", True),
        ("{labelSelector: app!=web}", False),
        ("{annotationSelector: note}", False),
        ("{name: '(w+)+b|.*'}", True),
    ],
)
def test_targets_select_by_anchored_patterns_and_labels(target: str, *, selected: bool) -> None:
    loaded = load(patched("- {op: replace, path: /spec/replicas, value: 5}", target=target))
    assert (value(loaded, WEB_APP, "spec", "replicas") == 5) is selected
    assert messages(loaded) == []


@pytest.mark.parametrize("target", ["{name: '['}", "{labelSelector: 'a b'}", "{labelSelector: 'in (x'}"])
def test_a_target_without_meaning_is_reported(target: str) -> None:
    (message,) = messages(load(patched("- {op: remove, path: /spec/replicas}", target=target)), "error")
    assert message.startswith("kustomization.yaml:2: The target has no meaning: ")


def test_a_pattern_that_would_backtrack_for_ever_does_not() -> None:
    name = "a" * 200
    target = "{name: '(a+)+(b+)+c'}"
    loaded = load(
        patched("- {op: remove, path: /spec/replicas}", base=WEB.replace("web", name), target=target)
    )
    assert value(loaded, f"Deployment/{name}", "spec", "replicas") == 1


def test_a_json_patch_needs_a_target() -> None:
    (message,) = messages(load(patched("- {op: remove, path: /spec/replicas}")), "error")
    assert message == "kustomization.yaml:2: A JSON patch needs a target."


def test_a_patch_that_cannot_be_read_leaves_nothing_known_of_its_target() -> None:
    files: dict[str, str | bytes] = {
        "kustomization.yaml": "resources: [web.yaml]\npatches:\n- {path: gone.yaml, target: {kind: Deployment}}\n",
        "web.yaml": WEB,
    }
    loaded = load(files)
    assert messages(loaded, "error") == [
        "kustomization.yaml:3: gone.yaml cannot be read: there is no such file."
    ]
    assert value(loaded, WEB_APP, "spec") == "<unknown>"


def test_directives_about_other_members_are_carried_out() -> None:
    base = WEB.replace(
        "  replicas: 1", "  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}"
    ).replace("labels: {app: web}\nspec", "labels: {app: web}\n  finalizers: [a, b]\nspec")
    patch = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, $deleteFromPrimitiveList/finalizers: [a]}
spec:
  strategy: {$retainKeys: [type], type: Recreate}
  template: {spec: {$setElementOrder/containers: [{name: proxy}], containers: [{name: app, tty: true}]}}
"""
    loaded = load(patched(patch, base=base))
    assert value(loaded, WEB_APP, "metadata", "finalizers") == ["b"]
    assert value(loaded, WEB_APP, "spec", "strategy") == {"type": "Recreate"}
    assert where(removed(at(loaded, WEB_APP, "spec", "strategy"), "rollingUpdate")) == "patch.yaml: [type]"
    pod = value(loaded, WEB_APP, "spec", "template", "spec")
    assert isinstance(pod, dict)
    assert not any(key.startswith("$") for key in pod)


def test_ports_of_one_number_are_told_apart_by_their_protocol() -> None:
    base = WEB.replace(
        "[{containerPort: 8080}]", "[{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}]"
    )
    patch = MERGE.replace(
        "resources: {limits: {memory: 1Gi}}", "ports: [{containerPort: 53, protocol: TCP, name: a}]"
    )
    assert value(load(patched(patch, base=base)), WEB_APP, *CONTAINER, "ports") == [
        {"containerPort": 53, "protocol": "TCP", "name": "a"},
        {"containerPort": 53, "protocol": "UDP"},
    ]
