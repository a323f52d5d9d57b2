"""Compose projects: files merged, variables interpolated, services read."""

from __future__ import annotations

from typing import Final

from vvbscan.model.facts import Fact
from vvbscan.model.unit import Loaded, Unit, UnitKind
from vvbscan.views.compose.project import load, project_of
from vvbscan.views.compose.subjects import (
    compose_services,
    environment_variables,
    image_references,
    published_ports,
)


def _facts(unit: Unit, loaded: Loaded) -> tuple[Fact, ...]:
    from vvbscan.views.compose.facts import workload_facts  # asked for only beside an application

    return tuple(workload_facts(unit, project_of(loaded)))


KIND: Final = UnitKind(
    "compose",
    load,
    {
        "compose_service": lambda loaded: compose_services(project_of(loaded)),
        "image_reference": lambda loaded: image_references(project_of(loaded)),
        "environment_variable": lambda loaded: environment_variables(project_of(loaded)),
        "published_port": lambda loaded: published_ports(project_of(loaded)),
    },
    _facts,
)
