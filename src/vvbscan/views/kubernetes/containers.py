"""Containers of workloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import MapValue, Node, SeqValue
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import first_key, reach, shown, text_at
from vvbscan.views.kubernetes.workloads import Workload

_LISTS: Final = (("initContainers", "init"), ("containers", "app"), ("ephemeralContainers", "ephemeral"))


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

    def key(self, name: str) -> Node:
        """The key node of a member, what stands for the container if it has no such member."""
        return self.node.key(name) or self.anchor

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
