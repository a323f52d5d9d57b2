"""A file of HCL as those of other formats are handed over: what its suppressions can cover, as nodes.

Each attribute and each block at the top of the file is a document. What they contain are sequences within
each other, of attributes, blocks, members, items and arguments. The values are placeholders: what expressions
come to is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from vvbscan.model.node import Document, Node, Parsed, SeqValue, Source
from vvbscan.parse.hcl_tree import Body, Call, Expression, HclFile, ObjectConstructor, TupleConstructor


def as_parsed(file: HclFile) -> Parsed:
    """The file with its stretches as documents; without any if nothing in it can be a suppression."""
    source = file.source
    documents: tuple[Document, ...] = ()
    if "vvbscan" in source.text.text:
        items = sorted(_items(file.body, source), key=lambda node: node.start)
        documents = tuple([Document(node, node.start, node.end) for node in items])
    return Parsed(source, documents, file.comments, file.problems)


def _items(body: Body, source: Source) -> Iterator[Node]:
    """The attributes and blocks of a body, each from the first character of its name to its end."""
    for attribute in body.attributes.values():
        inner = _within(attribute.expression, source)
        yield _stretch(inner, source, attribute.name.start, attribute.expression.end)
    for block in body.blocks:
        yield _stretch(_items(block.body, source), source, block.start, block.end)


def _stretch(inner: Iterable[Node], source: Source, start: int, end: int) -> Node:
    return Node(SeqValue(tuple(inner)), source, start, end)


def _within(expression: Expression, source: Source) -> Iterator[Node]:
    """The members, items and arguments of an expression, or of the collections and calls within it."""
    if isinstance(expression, ObjectConstructor):
        for key, value in expression.items:
            yield _stretch(_within(value, source), source, key.start, value.end)
    elif isinstance(expression, (TupleConstructor, Call)):
        items = expression.items if isinstance(expression, TupleConstructor) else expression.arguments
        for item in items:
            yield _stretch(_within(item, source), source, item.start, item.end)
    else:
        for inner in _collections(expression):
            yield from _within(inner, source)


def _collections(tree: Any) -> Iterator[Expression]:
    """The outermost collections and calls within an expression."""
    for field in tree:
        if isinstance(field, (ObjectConstructor, TupleConstructor, Call)):
            yield field
        elif isinstance(field, tuple):
            yield from _collections(field)
