"""Checks of what firewalls let through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from vvbscan.checks.verdicts import undecided
from vvbscan.expr.scope import Fail, Scope, Unsure
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.record import NamedTuple
from vvbscan.views.network_records import NetworkRule, PortRange
from vvbscan.views.records import computed, fields

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

_EVERYBODY: Final = frozenset({"*", "any", "internet"})
"""Names of Azure for all addresses (Virtual network service tags)."""
_WIDEST_PREFIX: Final = {4: 7, 6: 6}
"""Prefixes of ranges that are the internet or a large part of it: the largest private ranges are 10.0.0.0/8
and fc00::/7 (RFC 1918, RFC 4193)."""
_OVER_UDP: Final = frozenset({53, 69, 111, 123, 137, 161, 389, 1434, 1900, 3389, 11211})
"""Of what answers over UDP: remote desktops, and what is misused for amplification (CISA, TA14-017A)."""
Doubt = tuple[Unknown, Node]
"""What is not known, and where."""


class _Passage(NamedTuple):
    """What a rule lets through for sure, and what else it might."""

    found: tuple[str, ...]
    doubt: Doubt | None


def ports_open_to_internet(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A rule lets the whole internet in at one of `ports`.

    Ranges of more than `widest` ports are not looked at: they are every port, which is worse. For UDP only
    those of `ports` are that answer over it.
    """
    rule = _rule_of(subject)
    if _lets_through(rule, "ingress"):
        yield from _verdicts(
            subject, _ports_among(rule, _numbers(params["ports"]), _figure(params["widest"]))
        )


def every_port_open_to_internet(
    subject: Subject, params: Mapping[str, ParamValue]
) -> Iterator[Fail | Unsure]:
    """A rule lets the whole internet in at more than `widest` ports."""
    rule = _rule_of(subject)
    if _lets_through(rule, "ingress"):
        yield from _verdicts(subject, _wide_ports(rule, _figure(params["widest"])))


def egress_unrestricted(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A rule lets everything out, at more than `widest` ports, to the whole internet."""
    rule = _rule_of(subject)
    if _lets_through(rule, "egress"):
        yield from _verdicts(subject, _wide_ports(rule, _figure(params["widest"])))


def application_port_open(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A rule lets more in at the application's ports than its load balancer and its network.

    At `ports` it is the internet that may not come in, unless the rule guards a load balancer; at
    `internal_ports` whoever is not within `internal_ranges`.
    """
    rule = _rule_of(subject)
    if not _lets_through(rule, "ingress"):
        return
    widest = _figure(params["widest"])
    if not rule.balancer:
        yield from _verdicts(subject, _ports_among(rule, _numbers(params["ports"]), widest))
    internal = params["internal_ranges"]
    assert isinstance(internal, list)
    passage = _ports_among(rule, _numbers(params["internal_ports"]), widest)
    yield from _verdicts(subject, passage, tuple(map(str, internal)))


def _rule_of(subject: Subject) -> NetworkRule:
    assert isinstance(subject.record, NetworkRule)
    return subject.record


def _numbers(value: ParamValue) -> frozenset[int]:
    assert isinstance(value, list)
    return frozenset(one for one in value if isinstance(one, int))


def _figure(value: ParamValue) -> int:
    assert isinstance(value, int)
    return value


def _lets_through(rule: NetworkRule, direction: str) -> bool:
    """Whether the rule may let something through in this direction."""
    return all(
        isinstance(node.value, Unknown) or node.value == wanted
        for node, wanted in ((rule.direction, direction), (rule.action, "allow"))
    )


def _ports_among(rule: NetworkRule, wanted: frozenset[int], widest: int) -> _Passage:
    found: list[str] = []
    doubt = _doubt_of_ports(rule)
    if str(rule.protocol.value).lower() == "udp":
        wanted &= _OVER_UDP
    for ports in rule.ports:
        first, last = ports.first.value, ports.last.value
        if not isinstance(first, int) or not isinstance(last, int):
            doubt = doubt or _doubt(ports)
        elif last - first < widest:
            opened = sorted(port for port in wanted if first <= port <= last)
            shown = ", ".join(map(str, opened))
            if opened:
                found.append(shown if first == last else f"{shown} (of {first}-{last})")
    return _Passage(tuple(found), doubt)


def _wide_ports(rule: NetworkRule, widest: int) -> _Passage:
    found: list[str] = []
    doubt = _doubt_of_ports(rule)
    for ports in rule.ports:
        first, last = ports.first.value, ports.last.value
        if not isinstance(first, int) or not isinstance(last, int):
            doubt = doubt or _doubt(ports)
        elif last - first >= widest:
            every = rule.protocol.value == "all" and (first, last) == (0, 65_535)
            found.append("every port" if every else f"{first}-{last}")
    return _Passage(tuple(found), doubt)


def _doubt_of_ports(rule: NetworkRule) -> Doubt | None:
    return None if rule.ports_rest is None else (rule.ports_rest, rule.direction)


def _doubt(ports: PortRange) -> Doubt:
    unread = Unknown("unparsed", "a port is no number")
    return _doubt_of(ports.first) or _doubt_of(ports.last) or (unread, ports.first)


def _doubt_of(node: Node) -> Doubt | None:
    return (node.value, node) if isinstance(node.value, Unknown) else None


def _verdicts(subject: Subject, passage: _Passage, internal: tuple[str, ...] = ()) -> Iterator[Fail | Unsure]:
    """What comes of the ports that a rule opens and of the ranges that it opens them to."""
    if not passage.found and passage.doubt is None:
        return
    rule = _rule_of(subject)
    outside, doubt = _outside(rule.ranges, internal)
    if not outside and doubt is None:
        return
    doubts = [one for one in (_doubt_of(rule.direction), _doubt_of(rule.action)) if one is not None]
    if passage.found and outside and not doubts:
        members = {name: node for name, _, node in subject.root.members()}
        root = fields(subject.anchor, {**members, "port": computed("; ".join(passage.found), outside[0])})
        refs = tuple(Ref(f"ranges[{index}]", node) for index, node in enumerate(outside))
        yield Fail(refs, Scope(root, subject.anchor))
        return
    doubts += [one for one in (passage.doubt, doubt) if one is not None]
    yield undecided(*doubts[0])


def _outside(ranges: Node, internal: tuple[str, ...]) -> tuple[tuple[Node, ...], Doubt | None]:
    """The ranges that hold the internet or, with `internal`, anything else; and why there may be more."""
    doubt: Doubt | None = None
    value = ranges.value
    if isinstance(value, SeqValue) and value.rest is not None:
        doubt = (value.rest, ranges)
    found = []
    for node in ranges.items():
        if isinstance(node.value, Unknown):
            doubt = doubt or (node.value, node)
        elif _is_outside(str(node.value), internal):
            found.append(node)
    return tuple(found), doubt


def _is_outside(written: str, internal: tuple[str, ...]) -> bool:
    if written.lower() in _EVERYBODY:
        return True
    network = _network(written)
    if network is None:
        return False
    if not internal:
        return network.prefixlen <= _WIDEST_PREFIX[network.version]
    return not any(_is_within(network, _network(one)) for one in internal)


def _network(written: str) -> IPv4Network | IPv6Network | None:
    """A range of addresses, None for what is none: the name of a group of addresses."""
    import ipaddress  # 10 ms, and only firewalls need it

    try:
        return ipaddress.ip_network(written, strict=False)
    except ValueError:
        return None


def _is_within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network | None) -> bool:
    if outer is None or inner.version != outer.version or inner.prefixlen < outer.prefixlen:
        return False
    return inner.network_address in outer
