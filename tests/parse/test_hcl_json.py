"""HCL's JSON syntax: what Terraform takes for blocks, where names and values stand, templates in strings."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parse.hcl_support import misplaced, names, nodes, pieces
from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source
from vvbscan.parse.hcl_json import parse_hcl_json
from vvbscan.parse.hcl_tree import (
    Block,
    Broken,
    Call,
    HclFile,
    Literal,
    ObjectConstructor,
    Template,
    Traversal,
    TupleConstructor,
)
from vvbscan.text import SourceText


def read(text: str, path: str = "main.tf.json") -> HclFile:
    return parse_hcl_json(Source(path, SourceText(text)), DEFAULT_LIMITS)


def only_block(text: str) -> Block:
    file = read(text)
    assert file.problems == ()
    (block,) = file.body.blocks
    return block


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"resource": {"a": {"b": {"c": 1}}}}, ["resource a b", "c"]),
        ({"data": {"a": {"b": {}, "c": {}}}}, ["data a b", "data a c"]),
        ({"resource": [{"a": {"b": {"c": 1}}}, {"a": [{"d": {}}]}]}, ["resource a b", "c", "resource a d"]),
        ({"provider": {"aws": [{"region": "a"}, {"alias": "b"}]}}, ["provider aws", "region", "provider aws", "alias"]),
        ({"variable": {"a": {"default": 1}}, "output": {"b": {"value": 2}}}, ["variable a", "default", "output b", "value"]),
        ({"locals": {"a": 1, "b": {"c": 2}}}, ["locals", "a", "b"]),
        ({"terraform": {"backend": {"s3": {"bucket": "a"}}, "required_version": "1"}}, ["terraform", "backend s3", "bucket", "required_version"]),
        ({"resource": {"a": {"b": {"lifecycle": {"prevent_destroy": True}, "ingress": [{"c": 1}]}}}}, ["resource a b", "lifecycle", "prevent_destroy", "ingress"]),
        ({"resource": {"a": {"b": {"dynamic": {"ingress": {"for_each": [], "content": {"c": 1}}}}}}}, ["resource a b", "dynamic ingress", "for_each", "content", "c"]),
        ({"module": {"a": {"source": "./b", "//": "why"}}, "//": "so"}, ["module a", "source"]),
        ({"check": {"a": {"assert": {"condition": "${b}"}}}}, ["check a", "assert", "condition"]),
        ([{"locals": {"a": 1}}, {"locals": {"b": 1}}], ["locals", "a", "locals", "b"]),
        ({}, []),
    ],
)  # fmt: skip
def test_blocks_and_attributes(data: object, found: list[str]) -> None:
    for text in (json.dumps(data), json.dumps(data, indent=2)):
        file = read(text)
        assert file.problems == ()
        assert sorted(names(file.body)) == sorted(found)


def test_where_names_and_values_stand() -> None:
    text = '{"resource": {"aws_instance": {"web": {"ami": "a-${var.b}", "tags": {"c": [1, true]}}}}}'
    block = only_block(text)
    assert [text[one.start : one.end] for one in block.labels] == ['"aws_instance"', '"web"']
    assert text[block.start : block.end] == text[text.index('"web"') : -3]
    ami, tags = block.body.attributes.values()
    assert text[ami.name.start : ami.name.end] == '"ami"'
    assert pieces(text, ami.expression) == [
        'Template "a-${var.b}"',
        "Literal a-",
        "Traversal var.b",
        "Variable var",
        "GetAttribute .b",
    ]
    assert pieces(text, tags.expression) == [
        'ObjectConstructor {"c": [1, true]}',
        'Literal "c"',
        "TupleConstructor [1, true]",
        "Literal 1",
        "Literal true",
    ]


def test_places_behind_escapes() -> None:
    text = r'{"locals": {"a": "\"\u00e9\ud83d\ude00\n${f(\"b\")}c"}}'
    (attribute,) = only_block(text).body.attributes.values()
    assert isinstance(attribute.expression, Template)
    assert [part.value for part in attribute.expression.parts if isinstance(part, Literal)] == ['"é😀\n', "c"]
    assert pieces(text, attribute.expression) == [
        r'Template "\"\u00e9\ud83d\ude00\n${f(\"b\")}c"',
        r"Literal \"\u00e9\ud83d\ude00\n",
        r"Call f(\"b\")",
        r"Literal \"b\"",
        "Literal c",
    ]


def test_types_and_addresses_are_expressions() -> None:
    text = json.dumps(
        {
            "variable": {"a": {"type": "list(string)", "default": "${b}"}},
            "resource": {"c": {"d": {"depends_on": ["c.e"], "lifecycle": {"ignore_changes": ["f"]}}}},
            "module": {"g": {"source": "./g", "providers": {"aws": "aws.h"}}},
        }
    )
    file = read(text)
    assert file.problems == ()
    found = {
        name: attribute.expression
        for block in file.body.blocks
        for body in (block.body, *(inner.body for inner in block.body.blocks))
        for name, attribute in body.attributes.items()
    }
    assert isinstance(found["type"], Call)
    assert found["default"][:1] == ("${b}",)
    assert isinstance(found["source"], Literal)
    depends_on, providers = found["depends_on"], found["providers"]
    assert isinstance(depends_on, TupleConstructor)
    assert isinstance(depends_on.items[0], Traversal)
    assert isinstance(providers, ObjectConstructor)
    assert isinstance(providers.items[0][1], Traversal)


def test_values_of_variables_are_what_they_are() -> None:
    file = read('{"a": "${b}", "resource": {"c": ["%{ d"]}, "e": 1.0}', "prod.tfvars.json")
    assert (file.problems, file.body.blocks) == ((), ())
    values = [attribute.expression for attribute in file.body.attributes.values()]
    assert [type(value) for value in values] == [Literal, ObjectConstructor, Literal]
    assert [value.value for value in values if isinstance(value, Literal)] == ["${b}", 1]


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ('{"locals": {"a": "b ${c"}}', "hcl-syntax", ""),
        ('{"locals": {"a": "\\n${c d}"}}', "hcl-syntax", "d"),
        ('{"resource": {"a": "b"}}', "hcl-syntax", '"b"'),
        ('{"locals": {"a": 1}', "json-syntax", ""),
        ('{"locals": {"a": 1, "a": 2}}', "duplicate-key", '"a"'),
        ("12", "hcl-syntax", "12"),
    ],
)
def test_what_is_wrong(text: str, code: str, marked: str) -> None:
    (problem,) = read(text).problems
    assert problem.code == code
    assert text[problem.start : problem.end] == marked


def test_nesting_is_bounded() -> None:
    file = read('{"locals": {"a": ' + "[" * 5000 + "]" * 5000 + ', "b": 1}}')
    assert [one.code for one in file.problems] == ["nesting-too-deep"]
    assert any(isinstance(node, Broken) for node in nodes(file.body.blocks[0].body))
    assert list(file.body.blocks[0].body.attributes) == ["a", "b"]


WORDS = st.sampled_from(
    (
        "resource",
        "data",
        "locals",
        "module",
        "terraform",
        "lifecycle",
        "dynamic",
        "type",
        "//",
        "a",
        "${b}",
        "${",
    )
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(DATA, st.booleans())
def test_any_json_is_read_with_places_in_the_text(data: object, variables: bool) -> None:
    text = json.dumps(data)
    file = read(text, "a.tfvars.json" if variables else "a.tf.json")
    for node in nodes(file.body.attributes):
        assert 0 <= node.start <= node.end <= len(text)
    assert all(0 <= one.start <= one.end <= len(text) for one in file.problems)


@settings(max_examples=200, deadline=None)
@given(st.text('ab"\\${}%~\n\té😀/', max_size=12))
def test_any_string_keeps_its_characters(text: str) -> None:
    written = json.dumps({"locals": {"a": text}})
    file = read(written)
    assert misplaced(file._replace(body=file.body._replace(blocks=()))) == []
    (attribute,) = file.body.blocks[0].body.attributes.values()
    if not file.problems and isinstance(attribute.expression, Literal):
        assert attribute.expression.value == text.replace("$${", "${").replace("%%{", "%{")
