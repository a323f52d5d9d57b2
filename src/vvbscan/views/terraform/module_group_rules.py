"""Rules of the security groups that terraform-aws-modules/alb and terraform-aws-modules/eks make.

https://github.com/terraform-aws-modules/terraform-aws-alb, `main.tf` of releases 8 to 10;
https://github.com/terraform-aws-modules/terraform-aws-eks, `main.tf` and `node_groups.tf`, releases 18 to 21.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.network_records import NetworkRule
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import argument, boolean, items, number, text, undecided
from vvbscan.views.terraform.model import Configuration, ModuleCall
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.security_groups import DIRECTIONS, Found, further_rules, ports_of, protocol_of


class _Argument(NamedTuple):
    """An argument of a module: a mapping of rules by their names."""

    name: str
    made: str
    """The argument without which the module makes no group; by default it makes one."""
    protocol: str
    ranges: tuple[str, ...]
    direction: str | None = None
    """None if each rule has its `type`."""


_LISTS: Final = ("cidr_blocks", "ipv6_cidr_blocks")
_BALANCER: Final = (
    _Argument("security_group_rules", "create_security_group", "protocol", _LISTS),
    *(
        _Argument(
            f"security_group_{direction}_rules",
            "create_security_group",
            "ip_protocol",
            ("cidr_ipv4", "cidr_ipv6"),
            direction,
        )
        for direction in DIRECTIONS
    ),
)
_CLUSTER: Final = (
    _Argument("cluster_security_group_additional_rules", "create_cluster_security_group", "protocol", _LISTS),
    _Argument("security_group_additional_rules", "create_security_group", "protocol", _LISTS),
    _Argument("node_security_group_additional_rules", "create_node_security_group", "protocol", _LISTS),
)


def module_group_rules(configuration: Configuration) -> Iterator[Found]:
    """The rules of all calls of these modules that are for address ranges."""
    for name, arguments in (("alb", _BALANCER), ("eks", _CLUSTER)):
        for module in well_known(configuration, name):
            if not module.part:
                for one in arguments:
                    yield from _of_argument(module.call, one, balancer=name == "alb")


def _of_argument(call: ModuleCall, one: _Argument, *, balancer: bool) -> Iterator[Found]:
    given = argument(call, one.name)
    made = boolean(call, one.made, default=True)
    if given is None or made is None or made.value is False:
        return
    further = given.value.rest if isinstance(given.value, MapValue) else None
    unsure = undecided(made, given) or further
    if unsure is not None:
        direction = one.direction or Unknown(unsure.kind, unsure.reason)
        yield further_rules(call, one.name, direction, unsure)
    if isinstance(made.value, Unknown):
        return
    for name, key, rule in given.members():
        record = _record(call, one, key, rule)
        if record is not None:
            yield Found(call, f"{one.name}[{name}]", key, record._replace(balancer=balancer))


def _record(call: ModuleCall, one: _Argument, key: Node, rule: Node) -> NetworkRule | None:
    direction = text(rule, "type", default="ingress")
    protocol = protocol_of(text(rule, one.protocol, default="tcp"), key)
    first = number(rule, "from_port")
    if one.direction is not None:
        direction = computed(one.direction, key)
    if direction is None or direction.value not in DIRECTIONS:
        return None
    lists = [items(rule, name) for name in one.ranges]
    rest = next((found.rest for found in lists if found.rest is not None), None)
    return NetworkRule(
        call.source,
        direction,
        computed("allow", key),
        protocol,
        ports_of(protocol, first, number(rule, "to_port") or first, key),
        sequence(tuple(node for found in lists for node in found.nodes), key, rest),
    )
