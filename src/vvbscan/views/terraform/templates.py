"""Strings made of parts, some of which may be unknown."""

from __future__ import annotations

from collections.abc import Iterable

from vvbscan.model.node import Unknown
from vvbscan.views.terraform.values import Exhausted


class Text:
    """A string that is put together; what is unknown of it leaves gaps."""

    __slots__ = ("_length", "_longest", "_parts", "_unknown")

    def __init__(self, longest: int) -> None:
        """`longest` is how many characters it may reach."""
        self._parts: list[str | None] = []
        self._unknown: Unknown | None = None
        self._length = 0
        self._longest = longest

    def add(self, part: str | Unknown) -> None:
        """Add a part to the end. Raises `Exhausted` if the string becomes too long."""
        if isinstance(part, Unknown):
            self._unknown = self._unknown or part
            for known in part.parts or (None,):
                self._append(known)
        else:
            self._append(part)

    def add_all(self, parts: Iterable[str | Unknown]) -> None:
        """Add several parts."""
        for part in parts:
            self.add(part)

    def value(self) -> str | Unknown:
        """The string, or what is known of it."""
        if self._unknown is None:
            return "".join(part for part in self._parts if part is not None)
        return Unknown(self._unknown.kind, self._unknown.reason, joined(self._parts))

    def _append(self, part: str | None) -> None:
        if part is not None:
            self._length += len(part)
            if self._length > self._longest:
                raise Exhausted(f"the string is longer than {self._longest} characters")
        self._parts.append(part)


def joined(parts: Iterable[str | None]) -> tuple[str | None, ...]:
    """Parts with neighbours of one kind made one, empty if nothing is known."""
    merged: list[str | None] = []
    pending: list[str] = []
    for part in parts:
        if part is not None:
            if part:
                pending.append(part)
            continue
        if pending:
            merged.append("".join(pending))
            pending.clear()
        if not merged or merged[-1] is not None:
            merged.append(None)
    if pending:
        merged.append("".join(pending))
    return tuple(merged) if any(merged) else ()
