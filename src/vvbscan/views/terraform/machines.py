"""View `machine`: virtual machines and the templates that they are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument, items, number, text
from vvbscan.views.terraform.model import Configuration, Resource
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


def machines(configuration: Configuration) -> Iterator[Subject]:
    """Machines of EC2 and Compute Engine, and their templates. Record: `Machine`."""
    for type_ in ("aws_instance", "aws_launch_template", "aws_launch_configuration"):
        for resource in configuration.by_type.get(type_, ()):
            root = _root(resource)
            machine = Machine(
                type_,
                _metadata(resource),
                None if root is None else number(root, "volume_size"),
                None if root is None else _kind(text(root, "volume_type"), ("standard", "sc1", "st1")),
            )
            yield _subject(configuration, resource, machine)
    for resource in configuration.by_type.get("google_compute_instance", ()):
        path = ("boot_disk", 0, "initialize_params", 0)
        machine = Machine(
            resource.type,
            root_gib=number(resource, *path, "size"),
            root_type=_kind(text(resource, *path, "type"), ("pd-standard",)),
        )
        yield _subject(configuration, resource, machine)
    for type_ in ("azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine"):
        for resource in configuration.by_type.get(type_, ()):
            machine = Machine(
                type_,
                root_gib=number(resource, "os_disk", 0, "disk_size_gb"),
                root_type=_kind(text(resource, "os_disk", 0, "storage_account_type"), ("Standard_LRS",)),
            )
            yield _subject(configuration, resource, machine)


def _subject(configuration: Configuration, resource: Resource, machine: Machine) -> Subject:
    members = machine._asdict()
    members["component"] = computed(machine.component, resource.anchor)
    return subject("machine", configuration, resource, members, machine)


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
