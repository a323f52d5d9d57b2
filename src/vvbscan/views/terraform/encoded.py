"""Strings that hold a structure: what `jsonencode` gives, and JSON that a template puts together.

To everybody they are strings, or unknown strings. Policies and container definitions are judged as what they
hold, each value at the place that wrote it: `structure_of` gives the nodes.
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue, Source, Unknown
from vvbscan.parse.masking import Masked, unused_sign
from vvbscan.text import SourceText
from vvbscan.views.terraform.placement import Placement
from vvbscan.views.terraform.values import MOST_DEPTH, Exhausted, derived

Origins = Node | tuple[Node, ...]
"""The value that was encoded, or the strings that were put together, in order."""

_OPENING: Final = ("{", "[")


class EncodedText(str):
    """A string that remembers what it was made of."""

    __slots__ = ("made_of",)

    made_of: Origins


class EncodedUnknown(Unknown):
    """The same for a string of which a part is unknown."""

    made_of: Origins


def remembering(text: str | Unknown, made_of: Origins) -> EncodedText | EncodedUnknown:
    """The text with what it was made of."""
    encoded = EncodedUnknown(*text) if isinstance(text, Unknown) else EncodedText(text)
    encoded.made_of = made_of
    return encoded


def opens_structure(text: str) -> bool:
    """Whether a text begins as JSON's objects and arrays do."""
    return text.lstrip().startswith(_OPENING)


def structure_of(node: Node) -> Node | None:
    """What a string holds: the value it was encoded of, or the JSON that it is; None if it is neither.

    What is unknown in the string is unknown in the structure.
    """
    value = node.value
    if isinstance(value, (EncodedText, EncodedUnknown)):
        made_of = value.made_of
        return made_of if isinstance(made_of, Node) else _parsed(made_of, node)
    return _parsed((node,), node) if isinstance(value, str) and opens_structure(value) else None


def _parsed(pieces: tuple[Node, ...], whole: Node) -> Node | None:
    """The JSON of some pieces of text, with the places where each was written."""
    known = "".join(piece.value for piece in pieces if isinstance(piece.value, str))
    if not known.isascii() and not unused_sign(known):
        return None
    placement = Placement(pieces, unused_sign(known), whole)
    source = Source(whole.source.path, SourceText(placement.text))
    if placement.gaps:
        from vvbscan.parse.yaml import parse_masked

        sign = placement.sign
        masked = Masked(placement.text, placement.text, sign, tuple((gap, gap + 1) for gap in placement.gaps))
        parsed = parse_masked(source, masked, DEFAULT_LIMITS, "1.2")
    else:
        from vvbscan.parse.json import parse_json

        parsed = parse_json(source, DEFAULT_LIMITS)
    if len(parsed.documents) != 1 or any(problem.level == "error" for problem in parsed.problems):
        return None
    try:
        return _placed(parsed.documents[0].root, placement, MOST_DEPTH)
    except Exhausted:
        return None


def _placed(node: Node, placement: Placement, depth: int) -> Node:
    if not depth:
        raise Exhausted("a value is nested too deep")
    value = node.value
    if isinstance(value, SeqValue):
        items = tuple([_placed(item, placement, depth - 1) for item in value.items])
        value = SeqValue(items, _unmasked(value.rest, node, placement))
    elif isinstance(value, MapValue):
        entries = {key: _placed(child, placement, depth - 1) for key, child in value.entries.items()}
        keys = {key: _placed(child, placement, depth - 1) for key, child in value.keys.items()}
        value = MapValue(entries, keys, _unmasked(value.rest, node, placement))
    elif isinstance(value, Unknown):
        value = placement.unknown(node.start, node.end, value)
    source, start, end, is_written = placement.span(node.start, node.end)
    way = placement.way(source, start, end)
    return Node(value, source, start, end, node.style if is_written else COMPUTED, way)


def _unmasked(rest: Unknown | None, node: Node, placement: Placement) -> Unknown | None:
    return None if rest is None else derived(placement.unknown(node.start, node.end, rest))
