"""Which operating system a virtual machine is made of, as far as its image says."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.arguments import argument, items, name_of, text
from vvbscan.views.terraform.model import Configuration, Resource

_NAMES: Final = (
    ("ubuntu", lazy_pattern(r"(?i)ubuntu[-/\w*]*?[-_/*](\d\d)[._]?(04|10)\b")),
    ("debian", lazy_pattern(r"(?i)debian-(\d+)\b")),
    ("amazonlinux", lazy_pattern(r"(?i)\bamzn(2)-ami")),
    ("amazonlinux", lazy_pattern(r"(?i)\bamzn-ami.*(2018|201[0-7])")),
    ("rhel", lazy_pattern(r"(?i)\brhel[-_](\d+)")),
    ("centos", lazy_pattern(r"(?i)\bcentos[-_ ]?(?:linux[-_ ]?)?(\d+)")),
)
"""Names of images as their publishers give them, of which the groups make the version."""
_AZURE: Final = {
    "canonical": ("ubuntu", lazy_pattern(r"(\d\d)[._](04|10)")),
    "debian": ("debian", lazy_pattern(r"(\d+)")),
    "redhat": ("rhel", lazy_pattern(r"(\d+)")),
    "openlogic": ("centos", lazy_pattern(r"(\d+)")),
}
"""Publishers of images of Azure, with where in its SKU the version stands."""


class OperatingSystem(NamedTuple):
    """A distribution and its release."""

    name: str
    """`ubuntu`, `debian`, `amazonlinux`, `rhel` or `centos`."""
    version: str
    """`22.04`, `12`"""
    place: Node
    """What names it: the pattern of an image's name, an image, a SKU."""


def operating_system(configuration: Configuration, resource: Resource) -> OperatingSystem | None:
    """The system of a machine or template; None if nothing names it."""
    if resource.type.startswith("azurerm_"):
        return _of_azure(resource)
    if resource.type.startswith("google_"):
        return _named(argument(resource, "boot_disk", 0, "initialize_params", 0, "image"))
    image = argument(resource, "image_id" if "launch" in resource.type else "ami")
    reference = name_of(image) if image is not None and isinstance(image.value, Unknown) else None
    if reference is None:
        return None
    for data in configuration.data.get("aws_ami", ()):
        if reference.startswith(f"{data.address}."):
            return _of_search(data)
    for data in configuration.data.get("aws_ssm_parameter", ()):
        if reference.startswith(f"{data.address}."):
            return _named(argument(data, "name"))
    return None


def _of_search(data: Resource) -> OperatingSystem | None:
    """The system that a search for an image asks for by its name."""
    for block in items(data, "filter").nodes:
        name = argument(block, "name")
        if name is not None and name.value == "name":
            values = items(block, "values").nodes
            return _named(values[0]) if len(values) == 1 else None
    return _named(argument(data, "name_regex"))


def _named(node: Node | None) -> OperatingSystem | None:
    if node is None or not isinstance(node.value, str):
        return None
    for name, pattern in _NAMES:
        match = pattern.search(node.value)
        if match is not None:
            return OperatingSystem(name, ".".join(match.groups()), node)
    return None


def _of_azure(resource: Resource) -> OperatingSystem | None:
    path = ("source_image_reference", 0)
    publisher, offer, sku = (text(resource, *path, name) for name in ("publisher", "offer", "sku"))
    if publisher is None or sku is None or not isinstance(publisher.value, str):
        return None
    known = _AZURE.get(publisher.value.lower())
    if known is None or not isinstance(sku.value, str):
        return None
    name, pattern = known
    match = pattern.search(sku.value)
    if match is None and offer is not None and isinstance(offer.value, str):
        match = pattern.search(offer.value)
    return None if match is None else OperatingSystem(name, ".".join(match.groups()), sku)
