"""Laws of patches, and that no input breaks the rendering."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from views.kustomize_support import UNKNOWN, load, model
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import MapValue, Node, SeqValue, Source, Unknown, plain
from vvbscan.parse.json import parse_json
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText
from vvbscan.views.kustomize.edit import replaced, walk
from vvbscan.views.kustomize.json_patch import apply_operations, read_operations
from vvbscan.views.kustomize.selectors import BadSelector, read_requirements
from vvbscan.views.kustomize.steps import Step, run
from vvbscan.views.kustomize.strategic import PatchFailure, strategic_merge

KEYS = st.sampled_from(["a", "b", "name", "spec", "containers", "ports", "x/y", "~", ""])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "b", "$(A)", "1"])
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(KEYS, TREES, max_size=4)
WITHOUT_LISTS = st.recursive(
    SCALARS.filter(lambda value: value is not None),
    lambda inner: st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def node_of(value: object) -> Node:
    text = json.dumps(value)
    return parse_json(Source("f.json", SourceText(text)), DEFAULT_LIMITS).documents[0].root


def merged(base: Node, patch: object) -> Any:
    result = strategic_merge(base, node_of(patch))
    return None if result is None else plain(result)


@given(MAPPINGS)
def test_an_empty_patch_changes_nothing(base: dict[str, object]) -> None:
    assert merged(node_of(base), {}) == base


@given(MAPPINGS, st.dictionaries(KEYS, WITHOUT_LISTS, max_size=4))
def test_a_patch_without_lists_applied_twice_is_applied_once(
    base: dict[str, object], patch: dict[str, object]
) -> None:
    try:
        once = strategic_merge(node_of(base), node_of(patch))
    except PatchFailure:
        return
    assert once is not None
    assert merged(once, patch) == plain(once)


@given(MAPPINGS)
def test_a_mapping_merged_into_itself_is_itself_but_for_nulls(base: dict[str, object]) -> None:
    def without_nulls(value: object) -> object:
        # Lists are replaced as they are; only what a mapping has as null is removed.
        if isinstance(value, dict):
            return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
        return value

    assert merged(node_of(base), base) == without_nulls(base)


@given(MAPPINGS, MAPPINGS)
def test_what_a_patch_sets_is_there_and_what_it_does_not_name_stays(
    base: dict[str, object], patch: dict[str, object]
) -> None:
    try:
        result = merged(node_of(base), patch)
    except PatchFailure:
        return
    for key, value in patch.items():
        if value is None:
            assert key not in result
        elif not isinstance(value, dict):
            assert result[key] == value
    assert all(result[key] == value for key, value in base.items() if key not in patch)


ELEMENTS = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"image": st.sampled_from(["1", "2"])}),
    max_size=3,
    unique_by=lambda item: item["name"],
)


@given(ELEMENTS, ELEMENTS)
def test_lists_with_a_key_are_merged_item_by_item(
    base: list[dict[str, str]], patch: list[dict[str, str]]
) -> None:
    def pod(containers: list[dict[str, str]]) -> dict[str, object]:
        return {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": containers}}

    result = merged(node_of(pod(base)), pod(patch))["spec"]["containers"]
    expected = {item["name"]: item for item in base}
    for item in patch:
        expected[item["name"]] = {**expected.get(item["name"], {}), **item}
    assert {item["name"]: item for item in result} == expected
    assert [item["name"] for item in result[: len(patch)]] == [item["name"] for item in patch]


def pointer(path: tuple[str | int, ...]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


@given(MAPPINGS, SCALARS, st.data())
def test_a_value_replaced_by_its_pointer_is_replaced_where_it_is(
    base: dict[str, object], new: object, data: st.DataObject
) -> None:
    root = node_of(base)
    paths = sorted((path for path, _ in walk(root) if path), key=repr)
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    patch = node_of([{"op": "replace", "path": pointer(path), "value": new}])
    result = apply_operations(root, read_operations(patch), DEFAULT_LIMITS)
    assert plain(result) == plain(replaced(root, {path: node_of(new)}))


@given(MAPPINGS, st.data())
def test_adding_what_was_removed_gives_back_the_object(base: dict[str, object], data: st.DataObject) -> None:
    root = node_of(base)
    paths = {pointer(path): node for path, node in walk(root) if path}
    if not paths:
        return
    path = data.draw(st.sampled_from(sorted(paths)))
    patch = [
        {"op": "test", "path": path, "value": plain(paths[path])},
        {"op": "remove", "path": path},
        {"op": "add", "path": path, "value": plain(paths[path])},
    ]
    result = apply_operations(root, read_operations(node_of(patch)), DEFAULT_LIMITS)
    assert plain(result) == base


OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"])},
        optional={
            "path": st.lists(KEYS | st.sampled_from(["0", "1", "-", "-1"]), max_size=3).map(
                lambda steps: pointer(tuple(steps))
            ),
            "from": st.lists(KEYS | st.just("0"), max_size=3).map(lambda steps: pointer(tuple(steps))),
            "value": TREES,
        },
    )
    | TREES,
    max_size=4,
)


@given(MAPPINGS, OPERATIONS)
def test_operations_are_carried_out_or_refused(base: dict[str, object], patch: list[object]) -> None:
    refused: PatchFailure | None = None
    try:
        apply_operations(node_of(base), read_operations(node_of(patch)), DEFAULT_LIMITS)
    except PatchFailure as failure:
        refused = failure
    if refused is not None:
        assert str(refused)
        assert refused.node.source.path == "f.json"


FIELDS = st.sampled_from(
    [
        "resources", "bases", "components", "patches", "patchesStrategicMerge", "patchesJson6902", "images",
        "replicas", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations",
        "configMapGenerator", "secretGenerator", "generatorOptions", "replacements", "vars", "transformers",
        "generators", "helmCharts", "kind", "openapi", "crds",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        "web.yaml",
        "base",
        "..",
        "",
        "a=b",
        "=",
        "a",
        "https://a.b/c",
        "- {op: add, path: /a, value: 1}",
        "a: {b: c}",
    ]
)
INNER_KEYS = st.sampled_from(
    [
        "name", "path", "patch", "target", "kind", "newTag", "newName", "count", "pairs", "literals", "files",
        "envs", "behavior", "options", "targets", "select", "fieldPaths", "labelSelector", "includeSelectors",
        "fields", "labels",
    ]
)  # fmt: skip
ANYTHING = st.recursive(
    TEXTS | SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER_KEYS, inner, max_size=4),
    max_leaves=15,
)
OBJECT = st.fixed_dictionaries(
    {"kind": st.sampled_from(["Deployment", "ConfigMap", "X"])},
    optional={
        "apiVersion": st.sampled_from(["v1", "apps/v1", 1]),
        "metadata": TREES | st.fixed_dictionaries({"name": TREES, "labels": TREES}),
        "spec": TREES,
        "data": TREES,
    },
)


@settings(max_examples=200)
@given(
    st.dictionaries(FIELDS, ANYTHING | st.lists(ANYTHING, max_size=3), max_size=5),
    st.lists(OBJECT, max_size=3),
)
def test_no_kustomization_breaks_the_rendering(text: dict[str, object], listed: list[object]) -> None:
    loaded = load(
        {
            "k/kustomization.yaml": yaml.safe_dump({"resources": ["web.yaml"], **text}),
            "k/web.yaml": yaml.safe_dump_all(listed),
            "k/base/kustomization.yaml": yaml.safe_dump(text),
        },
        "k/kustomization.yaml",
    )
    for item in model(loaded).objects:
        json.dumps(plain(item.root, UNKNOWN))
    assert all(notice.message.endswith(".") for notice in loaded.notices)


@given(
    st.text(alphabet="ab-{}[]:,'\"\n |>&*#$?! ", max_size=60), st.text(alphabet="ab-{}:,\n []|", max_size=60)
)
def test_no_text_breaks_the_rendering(text: str, patch: str) -> None:
    loaded = load({"kustomization.yaml": f"resources: [web.yaml]\n{text}", "web.yaml": patch})
    assert [record.path for record in loaded.files][:1] == ["kustomization.yaml"]
    body = "".join(f"    {line}\n" for line in patch.split("\n"))
    inline = load({"kustomization.yaml": f"patches:\n- target: {{kind: X}}\n  patch: |\n{body}"})
    for parsed in inline.parsed:
        for problem in parsed.problems:
            assert 0 <= problem.start <= problem.end <= len(parsed.source.text.text)


@given(st.text(alphabet="ab=!<>(),in ", max_size=30))
def test_label_selectors_are_read_or_refused(text: str) -> None:
    try:
        found = read_requirements(text)
    except BadSelector:
        return
    assert bool(found) == bool(text.strip())


def test_neither_depth_nor_width_is_a_problem() -> None:
    deep = '{"a": ' * 3000 + "1" + "}" * 3000
    limits = DEFAULT_LIMITS._replace(depth=10_000)
    root = parse_yaml(Source("f", SourceText(deep)), limits).documents[0].root
    result = strategic_merge(root, root)
    assert result is not None
    node: Node | None = result
    for _ in range(3000):
        assert node is not None
        node = node.get("a")
    assert node is not None
    assert node.value == 1
    wide = node_of({str(i): i for i in range(30_000)})
    assert merged(wide, {str(i): None for i in range(30_000)}) == {}


def test_steps_run_without_the_stack_of_the_interpreter() -> None:
    def count(depth: int) -> Step[int]:
        below: int = (yield count(depth - 1)) if depth else 0
        return below + 1

    assert run(count(20_000)) == 20_001


def test_unknown_values_stay_unknown_under_patches() -> None:
    unknown = Unknown("template", "filled in")
    source = Source("f", SourceText("x"))
    base = Node(
        MapValue({"a": Node(unknown, source, 0, 1)}, {"a": Node("a", source, 0, 1)}, None), source, 0, 1
    )
    result = strategic_merge(base, node_of({"a": {"b": 1}}))
    assert result is not None
    members = result.at("a")
    assert members is not None
    assert isinstance(members.value, MapValue)
    assert members.value.rest == unknown
    operations = read_operations(
        node_of([{"op": "add", "path": "/a/b", "value": 1}, {"op": "test", "path": "/a/c", "value": 2}])
    )
    patched = apply_operations(base, operations, DEFAULT_LIMITS)
    assert plain(patched, UNKNOWN) == {"a": UNKNOWN}


def test_an_open_list_stays_open() -> None:
    unknown = Unknown("open", "more")
    source = Source("f", SourceText("x"))
    base = Node(
        MapValue({"a": Node(SeqValue((), unknown), source, 0, 1)}, {"a": Node("a", source, 0, 1)}),
        source,
        0,
        1,
    )
    patch = node_of([{"op": "add", "path": "/a/-", "value": 1}])
    result = apply_operations(base, read_operations(patch), DEFAULT_LIMITS).at("a")
    assert result is not None
    assert isinstance(result.value, SeqValue)
    assert result.value.rest == unknown
