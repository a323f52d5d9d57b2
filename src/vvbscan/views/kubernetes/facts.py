"""Facts of containers, which the system view joins with images and applications."""

from __future__ import annotations

from collections.abc import Iterator

from vvbscan.model.facts import EnvironmentVariable, Probe, WorkloadFact
from vvbscan.model.location import locate_node
from vvbscan.model.node import Node
from vvbscan.model.unit import Unit
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.mounted import MountedFiles
from vvbscan.views.kubernetes.probes import ContainerProbe, probes_of
from vvbscan.views.located import located
from vvbscan.views.records import computed
from vvbscan.views.start_options import start_of


def workload_facts(unit: Unit, model: KubernetesModel) -> Iterator[WorkloadFact]:
    """A fact for each container of each workload of the unit."""
    artifacts = model.artifacts
    mounted = MountedFiles(model.config_maps())
    for container in model.containers:
        item = container.workload.object
        variables = model.variables(container)
        command, arguments = (_words(container, name) for name in ("command", "args"))
        yield WorkloadFact(
            unit=unit.id,
            environment=item.environment,
            judged=unit.judged,
            address=container.address,
            workload=item.name,
            container=container.name,
            image=located(container.image, container.anchor),
            ports=_ports(container),
            probes=tuple(_probe(probe) for probe in probes_of(container) if _asks_container(probe)),
            variables=tuple(
                EnvironmentVariable(name, located(value, value)) for name, value in variables.values.items()
            ),
            open_variables="" if variables.rest is None else variables.rest.reason,
            location=locate_node(container.anchor),
            build_directory=None if artifacts is None else artifacts.directory(container.image),
            files=tuple(mounted.of(container)),
            options=start_of([*command, *arguments]).options,
            replaces="command" if command else "arguments" if arguments else "",
        )


def _words(container: Container, name: str) -> tuple[Node, ...]:
    listed = reach(container.node, name)
    return () if listed is None else listed.items()


def _ports(container: Container) -> tuple[tuple[str, int], ...]:
    listed = reach(container.node, "ports")
    found = []
    for port in () if listed is None else listed.items():
        number = reach(port, "containerPort")
        if number is not None and type(number.value) is int:
            found.append((shown(reach(port, "name")), number.value))
    return tuple(found)


def _asks_container(probe: ContainerProbe) -> bool:
    """Whether a probe asks its own container over HTTP, and not another host."""
    host = reach(probe.request, "host")
    return probe.handler == "http" and (host is None or host.value in {"", None, "localhost", "127.0.0.1"})


def _probe(probe: ContainerProbe) -> Probe:
    path = reach(probe.request, "path") or computed("/", probe.key)
    return Probe(probe.kind, located(path, probe.key), located(reach(probe.request, "port"), probe.key))
