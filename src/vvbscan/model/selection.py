"""What of the configuration decides which rules run and which suppressions count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.model.rule import Settings
from vvbscan.record import NamedTuple

RULESETS: Final = ("vvb", "general")


class Selection(NamedTuple):
    """Which rules run, and how they are set."""

    ruleset: str = "vvb"
    """`vvb`: the checklist's figures; `general`: sanity bounds in their place."""
    select: tuple[str, ...] = ()
    """Only these: ids (`VVB-TLS-003`, with `*`), names, subjects (`tls`) or `item:2.4`; empty for all."""
    ignore: tuple[str, ...] = ()
    """Not these, in the same words."""
    settings: Mapping[str, Settings] = {}
    """Severity and parameters by rule id."""


class SuppressionPolicy(NamedTuple):
    """What the configuration demands of inline suppressions."""

    inline: bool = True
    """False: none is honoured."""
    require_reason: bool = True
    max_days: int = 0
    """Farthest allowed last day, in days from today; it must then have one. 0: no limit."""
