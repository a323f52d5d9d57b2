"""What `vvbscan parse` shows of an expression, whatever the language."""

from __future__ import annotations

from typing import Any

from vvbscan.cli.parse import shown_span
from vvbscan.model.node import Source


def shown_tree(value: Any, source: Source) -> Any:
    """A record with its kind, its span and its fields. The parser bounds how deep it is."""
    if not isinstance(value, tuple):
        return value
    names: tuple[str, ...] = getattr(value, "_fields", ())
    if not names:
        return [shown_tree(item, source) for item in value]
    shown: dict[str, object] = {"kind": type(value).__name__}
    for name in names:
        if name == "start":
            shown |= shown_span(source, getattr(value, "start"), getattr(value, "end"))  # noqa: B009
        elif name != "end":
            shown[name] = shown_tree(getattr(value, name), source)
    return shown
