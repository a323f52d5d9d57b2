"""What `vvbscan parse` shows of a file of HCL: its bodies and expressions as a tree."""

from __future__ import annotations

from vvbscan.cli.parse import shown_span
from vvbscan.cli.parse_tree import shown_tree
from vvbscan.model.node import Source
from vvbscan.parse.hcl_tree import Attribute, Block, Body, Name


def shown_body(body: Body, source: Source) -> dict[str, object]:
    """A body as JSON: attributes and blocks, each in written order."""
    return {
        **shown_span(source, body.start, body.end),
        "attributes": [_attribute(attribute, source) for attribute in body.attributes.values()],
        "blocks": [_block(block, source) for block in body.blocks],
    }


def _attribute(attribute: Attribute, source: Source) -> dict[str, object]:
    name = attribute.name
    return {
        "name": name.text,
        "name_span": shown_span(source, name.start, name.end),
        "expression": shown_tree(attribute.expression, source),
    }


def _block(block: Block, source: Source) -> dict[str, object]:
    return {
        **shown_span(source, block.start, block.end),
        "type": block.type.text,
        "type_span": shown_span(source, block.type.start, block.type.end),
        "labels": [_label(label, source) for label in block.labels],
        "body": shown_body(block.body, source),
    }


def _label(label: Name, source: Source) -> dict[str, object]:
    return {**shown_span(source, label.start, label.end), "text": label.text}
