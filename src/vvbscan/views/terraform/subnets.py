"""Which subnets of AWS the internet reaches: those whose route table leads to an internet gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.terraform.arguments import Holder, Targets, argument, boolean, items, name_of
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.registry_modules import well_known

_DESTINATIONS: Final = (
    "cidr_block",
    "ipv6_cidr_block",
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
)
_EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})
_MODULE_OUTPUTS: Final = {
    "public_subnets": True,
    "private_subnets": False,
    "intra_subnets": False,
    "database_subnets": False,
    "elasticache_subnets": False,
    "redshift_subnets": False,
}
"""Whether the internet reaches the subnets that terraform-aws-modules/vpc gives out (its `outputs.tf`)."""
_DATABASE_ROUTE: Final = "create_database_internet_gateway_route"
"""The argument of the module by which it reaches `database_subnets` too."""
_NO_TABLE: Final = Unknown("remote", "no route table of the tree belongs to the subnet")


class Subnets:
    """The subnets of a configuration with their routes."""

    __slots__ = ("_gateways", "_routes", "_subnets", "_tables", "_vpcs")

    def __init__(self, configuration: Configuration) -> None:
        by_type = configuration.by_type
        self._subnets = Targets(by_type.get("aws_subnet", ()), "id")
        self._gateways = Targets(by_type.get("aws_internet_gateway", ()), "id")
        modules = well_known(configuration, "vpc")
        self._vpcs = {module.call.address: module.call for module in modules if not module.part}
        tables = Targets(by_type.get("aws_route_table", ()), "id")
        self._tables: dict[str, Resource | None] = {}
        for association in by_type.get("aws_route_table_association", ()):
            subnet = self._subnets.get(argument(association, "subnet_id"))
            if subnet is not None:
                self._tables[subnet.address] = tables.get(argument(association, "route_table_id"))
        self._routes: dict[str, list[Holder]] = {}
        for table in tables:
            self._routes[table.address] = list(items(table, "route").nodes)
        for route in by_type.get("aws_route", ()):
            owner = tables.get(argument(route, "route_table_id"))
            if owner is not None:
                self._routes[owner.address].append(route)

    def get(self, node: Node | None) -> Resource | None:
        """The subnet that a value names, None if it is not in the configuration."""
        return self._subnets.get(node)

    def behind(self, gateway: Resource) -> Iterator[Resource]:
        """The subnets that go out through a NAT gateway."""
        gateways = Targets((gateway,), "id")
        for subnet in self._subnets:
            table = self._tables.get(subnet.address)
            for route in self._routes[table.address] if table is not None else ():
                if _leads_everywhere(route) and gateways.get(argument(route, "nat_gateway_id")) is not None:
                    yield subnet

    def exposed(self, holder: Holder, name: str) -> Iterator[Node]:
        """Of each subnet that a list names, whether the internet reaches it, at what names the subnet."""
        named = items(holder, name)
        for node in named.nodes:
            yield node._replace(value=self._is_exposed(node))
        given = argument(holder, name)
        if named.rest is not None and given is not None:
            yield given._replace(value=self._is_exposed(given._replace(value=named.rest)))

    def _is_exposed(self, node: Node) -> bool | Unknown:
        subnet = self._subnets.get(node)
        if subnet is None:
            return self._of_module(node)
        table = self._tables.get(subnet.address)
        if table is None:
            return _NO_TABLE
        for route in self._routes[table.address]:
            gateway = argument(route, "gateway_id")
            if gateway is None or not _leads_everywhere(route):
                continue
            if self._gateways.get(gateway) is not None or str(gateway.value).startswith("igw-"):
                return True
            if isinstance(gateway.value, Unknown):
                return gateway.value
        return False

    def _of_module(self, node: Node) -> bool | Unknown:
        """What is known of a subnet that is none of the configuration's resources."""
        unknown = node.value if isinstance(node.value, Unknown) else None
        named = (name_of(node) or "").partition("[")[0]
        module, _, output = named.rpartition(".")
        call = self._vpcs.get(module)
        if call is None or output not in _MODULE_OUTPUTS:
            return unknown or Unknown("remote", f"the subnet {node.value} is not in the tree")
        routed = boolean(call, _DATABASE_ROUTE, default=False) if output == "database_subnets" else None
        if routed is None or routed.value is False:
            return _MODULE_OUTPUTS[output]
        return routed.value if isinstance(routed.value, Unknown) else True


def _leads_everywhere(route: Holder) -> bool:
    """Whether a route is that of all addresses; in a table its destination has another name."""
    return any(
        destination is not None and destination.value in _EVERYWHERE
        for destination in (argument(route, name) for name in _DESTINATIONS)
    )
