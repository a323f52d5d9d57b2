"""What bots propose updates for, typed."""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple


class Updates(NamedTuple):
    """An entry of Dependabot, or all of Renovate. View `update_entry`."""

    bot: str
    """`dependabot` or `renovate`."""
    ecosystem: Node | None
    """As Dependabot names it; absent for Renovate, which looks for all."""
    directories: tuple[Node, ...]
    interval: Node | None
    """Days between two looks for new versions; absent if nothing delays them."""
    off: Node | None
    """What keeps it from proposing any new version."""
    majors_off: Node | None
    """What keeps it from proposing any new major version."""
    anchor: Node


class Managers(NamedTuple):
    """For which package managers Renovate proposes updates."""

    only: frozenset[str] | None
    """Set if it does for these only."""
    disabled: frozenset[str]
    unknown: Unknown | None
    """Why further ones may be left out that are not known."""
    place: Node
    """What decides it."""


class Dependent(NamedTuple):
    """What has dependencies that a bot could look after."""

    kind: str
    """The kind of its unit: `maven`, `dockerfile`, ..."""
    path: str


class Bots(NamedTuple):
    """The bots of a repository. View `update_bots`."""

    entries: tuple[Updates, ...]
    renovate: tuple[Managers, ...]
    dependents: tuple[Dependent, ...]
    anchor: Node | None
    """Where entries stand; None if no configuration could be read."""
