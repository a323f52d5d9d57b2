"""The schema of rule files: what it accepts, what it refuses, and where it points."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "schemas" / "rule.schema.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)

Rule = dict[str, Any]
Tree = dict[str, Any]

BASE: Rule = yaml.safe_load(
    """
    id: VVB-IMAGE-901
    name: tag-floats
    title: Image tag floats
    severity: error
    confidence: high
    since: "0.1"
    checklist: ["2.7.1"]
    why: What is pulled tomorrow is not what was tested today.
    remediation: Name the released version.
    references:
      - {title: "Docker reference, FROM", url: "https://docs.docker.com/reference/dockerfile/#from"}
    targets:
      - view: image_reference
        assert: {path: tag, exists: true}
    message: "{image} has no tag"
    examples:
      pass:
        - {title: a version, format: dockerfile, text: "FROM a:1.2"}
        - {title: another, format: compose, text: "services: {db: {image: 'b:2'}}"}
      fail:
        - {title: no tag, format: dockerfile, text: "FROM a", expect: [{line: 1, text: a}]}
        - title: no tag in a manifest of a small repository
          files:
            deploy/pod.yaml: |
              apiVersion: v1
              kind: Pod
              metadata: {name: p}
              spec: {containers: [{name: c, image: a}]}
          expect: [{file: deploy/pod.yaml, line: 4, text: a, related: [], boxes: ["2.7.1"], environments: []}]
      unknown:
        - {title: from outside, format: dockerfile, text: "ARG T\\nFROM a:${T}", reason: ARG T has no default}
    """
)


def rule(**changes: object) -> Rule:
    """The base rule with some of its keys replaced; None removes a key."""
    made = copy.deepcopy(BASE)
    for key, value in changes.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = value
    return made


def with_tree(tree: object) -> Rule:
    return rule(targets=[{"view": "image_reference", "assert": tree}])


def with_example(kind: str, **changes: object) -> Rule:
    """The base rule with the first example of a kind changed; None removes a key."""
    made = copy.deepcopy(BASE)
    example = made["examples"][kind][0]
    for key, value in changes.items():
        if value is None:
            example.pop(key, None)
        else:
            example[key] = value
    return made


def complaints(instance: object) -> list[tuple[str, str]]:
    """Where (JSON pointer) and what, for each error."""
    return [
        ("/" + "/".join(str(step) for step in error.instance_path), error.message)
        for error in VALIDATOR.iter_errors(instance)
    ]


def places(instance: object) -> set[str]:
    return {place for place, _ in complaints(instance)}


def test_the_base_rule_is_accepted() -> None:
    assert complaints(BASE) == []


def test_all_optional_keys_together_are_accepted() -> None:
    full = rule(
        security=True,
        enabled=False,
        rulesets=["general"],
        tags=["image", "supply-chain"],
        checklist=["2.7.1", "2.7"],
        peers=["CKV_DOCKER_7", "CKV2_K8S_6", "hadolint:DL3006", "kics:Image Version Not Explicit"],
        params={"floating_tags": {"type": "list", "default": ["latest"], "doc": "tags that move"}},
        yields_to=["VVB-IMAGE-001"],
        targets=[
            {
                "view": "image_reference",
                "units": ["dockerfile", "helm"],
                "where": {"path": "final", "equals": True, "absent": "fail"},
                "check": "images.tag_is_fixed",
                "message": "{image} floats",
            }
        ],
    )
    assert complaints(full) == []


ACCEPTED_TREES: dict[str, Tree] = {
    "all of any of not": {"all": [{"any": [{"not": {"path": "tag", "exists": False}}]}]},
    "when and then": {
        "when": {"path": "kind", "in": ["Job", "CronJob"], "absent": "fail"},
        "then": {"path": "restartPolicy", "equals": "Never", "absent": "fail"},
    },
    "each with the item itself": {
        "each": "capabilities.add",
        "assert": {"path": ".", "equals": "NET_BIND_SERVICE", "absent": "fail"},
        "absent": "pass",
    },
    "count with a condition": {
        "count": "instructions",
        "where": {"path": "keyword", "equals": "RUN", "absent": "fail"},
        "le": "$layers",
        "message": "too many RUN instructions",
    },
    "blame, message and boxes of a part": {
        "all": [{"path": "tag", "exists": True}],
        "blame": "image",
        "message": "the tag is missing",
        "boxes": ["2.7.1"],
    },
    "keys that are no names": {
        "path": 'metadata.labels["app.kubernetes.io/name"]',
        "matches": "^[a-z-]+$",
        "absent": "fail",
    },
    "position in a sequence": {"path": "ports[0].hostPort", "exists": False},
    "a parameter": {"path": "tag", "in": "$floating_tags", "absent": "pass"},
    "a boolean": {"path": "privileged", "equals": False, "absent": "pass"},
    "another path": {"path": "liveness.path", "equals": {"path": "readiness.path"}, "absent": "pass"},
    "one of several starts": {
        "path": "image",
        "starts_with": ["registry.example.com/", "localhost/"],
        "absent": "fail",
    },
    "an end": {"path": "image", "ends_with": "-jre", "absent": "fail"},
    "contained": {"path": "command", "contains": "--debug", "absent": "pass"},
    "less": {"path": "replicas", "lt": 3, "absent": "unknown"},
    "at least a parameter": {"path": "replicas", "ge": "$replicas", "absent": "fail"},
    "at most another path": {"path": "min", "le": {"path": "max"}, "absent": "pass"},
    "length": {"path": "layers", "length": {"le": 15, "ge": "$least"}, "absent": "pass"},
    "version": {"path": "version", "version": ">=1.3", "absent": "unknown"},
    "quantity against another path": {
        "path": "limits.memory",
        "quantity": {"ge": {"path": "requests.memory"}},
        "absent": "fail",
    },
    "quantity in a band": {
        "path": "limits.memory",
        "quantity": {"ge": "512Mi", "le": "$most"},
        "absent": "fail",
    },
    "duration": {"path": "timeout", "duration": {"gt": 0, "le": "PT1M30S"}, "absent": "pass"},
    "size": {"path": "limit", "size": {"le": "500MB"}, "absent": "pass"},
    "networks": {"path": "cidr", "cidr_within": ["10.0.0.0/8", "192.168.0.0/16"], "absent": "fail"},
    "one network": {"path": "cidr", "cidr_within": "10.0.0.0/8", "absent": "fail"},
    "set": {"path": "drop", "set_within": ["ALL"], "absent": "fail"},
}


@pytest.mark.parametrize("tree", ACCEPTED_TREES.values(), ids=ACCEPTED_TREES.keys())
def test_accepts_the_tree(tree: Tree) -> None:
    assert complaints(with_tree(tree)) == []


REFUSED_TREES: dict[str, object] = {
    "an unknown operator": {"path": "tag", "not_equals": "latest", "absent": "fail"},
    "no operator": {"path": "tag", "absent": "fail"},
    "two operators": {"path": "tag", "equals": "a", "matches": "a", "absent": "fail"},
    "no path": {"equals": "a", "absent": "fail"},
    "an operator without absent": {"path": "tag", "equals": "a"},
    "exists with absent": {"path": "tag", "exists": True, "absent": "fail"},
    "exists with a word": {"path": "tag", "exists": "yes"},
    "absent with another word": {"path": "tag", "equals": "a", "absent": "ignore"},
    "two combinators": {"all": [{"path": "tag", "exists": True}], "any": [{"path": "tag", "exists": True}]},
    "an empty all": {"all": []},
    "all without a list": {"all": {"path": "tag", "exists": True}},
    "when without then": {"when": {"path": "tag", "exists": True}},
    "then without when": {"then": {"path": "tag", "exists": True}},
    "each without assert": {"each": "ports"},
    "each with where": {
        "each": "ports",
        "assert": {"path": ".", "exists": True},
        "where": {"path": "a", "exists": True},
    },
    "count without a bound": {"count": "ports"},
    "count with two bounds": {"count": "ports", "ge": 1, "le": 2},
    "count with a negative bound": {"count": "ports", "ge": -1},
    "count with another path": {"count": "ports", "ge": {"path": "replicas"}},
    "an empty path": {"path": "", "exists": True},
    "a path that starts with a dot": {"path": ".tag", "exists": True},
    "a path with two dots": {"path": "a..b", "exists": True},
    "a path with a star": {"path": "a[*].b", "exists": True},
    "a bare key that is no name": {"path": "labels.app.kubernetes.io/name", "exists": True},
    "equals with a list": {"path": "tag", "equals": ["a"], "absent": "fail"},
    "equals with null": {"path": "tag", "equals": None, "absent": "fail"},
    "equals with a mapping that is no path": {"path": "tag", "equals": {"tag": "a"}, "absent": "fail"},
    "in without a list": {"path": "tag", "in": "latest", "absent": "fail"},
    "in with an empty list": {"path": "tag", "in": [], "absent": "fail"},
    "a number as text": {"path": "replicas", "ge": "3", "absent": "fail"},
    "a length without bounds": {"path": "layers", "length": 15, "absent": "fail"},
    "a length with an unknown bound": {"path": "layers", "length": {"max": 15}, "absent": "fail"},
    "a quantity without bounds": {"path": "memory", "quantity": {}, "absent": "fail"},
    "a quantity that is none": {"path": "memory", "quantity": {"le": "half a gigabyte"}, "absent": "fail"},
    "a path bound beside another": {
        "path": "memory",
        "quantity": {"ge": {"path": "least"}, "le": "1Gi"},
        "absent": "fail",
    },
    "a path with more keys": {"path": "a", "equals": {"path": "b", "absent": "fail"}, "absent": "fail"},
    "a version as a number": {"path": "version", "version": 1.3, "absent": "fail"},
    "a message with a period": {"path": "tag", "exists": True, "message": "the tag is missing."},
    "boxes that are no boxes": {"path": "tag", "exists": True, "boxes": ["image"]},
    "a string": "tag",
    "an error deep down": {
        "all": [{"any": [{"not": {"each": "a", "assert": {"path": "b", "is": 1, "absent": "fail"}}}]}]
    },
}


@pytest.mark.parametrize("tree", REFUSED_TREES.values(), ids=REFUSED_TREES.keys())
@pytest.mark.parametrize("key", ["assert", "where"])
def test_refuses_the_tree_and_points_into_it(tree: object, key: str) -> None:
    target = {"view": "image_reference", "check": "images.tag", key: tree}
    if key == "assert":
        del target["check"]
    found = places(rule(targets=[target]))
    assert found
    assert all(place.startswith(f"/targets/0/{key}") for place in found)


def test_an_error_deep_in_a_tree_is_placed_at_its_leaf() -> None:
    tree = {"all": [{"path": "a", "exists": True}, {"not": {"path": "b", "equal": 1, "absent": "pass"}}]}
    found = complaints(with_tree(tree))
    assert (
        "/targets/0/assert/all/1/not",
        "Additional properties are not allowed ('equal' was unexpected)",
    ) in found


Change = Callable[[Rule], object]

REFUSED_RULES: dict[str, tuple[str, Rule]] = {
    "an unknown key": ("/", rule(fixes=[])),
    "an id in small letters": ("/id", rule(id="vvb-image-002")),
    "an id with four digits": ("/id", rule(id="VVB-IMAGE-0002")),
    "a name with an underscore": ("/name", rule(name="tag_floats")),
    "a title with a period": ("/title", rule(title="Image tag floats.")),
    "a severity that is none": ("/severity", rule(severity="critical")),
    "a confidence that is none": ("/confidence", rule(confidence="certain")),
    "security as a word": ("/security", rule(security="yes")),
    "a version as a number": ("/since", rule(since=0.1)),
    "an unknown rule set": ("/rulesets/0", rule(rulesets=["strict"])),
    "no rule set": ("/rulesets", rule(rulesets=[])),
    "seven tags": ("/tags", rule(tags=["a", "b", "c", "d", "e", "f", "g"])),
    "no box": ("/checklist", rule(checklist=[])),
    "an item as a number": ("/checklist/0", rule(checklist=[2.7])),
    "a box twice": ("/checklist", rule(checklist=["2.7.1", "2.7.1"])),
    "a section for a box": ("/checklist/0", rule(checklist=["2"])),
    "a why of two words": ("/why", rule(why="because so")),
    "no reference": ("/references", rule(references=[])),
    "a reference without a title": ("/references/0", rule(references=[{"url": "https://example.com/"}])),
    "a reference over http": (
        "/references/0/url",
        rule(references=[{"title": "The manual", "url": "http://example.com/"}]),
    ),
    "a peer without its tool": ("/peers/0", rule(peers=["DL3006"])),
    "no parameters in params": ("/params", rule(params={})),
    "a parameter with a dash": (
        "/params",
        rule(params={"a-b": {"type": "string", "default": "a", "doc": "a name"}}),
    ),
    "no target": ("/targets", rule(targets=[])),
    "a target without a condition": ("/targets/0", rule(targets=[{"view": "stage"}])),
    "a target with two conditions": (
        "/targets/0",
        rule(targets=[{"view": "stage", "assert": {"path": "a", "exists": True}, "check": "a.b"}]),
    ),
    "a check that is a whole path": (
        "/targets/0/check",
        rule(targets=[{"view": "stage", "check": "vvbscan.checks.a.b"}]),
    ),
    "an unknown kind of unit": (
        "/targets/0/units/0",
        rule(targets=[{"view": "stage", "check": "a.b", "units": ["pulumi"]}]),
    ),
    "a message with a period": ("/message", rule(message="{image} has no tag.")),
    "yielding to a name": ("/yields_to/0", rule(yields_to=["tag-floats"])),
}


@pytest.mark.parametrize(("place", "refused"), REFUSED_RULES.values(), ids=REFUSED_RULES.keys())
def test_refuses_the_rule_and_points_at_the_key(place: str, refused: Rule) -> None:
    assert places(refused) == {place}


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_needs_the_key(key: str) -> None:
    assert complaints(rule(**{key: None})) == [("/", f'"{key}" is a required property')]


PARAM_VALUES: list[tuple[str, object, object]] = [
    ("integer", 3, "3"),
    ("integer", None, 3.5),
    ("number", 0.75, "0.75"),
    ("string", "approval", 3),
    ("boolean", False, "false"),
    ("list", ["latest", "edge"], "latest"),
    ("list", [80, 443], [80, "443"]),
    ("list", [], {}),
    ("quantity", "512Mi", "512 MB"),
    ("quantity", 2, -2),
    ("duration", "1m30s", "90"),
    ("duration", "PT1M", "one minute"),
    ("version", ">=1.3", 1.3),
]


@pytest.mark.parametrize("key", ["default", "general"])
@pytest.mark.parametrize(("kind", "good", "bad"), PARAM_VALUES)
def test_the_values_of_a_parameter_have_its_type(key: str, kind: str, good: object, bad: object) -> None:
    def declared(value: object) -> Rule:
        return rule(params={"figure": {"type": kind, "default": None, "doc": "a figure", key: value}})

    assert complaints(declared(good)) == []
    assert all(place.startswith(f"/params/figure/{key}") for place in places(declared(bad)))
    assert places(declared(bad))


REFUSED_EXAMPLES: dict[str, tuple[str, Rule]] = {
    "no title": ("/examples/pass/0", with_example("pass", title=None)),
    "neither text nor files": ("/examples/pass/0", with_example("pass", text=None, format=None)),
    "text without a format": ("/examples/pass/0", with_example("pass", format=None)),
    "text and files": ("/examples/pass/0", with_example("pass", files={"Dockerfile": "FROM a:1"})),
    "an unknown format": ("/examples/pass/0/format", with_example("pass", format="pulumi")),
    "an expectation of a passing example": ("/examples/pass/0", with_example("pass", expect=[])),
    "a failing example without expectations": ("/examples/fail/0/expect", with_example("fail", expect=[])),
    "an expectation at line 0": (
        "/examples/fail/0/expect/0/line",
        with_example("fail", expect=[{"line": 0, "text": "a"}]),
    ),
    "an expected message without its period": (
        "/examples/fail/0/expect/0/message",
        with_example("fail", expect=[{"line": 1, "text": "a", "message": "a has no tag"}]),
    ),
    "an expectation without text": ("/examples/fail/0/expect/0", with_example("fail", expect=[{"line": 1}])),
    "files, but no file in the expectation": (
        "/examples/fail/0/expect/0",
        with_example("fail", text=None, format=None, files={"Dockerfile": "FROM a"}),
    ),
    "an unknown example without a reason": ("/examples/unknown/0", with_example("unknown", reason=None)),
    "an absolute path": (
        "/examples/pass/0/files",
        with_example("pass", text=None, format=None, files={"/Dockerfile": ""}),
    ),
    "a path that leaves the repository": (
        "/examples/pass/0/files",
        with_example("pass", text=None, format=None, files={"a/../../Dockerfile": ""}),
    ),
    "a path with a backslash": (
        "/examples/pass/0/files",
        with_example("pass", text=None, format=None, files={"a\\Dockerfile": ""}),
    ),
}


@pytest.mark.parametrize(("place", "refused"), REFUSED_EXAMPLES.values(), ids=REFUSED_EXAMPLES.keys())
def test_refuses_the_example_and_points_at_it(place: str, refused: Rule) -> None:
    assert places(refused) == {place}


def test_accepts_hidden_and_empty_files() -> None:
    accepted = with_example("pass", text=None, format=None, files={".dockerignore": "", "a/..b/c": "x"})
    assert complaints(accepted) == []


@pytest.mark.parametrize("kind", ["pass", "fail"])
def test_one_example_of_a_kind_is_too_few(kind: str) -> None:
    made = copy.deepcopy(BASE)
    del made["examples"][kind][1]
    assert places(made) == {f"/examples/{kind}"}


def test_without_an_unknown_example_the_rule_says_why_there_is_none() -> None:
    made = copy.deepcopy(BASE)
    made["examples"]["unknown"] = []
    assert places(made) == {"/examples/unknown"}
    made["examples"]["unknown_impossible"] = "the file's name is always known"
    assert complaints(made) == []


def test_an_unknown_example_disproves_that_it_is_impossible() -> None:
    made = copy.deepcopy(BASE)
    made["examples"]["unknown_impossible"] = "the file's name is always known"
    assert places(made) == {"/examples/unknown"}


def object_schemas(schema: object, where: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the schema that lists properties, except those in the condition of an if."""
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from object_schemas(item, f"{where}/{index}")
    elif isinstance(schema, dict):
        if schema.get("type") == "object":
            yield where, schema
        for key, value in schema.items():
            if key not in ("if", "then", "else", "examples", "not"):
                yield from object_schemas(value, f"{where}/{key}")


