"""Ports of firewall rules, as the clouds write them."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.network_records import PortRange
from vvbscan.views.records import computed

LAST_PORT: Final = 65_535
_RANGE: Final = lazy_pattern(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def every_port(place: Node) -> PortRange:
    """All ports, told of at what opens them."""
    return PortRange(computed(0, place), computed(LAST_PORT, place))


def written_range(node: Node) -> PortRange:
    """A port or a range of Google Cloud and of Azure: `22`, `8000-8999`, `*`."""
    value = node.value
    if isinstance(value, Unknown):
        return PortRange(node, node)
    if value == "*":
        return every_port(node)
    match = _RANGE.fullmatch(str(value))
    if match is None:
        unread = node._replace(value=Unknown("unparsed", f"{value} is no range of ports"))
        return PortRange(unread, unread)
    first, last = int(match[1]), int(match[2] or match[1])
    return PortRange(node._replace(value=first), node._replace(value=last))


def shown(ports: PortRange) -> str:
    """`5432`, `8000-8999`; `?` for what is not known."""
    first, last = ("?" if isinstance(node.value, Unknown) else str(node.value) for node in ports)
    return first if first == last else f"{first}-{last}"
