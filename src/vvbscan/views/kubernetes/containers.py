"""Containers of workloads, with what their pod decides for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vvbscan.model.node import MapValue, Node, SeqValue
from vvbscan.views.kubernetes.lookup import first_key, mapping, reach, removal, shown, text_at
from vvbscan.views.kubernetes.workloads import Workload

_LISTS: Final = (("initContainers", "init"), ("containers", "app"), ("ephemeralContainers", "ephemeral"))
_OF_CONTAINER_AND_POD: Final = (
    ("run_as_user", ("runAsUser",)),
    ("run_as_group", ("runAsGroup",)),
    ("run_as_non_root", ("runAsNonRoot",)),
    ("seccomp_profile", ("seccompProfile", "type")),
)
_OF_CONTAINER: Final = (
    ("read_only_root_filesystem", ("readOnlyRootFilesystem",)),
    ("privileged", ("privileged",)),
    ("allow_privilege_escalation", ("allowPrivilegeEscalation",)),
    ("capabilities_add", ("capabilities", "add")),
    ("capabilities_drop", ("capabilities", "drop")),
)


class Container(NamedTuple):
    """A container of a workload."""

    workload: Workload
    node: Node
    role: str
    """`app`, `init`, `sidecar` (an init container that is restarted always) or `ephemeral`."""
    name: str
    """What is unknown of it as `*`; empty if it has none."""
    address: str
    """`Deployment/shop/web:containers[app]`; by position where the name is missing, unknown or taken."""

    @property
    def anchor(self) -> Node:
        """What stands for the container in a finding: the value of its name, else its first key."""
        name = self.node.get("name")
        return name if name is not None else first_key(self.node)

    @property
    def image(self) -> Node | None:
        """The reference of its image, None if absent."""
        return reach(self.node, "image")

    @property
    def long_running(self) -> bool:
        """Whether it is meant to run as long as its pod, and its pod to run on."""
        return self.workload.long_running and self.role in {"app", "sidecar"}


def containers_of(workload: Workload) -> Iterator[Container]:
    """The containers of a workload: init containers, containers, ephemeral containers."""
    for key, role in _LISTS:
        listed = reach(workload.pod, key)
        if listed is None or not isinstance(listed.value, SeqValue):
            continue
        taken: set[str] = set()
        for index, node in enumerate(listed.value.items):
            if not isinstance(node.value, MapValue):
                continue
            name = shown(reach(node, "name"))
            by_name = bool(name) and "*" not in name and name not in taken
            taken.add(name)
            is_sidecar = role == "init" and text_at(node, "restartPolicy") == "Always"
            yield Container(
                workload,
                node,
                "sidecar" if is_sidecar else role,
                name,
                f"{workload.object.address}:{key}[{name if by_name else index}]",
            )


def effective_security(container: Container) -> Node:
    """The security settings that hold for a container: its own, else those of its pod.

    A mapping with the members `run_as_user`, `run_as_group`, `run_as_non_root`, `seccomp_profile` (its
    type), `read_only_root_filesystem`, `privileged`, `allow_privilege_escalation`, `capabilities_add` and
    `capabilities_drop`; what is set nowhere is absent.
    """
    own = reach(container.node, "securityContext")
    of_pod = reach(container.workload.pod, "securityContext")
    anchor = container.node.key("securityContext") or container.anchor
    members: dict[str, Node | None] = {}
    removed: dict[str, Node] = {}
    for name, path in _OF_CONTAINER_AND_POD:
        # An object such as `seccompProfile` replaces that of the pod as a whole.
        has_own = reach(own, path[0]) is not None
        members[name] = reach(own if has_own else of_pod, *path)
        _note_removal(removed, name, path[0], own, of_pod)
    for name, path in _OF_CONTAINER:
        members[name] = reach(own, *path)
        _note_removal(removed, name, path[0], own)
    return mapping(anchor, members, removed=removed or None)


def _note_removal(removed: dict[str, Node], name: str, key: str, *holders: Node | None) -> None:
    for holder in holders:
        place = removal(holder, key)
        if place is not None:
            removed.setdefault(name, place)
