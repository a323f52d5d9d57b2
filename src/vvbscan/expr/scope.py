"""What an evaluation looks at, and what it can come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.expr.path import Lookup, Steps, look_up
from vvbscan.model.node import Node, Source, Unknown
from vvbscan.model.subject import Ref
from vvbscan.record import NamedTuple, new_record
from vvbscan.text import SourceText


class Scope:
    """What paths are looked up in: a subject, or an item of one of its collections."""

    __slots__ = ("_collection", "_found", "_item", "anchor", "outer", "root")

    def __init__(
        self,
        root: Node,
        anchor: Node,
        outer: Scope | None = None,
        collection: str = "",
        item: str | int = 0,
    ) -> None:
        """An item has the scope of its collection, the collection's path there, and its name or position."""
        self.root = root
        self.anchor = anchor
        self.outer = outer
        self._collection = collection
        self._item = item
        self._found: dict[str, Lookup] = {}

    def path(self, path: str) -> str:
        """The path below the subject of a path in this scope; `.` is the item itself."""
        if self.outer is None:
            return path.rstrip(".") or "."
        item = f'["{self._item}"]' if isinstance(self._item, str) else f"[{self._item}]"
        return f"{self.outer.path(self._collection)}{item}.{path}".rstrip(".")

    def find(self, path: str, steps: Steps) -> Lookup:
        """The value at a path, looked up at the first question and kept; `steps` are those of the path."""
        # By the text and not by the steps: a string remembers its hash, a tuple does not.
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = look_up(self.root, self.anchor, steps)
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

_NOWHERE: Final = Node(None, Source("", SourceText("")), 0, 0)
FAILED: Final = Fail((), Scope(_NOWHERE, _NOWHERE))
"""What a condition comes to of which nobody wants to know why it does not hold."""


def blaming(scope: Scope, path: str, node: Node, *, absent: bool = False) -> Fail:
    """The verdict that what a path leads to, or the lack of it, is to blame."""
    ref = new_record(Ref, (scope.path(path), node, absent))
    return new_record(Fail, ((ref,), scope, "", (), True, False))


def unsure(found: Lookup, scope: Scope, path: str) -> Unsure:
    """The verdict on a value that is not known."""
    unknown = found.unknown
    if unknown is None:
        assert isinstance(found.node.value, Unknown)
        unknown = found.node.value
    return Unsure(unknown, Ref(scope.path(path), found.node))


def absent_verdict(
    absent: str, found: Lookup, scope: Scope, path: str, *, holds: bool, brief: bool
) -> Verdict:
    """The verdict on a value that is not there, by what the leaf says that absence means."""
    if absent == "unknown":
        reason = f"{scope.path(path)} is not set, and its default is not known"
        return Unsure(Unknown("default", reason), Ref(scope.path(path), found.node, absent=True))
    if (absent == "pass") is holds:
        return None
    return FAILED if brief else blaming(scope, path, found.node, absent=True)
