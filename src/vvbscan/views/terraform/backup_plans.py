"""Plans of AWS Backup: what they select, and how long they keep it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, default_at, given, items, name_of, number
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource

FOR_EVER: Final = 36_500
"""Days that stand for a rule without an end: `delete_after` is optional
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html)."""


def planned_days(
    configuration: Configuration, holders: Iterable[Resource | ModuleCall]
) -> Mapping[str, Node]:
    """How many days plans keep the backups of each holder that they select, by its address.

    Unknown for holders that a selection may mean: by tag, by pattern, by what is not known.
    """
    selections = configuration.by_type.get("aws_backup_selection", ())
    if not selections:
        return {}
    plans = Targets(configuration.by_type.get("aws_backup_plan", ()), "id", "arn")
    kept: dict[str, Node] = {}
    for selection in selections:
        chosen = items(selection, "resources")
        named = {name for node in chosen.nodes if (name := name_of(node)) is not None}
        days = _days(plans.get(argument(selection, "plan_id")), selection)
        loose = _loose(selection, named, chosen.rest)
        for holder in holders:
            if f"{holder.address}.arn" in named:
                kept[holder.address] = _longer(kept.get(holder.address), days)
            elif loose is not None and holder.address not in kept:
                kept[holder.address] = default_at(holder, loose)
    return kept


def _loose(selection: Resource, named: set[str], rest: Unknown | None) -> Unknown | None:
    """Set if the selection may mean more than the resources that it names."""
    if rest is not None:
        return rest
    by_tag = any(given(selection, block) is not None for block in ("selection_tag", "condition"))
    if by_tag or any("*" in name for name in named):
        return Unknown("ambiguous", f"{selection.address} selects what it backs up by tag or pattern")
    return None


def _days(plan: Resource | None, selection: Resource) -> Node:
    """The longest time that a rule of the plan keeps its backups."""
    if plan is None:
        return default_at(selection, Unknown("remote", f"the plan of {selection.address} is not in the tree"))
    longest: Node | None = None
    for rule in items(plan, "rule").nodes:
        days = number(rule, "lifecycle", 0, "delete_after") or computed(FOR_EVER, rule)
        longest = _longer(longest, days)
    return longest or default_at(plan, Unknown("open", f"the rules of {plan.address} are not known"))


def _longer(one: Node | None, other: Node) -> Node:
    """The longer of two times; an unknown one only where nothing else is known."""
    if one is None or isinstance(one.value, Unknown):
        return other
    known = isinstance(other.value, (int, float)) and isinstance(one.value, (int, float))
    return other if known and other.value > one.value else one  # type: ignore[operator]
