"""A file of HCL as those of other formats are handed over: what its suppressions can cover, as nodes.

Each attribute and block is a member of its body, each item and argument one of a sequence. The values are
placeholders: what expressions come to is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vvbscan.model.node import BLOCK, FLOW, Document, MapValue, Node, Parsed, SeqValue, Source
from vvbscan.parse.hcl_tree import Body, Call, Expression, HclFile, ObjectConstructor, TupleConstructor


def as_parsed(file: HclFile) -> Parsed:
    """The file with its stretches as a document; without one if nothing in it can be a suppression."""
    source = file.source
    documents: tuple[Document, ...] = ()
    if "vvbscan" in source.text.text:
        end = len(source.text.text)
        root = _mapping(_members(file.body, source), source, 0, end, BLOCK)
        documents = (Document(root, 0, end),)
    return Parsed(source, documents, file.comments, file.problems)


def _members(body: Body, source: Source) -> Iterator[tuple[Node, Node]]:
    """Keys and values of the attributes and blocks of a body, in written order."""
    found: list[tuple[Node, Node]] = []
    for attribute in body.attributes.values():
        name = attribute.name
        key = Node(name.text, source, name.start, name.end)
        found.append((key, _node(attribute.expression, source)))
    for block in body.blocks:
        last = block.labels[-1] if block.labels else block.type
        key = Node(block.type.text, source, block.start, max(block.start, last.end))
        inner = _mapping(_members(block.body, source), source, block.body.start, block.end, BLOCK)
        found.append((key, inner))
    yield from sorted(found, key=lambda member: member[0].start)


def _mapping(members: Iterator[tuple[Node, Node]], source: Source, start: int, end: int, style: str) -> Node:
    """A mapping whose names are numbers, as blocks of one type repeat."""
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    for number, (key, value) in enumerate(members):
        keys[str(number)], entries[str(number)] = key, value
    return Node(MapValue(entries, keys), source, start, end, style)


def _node(expression: Expression, source: Source) -> Node:
    start, end = expression.start, expression.end
    if isinstance(expression, ObjectConstructor):
        members = [
            (Node(None, source, key.start, key.end), _node(value, source)) for key, value in expression.items
        ]
        return _mapping(iter(members), source, start, end, FLOW)
    if isinstance(expression, TupleConstructor):
        items = expression.items
    elif isinstance(expression, Call):
        items = expression.arguments
    else:
        items = tuple(_collections(expression))
        if not items:
            return Node(None, source, start, end)
    return Node(SeqValue(tuple([_node(item, source) for item in items])), source, start, end, FLOW)


def _collections(tree: Any) -> Iterator[Expression]:
    """The outermost collections and calls within an expression."""
    for field in tree:
        if isinstance(field, (ObjectConstructor, TupleConstructor, Call)):
            yield field
        elif isinstance(field, tuple):
            yield from _collections(field)
