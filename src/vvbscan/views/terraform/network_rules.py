"""Rules of firewalls: security groups of AWS, firewalls of Google Cloud, network security groups of Azure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import NetworkRule, PortRange
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import Holder, anchor_of, argument, boolean, items, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.module_group_rules import module_group_rules
from vvbscan.views.terraform.port_ranges import every_port, shown, written_range
from vvbscan.views.terraform.security_group_module import module_rules
from vvbscan.views.terraform.security_groups import Found, further_rules, group_rules
from vvbscan.views.terraform.subjects import kind_of, subject

_GOOGLE_DIRECTIONS: Final = {"INGRESS": "source_ranges", "EGRESS": "destination_ranges"}
_AZURE_DIRECTIONS: Final = {"Inbound": ("ingress", "source"), "Outbound": ("egress", "destination")}
_SERVERS: Final = {
    "azurerm_postgresql_flexible_server_firewall_rule": 5432,
    "azurerm_postgresql_firewall_rule": 5432,
    "azurerm_mysql_flexible_server_firewall_rule": 3306,
    "azurerm_mssql_firewall_rule": 1433,
    "azurerm_redis_firewall_rule": 6379,
}
"""Rules of the firewalls of database servers, with the port that the server answers at."""
_WHOLE: Final = ("0.0.0.0", "255.255.255.255")  # noqa: S104 - compared, not bound


def network_rules(configuration: Configuration) -> Iterator[Subject]:
    """View `network_rule`: rules of firewalls. Record: `NetworkRule`.

    Fields: `component`, `direction`, `action`, `protocol`, `ports` (sequence of texts: `5432`, `8000-8999`),
    `ranges`.
    """
    for source in (group_rules, module_rules, module_group_rules, _google_rules, _azure_rules, _server_rules):
        for found in source(configuration):
            record = found.record
            ports = tuple(computed(shown(ports), ports.first) for ports in record.ports)
            members = {
                "component": computed(record.component, found.anchor),
                "direction": record.direction,
                "action": record.action,
                "protocol": record.protocol,
                "ports": sequence(ports, found.anchor, record.ports_rest),
                "ranges": record.ranges,
            }
            yield subject(
                "network_rule", configuration, found.holder, members, record, found.part, found.anchor
            )


def _google_rules(configuration: Configuration) -> Iterator[Found]:
    for firewall in configuration.by_type.get("google_compute_firewall", ()):
        disabled = boolean(firewall, "disabled", default=False)
        direction = text(firewall, "direction", default="INGRESS")
        if disabled is None or disabled.value is not False or direction is None:
            continue
        ranges = items(firewall, _GOOGLE_DIRECTIONS.get(str(direction.value), "source_ranges"))
        for action in ("allow", "deny"):
            blocks = items(firewall, action)
            if blocks.rest is not None and action == "allow":
                yield further_rules(firewall, action, str(direction.value).lower(), blocks.rest)
            for index, block in enumerate(blocks.nodes):
                protocol = text(block, "protocol")
                protocol = computed("all", block) if protocol is None else protocol
                given = items(block, "ports")
                # Terraform's google_compute_firewall, `allow.ports`: without any the rule holds for all.
                ports = tuple(map(written_range, given.nodes))
                if not ports and given.rest is None and protocol.value in {"tcp", "udp", "sctp", "all"}:
                    ports = (every_port(protocol),)
                record = NetworkRule(
                    kind_of(firewall),
                    direction._replace(value=str(direction.value).lower()),
                    computed(action, block),
                    protocol,
                    ports,
                    sequence(ranges.nodes, firewall.anchor, ranges.rest),
                    given.rest,
                )
                yield Found(firewall, f"{action}[{index}]", block, record)


def _azure_rules(configuration: Configuration) -> Iterator[Found]:
    for group in configuration.by_type.get("azurerm_network_security_group", ()):
        blocks = items(group, "security_rule")
        if blocks.rest is not None:
            yield further_rules(group, "security_rule", blocks.rest, blocks.rest)
        for index, block in enumerate(blocks.nodes):
            record = _azure_rule(group, block)
            if record is not None:
                yield Found(group, f"security_rule[{index}]", block, record)
    for rule in configuration.by_type.get("azurerm_network_security_rule", ()):
        record = _azure_rule(rule, rule)
        if record is not None:
            yield Found(rule, "", rule.anchor, record)


def _azure_rule(resource: Resource, holder: Holder) -> NetworkRule | None:
    anchor = anchor_of(holder)
    direction, access, protocol = (text(holder, name) for name in ("direction", "access", "protocol"))
    if direction is None or access is None or protocol is None or direction.value not in _AZURE_DIRECTIONS:
        return None
    name, side = _AZURE_DIRECTIONS[str(direction.value)]
    ranges, ranges_rest = _one_or_more(holder, f"{side}_address_prefix", f"{side}_address_prefixes")
    ports, ports_rest = _one_or_more(holder, "destination_port_range", "destination_port_ranges")
    value = protocol.value
    return NetworkRule(
        kind_of(resource),
        direction._replace(value=name),
        access if isinstance(access.value, Unknown) else access._replace(value=str(access.value).lower()),
        protocol
        if isinstance(value, Unknown)
        else protocol._replace(value="all" if value == "*" else str(value).lower()),
        tuple(map(written_range, ports)) if str(value).lower() != "icmp" else (),
        sequence(ranges, anchor, ranges_rest),
        ports_rest,
    )


def _one_or_more(holder: Holder, one: str, more: str) -> tuple[tuple[Node, ...], Unknown | None]:
    """The values of an argument that is there in the singular and in the plural."""
    single = argument(holder, one)
    many = items(holder, more)
    return (*(() if single is None else (single,)), *many.nodes), many.rest


def _server_rules(configuration: Configuration) -> Iterator[Found]:
    """Rules that let ranges from one address to another in; they name no port."""
    for name, port in _SERVERS.items():
        for rule in configuration.by_type.get(name, ()):
            first, last = argument(rule, "start_ip_address"), argument(rule, "end_ip_address")
            first = first or argument(rule, "start_ip")
            last = last or argument(rule, "end_ip")
            if first is None or last is None:
                continue
            whole = (first.value, last.value) == _WHOLE
            unknown = isinstance(first.value, Unknown) or isinstance(last.value, Unknown)
            if not whole and not unknown:
                continue
            place = last if isinstance(last.value, Unknown) else first
            opened = place if unknown else last._replace(value="0.0.0.0/0")
            record = NetworkRule(
                kind_of(rule),
                computed("ingress", rule.anchor),
                computed("allow", rule.anchor),
                computed("tcp", rule.anchor),
                (PortRange(computed(port, rule.anchor), computed(port, rule.anchor)),),
                sequence((opened,), rule.anchor),
            )
            yield Found(rule, "", rule.anchor, record)
