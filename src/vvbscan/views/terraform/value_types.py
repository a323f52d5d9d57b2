"""Types of values: what a variable's `type` says, and what values have.

Source: Terraform language, "Type Constraints".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.model.node import Node
from vvbscan.record import NamedTuple


class Attribute(NamedTuple):
    """An attribute of an `object` type."""

    type: ValueType
    optional: bool = False
    default: Node | None = None
    """What an optional attribute has that is not set; None for null."""


class ValueType(NamedTuple):
    """A type."""

    kind: str
    """`any`, `string`, `number`, `bool`, `list`, `set`, `map`, `tuple` or `object`; of values also
    `items` for a list or a tuple, and `members` for a map or an object, where nothing tells which it is."""
    element: ValueType | None = None
    """Of a list, set or map."""
    items: tuple[ValueType, ...] = ()
    """Of a tuple."""
    attributes: Mapping[str, Attribute] = {}
    """Of an object."""


ANY: Final = ValueType("any")
STRING: Final = ValueType("string")
NUMBER: Final = ValueType("number")
BOOL: Final = ValueType("bool")
