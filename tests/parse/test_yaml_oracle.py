"""YAML against PyYAML's composer and constructors, with the known differences and who is right."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from parse.tree_support import read_yaml, values
from vvbscan.parse.scalars import resolve

DIFFERENCES = (
    # PyYAML leaves the one-letter booleans of YAML 1.1 out; sigs.k8s.io/yaml has them. We are right for manifests.
    ("one-letter boolean", r"[yYnN]"),
    # PyYAML wants a dot and a sign in a float with an exponent, go-yaml and YAML 1.2 want neither. We are right.
    ("exponent", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)[eE][-+]?[0-9_]+"),
    # YAML 1.1 and go-yaml allow a sign before a leading dot, PyYAML's pattern does not. We are right.
    ("sign and dot", r"[-+]\.[0-9]+([eE][-+]?[0-9]+)?"),
    # Go's strconv reads 0o10, and prefixes in upper case. We are right for manifests.
    ("prefix of Go", r"[-+]?0(o[0-7_]+|O[0-7_]+|X[0-9a-fA-F_]+|B[01_]+)"),
    # No octal number: go-yaml falls back to a float, PyYAML to a string. We are right for manifests.
    ("no octal number", r"[-+]?0[0-9_]*[89][0-9_]*"),
    # Numbers to the base of 60 are in YAML 1.1, and go-yaml leaves them out on purpose. We are right for manifests.
    ("base of 60", r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"),
    # Times stay text: JSON, which manifests are turned into, has no times. We are right for manifests.
    ("time", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"),
    # PyYAML cannot construct its own `value` type. A plain `=` is text for everybody else. We are right.
    ("value", r"="),
    # Underscores: Go drops all of them before it looks, but not in what begins with a dot. We are right for manifests.
    ("underscore", r"(?=.*_)[-+.0-9][-+0-9a-fA-FoOxX_.]*"),
)


def theirs(text: str) -> object:
    """What PyYAML makes of a plain scalar; its own errors are None with a mark."""
    loader = yaml.CSafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    try:
        return loader.construct_object(yaml.ScalarNode(tag, text))
    except (yaml.YAMLError, ValueError):
        return ValueError


def difference(text: str) -> str:
    """Name of the known difference that a scalar falls under."""
    return next((name for name, pattern in DIFFERENCES if re.fullmatch(pattern, text)), "")


@pytest.mark.parametrize(
    ("name", "text", "ours"),
    [
        ("one-letter boolean", "y", True),
        ("exponent", "1e3", 1000.0),
        ("sign and dot", "-.5", -0.5),
        ("prefix of Go", "0o10", 8),
        ("no octal number", "08", 8.0),
        ("base of 60", "22:22", "22:22"),
        ("time", "2024-01-31", "2024-01-31"),
        ("value", "=", "="),
        ("underscore", ".5_0", ".5_0"),
    ],
)
def test_known_difference(name: str, text: str, ours: object) -> None:
    assert difference(text) == name
    assert resolve(text) == ours
    assert theirs(text) != ours


@settings(max_examples=500, deadline=None)
@given(
    st.text("0123456789.+-_eExXoObBaf:", min_size=1, max_size=8) | st.text("yesnoYNtrufalTRUE~", max_size=5)
)
@example("0x1F")
@example("-010")
@example("+12")
@example("1_000")
@example("0b11")
@example(".inf")
@example("1.5e+3")
def test_scalars_mean_what_pyyaml_says_or_differ_as_known(text: str) -> None:
    ours, their = resolve(text), theirs(text)
    if (ours, type(ours)) != (their, type(their)):
        assert difference(text), (ours, their)


class Unsupported(Exception):
    """The text has something in it that is compared elsewhere."""


def oracle(text: str) -> list[object]:
    """The documents of a text by PyYAML, with keys as text. Raises `YAMLError` for what PyYAML refuses."""
    loader = yaml.CSafeLoader(text)
    found = []
    while loader.check_node():
        node = loader.get_node()
        assert node is not None
        if node.start_mark.index < node.end_mark.index:
            found.append(construct(loader, node, []))
    return found


def construct(loader: Any, node: yaml.Node, above: list[yaml.Node]) -> object:
    if node in above:
        raise Unsupported("recursive alias")
    if isinstance(node, yaml.ScalarNode):
        if difference(node.value) and node.style is None:
            raise Unsupported("known difference")
        if not node.tag.startswith("tag:yaml.org"):
            return node.value
        try:
            return loader.construct_object(node)
        except (yaml.YAMLError, ValueError, KeyError):
            raise Unsupported("a tag that does not fit") from None
    if isinstance(node, yaml.SequenceNode):
        return [construct(loader, item, [*above, node]) for item in node.value]
    assert isinstance(node, yaml.MappingNode)
    names = [key.value for key, _ in node.value]
    try:
        loader.flatten_mapping(node)
    except yaml.constructor.ConstructorError:
        raise Unsupported("a merge key that merges no mapping") from None
    if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value) or len(names) > len(
        {*map(str, names)}
    ):
        raise Unsupported("a key that is a collection, or repeated")
    return {key.value: construct(loader, value, [*above, node]) for key, value in node.value}


LINES = st.lists(
    st.sampled_from(
        [
            "a: b",
            "c: 'd # e'",
            "f:",
            "  g: h",
            "  i: [1, {j: k}, l]",
            "  - m",
            "  - n: o",
            "    p: q  # r",
            "s: &t {u: v}",
            "w: *t",
            "x:",
            "  <<: *t",
            "  y1: z1",
            "a1: |",
            "  text # no comment",
            "",
            "b1: >-",
            "# comment",
            "---",
            "...",
            'c1: "d1\\x41"',
            "? e1",
            ": f1",
            "g1: {h1: i1,",
            "  j1: k1}",
            "l1: m1: n1",
            "\to1: p1",
            "- q1",
            "- - r1",
            "  s1",
            "t1: !u1 v1",
            "w1: [",
            "  ]",
            "x1: 'y1",
            "z1: ~",
            "a2: =",
        ]
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n"]))
@example(["s: &t {u: v}", "x:", "  <<: *t", "  y1: z1"], "\n")
@example(["a1: |", "  text # no comment", "", "# comment", "a: b"], "\n")
def test_documents_are_those_of_pyyaml(lines: list[str], line_end: str) -> None:
    text = line_end.join(lines)
    parsed = read_yaml(text)
    try:
        expected = oracle(text)
    except Unsupported:
        assume(False)
    except yaml.YAMLError as error:
        # YAML 1.1 and 1.2 let an anchor be given anew; PyYAML's composer alone refuses it.
        assume("duplicate anchor" not in str(error))
        assert {problem.level for problem in parsed.problems} >= {"error"}
        return
    assert values(parsed) == expected
    assert [problem.message for problem in parsed.problems] == []
