"""Helpers for the tests of parsers that make node trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Comment, Document, MapValue, Node, Parsed, Problem, SeqValue, Source, plain
from vvbscan.parse.json import parse_json
from vvbscan.parse.yaml import parse_yaml
from vvbscan.text import SourceText


class Step(NamedTuple):
    """A node, what contains it, and whether it is a key."""

    node: Node
    parent: Node | None
    is_key: bool


def source_of(text: str) -> Source:
    return Source("file", SourceText(text))


def read_yaml(text: str, limits: Limits = DEFAULT_LIMITS, schema: str = "1.1") -> Parsed:
    return parse_yaml(source_of(text), limits, schema)


def read_json(text: str, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    return parse_json(source_of(text), limits)


def root(parsed: Parsed) -> Node:
    assert len(parsed.documents) == 1
    return parsed.documents[0].root


def values(parsed: Parsed) -> list[object]:
    return [plain(document.root, "?") for document in parsed.documents]


def at(parsed: Parsed, *keys: str) -> Node:
    node = root(parsed).at(*keys)
    assert node is not None
    return node


def written(parsed: Parsed, one: Comment | Problem | Document) -> str:
    return parsed.source.text.text[one.start : one.end]


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems]


def walk(node: Node) -> Iterator[Step]:
    """Every node of a tree with its parent; what aliases bring in is walked once for each."""
    steps = [Step(node, None, is_key=False)]
    while steps:
        step = steps.pop()
        yield step
        value = step.node.value
        if isinstance(value, MapValue):
            steps.extend(Step(value.keys[name], step.node, is_key=True) for name in value.keys)
            steps.extend(Step(child, step.node, is_key=False) for child in value.entries.values())
        elif isinstance(value, SeqValue):
            steps.extend(Step(child, step.node, is_key=False) for child in value.items)
