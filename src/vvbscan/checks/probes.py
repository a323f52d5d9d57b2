"""Checks of probes that need more than one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Ref, Subject
from vvbscan.views.kubernetes.lookup import reach
from vvbscan.views.kubernetes.probes import ContainerProbe, failure_seconds, probes_of

_SAME: Final = {
    "http": ("path", "port", "scheme", "host"),
    "grpc": ("port", "service"),
    "tcp": ("port", "host"),
}
"""What makes two requests of a handler the same."""
_USUAL: Final = {
    "initial_delay_seconds": 0,
    "period_seconds": 10,
    "timeout_seconds": 1,
    "failure_threshold": 3,
}
"""The defaults of the API (Kubernetes API reference v1.34, Probe v1 core)."""
_PORT_NAME: Final = lazy_pattern(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
"""What can be the name of a port: not `${PORT}`, which something fills in before it is applied."""
_DEFAULTS: Final = {"path": "/", "scheme": "HTTP"}


def liveness_asks_for_readiness(
    subject: Subject, params: Mapping[str, ParamValue]
) -> Iterator[Fail | Unsure]:
    """A liveness probe on a path that answers for readiness, or that copies the readiness probe.

    `readiness_paths` lists ends of paths. A probe that asks the same as the readiness probe is sound if it
    gives up later: the pod is taken out of service first and restarted only then.
    """
    probe = subject.record
    assert isinstance(probe, ContainerProbe)
    path = reach(probe.request, "path") if probe.handler == "http" else None
    text = None if path is None else path.text()
    ends = params["readiness_paths"]
    assert isinstance(ends, list)
    if path is not None and text is not None and text.rstrip("/").endswith(tuple(map(str, ends))):
        message = f"{_named(probe)} asks {text}, which fails when a dependency is away"
        yield failed(subject, message, path, "path")
        return
    yield from _copies_readiness(subject, probe)


def gives_up_too_soon(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A liveness probe that gives up sooner than `min_liveness`, a startup probe sooner than `min_startup`.

    How long a container may take to start is the delay of its startup probe and the time that this fails.
    """
    probe = subject.record
    assert isinstance(probe, ContainerProbe)
    names = ["failure_threshold", "period_seconds"]
    if probe.kind == "startup":
        names.append("initial_delay_seconds")
    figures = _figures(subject, names)
    if isinstance(figures, Unsure):
        yield figures
        return
    seconds = figures["failure_threshold"] * figures["period_seconds"]
    if probe.kind == "startup":
        seconds += figures["initial_delay_seconds"]
    wanted = params[f"min_{probe.kind}"]
    assert isinstance(wanted, int)
    if seconds < wanted:
        what = "restarts it" if probe.kind == "liveness" else "gives up the start"
        cause = "failing" if probe.kind == "liveness" else "starting"
        message = f"{_named(probe)} {what} after {seconds} s of {cause}, sooner than {wanted} s"
        lowered = [name for name in names[:2] if figures[name] < _USUAL[name]]
        yield failed(subject, message, _figure(subject, lowered), "failure_seconds")


