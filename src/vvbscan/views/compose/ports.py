"""Ports of services: the short and the long spelling in one form.

Source: the Compose specification, `05-services.md#ports`; how the short form is split is
`ParsePortSpec` of docker/go-connections, `nat/nat.go`, which also makes one port each of a range.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.views.compose.interpolation import Budget, Expanded, Interpolation
from vvbscan.views.images import GAP
from vvbscan.views.records import fields

_NUMBER: Final = lazy_pattern(r"[0-9]{1,9}")
_PORT: Final = lazy_pattern(rf"[0-9{GAP}]{{1,9}}(?:-[0-9{GAP}]{{1,9}})?")
_RANGE: Final = lazy_pattern(r"([0-9]{1,5})-([0-9]{1,5})")
_NUMBERS: Final = ("target", "published")
_WIDEST: Final = 256
"""Most ports of a range that are looked at one by one."""


def normal_ports(node: Node, interpolation: Interpolation) -> Node:
    """The ports of a service as mappings in the long form.

    Port numbers are integers, and a range of the container is as many ports; a range that the engine picks a
    port of stays the string `8000-8010`. A `published` that is absent is a port that the engine picks.
    """
    value = node.value
    if not isinstance(value, SeqValue):
        return interpolation.tree(node)
    budget = interpolation.budget
    items = tuple(port for item in value.items for port in _each(_normal_port(item, interpolation), budget))
    return node._replace(value=value._replace(items=items))


def port_identity(port: Node) -> object:
    """What makes two ports of a service one: address, published port, target and protocol."""
    parts = []
    for name, default in (
        ("host_ip", "0.0.0.0"),  # noqa: S104 - the default of Docker, not an address that is bound
        ("published", ""),
        ("target", ""),
        ("protocol", "tcp"),
    ):
        node = port.get(name)
        if node is not None and not isinstance(node.value, (str, int)):
            return port
        parts.append(default if node is None else str(node.value))
    return tuple(parts)


def _normal_port(item: Node, interpolation: Interpolation) -> Node:
    if isinstance(item.value, MapValue):
        long = interpolation.tree(item)
        entries = dict(item.value.entries)
        for name, _, node in long.members():
            entries[name] = number(node) if name in _NUMBERS else node
        return long._replace(value=item.value._replace(entries=entries))
    if isinstance(item.value, (str, int, Unknown)):
        return _short_port(interpolation.expand(item))
    return item.replace_value(Unknown("unparsed", "it is not a port that Compose can read"))


def _short_port(expanded: Expanded) -> Node:
    """`[[IP:]HOST:]CONTAINER[/PROTOCOL]` taken apart."""
    flat = expanded.flat
    item = expanded.origin
    slash = flat.find("/")
    end = len(flat) if slash < 0 else slash
    colon = flat.rfind(":", 0, end)
    before = flat.rfind(":", 0, max(colon, 0))
    if not _PORT.fullmatch(flat, colon + 1, end):
        return item.replace_value(Unknown("unparsed", f"'{flat.replace(GAP, '…')}' is not a port"))
    entries: dict[str, Node | None] = {"target": number(expanded.part(colon + 1, end))}
    if slash >= 0:
        entries["protocol"] = expanded.part(slash + 1, len(flat))
    elif GAP in flat[colon + 1 : end]:
        entries["protocol"] = _unknown(expanded, colon + 1, end)
    if colon < 0:
        if GAP in flat:
            # The unknown may be the whole of `8080:80`.
            entries["published"] = entries["host_ip"] = _unknown(expanded, 0, end)
        return fields(item, entries)
    if before + 1 < colon:
        entries["published"] = number(expanded.part(before + 1, colon))
    if before >= 0:
        bracket = flat[0] == "[" and flat[before - 1] == "]"
        entries["host_ip"] = expanded.part(1, before - 1) if bracket else expanded.part(0, before)
    elif GAP in flat[:colon]:
        # The unknown may bring an address along: `127.0.0.1:8080`.
        entries["host_ip"] = _unknown(expanded, 0, colon)
    return fields(item, entries)


def _each(port: Node, budget: Budget) -> Iterator[Node]:
    """The ports of a range one by one, a single port as it is."""
    target, published = port.get("target"), port.get("published")
    inside = _bounds(target)
    if inside is None or target is None:
        yield port
        return
    count = inside[1] - inside[0] + 1
    outside = _bounds(published)
    if count > _WIDEST:
        reason = f"the range {target.value} has more than {_WIDEST} ports, which are not looked at one by one"
        yield _with(port, {"target": target.replace_value(Unknown("limit", reason))})
    elif published is not None and (outside is None or outside[1] - outside[0] + 1 != count):
        yield port
    elif count > budget.ports:
        reason = "the ranges of the project have more ports than the limit allows"
        yield _with(port, {"target": target.replace_value(Unknown("limit", reason))})
    else:
        budget.ports -= count
        for step in range(count):
            each = {"target": target._replace(value=inside[0] + step)}
            if published is not None and outside is not None:
                each["published"] = published._replace(value=outside[0] + step)
            yield _with(port, each)


def _bounds(node: Node | None) -> tuple[int, int] | None:
    """The ends of a range, None if it is none."""
    found = _RANGE.fullmatch(node.value) if node is not None and isinstance(node.value, str) else None
    return (int(found[1]), int(found[2])) if found and int(found[1]) <= int(found[2]) else None


def _with(port: Node, changed: dict[str, Node]) -> Node:
    value = port.value
    assert isinstance(value, MapValue), "a port is a mapping"
    return port._replace(value=value._replace(entries={**value.entries, **changed}))


def _unknown(expanded: Expanded, begin: int, stop: int) -> Node:
    """Something that may come with an unknown stretch, of which nothing is known."""
    node = expanded.part(begin, stop)
    return node._replace(value=node.value._replace(parts=())) if isinstance(node.value, Unknown) else node


def number(node: Node) -> Node:
    """A string of digits as the integer that Compose makes of it; everything else as it is."""
    value = node.value
    return node._replace(value=int(value)) if isinstance(value, str) and _NUMBER.fullmatch(value) else node
