"""Functions that convert types, or mark values as secret.

Source: Terraform language, "Type Conversion Functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.model.node import Node
from vvbscan.views.terraform.conversion import convert
from vvbscan.views.terraform.functions.invocation import Function, Invocation
from vvbscan.views.terraform.value_types import ANY, ValueType
from vvbscan.views.terraform.values import Refused


def _to(wanted: ValueType) -> Function:
    def apply(invocation: Invocation) -> Node:
        try:
            return convert(invocation.arguments[0], wanted)
        except Refused as refused:
            raise invocation.refused(0, refused) from None

    return Function(1, 1, apply)


def _same_value(invocation: Invocation) -> Node:
    """The argument: a value that is marked as sensitive is judged like any other."""
    return invocation.arguments[0]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "nonsensitive": Function(1, 1, _same_value),
    "sensitive": Function(1, 1, _same_value),
    "tobool": _to(ValueType("bool")),
    "tolist": _to(ValueType("list", ANY)),
    "tomap": _to(ValueType("map", ANY)),
    "tonumber": _to(ValueType("number")),
    "toset": _to(ValueType("set", ANY)),
    "tostring": _to(ValueType("string")),
}
