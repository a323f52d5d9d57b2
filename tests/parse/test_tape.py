"""Nodes that are made of a tape."""

from __future__ import annotations

import pytest

from vvbscan.model.limits import DEFAULT_LIMITS
from vvbscan.model.node import Source
from vvbscan.parse.json import parse_json
from vvbscan.text import SourceText


@pytest.mark.parametrize("number", [1, 98, 99, 100, 101, 300])
def test_a_node_is_the_same_one_however_it_is_asked_for(number: int) -> None:
    text = "{" + ", ".join(f'"k{one}": {{"v": {one}}}' for one in range(number)) + "}"
    root = parse_json(Source("a.json", SourceText(text)), DEFAULT_LIMITS).documents[0].root
    assert root.get("absent") is None
    first, key = root.get("k0"), root.key("k0")
    assert first is not None
    assert first is root.get("k0")
    assert [(name, child.at("v")) for name, _, child in root.members()] == [
        (f"k{one}", root.at(f"k{one}", "v")) for one in range(number)
    ]
    name, named, child = next(iter(root.members()))
    assert (name, named, child) == ("k0", key, first)
    assert [child.start for _, _, child in root.members()] == sorted(
        child.start for _, _, child in root.members()
    )
    assert root.get("absent") is None
