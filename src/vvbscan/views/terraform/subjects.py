"""How subjects are made of the resources, calls of modules and settings of a configuration."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import Node
from vvbscan.model.subject import Subject
from vvbscan.views.records import fields
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource


def subject(
    view: str,
    configuration: Configuration,
    holder: Resource | ModuleCall,
    members: Mapping[str, Node | None],
    record: object = None,
    part: str = "",
    anchor: Node | None = None,
) -> Subject:
    """A subject that a resource or the call of a module brings.

    `part` names what of the holder it is (`policy[0]`), `anchor` what is pointed at if that lacks something.
    """
    place = anchor or holder.anchor
    address = f"{holder.address}:{part}" if part else holder.address
    return Subject(
        view, address, fields(place, dict(members)), place, configuration.environment, record, holder.via
    )


def kind_of(holder: Resource | ModuleCall) -> str:
    """The type of a resource, or the source of a module: what records call `component`."""
    return holder.type if isinstance(holder, Resource) else holder.source
