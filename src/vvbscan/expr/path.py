"""Paths from a subject's root to a value: `spec.ports[0].name`, `settings["quarkus.http.port"]`."""

from __future__ import annotations

from functools import cache
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.errors import RuleError
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown

Steps = tuple[str | int, ...]

_STEP: Final = lazy_pattern(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\["([^"]+)"\]|\[(\d+)\]')


@cache
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


class Lookup:
    """What a path leads to."""

    __slots__ = ("_holder", "_name", "there", "unknown")

    def __init__(
        self, there: Node | None, holder: Node | MapValue, name: str, unknown: Unknown | None = None
    ) -> None:
        """`holder` and `name` are the mapping that a key is in and its name, or a node and nothing."""
        self.there = there
        """The value, None if it is absent or it cannot be known whether it is there."""
        self.unknown = unknown
        """Set if it cannot be known whether and with what value it is there."""
        self._holder = holder
        self._name = name

    @property
    def absent(self) -> bool:
        """Whether there is no value for certain."""
        return self.there is None and self.unknown is None

    @property
    def node(self) -> Node:
        """The value; if it is not there, what removed it, or the key of the nearest ancestor."""
        return self.key if self.there is None else self.there

    @property
    def key(self) -> Node:
        """The key of a value that is there, or what else stands for it."""
        holder = self._holder
        # The nodes of keys are made only if they are asked for.
        return holder.keys[self._name] if isinstance(holder, MapValue) else holder


def look_up(root: Node, anchor: Node, steps: Steps) -> Lookup:
    """Follow a path. A null counts as absent, as it does for Kubernetes and compose files.

    `anchor` stands for what is missing at the root.
    """
    node = root
    holder: Node | MapValue = anchor
    name = ""
    for step in steps:
        value = node.value
        if type(value) is MapValue:  # isinstance takes twice as long, and this runs for every path
            child = value.entries.get(step)  # type: ignore[arg-type]  # a position is the name of nothing
            if child is None:
                if value.removed is not None and step in value.removed:
                    return Lookup(None, value.removed[step], "")  # type: ignore[index]  # it is a name
                return Lookup(None, holder, name, value.rest)
            node, holder, name = child, value, step  # type: ignore[assignment]  # it is a name
        elif isinstance(value, SeqValue):
            if not isinstance(step, int) or step >= len(value.items):
                return Lookup(None, holder, name, value.rest)
            node = holder = value.items[step]
        elif isinstance(value, Unknown):
            return Lookup(None, node, "", value)
        else:
            return Lookup(None, holder, name)
    return Lookup(None if node.value is None else node, holder, name)
