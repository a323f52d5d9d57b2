"""View `probe_target`: HTTP probes against the application that answers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.facts import ApplicationFact, Located, Probe, WorkloadFact
from vvbscan.model.location import ForeignSource
from vvbscan.model.node import Node, Origin, Scalar, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.health import Health, health_of
from vvbscan.views.located import foreign_node, foreign_origin
from vvbscan.views.records import computed, fields
from vvbscan.views.system.joins import AMBIGUOUS
from vvbscan.views.system.picture import Picture, Running

_OFF: Final = "this setting turns its health endpoints off"
_HEALTH_LIKE: Final = {
    "quarkus": lazy_pattern(
        r"(?:/[^/]+)*/health/(?:live|ready|started|liveness|readiness)|(?:(?:/[^/]+)*/q)?/health|/actuator(?:/.*)?"
    ),
    "spring": lazy_pattern(r"(?:/[^/]+)*/actuator(?:/health(?:/(?:liveness|readiness))?)?|/q/health(?:/.*)?"),
}
"""Paths that are health endpoints of one of the frameworks by their form. Any other path the application may
serve by itself, such as `/orders/health`."""
_GROUPS: Final = {"quarkus": lazy_pattern(r"/(?:well|group/[^/]+)"), "spring": lazy_pattern(r"/[^/]+")}
"""What may follow the path of the overall health: groups that configuration or code defines."""


def probe_targets(picture: Picture) -> Iterator[Subject]:
    """View `probe_target`: every HTTP probe of a container that runs an application of the tree.

    Fields: `path`, `kind` (`liveness`, `readiness` or `startup`), `framework`, `application` (its name, or
    the directory of its module), `served` (whether the application answers at that path; unknown where it
    may do so by itself), `expected` (the application's own path for that kind), `port` (as the probe
    gives it), `port_served` (whether it answers at that path on that port; absent unless it has the path),
    `expected_port`, `certainty` of the join.
    """
    for running in picture.running:
        if running.application is None and running.join.kind != AMBIGUOUS:
            continue
        for probe in running.workload.probes:
            yield _subject(running, probe)


def _subject(running: Running, probe: Probe) -> Subject:
    workload, application = running.workload, running.application
    if application is None:
        path = foreign_node(probe.path)
        reason = f"several applications may be what {workload.container} runs: {', '.join(_shown(running))}"
        members: dict[str, Node | None] = {
            "path": path,
            "kind": computed(probe.kind, path),
            "served": path.replace_value(Unknown("ambiguous", reason)),
        }
    else:
        health = health_of(application)
        name = application.name or application.directory or "the application"
        words = f"{name} ({application.framework or 'framework not known'}) answers this probe"
        used = [setting for endpoint in health.endpoints[:1] for setting in endpoint.settings]
        step = foreign_origin(words, application.location)
        off = [] if health.disabled is None else [foreign_origin(_OFF, health.disabled.location)]
        path = foreign_node(probe.path, step, *off, *_parts(used, "this setting has part in the path", str))
        port = foreign_node(probe.port, step, *_parts(used, "this setting has part in the port", int, bool))
        expected = _expected(probe, health)
        at_port, expected_port = _port_served(probe, workload, health)
        members = {
            "path": path,
            "kind": computed(probe.kind, path),
            "framework": computed(application.framework, path),
            "application": computed(name, path),
            "served": path.replace_value(_served(probe, application, health)),
            "expected": None if expected is None else computed(expected, path),
            "port": port,
            "port_served": None if at_port is None else port.replace_value(at_port),
            "expected_port": None if expected_port is None else computed(expected_port, port),
            "certainty": computed(running.join.kind, path),
        }
    anchor = Node(workload.container, ForeignSource(workload.location, workload.container), 0, 0)
    address = f"{workload.address}:{probe.kind}Probe"
    return Subject("probe_target", address, fields(path, members), anchor, workload.environment, running)


def _parts(settings: Iterable[Located], label: str, *kinds: type) -> list[Origin]:
    """The settings with values of some kinds as steps of a way."""
    return [foreign_origin(label, one.location) for one in settings if type(one.value) in kinds]


def _served(probe: Probe, application: ApplicationFact, health: Health) -> Scalar | Unknown:
    if probe.path.unknown:
        return Unknown("variable", probe.path.unknown)
    path = _asked_path(probe)
    framework = application.framework
    if framework not in _HEALTH_LIKE:
        return Unknown("default", "the framework of the application is not known")
    if any(path == endpoint.path.rstrip("/") for endpoint in health.endpoints):
        if application.without:
            reason = f"its build files do not name {application.without}, without which nothing answers there"
            return Unknown("default", reason)
        return Unknown("variable", health.doubt) if health.doubt else True
    if path in health.without and not health.unknown:
        return False
    overall = next((endpoint.path for endpoint in health.endpoints if endpoint.kind == "overall"), "")
    if overall and path.startswith(overall) and _GROUPS[framework].fullmatch(path[len(overall) :]):
        return Unknown("open", f"{path} is a group of health checks that the application may define")
    if health.unknown:
        return Unknown("variable", health.unknown)
    if _HEALTH_LIKE[framework].fullmatch(path):
        return False
    return Unknown(
        "open", f"{path} is not a health endpoint of the framework; the application may serve it itself"
    )


def _expected(probe: Probe, health: Health) -> str | None:
    """The path for a kind of probe; where it has none of its own, that for liveness, else the overall one."""
    if health.disabled is not None:
        return "no health path"
    paths = {one.kind: one.path for one in reversed(health.endpoints)}
    kinds = (probe.kind, *(("liveness",) if probe.kind == "startup" else ()), "overall")
    return next((paths[kind] for kind in kinds if kind in paths), None)


def _asked_path(probe: Probe) -> str:
    """The path without what follows it; a missing first slash is added, as it is in the request."""
    path = str(probe.path.value or "/").partition("?")[0].strip("/")
    return f"/{path}"


def _port_served(
    probe: Probe, workload: WorkloadFact, health: Health
) -> tuple[Scalar | Unknown | None, int | None]:
    """Whether the application answers at the path of a probe on its port too, and the port where it does.

    Nothing is said where no endpoint has the path, or the probe names no port.
    """
    path = _asked_path(probe)
    endpoints = [one for one in health.endpoints if path == (one.path.rstrip("/") or "/")]
    asked = _number(probe.port, workload)
    if not endpoints or asked is None:
        return None, None
    expected = endpoints[0].port
    if isinstance(asked, Unknown):
        return asked, expected
    if any(asked in (one.port, one.tls_port) for one in endpoints):
        return True, expected
    if health.port_doubt or health.doubt or expected is None:
        return Unknown("variable", health.port_doubt or health.doubt), expected
    return False, expected


def _number(port: Located, workload: WorkloadFact) -> int | Unknown | None:
    """The number of the port that a probe asks at, which may be named; None if it gives none."""
    if port.unknown:
        return Unknown("variable", port.unknown)
    if isinstance(port.value, int):
        return port.value
    if not isinstance(port.value, str):
        return None
    named = [number for name, number in workload.ports if name == port.value]
    if named:
        return named[0]
    if port.value.isdecimal():
        return int(port.value)
    return Unknown("variable", f"the container lists no port {port.value} whose number is known")


def _shown(running: Running) -> list[str]:
    return [key.partition(":")[2] for key in running.join.keys]
