"""Checks of the volumes of pods and compose services."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.node import MapValue, Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.lookup import reach, shown, text_at
from vvbscan.views.kubernetes.workloads import Workload

_VOLUMES: Final = "volumes"
_COMPOSE: Final = "compose_service"


def sensitive_host_path(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Every volume that gives control of the machine: a path that `sensitive` lists, or one below it.

    A path of the list that ends in `/` stands for that directory alone.
    """
    for path, volume in _host_paths(subject):
        if isinstance(path.value, Unknown):
            yield undecided(path.value, path, _VOLUMES)
        elif _is_sensitive(path, params):
            machine = "host" if subject.view == _COMPOSE else "node"
            effect = "gives control of it"
            if _only_reads(path, volume):
                effect = f"lets it read what the {machine} keeps from containers"
            message = f"{_owner(subject)} mounts {shown(path)} of its {machine}, which {effect}"
            yield failed(subject, message, path, _VOLUMES)
    yield from _rest(subject)


def other_host_path(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Every volume of a pod that is a path of the node, but those of `sensitive_host_path`."""
    for path, _ in _host_paths(subject):
        if not _is_sensitive(path, params):
            what = "a path" if isinstance(path.value, Unknown) else shown(path)
            message = f"{_owner(subject)} mounts {what} of the node that it happens to run on"
            yield failed(subject, message, path, _VOLUMES)
    yield from _rest(subject)


def _owner(subject: Subject) -> str:
    workload = subject.record
    if isinstance(workload, Workload):
        return f"{workload.object.kind} {workload.object.name or '?'}"
    return f"service {shown(subject.root.get('name'))}"


def _only_reads(path: Node, volume: Node) -> bool:
    """Whether a volume of a compose service can only be read; to a socket, reading is enough to speak."""
    read_only = volume.get("read_only")
    return read_only is not None and read_only.value is True and not shown(path).endswith(".sock")


def _host_paths(subject: Subject) -> Iterator[tuple[Node, Node]]:
    """The paths of the machine that volumes are, each with its volume."""
    listed = _volumes(subject)
    for volume in () if listed is None else listed.items():
        if isinstance(volume.value, Unknown):
            continue
        if subject.view == _COMPOSE:
            path = reach(volume, "source") if text_at(volume, "type") == "bind" else None
        else:
            source = volume.get("hostPath")
            known = source is not None and isinstance(source.value, MapValue)
            path = reach(source, "path") if known else None
        if path is not None:
            yield path, volume


def _volumes(subject: Subject) -> Node | None:
    return reach(subject.root, *(("service",) if subject.view == _COMPOSE else ("pod",)), "volumes")


def _is_sensitive(path: Node, params: Mapping[str, ParamValue]) -> bool:
    value, listed = path.value, params["sensitive"]
    assert isinstance(listed, list)
    if not isinstance(value, str):
        return False
    normal = f"/{posixpath.normpath(value).lstrip('/')}"  # two slashes are kept, and mean one
    for entry in map(str, listed):
        root = entry.rstrip("/") or "/"
        if normal == root or (not entry.endswith("/") and normal.startswith(f"{root}/")):
            return True
    return False


def _rest(subject: Subject) -> Iterator[Unsure]:
    """Why there may be volumes that are not known."""
    listed = _volumes(subject)
    if listed is None:
        return
    for volume in listed.items():
        for node in (volume, volume.get("hostPath")):
            if node is not None and isinstance(node.value, Unknown):
                yield undecided(node.value, node, _VOLUMES)
    value = listed.value.rest if isinstance(listed.value, SeqValue) else listed.value
    if isinstance(value, Unknown):
        yield undecided(value, listed, _VOLUMES)
