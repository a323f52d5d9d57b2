"""View `machine`: virtual machines and the templates that they are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument, items, number, text
from vvbscan.views.terraform.machine_types import machine_size
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.operating_systems import OperatingSystem, operating_system
from vvbscan.views.terraform.subjects import subject

_METADATA: Final = Unknown(
    "default", "the image and the account decide whether the metadata service needs a token"
)
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html"""
_ROOT_DEVICES: Final = ("/dev/xvda", "/dev/sda1", "/dev/sda", "xvda")


class Machine(NamedTuple):
    """A virtual machine, or a template of some. View `machine`, fields as named here."""

    component: str
    metadata: Node | None = None
    """Who the service of instance metadata answers: `token` (only requests with one), `anybody`, `nobody`."""
    root_gib: Node | None = None
    """Size of the root volume; absent if the image decides."""
    root_type: Node | None = None
    """`ssd` or `magnetic`; absent if it is not written."""
    type: Node | None = None
    """`m6i.large`"""
    processors: Node | None = None
    memory_gib: Node | None = None
    system: OperatingSystem | None = None
    """Its operating system, as far as its image says."""


def machines(configuration: Configuration) -> Iterator[Subject]:
    """Machines of EC2, Compute Engine and Azure, and their templates. Record: `Machine`.

    Fields: those of the record; `system` is a text: `ubuntu 22.04`.
    """
    for type_, read in _READERS.items():
        for resource in configuration.by_type.get(type_, ()):
            machine = _sized(read(resource))._replace(system=operating_system(configuration, resource))
            members = machine._asdict()
            system = machine.system
            members["system"] = (
                None if system is None else computed(f"{system.name} {system.version}", system.place)
            )
            members["component"] = computed(machine.component, resource.anchor)
            yield subject("machine", configuration, resource, members, machine)


def _of_ec2(resource: Resource) -> Machine:
    root = _root(resource)
    return Machine(
        resource.type,
        _metadata(resource),
        None if root is None else number(root, "volume_size"),
        None if root is None else _kind(text(root, "volume_type"), ("standard", "sc1", "st1")),
        text(resource, "instance_type"),
    )


def _of_compute_engine(resource: Resource) -> Machine:
    path = ("boot_disk", 0, "initialize_params", 0)
    return Machine(
        resource.type,
        None,
        number(resource, *path, "size"),
        _kind(text(resource, *path, "type"), ("pd-standard",)),
        text(resource, "machine_type"),
    )


def _of_azure(resource: Resource) -> Machine:
    return Machine(
        resource.type,
        None,
        number(resource, "os_disk", 0, "disk_size_gb"),
        _kind(text(resource, "os_disk", 0, "storage_account_type"), ("Standard_LRS",)),
        text(resource, "size"),
    )


def _sized(machine: Machine) -> Machine:
    """The machine with what its type has."""
    type_ = machine.type
    if type_ is None:
        return machine
    if not isinstance(type_.value, str):
        return machine._replace(processors=type_, memory_gib=type_)
    size = machine_size(type_.value)
    if size is None:
        unsure = type_._replace(value=Unknown("default", f"what {type_.value} has is not known"))
        return machine._replace(processors=unsure, memory_gib=unsure)
    gib = int(size.gib) if float(size.gib).is_integer() else size.gib
    processors, memory = type_._replace(value=size.processors), type_._replace(value=gib)
    return machine._replace(processors=processors, memory_gib=memory)


def _metadata(resource: Resource) -> Node:
    endpoint = text(resource, "metadata_options", 0, "http_endpoint")
    if endpoint is not None and endpoint.value == "disabled":
        return endpoint._replace(value="nobody")
    tokens = text(resource, "metadata_options", 0, "http_tokens")
    if tokens is None:
        return computed(None, resource.anchor)._replace(value=_METADATA)
    if isinstance(tokens.value, Unknown):
        return tokens
    return tokens._replace(value="token" if tokens.value == "required" else "anybody")


def _root(resource: Resource) -> Node | None:
    """The block of the root volume, as far as it is written."""
    if resource.type != "aws_launch_template":
        return next(iter(items(resource, "root_block_device").nodes), None)
    for mapping in items(resource, "block_device_mappings").nodes:
        name = argument(mapping, "device_name")
        if name is not None and name.value in _ROOT_DEVICES:
            return next(iter(items(mapping, "ebs").nodes), None)
    return None


def _kind(node: Node | None, magnetic: tuple[str, ...]) -> Node | None:
    if node is None or not isinstance(node.value, str):
        return node
    return node._replace(value="magnetic" if node.value in magnetic else "ssd")


_READERS: Final[dict[str, Callable[[Resource], Machine]]] = {
    "aws_instance": _of_ec2,
    "aws_launch_template": _of_ec2,
    "aws_launch_configuration": _of_ec2,
    "google_compute_instance": _of_compute_engine,
    "azurerm_linux_virtual_machine": _of_azure,
    "azurerm_windows_virtual_machine": _of_azure,
}
