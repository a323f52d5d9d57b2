"""Paths from a subject's root to a value: `spec.ports[0].name`, `settings["quarkus.http.port"]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.record import NamedTuple

Steps = tuple[str | int, ...]

_STEP: Final = lazy_pattern(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\["([^"]+)"\]|\[(\d+)\]')


def compile_path(path: str) -> Steps:
    """The steps of a path: keys as strings, positions in sequences as integers.

    Raises `RuleError` if the path is not well formed. `.` is the root itself.
    """
    if path == ".":
        return ()
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None or (path[position] == "." and position == 0):
            raise RuleError(
                f"`{path}` is not a path", hint='write keys as `a.b`, others as `a["x/y"]`, `a[0]`'
            )
        name, quoted, index = match.groups()
        steps.append(int(index) if index is not None else name or quoted)
        position = match.end()
    if not steps:
        raise RuleError("a path must not be empty", hint="write `.` for the subject itself")
    return tuple(steps)


class Lookup(NamedTuple):
    """What a path leads to."""

    node: Node
    """The value; if absent, the place that stands for it: what removed it, or the nearest ancestor's key."""
    absent: bool = False
    unknown: Unknown | None = None
    """Set if it cannot be known whether and with what value it is there."""
    holder: tuple[Mapping[str, Node], str] | Node | None = None
    """Of a value that is there, the keys that its own is among, and its name; or else what stands for it."""

    @property
    def key(self) -> Node | None:
        """The key of a value that is there, or what else stands for it."""
        return _place(self.holder) if self.holder is not None else None


def look_up(root: Node, anchor: Node, steps: Steps) -> Lookup:
    """Follow a path. A null counts as absent, as it does for Kubernetes and compose files.

    `anchor` stands for what is missing at the root.
    """
    node = root
    holder: tuple[Mapping[str, Node], str] | Node = anchor
    for step in steps:
        value = node.value
        if type(value) is MapValue:  # this runs for every leaf of every rule: isinstance takes twice as long
            child = value.entries.get(step)  # type: ignore[arg-type]  # a position is the name of nothing
            if child is None:
                if value.removed is not None and step in value.removed:
                    return Lookup(value.removed[step], absent=True)  # type: ignore[index]  # it is a name
                return Lookup(_place(holder), absent=value.rest is None, unknown=value.rest)
            holder = (value.keys, step)  # type: ignore[assignment]  # it is a name
            node = child
        elif isinstance(value, SeqValue):
            if isinstance(step, int) and step < len(value.items):
                node = holder = value.items[step]
            else:
                return Lookup(_place(holder), absent=value.rest is None, unknown=value.rest)
        elif isinstance(value, Unknown):
            return Lookup(node, unknown=value)
        else:
            return Lookup(_place(holder), absent=True)
    if node.value is None:
        return Lookup(_place(holder), absent=True)
    return Lookup(node, holder=holder)


def _place(holder: tuple[Mapping[str, Node], str] | Node) -> Node:
    """The node that stands for a value: its key is made only if it is asked for."""
    if isinstance(holder, Node):
        return holder
    keys, name = holder
    return keys[name]
