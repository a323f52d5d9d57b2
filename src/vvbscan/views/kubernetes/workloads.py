"""Workloads: the objects that run pods, with the pod they describe."""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import Node
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import reach, text_at
from vvbscan.views.kubernetes.objects import KubernetesObject

_TEMPLATE: Final = ("spec", "template")
_POD_OWNERS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    # kind: its API groups, and the way to the pod template (the object itself for a Pod)
    "Pod": (("",), ()),
    "PodTemplate": (("",), ("template",)),
    "ReplicationController": (("",), _TEMPLATE),
    "Deployment": (("apps", "extensions"), _TEMPLATE),
    "ReplicaSet": (("apps", "extensions"), _TEMPLATE),
    "DaemonSet": (("apps", "extensions"), _TEMPLATE),
    "StatefulSet": (("apps",), _TEMPLATE),
    "Job": (("batch",), _TEMPLATE),
    "CronJob": (("batch",), ("spec", "jobTemplate", "spec", "template")),
    # custom resources whose template is a pod template
    "Rollout": (("argoproj.io",), _TEMPLATE),
    "Service": (("serving.knative.dev",), _TEMPLATE),
    "DeploymentConfig": (("apps.openshift.io", ""), _TEMPLATE),
}
_ONE_SHOT: Final = frozenset({"Job", "CronJob"})
_REPLICATED: Final = frozenset(
    {"Deployment", "ReplicaSet", "StatefulSet", "ReplicationController", "Rollout", "DeploymentConfig"}
)
_NODE_TERMS: Final = (
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
)
_OS_LABELS: Final = ("kubernetes.io/os", "beta.kubernetes.io/os")


class Workload(NamedTuple):
    """An object that runs pods."""

    object: KubernetesObject
    template: Node | None
    """The pod template (`metadata` and `spec`), for a Pod the object itself; None if absent."""
    pod: Node | None
    """The pod spec; None if absent."""
    long_running: bool
    """Whether its pods are meant to run on: not a Job, a CronJob, or a bare pod that is not restarted."""

    @property
    def labels(self) -> Node | None:
        """The labels of its pods."""
        return reach(self.template, "metadata", "labels")

    @property
    def replicas(self) -> Node | None:
        """How many pods are wanted, if that is written."""
        return reach(self.object.root, "spec", "replicas") if self.is_replicated else None

    @property
    def is_replicated(self) -> bool:
        """Whether the object has a number of replicas, one if it is not written."""
        return self.object.kind in _REPLICATED

    @property
    def operating_system(self) -> Node | None:
        """What names the operating system of its nodes: `spec.os.name`, else a node selector or affinity."""
        named = reach(self.pod, "os", "name")
        if named is not None:
            return named
        selector = reach(self.pod, "nodeSelector")
        candidates = (reach(selector, label) for label in _OS_LABELS)
        found = next((node for node in candidates if node is not None and node.text() is not None), None)
        return found or _system_of_affinity(self.pod)


def _system_of_affinity(pod: Node | None) -> Node | None:
    """The operating system that all terms of a required node affinity ask for, None if they ask for none."""
    terms = reach(pod, *_NODE_TERMS)
    named: list[Node] = []
    for term in () if terms is None else terms.items():
        expressions = reach(term, "matchExpressions")
        found = next(filter(None, map(_system_of, () if expressions is None else expressions.items())), None)
        if found is None:
            return None
        named.append(found)
    return named[0] if len({node.value for node in named}) == 1 else None


def _system_of(expression: Node) -> Node | None:
    """The one operating system that an expression on the labels of nodes asks for."""
    values = reach(expression, "values")
    items = () if values is None else values.items()
    if (
        text_at(expression, "key") in _OS_LABELS
        and text_at(expression, "operator") == "In"
        and len(items) == 1
    ):
        return items[0]
    return None


def workload_of(item: KubernetesObject) -> Workload | None:
    """The object as a workload, None if it is none."""
    known = _POD_OWNERS.get(item.kind)
    if known is None or not _is_owner(item, known[0]):
        return None
    template = reach(item.root, *known[1])
    if item.kind == "Rollout" and template is None and reach(item.root, "spec", "workloadRef") is not None:
        return None  # the pods are described by the Deployment that it refers to
    pod = reach(template, "spec")
    restarted = item.kind != "Pod" or text_at(pod, "restartPolicy") in {"", "Always"}
    return Workload(item, template, pod, restarted and item.kind not in _ONE_SHOT)


def _is_owner(item: KubernetesObject, groups: tuple[str, ...]) -> bool:
    if item.kind == "Service":  # the core kind of this name runs nothing
        return item.group in groups
    return item.is_kind(item.kind, *groups)
