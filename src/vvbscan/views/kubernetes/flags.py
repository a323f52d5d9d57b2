"""Truth values in the texts of annotations and ConfigMaps, as controllers written in Go read them.

Source: `strconv.ParseBool` of Go, which ingress-nginx uses for both.
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Node
from vvbscan.views.kubernetes.lookup import shown

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def is_switched_on(node: Node | None) -> bool:
    """Whether a value is written that means true."""
    return shown(node) in _TRUE


def is_switched_off(node: Node | None) -> bool:
    """Whether a value is written that means false."""
    return shown(node) in _FALSE
