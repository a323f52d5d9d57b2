"""Views of compose projects: services, images, variables and published ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.compose.project import ComposeProject
from vvbscan.views.compose.service import ComposeService, command_words
from vvbscan.views.images import image_subject_fields
from vvbscan.views.jvm import jvm_of
from vvbscan.views.records import PublishedPort, Variable, computed, fields

_ALL_ADDRESSES: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound
_VARIABLES: Final = (("env", ("environment",), "env"), ("build.args", ("build", "args"), "arg"))


def compose_services(project: ComposeProject) -> Iterator[Subject]:
    """View `compose_service`: every service that is judged. Record: `ComposeService`.

    Fields: `service` (all attributes in one spelling, with `environment` as the container gets it and with
    `limits` and `reservations`: `memory` in bytes, `cpus`, `pids`), and of it `name`, `image`, `build`,
    `restart` (the policy that holds, whichever way it is spelled), `healthcheck` (absent if it is turned
    off), `limits`, `reservations`, `jvm` (see `jvm_of`; absent if nothing shows that one runs).
    """
    for service in project.services:
        node = service.node
        members: dict[str, Node | None] = {
            "service": node,
            "name": service.key._replace(value=service.name),
            "image": service.image,
            "build": service.build,
            "restart": service.restart,
            "healthcheck": service.healthcheck,
            "limits": node.get("limits"),
            "reservations": node.get("reservations"),
            "jvm": _jvm(service),
        }
        yield Subject(
            "compose_service",
            service.address,
            _root(service, members),
            service.key,
            project.environment,
            service,
            service.via,
        )


def image_references(project: ComposeProject) -> Iterator[Subject]:
    """View `image_reference`: the images of services from elsewhere. Record: `ImageReference`.

    A service with `build` has no subject: its `image` is the name of what it builds, nothing that is pulled.
    """
    for service in project.services:
        reference = service.reference
        if reference is not None:
            root = image_subject_fields(reference)
            yield Subject(
                "image_reference",
                service.address,
                root,
                reference.image,
                project.environment,
                reference,
                service.via,
            )


def environment_variables(project: ComposeProject) -> Iterator[Subject]:
    """View `environment_variable`: variables, build arguments and labels of services. Record: `Variable`.

    The roles are `env`, also for what an `env_file` of the tree sets, `arg` and `label`. A bare name, which
    passes a variable on from where Compose runs, has the value that the project's `.env` gives it, else none.
    """
    for service in project.services:
        for place, path, role in (*_VARIABLES, ("labels", ("labels",), "label")):
            holder = service.node.at(*path)
            for name, key, value in () if holder is None else holder.members():
                named = key._replace(value=name)
                passed_on = role == "env" and name in service.passed_on and isinstance(value.value, Unknown)
                bare = value.value is None or passed_on
                variable = Variable(named, None if bare else value, role)
                members = {"name": named, "value": variable.value, "role": computed(role, key)}
                yield Subject(
                    "environment_variable",
                    f"{service.address}.{place}[{name}]",
                    fields(named, members),
                    named,
                    project.environment,
                    variable,
                    service.via,
                )


def published_ports(project: ComposeProject) -> Iterator[Subject]:
    """View `published_port`: the ports of the host that services are bound to. Record: `PublishedPort`.

    Fields as `PublishedPort` names them, `exposure` is always `host`, `opened_by` the entry; and
    `main` (it leads to the only port of an image from elsewhere that nothing shows to run a JVM, which is
    then the port that the image is there for).
    """
    for service in project.services:
        ports = service.node.get("ports")
        main = _has_main_port(service)
        for index, port in enumerate(ports.items() if ports is not None else ()):
            record = _published(port)
            anchor = record.port or port
            members = {
                "port": record.port,
                "target": record.target,
                "protocol": record.protocol,
                "address": record.address,
                "exposure": computed(record.exposure, anchor),
                "opened_by": record.opened_by,
                "main": computed(main, anchor),
            }
            yield Subject(
                "published_port",
                f"{service.address}.ports[{index}]",
                fields(anchor, members),
                anchor,
                project.environment,
                record,
                service.via,
            )


def _has_main_port(service: ComposeService) -> bool:
    ports = service.node.get("ports")
    targets = {
        str(port.value) for item in (() if ports is None else ports.items()) if (port := item.get("target"))
    }
    return len(targets) == 1 and service.build is None and _jvm(service) is None


def _published(port: Node) -> PublishedPort:
    value = port.value
    if isinstance(value, Unknown):
        return PublishedPort(port, port, port, port, "host", None, port)
    published, protocol, address = port.get("published"), port.get("protocol"), port.get("host_ip")
    if address is not None and address.value in _ALL_ADDRESSES:
        address = None
    if protocol is None:
        protocol = computed("tcp", port)
    if published is not None and published.value in ("", 0):
        published = None
    return PublishedPort(published, port.get("target"), protocol, address, "host", None, port)


def _jvm(service: ComposeService) -> Node | None:
    """The JVM that a service runs."""
    command = [word for name in ("entrypoint", "command") for word in command_words(service, name)]
    environment = service.node.get("environment")
    value = None if environment is None else environment.value
    if isinstance(value, MapValue):
        return jvm_of(service.image, command, value.keys, value.entries, value.rest)
    return jvm_of(service.image, command, {}, {}, value if isinstance(value, Unknown) else None)


def _root(service: ComposeService, members: dict[str, Node | None]) -> Node:
    """The root of a service: open if the service is, and telling what took a field away."""
    value = service.node.value
    assert isinstance(value, MapValue), "services are finished as mappings"
    key = service.key
    entries = {name: node for name, node in members.items() if node is not None}
    keys = {name: value.keys.get(name, key) for name in entries}
    if "jvm" in entries:
        keys["jvm"] = entries["jvm"]
    removed = {name: node for name, node in (value.removed or {}).items() if name in members}
    if service.healthcheck_off is not None:
        removed["healthcheck"] = service.healthcheck_off
    return Node(
        MapValue(entries, keys, value.rest, removed or None),
        key.source,
        key.start,
        key.end,
        COMPUTED,
        key.via,
    )
