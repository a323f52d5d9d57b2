"""The configuration files that a deployment mounts, which stand above those of the application itself."""

from __future__ import annotations

import posixpath
from typing import Final

from vvbscan.model.facts import MountedFile, WorkloadFact
from vvbscan.model.limits import Limits
from vvbscan.model.location import ForeignText
from vvbscan.model.node import Parsed
from vvbscan.parse.properties import parse_properties
from vvbscan.record import NamedTuple
from vvbscan.views.settings.environment import Environment
from vvbscan.views.settings.files import ConfigFile, config_file
from vvbscan.views.settings.names import SPRING, setting_name

_LOCATIONS: Final = (
    "spring.config.location",
    "spring.config.additional-location",
    "quarkus.config.locations",
    "smallrye.config.locations",
)
"""What a deployment may set to name further files, or directories of them."""
_YAML: Final = (".yaml", ".yml")


class Mounted(NamedTuple):
    """What a deployment mounts."""

    files: tuple[ConfigFile, ...] = ()
    doubt: str = ""
    """Why it is not known whether a file is read, or empty."""


def mounted_config(
    workload: WorkloadFact | None, environment: Environment, framework: str, limits: Limits
) -> Mounted:
    """The files that the application reads in its volumes.

    Both frameworks look into the directory `config` below the one that they are started in (Spring Boot
    reference, "External Application Properties"; Quarkus configuration reference, "Configuration Sources"),
    Spring Boot into that one too, of which a manifest does not tell which it is.
    """
    if workload is None or not workload.files:
        return Mounted()
    files: list[ConfigFile] = []
    doubt = ""
    named = _named(environment, framework)
    for file in workload.files:
        folder = posixpath.dirname(file.path)
        if posixpath.basename(folder) == "config" or not named.isdisjoint((folder, file.path)):
            parsed = _parsed(file, limits)
            files.append(config_file(file.path, parsed)._replace(outside=True, in_config=True))
            if file.unknown or any(problem.level == "error" for problem in parsed.problems):
                why = file.unknown or "it cannot be parsed"
                doubt = doubt or f"of `{file.path}`, which is mounted, not all is known: {why}"
        elif framework == SPRING:
            doubt = doubt or f"a ConfigMap brings `{file.path}`, which it may read"
    return Mounted(tuple(files), doubt)


def _named(environment: Environment, framework: str) -> set[str]:
    """The absolute paths that a deployment names: `optional:file:/etc/app/` as `/etc/app`."""
    settings = (environment.setting(setting_name(framework, name).identity, name) for name in _LOCATIONS)
    texts = (node.text() or "" for node in settings if node is not None)
    places = (
        place.strip().rpartition(":")[2] for text in texts for place in text.replace(";", ",").split(",")
    )
    return {posixpath.normpath(f"/{place.lstrip('/')}") for place in places if place.startswith("/")}


def _parsed(file: MountedFile, limits: Limits) -> Parsed:
    source = ForeignText(file.path, file.location, file.text, file.lines)
    if not file.path.endswith(_YAML):
        return parse_properties(source, limits)
    from vvbscan.parse.yaml import parse_yaml  # most have properties only

    return parse_yaml(source, limits, schema="1.1")
