"""Subjects: what rules judge. A view makes them from a format; trees and Python checks read them."""

from __future__ import annotations

from vvbscan.model.node import Node, Origin
from vvbscan.record import NamedTuple


class Subject(NamedTuple):
    """One thing that the rules of a view judge, in one environment."""

    view: str
    address: str
    """Stable logical name: `Deployment/shop/web:containers[app]`, `stage[build]`. Equal addresses in one
    unit and environment are the same subject, also across views (`yields_to` depends on it)."""
    root: Node
    """Mapping with the fields of the view: what the paths of an operator tree start from."""
    anchor: Node
    """What a finding points at if the subject itself lacks something: its name, its keyword, its key."""
    environment: str = ""
    record: object = None
    """The typed record of the view, which Python checks read."""
    via: tuple[Origin, ...] = ()
    """The way by which the subject as a whole came into its environment (the overlay that lists the base)."""


class Ref(NamedTuple):
    """A value that an evaluation looked at, or the lack of one."""

    path: str
    """Path below the subject: `spec.securityContext.privileged`."""
    node: Node
    """The value; if `absent`, the nearest place that exists: an ancestor's key, or what removed the value."""
    absent: bool = False
