"""Parameters of database servers: groups of them, flags, and resources for one each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vvbscan.model.node import COMPUTED, Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.arguments import Holder, items, text
from vvbscan.views.terraform.model import Resource


class Parameter(NamedTuple):
    """A parameter that is set."""

    name: Node
    value: Node
    """As written: `200`, `128MB`, `on`, `{DBInstanceClassMemory/32768}`."""
    apply_method: Node | None = None
    """When RDS sets it: `immediate` or `pending-reboot`."""


class Parameters(NamedTuple):
    """What is set of the parameters of a server; the others are as the platform has them."""

    members: Mapping[str, Parameter]
    rest: Unknown | None = None
    """Set if there may be more that are not known."""

    def get(self, name: str, anchor: Node) -> Node | None:
        """Its value; None if it is not set, an unknown at the anchor if nobody knows whether it is."""
        parameter = self.members.get(name)
        if parameter is not None:
            return parameter.value
        if self.rest is None:
            return None
        return Node(self.rest, anchor.source, anchor.start, anchor.end, COMPUTED, anchor.via)

    def over(self, other: Parameters) -> Parameters:
        """These parameters, and those of another group that they do not set."""
        if self.rest is not None:
            return self
        return Parameters({**other.members, **self.members}, other.rest)


NONE_SET = Parameters({})


def parameter_blocks(holder: Holder, *path: str | int) -> Parameters:
    """The blocks or mappings with `name`, `value` and `apply_method` at the path. The last one holds."""
    blocks = items(holder, *path)
    members: dict[str, Parameter] = {}
    rest = blocks.rest
    for block in blocks.nodes:
        name, value = text(block, "name"), text(block, "value")
        if name is not None and isinstance(name.value, str) and value is not None:
            members[name.value] = Parameter(name, value, _method(block, name))
        elif name is not None and isinstance(name.value, Unknown):
            rest = rest or name.value
    return Parameters(members, rest)


def _method(block: Node, name: Node) -> Node | None:
    """When RDS sets a parameter; what only a plan says stands where its absence would."""
    method = text(block, "apply_method")
    if method is None or (method.start, method.end) != (block.start, block.end):
        return method
    return name.replace_value(method.value)


def parameter_resources(resources: Iterable[Resource]) -> Parameters:
    """Resources that set one parameter each, by their arguments `name` and `value`."""
    members: dict[str, Parameter] = {}
    rest: Unknown | None = None
    for resource in resources:
        name, value = text(resource, "name"), text(resource, "value")
        if name is not None and isinstance(name.value, str) and value is not None:
            members[name.value] = Parameter(name, value)
        elif name is not None and isinstance(name.value, Unknown):
            rest = rest or name.value
    return Parameters(members, rest)
