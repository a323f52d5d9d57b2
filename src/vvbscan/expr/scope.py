"""What an evaluation looks at, and what it can come to."""

from __future__ import annotations

from collections.abc import Callable

from vvbscan.expr.path import Lookup, Steps, look_up
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Ref
from vvbscan.record import NamedTuple


class Scope:
    """What paths are looked up in: a subject, or an item of one of its collections."""

    __slots__ = ("_found", "anchor", "outer", "prefix", "root")

    def __init__(self, root: Node, anchor: Node, prefix: str = "", outer: Scope | None = None) -> None:
        self.root = root
        self.anchor = anchor
        self.prefix = prefix
        self.outer = outer
        self._found: dict[Steps, Lookup] = {}

    def path(self, path: str) -> str:
        """The path below the subject of a path in this scope; `.` is the item itself."""
        return (self.prefix + path).rstrip(".") or "."

    def find(self, steps: Steps) -> Lookup:
        """The value at a path, looked up at the first question and kept."""
        found = self._found.get(steps)
        if found is None:
            found = self._found[steps] = look_up(self.root, self.anchor, steps)
        return found


class Fail(NamedTuple):
    """The condition does not hold: what is to blame, most telling first."""

    refs: tuple[Ref, ...]
    scope: Scope
    """Where the message's placeholders are looked up."""
    message: str = ""
    boxes: tuple[str, ...] = ()
    whole: bool = True
    """Whether it concerns all boxes of the rule, besides `boxes`."""
    confidential: bool = False
    """Whether the blamed characters are a secret, which no report may repeat."""


class Unsure(NamedTuple):
    """It cannot be known whether the condition holds."""

    unknown: Unknown
    ref: Ref


Verdict = Fail | Unsure | None
"""None means that the condition holds."""
Run = Callable[[Scope], Verdict]


def unsure(found: Lookup, scope: Scope, path: str) -> Unsure:
    """The verdict on a value that is not known."""
    unknown = found.unknown
    if unknown is None:
        assert isinstance(found.node.value, Unknown)
        unknown = found.node.value
    return Unsure(unknown, Ref(scope.path(path), found.node))


def absent_verdict(absent: str, found: Lookup, scope: Scope, path: str, *, holds: bool) -> Verdict:
    """The verdict on a value that is not there, by what the leaf says that absence means."""
    ref = Ref(scope.path(path), found.node, absent=True)
    if absent == "unknown":
        reason = f"{scope.path(path)} is not set, and its default is not known"
        return Unsure(Unknown("default", reason), ref)
    if (absent == "pass") is holds:
        return None
    return Fail((ref,), scope)
