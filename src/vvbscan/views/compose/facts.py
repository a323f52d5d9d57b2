"""Facts of services, which the system view joins with images and applications."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import EnvironmentVariable, WorkloadFact, directory_of_build
from vvbscan.model.location import locate_node
from vvbscan.model.node import MapValue
from vvbscan.model.unit import Unit
from vvbscan.views.compose.project import ComposeProject
from vvbscan.views.compose.service import ComposeService, command_words
from vvbscan.views.located import located
from vvbscan.views.start_options import start_of

_PORT: Final = lazy_pattern(r"([0-9]{1,5})(?:/[a-z]+)?")


def workload_facts(unit: Unit, project: ComposeProject) -> Iterator[WorkloadFact]:
    """A fact for each service that is judged: its container, as Compose starts it."""
    for service in project.services:
        environment = service.node.get("environment")
        value = environment.value if environment is not None else None
        holder = value if isinstance(value, MapValue) else service.node.value
        rest = holder.rest if isinstance(holder, MapValue) else None
        variables = () if environment is None else environment.members()
        entry, command = (command_words(service, name) for name in ("entrypoint", "command"))
        yield WorkloadFact(
            unit=unit.id,
            environment=project.environment,
            judged=unit.judged,
            address=service.address,
            workload=service.name,
            container=service.name,
            image=located(service.image, service.key),
            ports=_ports(service),
            probes=(),
            variables=tuple(EnvironmentVariable(name, located(node, node)) for name, _, node in variables),
            open_variables="" if rest is None else rest.reason,
            location=locate_node(service.key),
            build_directory=_build_directory(service),
            options=start_of([*entry, *command]).options,
            # With an entry point of its own, a service has no CMD of its image (compose-spec, `entrypoint`).
            replaces="command" if entry else "arguments" if command else "",
        )


def _build_directory(service: ComposeService) -> str | None:
    """The directory that an image is built from: that of its Dockerfile, which the context may lie above.

    Where the Dockerfile lies beside the context, it is the context.
    """
    if not service.dockerfile:
        return None
    folder = posixpath.dirname(service.dockerfile)
    directory = service.build.get("directory") if service.build is not None else None
    context = directory.text() if directory is not None else None
    if context not in {None, "", "."} and not f"{folder}/".startswith(f"{context}/"):
        return context
    return directory_of_build(folder)


def _ports(service: ComposeService) -> tuple[tuple[str, int], ...]:
    """The ports of the container, as far as each is one number."""
    numbers: dict[int, None] = {}
    ports, exposed = service.node.get("ports"), service.node.get("expose")
    for port in ports.items() if ports is not None else ():
        target = port.get("target")
        if target is not None and type(target.value) is int:
            numbers[target.value] = None
    for item in exposed.items() if exposed is not None else ():
        match = _PORT.fullmatch(item.value) if isinstance(item.value, str) else None
        if match is not None:
            numbers[int(match[1])] = None
    return tuple(("", number) for number in numbers)
