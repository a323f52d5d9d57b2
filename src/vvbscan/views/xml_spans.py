"""What suppressions need of an XML file."""

from __future__ import annotations

from vvbscan.model.node import COMPUTED, Document, MapValue, Node, Parsed, Problem, Source
from vvbscan.parse.xml import Element, XmlFile


def parsed_xml(file: XmlFile, problems: tuple[Problem, ...]) -> Parsed:
    """A file with every element as an entry of a mapping that spans it, and `problems` before its own."""
    documents: tuple[Document, ...] = ()
    if file.root is not None and "vvbscan" in file.source.text.text:
        documents = (Document(_spans(file.source, file.root), file.root.start, file.root.end),)
    return Parsed(file.source, documents, file.comments, (*problems, *file.problems))


def _spans(source: Source, element: Element) -> Node:
    """An element with those in it, named by their position: what a suppression before it covers."""
    if not element.children:
        return Node(None, source, element.start, element.end, COMPUTED)
    entries = {str(number): _spans(source, child) for number, child in enumerate(element.children)}
    keys = {
        str(number): Node(child.name, source, child.start, child.head_end, COMPUTED)
        for number, child in enumerate(element.children)
    }
    return Node(MapValue(entries, keys), source, element.start, element.end, COMPUTED)
