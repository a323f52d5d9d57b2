"""What holds for a container: its own settings, else those of its pod, else those of its namespace."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue
from vvbscan.views.kubernetes.containers import Container
from vvbscan.views.kubernetes.limit_ranges import LimitDefaults
from vvbscan.views.kubernetes.lookup import mapping, reach, removals

_OF_CONTAINER_OR_POD: Final = (
    ("run_as_user", ("runAsUser",)),
    ("run_as_group", ("runAsGroup",)),
    ("run_as_non_root", ("runAsNonRoot",)),
    ("seccomp_profile", ("seccompProfile", "type")),
)
_HOST_PROCESS: Final = ("windowsOptions", "hostProcess")
_OF_CONTAINER: Final = (
    ("read_only_root_filesystem", ("readOnlyRootFilesystem",)),
    ("privileged", ("privileged",)),
    ("allow_privilege_escalation", ("allowPrivilegeEscalation",)),
    ("capabilities_add", ("capabilities", "add")),
    ("capabilities_drop", ("capabilities", "drop")),
)


def effective_security(container: Container) -> Node:
    """The security settings that hold for a container: its own, else those of its pod.

    A mapping with the members `run_as_user`, `run_as_group`, `run_as_non_root`, `seccomp_profile` (its
    type), `read_only_root_filesystem`, `privileged`, `host_process` (of Windows),
    `allow_privilege_escalation`, `capabilities_add` and `capabilities_drop`; what is set nowhere is absent.
    """
    own = reach(container.node, "securityContext")
    of_pod = reach(container.workload.pod, "securityContext")
    members: dict[str, Node | None] = {}
    if own is None and of_pod is None:
        return mapping(container.key("securityContext"), members)
    for name, path in _OF_CONTAINER_OR_POD:
        # An object such as `seccompProfile` replaces that of the pod as a whole.
        has_own = reach(own, path[0]) is not None
        members[name] = reach(own if has_own else of_pod, *path)
    for name, path in _OF_CONTAINER:
        members[name] = reach(own, *path)
    for name, prefix in (("capabilities_add", "CAP_"), ("capabilities_drop", "")):
        members[name] = _capabilities(members[name], prefix)
    # Of `windowsOptions` each field overrides that of the pod (`DetermineEffectiveSecurityContext`).
    members["host_process"] = reach(own, *_HOST_PROCESS) or reach(of_pod, *_HOST_PROCESS)
    removed: dict[str, Node] = {}
    for holder, settings in ((own, (*_OF_CONTAINER_OR_POD, *_OF_CONTAINER)), (of_pod, _OF_CONTAINER_OR_POD)):
        gone = removals(holder)
        for name, path in settings if gone else ():
            if path[0] in gone:
                removed.setdefault(name, gone[path[0]])
    return mapping(container.key("securityContext"), members, removed=removed or None)


def _capabilities(listed: Node | None, prefix: str) -> Node | None:
    """Capabilities in capital letters: runtimes do not mind the case.

    CRI-O takes `CAP_SYS_ADMIN` for `SYS_ADMIN`, containerd refuses to start the container.
    """
    if listed is None or not isinstance(listed.value, SeqValue):
        return listed
    items = tuple(
        item._replace(value=item.value.upper().removeprefix(prefix)) if isinstance(item.value, str) else item
        for item in listed.value.items
    )
    return listed._replace(value=listed.value._replace(items=items))


def effective_resources(container: Container, given: LimitDefaults | None = None) -> Node:
    """The requests and limits that hold for a container: a mapping with `requests` and `limits`.

    Where a request is missing, the limit of the same resource is the request (kubernetes/kubernetes
    v1.34, `SetDefaults_Pod`). What is missing then is `given` by the LimitRanges of the namespace.
    """
    written = reach(container.node, "resources")
    limits = reach(written, "limits")
    requests = reach(written, "requests")
    place = container.key("resources")
    if limits is not None and isinstance(limits.value, MapValue):
        requests = _completed(requests, limits.value, limits)
    if given is not None:
        for_limits, for_requests = (MapValue(part, part) for part in given)
        limits = _completed(limits, for_limits, place)
        requests = _completed(requests, for_requests, place)
    keys_of = {name: written.key(name) for name in ("requests", "limits")} if written is not None else {}
    return mapping(place, {"requests": requests, "limits": limits}, keys_of)


def _completed(own: Node | None, other: MapValue, place: Node) -> Node | None:
    """A mapping with the members of another where it lacks them."""
    value = MapValue({}, {}) if own is None else own.value
    if not isinstance(value, MapValue) or value.entries.keys() >= other.entries.keys():
        return own
    entries = {**other.entries, **value.entries}
    keys = {**other.keys, **value.keys}
    merged = MapValue(entries, keys, value.rest or other.rest, value.removed)
    return (own or place).replace_value(merged)
