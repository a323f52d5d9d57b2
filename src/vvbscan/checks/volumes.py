"""Checks of the volumes of pods."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from vvbscan.checks.verdicts import failed, undecided
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.node import Node, SeqValue, Unknown
from vvbscan.model.rule import ParamValue
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.lookup import reach, shown

_VOLUMES = "pod.volumes"


def sensitive_host_path(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Every volume that gives a pod control of its node: a path that `sensitive` lists, or one below it.

    A path of the list that ends in `/` stands for that directory alone.
    """
    for name, path in _host_paths(subject):
        if isinstance(path.value, Unknown):
            yield undecided(path.value, path, _VOLUMES)
        elif _is_sensitive(path, params):
            message = f"volume {name} gives the pod {shown(path)} of its node"
            yield failed(subject, message, path, _VOLUMES)
    yield from _rest(subject)


def other_host_path(subject: Subject, params: Mapping[str, ParamValue]) -> Iterator[Fail | Unsure]:
    """Every volume that is a path of the node, but those of `sensitive_host_path`."""
    for name, path in _host_paths(subject):
        if not _is_sensitive(path, params):
            shows = "a path" if isinstance(path.value, Unknown) else shown(path)
            message = f"volume {name} is {shows} of the node that the pod happens to run on"
            yield failed(subject, message, path, _VOLUMES)
    yield from _rest(subject)


def _host_paths(subject: Subject) -> Iterator[tuple[str, Node]]:
    """The volumes that are paths of the node: name and path."""
    listed = reach(subject.root, "pod", "volumes")
    for volume in () if listed is None else listed.items():
        path = None if isinstance(volume.value, Unknown) else reach(volume, "hostPath", "path")
        if path is not None and volume.get("hostPath") is not None:
            yield shown(reach(volume, "name")) or "?", path


def _is_sensitive(path: Node, params: Mapping[str, ParamValue]) -> bool:
    value, listed = path.value, params["sensitive"]
    assert isinstance(listed, list)
    if not isinstance(value, str):
        return False
    normal = posixpath.normpath(value)
    for entry in map(str, listed):
        root = entry.rstrip("/") or "/"
        if normal == root or (not entry.endswith("/") and normal.startswith(f"{root}/")):
            return True
    return False


def _rest(subject: Subject) -> Iterator[Unsure]:
    """Why there may be volumes that are not known."""
    listed = reach(subject.root, "pod", "volumes")
    value = None if listed is None else listed.value
    if isinstance(value, SeqValue):
        value = value.rest
    if listed is not None and isinstance(value, Unknown):
        yield undecided(value, listed, _VOLUMES)
