"""JSON texts of arguments, such as policies and lists of containers, as the structures that they are."""

from __future__ import annotations

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.views.terraform.encoded import structure_of as encoded_structure


def structure_of(node: Node) -> Node | Unknown:
    """The structure of a value that is a JSON text, itself if it is a structure; else why there is none."""
    value = node.value
    if isinstance(value, (MapValue, SeqValue)):
        return node
    found = encoded_structure(node)
    if found is not None:
        return found
    return value if isinstance(value, Unknown) else Unknown("unparsed", "the text is not valid JSON")
