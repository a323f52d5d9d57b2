"""Arguments of resources, typed as their provider reads them, and what refers to what.

Terraform converts what is written to the type of the argument: `"true"`, `true` and `"1"` where a number
belongs. Every function here takes the holder of the argument (a resource, the call of a module, or a nested
block) and the names and positions that lead to it. The node that comes back keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Scalar, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.model import ModuleCall, Resource

Holder = Resource | ModuleCall | Node

_GREATEST: Final = 2**63
"""No provider takes numbers from here on, and what counts with them need not either."""
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
"""The strings that become booleans (https://developer.hashicorp.com/terraform/language/expressions/types)."""


class Items(NamedTuple):
    """The members of a collection, such as the blocks of one type."""

    nodes: tuple[Node, ...]
    rest: Unknown | None
    """Set if there may be more that are not known."""


def argument(holder: Holder, *path: str | int) -> Node | None:
    """The value as it was written; None if it is absent, a node with an `Unknown` if a step is unknown."""
    if isinstance(holder, Resource):
        return holder.get(*path)
    node: Node | None = holder.root if isinstance(holder, ModuleCall) else holder
    for key in path:
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
            anchor = anchor_of(holder)
            return Node(value.rest, anchor.source, anchor.start, anchor.end, COMPUTED, anchor.via)
    return None if node is not None and node.value is None else node


def given(holder: Holder, *path: str | int) -> Node | None:
    """The argument unless it is empty: an empty string or list is to most providers as good as none.

    What is zero in Go counts as not set
    (https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-types).
    """
    node = argument(holder, *path)
    if node is None or node.value == "":
        return None
    value = node.value
    return None if isinstance(value, SeqValue) and not value.items and value.rest is None else node


def boolean(holder: Holder, *path: str | int, default: bool | Unknown | None = None) -> Node | None:
    """The argument as a boolean; if it is absent, the provider's default as a computed node."""
    return _converted(holder, path, default, _to_boolean, "a boolean")


def number(holder: Holder, *path: str | int, default: float | Unknown | None = None) -> Node | None:
    """The argument as a number; if it is absent, the provider's default as a computed node."""
    return _converted(holder, path, default, _to_number, "a number")


def text(holder: Holder, *path: str | int, default: str | Unknown | None = None) -> Node | None:
    """The argument as a string; if it is absent, the provider's default as a computed node."""
    return _converted(holder, path, default, _to_text, "a string")


def items(holder: Holder, *path: str | int) -> Items:
    """The items of a list or set, the blocks of a type; one mapping stands for a list of one."""
    node = argument(holder, *path)
    if node is None:
        return Items((), None)
    if isinstance(node.value, Unknown):
        return Items((), node.value)
    if isinstance(node.value, SeqValue):
        return Items(node.value.items, node.value.rest)
    return Items((node,), None)


def default_at(holder: Holder, value: Scalar | Unknown) -> Node:
    """A computed node at the anchor of the holder: what holds where nothing is written."""
    anchor = anchor_of(holder)
    return Node(value, anchor.source, anchor.start, anchor.end, COMPUTED, anchor.via)


def anchor_of(holder: Holder) -> Node:
    """What is pointed at if the holder lacks something."""
    return holder if isinstance(holder, Node) else holder.anchor


def undecided(*nodes: Node | None) -> Unknown | None:
    """The first unknown among values, None if all are known or absent."""
    for node in nodes:
        if node is not None and isinstance(node.value, Unknown):
            return node.value
    return None


class Targets:
    """Resources by what other resources name them with.

    A value names a resource if it refers to one of the `attributes` (`aws_db_parameter_group.main.name`), or
    if it equals one of those attributes as far as the configuration gives it.
    """

    __slots__ = ("_attributes", "_by_address", "_by_value", "_resources")

    def __init__(self, resources: Iterable[Resource], *attributes: str) -> None:
        self._resources = tuple(resources)
        self._attributes = attributes
        self._by_address = {resource.address: resource for resource in self._resources}
        self._by_value: dict[str, Resource] | None = None

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources)

    def get(self, node: Node | None) -> Resource | None:
        """The resource that a value names; None if it names none of these, or nobody can tell."""
        if node is None:
            return None
        named = name_of(node)
        if named is None:
            return None
        if isinstance(node.value, Unknown):
            address, _, attribute = named.rpartition(".")
            if attribute in self._attributes and address in self._by_address:
                return self._by_address[address]
        if self._by_value is None:
            self._by_value = {}
            for resource in self._resources:
                for attribute in self._attributes:
                    given = resource.get(attribute)
                    key = name_of(given) if given is not None else None
                    if key is not None:
                        self._by_value.setdefault(key, resource)
        return self._by_value.get(named)


def name_of(node: Node) -> str | None:
    """What identifies a value: the string itself, or the reference of what will have it; else None."""
    value = node.value
    if isinstance(value, Unknown):
        return value.reference or None
    return value if isinstance(value, str) else None


def is_made(unknown: Unknown) -> bool:
    """Whether a value is the name of something that the platform made, and so no pattern and no wildcard."""
    return unknown.kind == "computed" or (unknown.kind == "remote" and bool(unknown.reference))


def _converted(
    holder: Holder,
    path: tuple[str | int, ...],
    default: Scalar | Unknown,
    convert: Callable[[object], Scalar],
    kind: str,
) -> Node | None:
    node = argument(holder, *path)
    if node is None:
        if default is None:
            return None
        null = _null_of(holder, path)
        return default_at(_lacking(holder, path), default) if null is None else null.replace_value(default)
    if isinstance(node.value, Unknown):
        return node
    value = convert(node.value)
    if value is None:
        name = path[-1] if path else "the value"
        return node._replace(value=Unknown("expression", f"{name} is not {kind}"))
    return node if value is node.value else node._replace(value=value)


def _lacking(holder: Holder, path: tuple[str | int, ...]) -> Holder:
    """The innermost block on the way to an argument that is absent: the holder unless a block is there."""
    for length in range(len(path) - 1, 0, -1):
        block = argument(holder, *path[:length])
        if block is not None and isinstance(block.value, MapValue):
            return block
    return holder


def _null_of(holder: Holder, path: tuple[str | int, ...]) -> Node | None:
    """The null that an argument is set to, None if it is not written at all."""
    within = (
        argument(holder, *path[:-1]) if len(path) > 1 else holder if isinstance(holder, Node) else holder.root
    )
    value = within.value if within is not None else None
    if not isinstance(value, MapValue) or not path or not isinstance(path[-1], str):
        return None
    return value.removed.get(path[-1]) if value.removed is not None else None


def _to_boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else _BOOLEANS.get(value) if isinstance(value, str) else None


def _to_number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value if abs(value) < _GREATEST else None
    if not isinstance(value, str):
        return None
    try:
        read = float(value)
    except ValueError:
        return None
    if not abs(read) < _GREATEST:
        return None
    return int(read) if read.is_integer() else read


def _to_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if not abs(value) < _GREATEST:
            return None
        return str(int(value) if float(value).is_integer() else value)
    return value if isinstance(value, str) else None
