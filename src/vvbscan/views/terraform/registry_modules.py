"""Calls of the well-known modules of the Terraform registry: which module it is, and of which release."""

from __future__ import annotations

from typing import Final, TypeVar

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.terraform.model import Configuration, ModuleCall

_REGISTRY: Final = lazy_pattern(
    r"(?:tfr://[\w.-]*/|registry\.(?:terraform\.io|opentofu\.org)/)?terraform-aws-modules/([\w-]+)/aws"
    r"(?://([\w./-]+?))?(?:\?version=([\w.]+))?"
)
_GIT: Final = lazy_pattern(
    r"(?:git::)?(?:(?:https|ssh|git)://)?(?:git@)?github\.com[/:]terraform-aws-modules/terraform-aws-([\w-]+?)"
    r"(?:\.git)?(?://([\w./-]+?))?(?:\?(?:[\w=&]*&)?ref=v?([\w.]+)[\w=&.]*)?"
)
_Value = TypeVar("_Value", bool, int, str)
_BOUND: Final = lazy_pattern(r"(=|~>|>=|>)?\s*v?([0-9]+)(?:\.[0-9]+)*")


class WellKnown(NamedTuple):
    """A call of a module of terraform-aws-modules."""

    call: ModuleCall
    name: str
    """`rds` of `terraform-aws-modules/rds/aws`."""
    part: str
    """`modules/db_instance` of `terraform-aws-modules/rds/aws//modules/db_instance`, mostly empty."""
    major: int | None
    """The lowest major release that its version admits; None if none is known."""

    def default(self, value: _Value, since: int) -> _Value | Unknown:
        """A default of the module's own that holds from the major release `since` on."""
        if self.major is not None and self.major >= since:
            return value
        return Unknown(
            "default",
            f"the default depends on the release of {self.call.source} that is used",
        )


def well_known(configuration: Configuration, name: str) -> tuple[WellKnown, ...]:
    """The calls of `terraform-aws-modules/<name>/aws`, however their source is spelt."""
    found = (_recognised(call) for call in configuration.calls if name in call.source)
    return tuple(module for module in found if module is not None and module.name == name)


def _recognised(call: ModuleCall) -> WellKnown | None:
    source = call.source.strip()
    match = _REGISTRY.fullmatch(source) or _GIT.fullmatch(source)
    if match is None:
        return None
    version = match[3]
    if version is None and call.version is not None and isinstance(call.version.value, str):
        version = call.version.value
    return WellKnown(
        call, match[1], (match[2] or "").rstrip("/"), None if version is None else _lowest(version)
    )


def _lowest(version: str) -> int | None:
    """The lowest major release that a constraint admits: 5 of `>= 5.2, < 7.0`."""
    bounds = [match for part in version.split(",") if (match := _BOUND.fullmatch(part.strip())) is not None]
    return max((int(match[2]) for match in bounds), default=None)