def gives_up_too_late(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A readiness probe that takes longer than `max_seconds` to take a pod out of service."""
    probe = subject.record
    assert isinstance(probe, ContainerProbe)
    names = ["failure_threshold", "period_seconds", "timeout_seconds"]
    figures = _figures(subject, names)
    if isinstance(figures, Unsure):
        yield figures
        return
    seconds = figures["failure_threshold"] * figures["period_seconds"] + figures["timeout_seconds"]
    allowed = params["max_seconds"]
    assert isinstance(allowed, int)
    if seconds > allowed:
        message = f"{_named(probe)} leaves a failing pod in service for {seconds} s, longer than {allowed} s"
        raised = [name for name in names if figures[name] > _USUAL[name]]
        yield failed(subject, message, _figure(subject, raised), "failure_seconds")


def port_not_declared(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """A probe names a port that its container does not declare, or puts a number in quotes."""
    del params
    probe = subject.record
    assert isinstance(probe, ContainerProbe)
    port = subject.root.get("port")
    if port is None:
        return
    if isinstance(port.value, Unknown):
        yield undecided(port.value, port, "port")
        return
    name = port.value
    if not isinstance(name, str) or _PORT_NAME.fullmatch(name) is None:
        return
    if name.isdigit():
        message = f"{_named(probe)} writes its port as a text, which the API server refuses"
        yield failed(subject, message, port, "port")
        return
    ports = reach(probe.container.node, "ports")
    names = [] if ports is None else [reach(one, "name") for one in ports.items()]
    if any(one is not None and one.value == name for one in names):
        return
    unknown = next((one for one in (ports, *names) if one is not None and _doubt(one) is not None), None)
    doubt = None if unknown is None else _doubt(unknown)
    if unknown is not None and doubt is not None:
        yield undecided(doubt, unknown, "port")
    else:
        message = f"{_named(probe)} asks at the port {name}, which the container does not declare"
        yield failed(subject, message, port, "port")


def _doubt(node: Node) -> Unknown | None:
    """Why a value may be more than is known of it."""
    value = node.value.rest if isinstance(node.value, SeqValue) else node.value
    return value if isinstance(value, Unknown) else None


def _figures(subject: Subject, names: list[str]) -> dict[str, int] | Unsure:
    """The figures of a probe; one that is no number is the schema's business and counts as usual."""
    figures = {}
    for name in names:
        node = subject.root.get(name)
        value = None if node is None else node.value
        if node is not None and isinstance(value, Unknown):
            return undecided(value, node, name)
        figures[name] = value if type(value) is int else _USUAL[name]
    return figures


def _figure(subject: Subject, names: list[str]) -> Node:
    """The first of some figures, the probe's key if there is none."""
    nodes = (subject.root.get(name) for name in names)
    return next((node for node in nodes if node is not None), subject.anchor)


def _named(probe: ContainerProbe) -> str:
    return f"the {probe.kind} probe of container {probe.container.name or '?'}"


def _copies_readiness(subject: Subject, probe: ContainerProbe) -> Iterator[Fail | Unsure]:
    readiness = next((one for one in probes_of(probe.container) if one.kind == "readiness"), None)
    if readiness is None or not probe.handler or probe.handler != readiness.handler:
        return
    same = _same_request(probe, readiness)
    mine, other = failure_seconds(probe), failure_seconds(readiness)
    if same is False or mine is None or other is None:
        return
    for value, node in ((same, probe.key), (mine.value, mine), (other.value, other)):
        if isinstance(value, Unknown):
            yield undecided(value, node, "spec")
            return
    if isinstance(mine.value, int) and isinstance(other.value, int) and mine.value <= other.value:
        message = (
            f"{_named(probe)} asks the same as the readiness probe and gives up after {mine.value} s, "
            f"not later than the {other.value} s after which that one does"
        )
        yield failed(subject, message, probe.key, "spec", Ref("the readiness probe", readiness.key))


def _same_request(first: ContainerProbe, second: ContainerProbe) -> bool | Unknown:
    """Whether two probes with the same handler ask the same."""
    if first.handler == "exec":
        return _same_words(reach(first.request, "command"), reach(second.request, "command"))
    doubt: Unknown | None = None
    for name in _SAME[first.handler]:
        values = [_value(reach(probe.request, name), name) for probe in (first, second)]
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is None and values[0] != values[1]:
            return False
        doubt = doubt or unknown
    return doubt or True


def _same_words(first: Node | None, second: Node | None) -> bool | Unknown:
    if first is None or second is None or not isinstance(first.value, SeqValue):
        return False
    words, others = first.items(), second.items()
    if len(words) != len(others):
        return False
    for node, other in zip(words, others, strict=True):
        for value in (node.value, other.value):
            if isinstance(value, Unknown):
                return value
        if node.value != other.value:
            return False
    return True


def _value(node: Node | None, name: str) -> object:
    if node is None:
        return _DEFAULTS.get(name, "")
    return "" if isinstance(node.value, (MapValue, SeqValue)) else node.value
