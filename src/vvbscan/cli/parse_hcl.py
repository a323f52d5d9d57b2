"""What `vvbscan parse` shows of a file of HCL: its bodies and expressions as a tree."""

from __future__ import annotations

from typing import Any

from vvbscan.cli.parse import shown_span
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
        "expression": _tree(attribute.expression, source),
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


def _tree(value: Any, source: Source) -> Any:
    """An expression with its kind, its span and its fields. The parser bounds how deep it is."""
    if not isinstance(value, tuple):
        return value
    names: tuple[str, ...] = getattr(value, "_fields", ())
    if not names:
        return [_tree(item, source) for item in value]
    shown: dict[str, object] = {"kind": type(value).__name__}
    for name in names:
        if name == "start":
            shown |= shown_span(source, getattr(value, "start"), getattr(value, "end"))  # noqa: B009
        elif name != "end":
            shown[name] = _tree(getattr(value, name), source)
    return shown