def test_every_mapping_is_closed() -> None:
    found = dict(object_schemas(SCHEMA))
    # A tree is closed by the branch that its combinator selects.
    open_ones = [where for where, part in found.items() if part.get("additionalProperties") is not False]
    assert open_ones == ["#/$defs/tree"]
    assert len(found) > 20


def described(part: dict[str, Any]) -> bool:
    if "description" in part:
        return True
    reference = part.get("$ref", "")
    return bool(reference) and described(SCHEMA["$defs"][reference.removeprefix("#/$defs/")])


def test_every_key_has_help_for_editors() -> None:
    bare = [
        f"{where}/{name}"
        for where, part in object_schemas(SCHEMA)
        for name, value in part.get("properties", {}).items()
        if not described(value)
    ]
    assert bare == []


def test_every_definition_is_used() -> None:
    text = SCHEMA_PATH.read_text(encoding="utf-8")
    used = set(re.findall(r'"#/\$defs/([a-z_]+)"', text))
    assert used == set(SCHEMA["$defs"])


def test_the_example_of_the_documentation_is_a_valid_rule() -> None:
    page = (ROOT / "docs" / "rule-format.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(id: VVB-.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    assert complaints(yaml.safe_load(blocks[0])) == []


def test_the_documentation_names_every_key_and_operator() -> None:
    page = (ROOT / "docs" / "rule-format.md").read_text(encoding="utf-8")
    keys = {
        *SCHEMA["properties"],
        *SCHEMA["$defs"]["leaf"]["properties"],
        *SCHEMA["$defs"]["target"]["properties"],
    }
    missing = sorted(key for key in keys if f"`{key}`" not in page)
    assert missing == []
