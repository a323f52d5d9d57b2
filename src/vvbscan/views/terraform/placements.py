"""Where databases and machines stand in the network, and which of them the internet reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import Placement, record_fields
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import (
    Holder,
    anchor_of,
    argument,
    boolean,
    default_at,
    items,
)
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.subnets import Subnets

_SUBNET_GROUPS: Final = (
    "aws_db_subnet_group",
    "aws_docdb_subnet_group",
    "aws_elasticache_subnet_group",
    "aws_memorydb_subnet_group",
    "aws_neptune_subnet_group",
    "aws_redshift_subnet_group",
)
_DATABASE_MODULES: Final = (("rds", "subnet_ids"), ("rds-aurora", "subnets"))
_TEMPLATES: Final = ("google_compute_instance", "google_compute_instance_template")


def placements(configuration: Configuration) -> Iterator[Subject]:
    """View `placement`: where databases and machines stand in the network. Record: `Placement`.

    Fields: those of the record.
    """
    subnets = Subnets(configuration)
    for name in _SUBNET_GROUPS:
        for group in configuration.by_type.get(name, ()):
            record = _in_subnets(kind_of(group), "database", subnets, group, "subnet_ids")
            yield _subject(configuration, group, record)
    for module_name, given in _DATABASE_MODULES:
        for module in well_known(configuration, module_name):
            if not module.part and argument(module.call, given) is not None:
                record = _in_subnets(module.call.source, "database", subnets, module.call, given)
                yield _subject(configuration, module.call, record)
    yield from _machines(configuration, subnets)
    yield from _other_machines(configuration)


def _machines(configuration: Configuration, subnets: Subnets) -> Iterator[Subject]:
    """Machines and containers of AWS.

    A container of Fargate gets no public address by default (aws_ecs_service, `assign_public_ip`).
    """
    by_type = configuration.by_type
    for instance in by_type.get("aws_instance", ()):
        address = boolean(instance, "associate_public_ip_address") or _by_subnet(instance, subnets)
        record = Placement(kind_of(instance), "machine", public_address=address)
        yield _subject(configuration, instance, record)
    for template in by_type.get("aws_launch_template", ()):
        for index, block in enumerate(items(template, "network_interfaces").nodes):
            address = boolean(block, "associate_public_ip_address")
            record = Placement(kind_of(template), "machine", public_address=address)
            yield _subject(configuration, template, record, f"network_interfaces[{index}]", block)
    for service in by_type.get("aws_ecs_service", ()):
        for block in items(service, "network_configuration").nodes:
            record = _in_subnets(kind_of(service), "machine", subnets, block, "subnets")
            address = boolean(block, "assign_public_ip", default=False)
            yield _subject(configuration, service, record._replace(public_address=address))
    for group in by_type.get("aws_eks_node_group", ()):
        yield _subject(
            configuration, group, _in_subnets(kind_of(group), "machine", subnets, group, "subnet_ids")
        )
    for group in by_type.get("aws_autoscaling_group", ()):
        record = _in_subnets(kind_of(group), "machine", subnets, group, "vpc_zone_identifier")
        yield _subject(configuration, group, record)


def _by_subnet(instance: Resource, subnets: Subnets) -> Node | None:
    """Whether its subnet gives a machine a public address (Terraform's aws_subnet: not by default)."""
    named = argument(instance, "subnet_id")
    subnet = subnets.get(named)
    if named is None or subnet is None:
        return None
    given = boolean(subnet, "map_public_ip_on_launch", default=False)
    return None if given is None else named._replace(value=given.value)


def _other_machines(configuration: Configuration) -> Iterator[Subject]:
    """Machines of Google Cloud and Azure.

    Terraform's google_compute_instance, `access_config`: with the block, be it empty, an interface has a
    public address.
    """
    for name in _TEMPLATES:
        for machine in configuration.by_type.get(name, ()):
            for index, interface in enumerate(items(machine, "network_interface").nodes):
                access = items(interface, "access_config")
                public = computed(True, access.nodes[0]) if access.nodes else None
                if public is None:
                    public = default_at(interface, access.rest or False)
                record = Placement(kind_of(machine), "machine", public_address=public)
                yield _subject(configuration, machine, record, f"network_interface[{index}]", interface)
    for card in configuration.by_type.get("azurerm_network_interface", ()):
        for index, block in enumerate(items(card, "ip_configuration").nodes):
            given = argument(block, "public_ip_address_id")
            public = default_at(block, False) if given is None else computed(True, given)
            record = Placement(kind_of(card), "machine", public_address=public)
            yield _subject(configuration, card, record, f"ip_configuration[{index}]", block)


def _in_subnets(component: str, role: str, subnets: Subnets, holder: Holder, name: str) -> Placement:
    return Placement(component, role, sequence(tuple(subnets.exposed(holder, name)), anchor_of(holder)))


def _subject(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    record: Placement,
    part: str = "",
    anchor: Node | None = None,
) -> Subject:
    made = subject("placement", configuration, holder, {}, record, part, anchor)
    return made._replace(root=record_fields(record, made.anchor))
