"""Rules of the security groups of AWS: written in the group, or as resources of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.network_records import NetworkRule, PortRange
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import Holder, Targets, anchor_of, items, number, text
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.port_ranges import every_port
from vvbscan.views.terraform.subjects import kind_of

_GROUPS: Final = ("aws_security_group", "aws_default_security_group")
_BALANCERS: Final = ("aws_lb", "aws_alb", "aws_elb")
DIRECTIONS: Final = ("ingress", "egress")
_PROTOCOLS: Final = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
"""By the numbers that the API takes (EC2 API reference, IpPermission)."""


class Found(NamedTuple):
    """A rule of a firewall, and what it was read from."""

    holder: Resource | ModuleCall
    part: str
    anchor: Node
    record: NetworkRule


def group_rules(configuration: Configuration) -> Iterator[Found]:
    """The rules of security groups that are resources."""
    by_type = configuration.by_type
    groups = [group for name in _GROUPS for group in by_type.get(name, ())]
    of_balancers = _of_balancers(configuration, Targets(groups, "id"))
    for group in groups:
        for direction in DIRECTIONS:
            blocks = items(group, direction)
            for index, block in enumerate(blocks.nodes):
                record = _rule(group, block, direction, ("cidr_blocks", "ipv6_cidr_blocks"))
                record = record._replace(balancer=group.address in of_balancers)
                yield Found(group, f"{direction}[{index}]", block, record)
            if blocks.rest is not None:
                yield further_rules(group, direction, direction, blocks.rest)
    owners = Targets(groups, "id")
    for rule in by_type.get("aws_security_group_rule", ()):
        given = text(rule, "type")
        if given is not None and given.value in DIRECTIONS:
            record = _rule(rule, rule, str(given.value), ("cidr_blocks", "ipv6_cidr_blocks"))
            yield Found(rule, "", rule.anchor, _owned(record, rule, owners, of_balancers))
    for direction in DIRECTIONS:
        for rule in by_type.get(f"aws_vpc_security_group_{direction}_rule", ()):
            record = _rule(rule, rule, direction, ("cidr_ipv4", "cidr_ipv6"), "ip_protocol")
            yield Found(rule, "", rule.anchor, _owned(record, rule, owners, of_balancers))


def further_rules(holder: Resource | ModuleCall, part: str, direction: str | Unknown, rest: Unknown) -> Found:
    """Rules of which nothing is known but that there may be some."""
    anchor = holder.anchor
    unknown = anchor.replace_value(rest)
    record = NetworkRule(
        kind_of(holder),
        unknown if isinstance(direction, Unknown) else computed(direction, anchor),
        unknown,
        unknown,
        (),
        sequence((), anchor, rest),
        rest,
    )
    return Found(holder, f"{part}[*]", anchor, record)


def ports_of(protocol: Node, first: Node | None, last: Node | None, anchor: Node) -> tuple[PortRange, ...]:
    """The ports of a rule; none if its protocol has no ports.

    EC2 API reference, IpPermission: with the protocol -1 the ports are not looked at, and -1 is every port.
    """
    name = protocol.value
    if name == "all":
        return (every_port(protocol),)
    if not isinstance(name, Unknown) and name not in {"tcp", "udp"}:
        return ()
    if first is None or last is None:
        missing = Unknown("default", "the rule has no ports")
        place = Node(missing, anchor.source, anchor.start, anchor.end, anchor.style, anchor.via)
        return (PortRange(first or place, last or place),)
    return (every_port(first),) if first.value == -1 else (PortRange(first, last),)


def protocol_of(node: Node | None, anchor: Node) -> Node:
    """The protocol by its name."""
    if node is None:
        return anchor.replace_value(Unknown("default", "the rule has no protocol"))
    if isinstance(node.value, Unknown):
        return node
    name = str(node.value).lower()
    return node._replace(value=_PROTOCOLS.get(name, name))


def _rule(
    rule: Resource, holder: Holder, direction: str, names: tuple[str, ...], protocol_name: str = "protocol"
) -> NetworkRule:
    anchor = anchor_of(holder)
    protocol = protocol_of(text(holder, protocol_name), anchor)
    lists = [items(holder, name) for name in names]
    ranges = tuple(node for one in lists for node in one.nodes)
    rest = next((one.rest for one in lists if one.rest is not None), None)
    return NetworkRule(
        kind_of(rule),
        computed(direction, anchor),
        computed("allow", anchor),
        protocol,
        ports_of(protocol, number(holder, "from_port"), number(holder, "to_port"), anchor),
        sequence(ranges, anchor, rest),
    )


def _owned(record: NetworkRule, rule: Resource, owners: Targets, of_balancers: set[str]) -> NetworkRule:
    group = owners.get(rule.get("security_group_id"))
    return record._replace(balancer=group is not None and group.address in of_balancers)


def _of_balancers(configuration: Configuration, groups: Targets) -> set[str]:
    """Addresses of the groups that load balancers are in."""
    found = set()
    for name in _BALANCERS:
        for balancer in configuration.by_type.get(name, ()):
            for node in items(balancer, "security_groups").nodes:
                group = groups.get(node)
                if group is not None:
                    found.add(group.address)
    return found
