"""Firewalls for web requests, and whether they stop what they find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import WebFirewall, record_fields
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Holder, argument, boolean, items, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import kind_of, subject

_GROUPS: Final = ("managed_rule_group_statement", "rule_group_reference_statement")
_AZURE: Final = {
    "azurerm_web_application_firewall_policy": (("policy_settings", 0), "Prevention"),
    "azurerm_cdn_frontdoor_firewall_policy": ((), ""),
    "azurerm_frontdoor_firewall_policy": ((), "Prevention"),
}
"""Where a policy of Azure says its mode, and its default (the types' pages of the provider azurerm)."""


def web_firewalls(configuration: Configuration) -> Iterator[Subject]:
    """View `web_firewall`: firewalls for web requests, or their groups of rules. Record: `WebFirewall`.

    Fields: those of the record.
    """
    by_type = configuration.by_type
    for acl in by_type.get("aws_wafv2_web_acl", ()):
        for index, rule in enumerate(items(acl, "rule").nodes):
            stops = _stops(rule)
            if stops is not None:
                yield _subject(configuration, acl, stops, f"rule[{index}]", rule, _group(rule))
    for name, (path, default) in _AZURE.items():
        for policy in by_type.get(name, ()):
            stops = _prevents(policy, path, "mode", default)
            if stops is not None:
                yield _subject(configuration, policy, stops)
    for gateway in by_type.get("azurerm_application_gateway", ()):
        for block in items(gateway, "waf_configuration").nodes:
            stops = _prevents(block, (), "firewall_mode", "")
            if stops is not None:
                yield _subject(configuration, gateway, stops, "waf_configuration", block)
    for policy in by_type.get("google_compute_security_policy", ()):
        for index, rule in enumerate(items(policy, "rule").nodes):
            preview = boolean(rule, "preview", default=False)
            if preview is not None and isinstance(preview.value, bool):
                preview = preview._replace(value=not preview.value)
            if preview is not None:
                yield _subject(configuration, policy, preview, f"rule[{index}]", rule)


def _stops(rule: Node) -> Node | None:
    """Whether a group of rules of AWS acts, at the block that says so; None for a rule that is none.

    AWS WAF, "Overriding rule group actions": with `count` the whole group only counts.
    """
    statements = items(rule, "statement").nodes
    if not any(argument(one, group) is not None for one in statements for group in _GROUPS):
        return None
    for override in items(rule, "override_action").nodes:
        counted = items(override, "count")
        if counted.rest is not None:
            return override._replace(value=counted.rest)
        return computed(not counted.nodes, counted.nodes[0] if counted.nodes else override)
    return None


def _group(rule: Node) -> Node | None:
    """What a group of rules of AWS is called, by its vendor or else by the rule that takes it in."""
    for statement in items(rule, "statement").nodes:
        name = text(statement, _GROUPS[0], 0, "name")
        if name is not None and isinstance(name.value, str):
            return name
    name = text(rule, "name")
    return name if name is not None and isinstance(name.value, str) else None


def _prevents(holder: Holder, path: tuple[str | int, ...], name: str, default: str) -> Node | None:
    """Whether a policy of Azure is on and stops requests."""
    enabled = boolean(holder, *path, "enabled", default=True)
    if enabled is not None and enabled.value is not True:
        return enabled
    mode = text(holder, *path, name, default=default or None)
    if mode is None or isinstance(mode.value, Unknown):
        return mode
    return mode._replace(value=mode.value == "Prevention")


def _subject(
    configuration: Configuration,
    holder: Resource,
    stops: Node,
    part: str = "",
    anchor: Node | None = None,
    group: Node | None = None,
) -> Subject:
    record = WebFirewall(kind_of(holder), stops, group)
    made = subject("web_firewall", configuration, holder, {}, record, part, anchor)
    return made._replace(root=record_fields(record, made.anchor))
