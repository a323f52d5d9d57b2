"""Keeps what a plan marks as sensitive out of reports.

Terraform writes sensitive values in plain text, in most plans all on one line, and reports show the line of a
finding. So they are made unreadable in the text itself, which keeps its length and with it every place.

Source: https://developer.hashicorp.com/terraform/cli/commands/show#json-output
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue
from vvbscan.text import SourceText

_STRING: Final = lazy_pattern(r'"(?:[^"\\]|\\.)*+"')
_SHORTEST: Final = 4
"""Characters of a string from which on it is taken for the same secret wherever it stands in the file."""

Marked = tuple[Node | None, Node | None]
"""A value, and `true` or the shape of the value with `true` in it."""


def mask_secrets(root: Node) -> None:
    """Replace the characters of every sensitive value in the text of a plan or a state by asterisks."""
    source = root.source
    text = source.text.text
    spans = {
        (node.start, node.end)
        for node in _secrets(root)
        if node.value is not None and not isinstance(node.value, bool)
    }
    told = {text[start:end] for start, end in spans if text[start] == '"' and end - start >= _SHORTEST + 2}
    if told:
        spans.update(found.span() for found in _STRING.finditer(text) if found[0] in told)
    if not spans:
        return
    pieces = []
    position = 0
    for start, end in sorted(spans):
        if start < position:
            continue  # within a collection that was too deep to be read, and is masked as a whole
        quote = '"' if text[start] == '"' else ""
        pieces += [text[position:start], quote, "*" * (end - start - 2 * len(quote)), quote]
        position = end
    source.text = SourceText("".join([*pieces, text[position:]]), bom=source.text.bom)


def _secrets(root: Node) -> Iterator[Node]:
    """The strings and numbers that are marked as sensitive."""
    pending = list(_marked(root))
    while pending:
        value, mark = pending.pop()
        if value is None or mark is None:
            continue
        if mark.value is True:
            yield from _scalars(value)
        elif isinstance(mark.value, MapValue):
            pending += [(value.get(name), inner) for name, inner in mark.value.entries.items()]
        else:
            pending += zip(value.items(), mark.items(), strict=False)


def _scalars(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one.value, MapValue):
            pending += one.value.entries.values()
        elif isinstance(one.value, SeqValue):
            pending += one.value.items
        else:
            yield one


def _marked(root: Node) -> Iterator[Marked]:
    """Every value of the file with its marks."""
    for values in (root.get("planned_values"), root.get("values"), root.at("prior_state", "values")):
        if values is None:
            continue
        yield from ((one.get("value"), one.get("sensitive")) for one in _members(values, "outputs"))
        pending = [values.get("root_module")]
        while pending:
            module = pending.pop()
            if module is not None:
                yield from (
                    (one.get("values"), one.get("sensitive_values")) for one in _items(module, "resources")
                )
                pending += _items(module, "child_modules")
    changes = [
        one.get("change") for name in ("resource_changes", "resource_drift") for one in _items(root, name)
    ]
    for change in (*changes, *_members(root, "output_changes")):
        if change is not None:
            yield change.get("before"), change.get("before_sensitive")
            yield change.get("after"), change.get("after_sensitive")
    variables = root.at("configuration", "root_module", "variables")
    for name, _, variable in variables.members() if variables is not None else ():
        yield root.at("variables", name, "value"), variable.get("sensitive")
        yield variable.get("default"), variable.get("sensitive")


def _items(node: Node, name: str) -> tuple[Node, ...]:
    listed = node.get(name)
    return listed.items() if listed is not None else ()


def _members(node: Node, name: str) -> tuple[Node, ...]:
    value = node.get(name)
    members = value.value if value is not None else None
    return tuple(members.entries.values()) if isinstance(members, MapValue) else ()
