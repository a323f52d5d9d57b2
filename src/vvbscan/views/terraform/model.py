"""What a Terraform root module comes to in one environment: resources with values, calls, settings."""

from __future__ import annotations

from collections.abc import Mapping

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.record import NamedTuple


class Resource(NamedTuple):
    """An instance of a resource or data source."""

    mode: str
    """`managed` or `data`."""
    type: str
    name: str
    address: str
    """With the calls of modules and the keys of instances: `module.db["eu"].aws_db_instance.main[0]`. Where
    `count` or `for_each` is unknown one instance stands for all, with the key `*`."""
    root: Node
    """Mapping of its arguments, evaluated when they are asked for. Nested blocks are sequences of mappings
    under their type, `dynamic` blocks among them. Arguments that are null are absent."""
    anchor: Node
    """The header of its block: what is pointed at if it lacks something."""
    via: tuple[Origin, ...] = ()
    """The calls of modules that lead to it, nearest first."""
    module: str = ""
    """Address of the instance of the module that it stands in, empty for the root: `module.db["eu"]`."""

    def get(self, *keys: str | int) -> Node | None:
        """The value at the end of a chain of names and positions, None if a step is absent.

        A chain that goes through something unknown ends there, at a node with an `Unknown`.
        """
        node: Node | None = self.root
        for key in keys:
            value = node.value if node is not None else None
            if isinstance(value, Unknown):
                return node
            if isinstance(value, MapValue) and key == 0:
                continue  # the only block of its type, as JSON may have it
            if isinstance(value, MapValue) and isinstance(key, str):
                node = value.entries.get(key)
            elif isinstance(value, SeqValue) and isinstance(key, int):
                node = value.items[key] if key < len(value.items) else None
            else:
                return None
            if node is None and value.rest is not None:
                return Node(value.rest, self.anchor.source, self.anchor.start, self.anchor.end, COMPUTED)
        return node


class ModuleCall(NamedTuple):
    """A call of a module that is not in the tree (a registry, git), whose arguments can be judged."""

    source: str
    """As written: `terraform-aws-modules/rds/aws`."""
    version: Node | None
    address: str
    """`module.db["eu"]`"""
    root: Node
    """Mapping of its arguments, evaluated when they are asked for; null ones are absent."""
    anchor: Node
    via: tuple[Origin, ...] = ()


class Settings(NamedTuple):
    """A `terraform`, `provider` or `backend` block of the root module."""

    kind: str
    """`terraform`, `provider`, `backend`, `cloud`."""
    name: str
    """Label of the block (`s3`, `aws`), empty if it has none."""
    root: Node
    anchor: Node


class Configuration(NamedTuple):
    """A root module with its local modules, evaluated for one environment."""

    environment: str
    """Name of the set of variable values (`prod` of `prod.tfvars`), empty if there is only one."""
    resources: tuple[Resource, ...]
    """In written order, a module's after those of its caller."""
    by_type: Mapping[str, tuple[Resource, ...]]
    """Managed resources by type."""
    data: Mapping[str, tuple[Resource, ...]]
    """Data sources by type."""
    calls: tuple[ModuleCall, ...]
    settings: tuple[Settings, ...]


class TerraformModel(NamedTuple):
    """What a unit of Terraform was read into; what its views take."""

    configurations: tuple[Configuration, ...]
    """One for each judged environment."""
