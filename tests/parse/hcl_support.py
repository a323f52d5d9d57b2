"""Helpers for the tests of HCL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import Source
from vvbscan.parse.hcl import parse_hcl
from vvbscan.parse.hcl_tree import Attribute, Block, Body, Expression, HclFile, Name
from vvbscan.text import SourceText


def read(text: str, limits: Limits = DEFAULT_LIMITS) -> HclFile:
    return parse_hcl(Source("main.tf", SourceText(text)), limits)


def value_of(written: str) -> Expression:
    """The expression of an attribute; a file without problems."""
    file = read(f"a = {written}\n")
    assert file.problems == ()
    return file.body.attributes["a"].expression


def nodes(tree: Any) -> Iterator[Any]:
    """Whatever in a tree has a span, what contains something before it."""
    if isinstance(tree, tuple):
        names = getattr(tree, "_fields", ())
        if "start" in names:
            yield tree
        for item in tree:
            yield from nodes(item)
    elif isinstance(tree, dict):
        for item in tree.values():
            yield from nodes(item)


def without_spans(tree: Any) -> Any:
    """A tree with the kinds of what it is made of, as plain tuples without places and styles."""
    if not isinstance(tree, tuple):
        return (type(tree).__name__, tree)
    names: tuple[str, ...] = getattr(tree, "_fields", ())
    if not names:
        return tuple(without_spans(item) for item in tree)
    kept = [without_spans(getattr(tree, name)) for name in names if name not in ("start", "end", "style")]
    return (type(tree).__name__, *kept)


def pieces(text: str, tree: Any) -> list[str]:
    """Kind and characters of each node of a tree."""
    return [f"{type(node).__name__} {text[node.start : node.end]}" for node in nodes(tree)]


def bodies(body: Body) -> Iterator[Body]:
    """A body and those of its blocks."""
    yield body
    for block in body.blocks:
        yield from bodies(block.body)


def attributes(body: Body) -> Iterator[Attribute]:
    for one in bodies(body):
        yield from one.attributes.values()


def blocks(body: Body) -> Iterator[Block]:
    for one in bodies(body):
        yield from one.blocks


def names(body: Body) -> list[str]:
    """Names of the attributes, types and labels of the blocks, in the order of the text."""
    found: list[tuple[Name, str]] = [(one.name, one.name.text) for one in attributes(body)]
    found += [
        (block.type, " ".join([block.type.text, *(label.text for label in block.labels)]))
        for block in blocks(body)
    ]
    return [shown for name, shown in sorted(found, key=lambda one: one[0].start)]


def misplaced(file: HclFile) -> list[str]:
    """What is wrong with the spans of a file: they lie within each other and in the order of the text."""
    wrong: list[str] = []
    text = file.source.text.text

    def check(tree: Any, start: int, end: int) -> None:
        items: Any = tree.values() if isinstance(tree, dict) else tree
        if not isinstance(tree, (dict, tuple)):
            return
        if "start" in getattr(tree, "_fields", ()):
            own: tuple[int, int] = getattr(tree, "start"), getattr(tree, "end")  # noqa: B009
            if not start <= own[0] <= own[1] <= end:
                wrong.append(f"{type(tree).__name__} {own} is not in {start}-{end}")
            start, end = own
        for item in items:
            check(item, start, end)

    check(file.body.attributes, 0, len(text))
    for body in bodies(file.body):
        items: list[tuple[int, int]] = [
            (one.name.start, one.expression.end) for one in body.attributes.values()
        ]
        items += [(one.start, one.end) for one in body.blocks]
        items.sort()
        wrong += [
            f"{items[n]} and {items[n + 1]} overlap"
            for n in range(len(items) - 1)
            if items[n][1] > items[n + 1][0]
        ]
        wrong += [
            f"{item} is not in {body.start}-{body.end}"
            for item in items
            if not body.start <= item[0] <= item[1] <= body.end
        ]
        for attribute in body.attributes.values():
            check(attribute.expression, body.start, body.end)
            if text[attribute.name.start : attribute.name.end] != attribute.name.text:
                wrong.append(f"{attribute.name} is not written so")
    for problem in file.problems:
        if not 0 <= problem.start <= problem.end <= len(text):
            wrong.append(f"{problem} is not in the text")
    if list(file.comments) != sorted(set(file.comments)):
        wrong.append("the comments are not in order")
    return wrong
