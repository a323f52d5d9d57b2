"""Configuration of plugins: how what several POMs say is merged, and as values.

Merged as Maven does (https://maven.apache.org/pom.html#plugins): the stronger side wins, element by element,
unless it has `combine.self="override"` or `combine.children="append"`.
"""

from __future__ import annotations

from collections.abc import Callable

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue
from vvbscan.parse.xml import Element

Resolve = Callable[[Node], Node]


def merged(strong: Element | None, weak: Element | None) -> Element | None:
    """An element with what a weaker one adds to it."""
    if strong is None or weak is None:
        return strong or weak
    if _says(strong, "combine.self", "override"):
        return strong
    text = strong.text if strong.text.value != "" or strong.children else weak.text
    if _says(strong, "combine.children", "append"):
        return strong._replace(text=text, children=(*weak.children, *strong.children))
    if not weak.children:
        return strong._replace(text=text)
    of_weak: dict[str, list[Element]] = {}
    for child in weak.children:
        of_weak.setdefault(child.name, []).append(child)
    children = []
    named = {child.name for child in strong.children}
    for child in strong.children:
        others = of_weak.get(child.name)
        other = others.pop(0) if others else None
        joined = merged(child, other)
        assert joined is not None
        children.append(joined)
    children += [child for child in weak.children if child.name not in named]
    return strong._replace(text=text, children=tuple(children))


def value_of(element: Element, resolve: Resolve) -> Node:
    """An element as a value: its text, or a mapping of those in it; a repeated name has a sequence."""
    if not element.children:
        return resolve(element.text)
    by_name: dict[str, list[Element]] = {}
    for child in element.children:
        by_name.setdefault(child.local_name, []).append(child)
    entries: dict[str, Node] = {}
    keys: dict[str, Node] = {}
    for name, children in by_name.items():
        nodes = tuple(value_of(child, resolve) for child in children)
        entries[name] = nodes[0] if len(nodes) == 1 else _sequence(element, nodes)
        keys[name] = opening_of(children[0])
    return _spanning(element, MapValue(entries, keys))


def opening_of(element: Element) -> Node:
    """An element's opening tag: what is pointed at if something in it is missing."""
    return Node(element.name, element.text.source, element.start, element.head_end, COMPUTED)


def _sequence(element: Element, nodes: tuple[Node, ...]) -> Node:
    return _spanning(element, SeqValue(nodes))


def _spanning(element: Element, value: MapValue | SeqValue) -> Node:
    return Node(value, element.text.source, element.start, element.end, COMPUTED)


def _says(element: Element, attribute: str, wanted: str) -> bool:
    found = element.attributes.get(attribute)
    return found is not None and found.value == wanted
