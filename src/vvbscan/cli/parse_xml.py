"""What `vvbscan parse` shows of a file of XML: its elements as a tree."""

from __future__ import annotations

from vvbscan.cli.parse import shown_node, shown_span
from vvbscan.model.node import Source
from vvbscan.parse.xml import Element


def shown_element(element: Element, source: Source) -> dict[str, object]:
    """An element as JSON, with its text, attributes and children. The parser bounds how deep it is."""
    return {
        **shown_span(source, element.start, element.end),
        "name": element.name,
        "attributes": {name: shown_node(node) for name, node in element.attributes.items()},
        "text": shown_node(element.text),
        "children": [shown_element(child, source) for child in element.children],
    }
