"""Over how many zones groups of machines spread, and which way out the zones share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import WayOut, ZoneSpread, record_fields
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import (
    Holder,
    anchor_of,
    argument,
    boolean,
    default_at,
    items,
    name_of,
    text,
)
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.subnets import Subnets

_ZONE: Final = lazy_pattern(r"[a-z]+-[a-z]+[0-9]+-[a-z]")
"""A zone of Google Cloud: its region with a letter (Compute Engine, "Regions and zones")."""
_IN_SUBNETS: Final = {"aws_autoscaling_group": "vpc_zone_identifier", "aws_eks_node_group": "subnet_ids"}
_AZURE_SETS: Final = ("azurerm_linux_virtual_machine_scale_set", "azurerm_windows_virtual_machine_scale_set")
_NO_ZONE: Final = Unknown("remote", "the zone of a subnet is not in the tree")


def zone_spreads(configuration: Configuration) -> Iterator[Subject]:
    """View `zone_spread`: groups of machines, and the zones they stand in. Record: `ZoneSpread`.

    Fields: those of the record.
    """
    by_type = configuration.by_type
    subnets = Subnets(configuration)
    for name, given in _IN_SUBNETS.items():
        for group in by_type.get(name, ()):
            if argument(group, "availability_zones") is not None:
                yield _spread(configuration, group, _of_zones(group, "availability_zones"))
            elif argument(group, given) is not None:
                yield _spread(configuration, group, _of_subnets(group, given, subnets))
    for group in by_type.get("google_compute_instance_group_manager", ()):
        yield _spread(configuration, group, _of_zones(group, "zone"))
    for cluster in by_type.get("google_container_cluster", ()):
        location = text(cluster, "location")
        if location is not None and _ZONE.fullmatch(str(location.value)):
            nodes = items(cluster, "node_locations")
            spread = sequence((location, *nodes.nodes), location, nodes.rest)
            yield _spread(configuration, cluster, spread)
    for name in _AZURE_SETS:
        for machines in by_type.get(name, ()):
            yield _spread(configuration, machines, _of_zones(machines, "zones"))
    for cluster in by_type.get("azurerm_kubernetes_cluster", ()):
        for pool in items(cluster, "default_node_pool").nodes:
            yield _spread(configuration, cluster, _of_zones(pool, "zones"), pool)


def ways_out(configuration: Configuration) -> Iterator[Subject]:
    """View `way_out`: NAT gateways of AWS, and how many zones go out through one. Record: `WayOut`.

    Fields: those of the record.
    """
    subnets = Subnets(configuration)
    for gateway in configuration.by_type.get("aws_nat_gateway", ()):
        zones = {zone_of(subnet) for subnet in subnets.behind(gateway)}
        shared: bool | Unknown = len(zones - {None}) > 1
        if not shared and None in zones and len(zones) > 1:
            shared = _NO_ZONE
        yield _way_out(configuration, gateway, default_at(gateway, shared))
    for module in well_known(configuration, "vpc"):
        enabled = boolean(module.call, "enable_nat_gateway", default=False)
        single = boolean(module.call, "single_nat_gateway", default=False)
        zones_given = items(module.call, "azs")
        if module.part or enabled is None or enabled.value is False or single is None:
            continue
        if single.value is True and zones_given.rest is None and len(zones_given.nodes) < 2:
            single = computed(False, single)
        yield _way_out(configuration, module.call, single if enabled.value is True else enabled)


def zone_of(subnet: Resource) -> str | None:
    """What names the zone of a subnet, None if nothing does."""
    zone = argument(subnet, "availability_zone") or argument(subnet, "availability_zone_id")
    return None if zone is None else name_of(zone)


def _of_zones(holder: Holder, name: str) -> Node:
    """The zones that an argument lists, at the argument."""
    given, zones = argument(holder, name), items(holder, name)
    return sequence(zones.nodes, given or anchor_of(holder), zones.rest)


def _of_subnets(holder: Resource, name: str, subnets: Subnets) -> Node:
    """The zones of the subnets that an argument lists, each once."""
    given, named = argument(holder, name), items(holder, name)
    zones: dict[str, Node] = {}
    rest = named.rest
    for node in named.nodes:
        subnet = subnets.get(node)
        # Outputs of modules are told apart by their positions; so are subnets with zones that are.
        zone = name_of(node) if subnet is None and isinstance(node.value, Unknown) else None
        if subnet is not None:
            zone = zone_of(subnet)
        if subnet is None and isinstance(node.value, Unknown) and _in_template(node):
            rest = rest or node.value
        elif zone is not None:
            zones.setdefault(zone, node)
        elif len(named.nodes) > 1 or rest is not None:
            rest = rest or _NO_ZONE
        else:
            zones[""] = node
    return sequence(tuple(zones.values()), given or holder.anchor, rest)


def _in_template(node: Node) -> bool:
    """Whether a reference stands in a string: up to Terraform 0.11 `["${list}"]` was the list itself.

    Source: "Upgrading to Terraform v0.12", "Referring to List Variables".
    """
    before = node.source.text.text[max(0, node.start - 5) : node.start]
    return before.rstrip().endswith('"${')


def _spread(
    configuration: Configuration, holder: Resource, zones: Node, anchor: Node | None = None
) -> Subject:
    record = ZoneSpread(kind_of(holder), zones)
    made = subject("zone_spread", configuration, holder, {}, record, "", anchor)
    return made._replace(root=record_fields(record, made.anchor))


def _way_out(configuration: Configuration, holder: Resource | ModuleCall, shared: Node) -> Subject:
    record = WayOut(kind_of(holder), shared)
    made = subject("way_out", configuration, holder, {}, record)
    return made._replace(root=record_fields(record, made.anchor))
