"""What a unit of the kind `pypi` holds."""

from __future__ import annotations

from vvbscan.model.node import Node
from vvbscan.record import NamedTuple
from vvbscan.views.packages.model import Dependency


class Index(NamedTuple):
    """Where packages come from. View `package_repository`."""

    kind: str
    """`index`, `extra-index`, `links` (a page or directory with archives), or `dependency` (one package)."""
    url: Node
    anchor: Node


class Project(NamedTuple):
    """Files of Python that are judged together."""

    path: str
    dependencies: tuple[Dependency, ...] = ()
    indexes: tuple[Index, ...] = ()
