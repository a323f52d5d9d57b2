"""JSON as Terraform writes it."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.views.terraform.functions.invocation import Invocation
from vvbscan.views.terraform.templates import Text
from vvbscan.views.terraform.values import MOST_DEPTH, Exhausted, derived, number_text

_ESCAPES: Final = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
"""Go's encoder writes these so that JSON can stand in a web page."""


def json_text(node: Node, invocation: Invocation) -> str | Unknown:
    """A value as JSON, with gaps where it is unknown. Raises `Exhausted`."""
    text = Text(invocation.scope.budget.string_length)
    _write(node, text, invocation, MOST_DEPTH)
    return text.value()


def quoted(text: str) -> str:
    """A string as Go writes it in JSON."""
    from json import dumps

    written = dumps(text, ensure_ascii=False)
    for sign, escape in _ESCAPES.items():
        written = written.replace(sign, escape)
    return written


def _write(node: Node, text: Text, invocation: Invocation, depth: int) -> None:
    value = node.value
    invocation.spend(1)
    if isinstance(value, str):
        text.add(quoted(value))
    elif isinstance(value, Unknown):
        _write_unknown(value, text)
    elif value is None:
        text.add("null")
    elif isinstance(value, bool):
        text.add("true" if value else "false")
    elif isinstance(value, (int, float)):
        text.add(number_text(value))
    elif not depth:
        raise Exhausted("a value is nested too deep")
    elif isinstance(value, SeqValue):
        _write_items(value, text, invocation, depth)
    else:
        _write_members(value, text, invocation, depth)


def _write_unknown(value: Unknown, text: Text) -> None:
    if not value.parts:
        text.add(derived(value))
        return
    text.add('"')
    parts = [part if part is None else quoted(part)[1:-1] for part in value.parts]
    text.add(derived(value, *parts))
    text.add('"')


def _write_items(value: SeqValue, text: Text, invocation: Invocation, depth: int) -> None:
    text.add("[")
    for index, item in enumerate(value.items):
        if index:
            text.add(",")
        _write(item, text, invocation, depth - 1)
    if value.rest is not None:
        text.add(derived(value.rest))
    text.add("]")


def _write_members(value: MapValue, text: Text, invocation: Invocation, depth: int) -> None:
    if value.rest is not None:
        # Where the members that are not known would stand is not known either.
        text.add("{")
        text.add(derived(value.rest))
        text.add("}")
        return
    text.add("{")
    for index, key in enumerate(sorted(value.entries)):
        text.add(f"{',' if index else ''}{quoted(key)}:")
        _write(value.entries[key], text, invocation, depth - 1)
    text.add("}")
