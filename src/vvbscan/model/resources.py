"""Where the package's own data lies: in the wheel below `_data`, in a checkout at the top level."""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def resource_path(*parts: str) -> str:
    """Path of a file or directory that the package ships, such as `("schemas", "rule.schema.json")`."""
    shipped = os.path.join(_PACKAGE, "_data", *parts)
    if os.path.exists(shipped):
        return shipped
    return os.path.join(checkout_root(), *parts)


def checkout_root() -> str:
    """The top level of the checkout that the package runs from; meaningless for an installed package."""
    return os.path.dirname(os.path.dirname(_PACKAGE))


def is_checkout() -> bool:
    """Whether the package runs from a checkout, not from where it was installed."""
    return not os.path.exists(os.path.join(_PACKAGE, "_data"))
