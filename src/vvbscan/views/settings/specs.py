"""What is known of a setting that a platform defines."""

from __future__ import annotations

from typing import Final

from vvbscan.record import NamedTuple

TEXT: Final = "text"
BOOLEAN: Final = "boolean"
INTEGER: Final = "integer"
NUMBER: Final = "number"
DURATION: Final = "duration"
MILLISECONDS: Final = "milliseconds"
"""A plain number of milliseconds, as HikariCP takes it."""
SIZE: Final = "size"
LIST: Final = "list"

DEPENDS: Final = "?"
"""The default depends on something that the settings do not tell."""


class Spec(NamedTuple):
    """A setting: its name, its type and its default."""

    name: str
    """Canonical name; `*` stands for a segment that people choose."""
    type: str = TEXT
    default: str | None = None
    """As it would be written; None if an absent setting means that nothing is set; `DEPENDS`."""
    since: tuple[tuple[str, str], ...] = ()
    """Versions of the framework from which on the default is another one, in ascending order. The default
    itself then holds for older versions only."""
    fixed: bool = False
    """Fixed when the application is built: environment variables of the container do not change it."""


def default_of(spec: Spec, version: str) -> str | None:
    """The default in a version of the framework (empty: not known), `DEPENDS` if that cannot be said."""
    if not spec.since:
        return spec.default
    if not version:
        return DEPENDS
    default = spec.default
    for first, changed in spec.since:
        if _numbers(version) >= _numbers(first):
            default = changed
    return default


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part[:9]))
    return tuple(numbers)
