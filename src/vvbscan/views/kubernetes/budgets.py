"""Disruption budgets and how many of their pods may be evicted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.kubernetes.lookup import reach
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.objects import KubernetesObject, same_namespace
from vvbscan.views.kubernetes.subjects import subject
from vvbscan.views.kubernetes.workloads import Workload
from vvbscan.views.records import computed

_PERCENT: Final = lazy_pattern(r"([0-9]{1,3})%")
_MOST_CANDIDATES: Final = 100
"""Workloads that are compared with one budget; past that nothing is claimed."""

_WorkloadsByLabel = dict[tuple[str, object], list[Workload]]


def disruption_budgets(model: KubernetesModel) -> Iterator[Subject]:
    """View `disruption_budget`: every PodDisruptionBudget. Record: `KubernetesObject`.

    Fields: `object`, `name`, `min_available`, `max_unavailable`, `replicas` (how many pods it covers if one
    workload of the unit has its labels: what an autoscaler keeps at least, else what is wanted; absent if
    no workload or several have them) and `evictable` (how many of these pods may be evicted at once while all
    are healthy; absent if that depends on the number of pods and that is not known).
    """
    workloads: _WorkloadsByLabel | None = None
    for item in model.objects:
        if not item.is_kind("PodDisruptionBudget", "policy"):
            continue
        workloads = _by_label(model) if workloads is None else workloads
        spec = reach(item.root, "spec")
        least, most = reach(spec, "minAvailable"), reach(spec, "maxUnavailable")
        replicas = _replicas(model, item, workloads)
        members = {
            "object": item.root,
            "name": reach(item.root, "metadata", "name"),
            "min_available": least,
            "max_unavailable": most,
            "replicas": replicas,
            "evictable": _evictable(least, most, replicas),
        }
        yield subject("disruption_budget", item, item.address, item.anchor, members, item)


def _evictable(least: Node | None, most: Node | None, replicas: Node | None) -> Node | None:
    """How many pods the disruption controller lets go: the wanted number less the healthy that must stay.

    Percentages are rounded up in both fields (kubernetes/kubernetes v1.34, `getExpectedPodCount` in
    pkg/controller/disruption), which refuses an object that has both.
    """
    bound = least if least is not None else most
    if bound is None or isinstance(bound.value, Unknown):
        return bound
    if bound.value == "100%" if least is not None else bound.value in {0, "0", "0%"}:
        return computed(0, bound)
    if replicas is None or isinstance(replicas.value, Unknown):
        return replicas
    count = replicas.value
    share = _share(bound, count) if type(count) is int else None
    if share is None or type(count) is not int:
        return None
    return computed(max(0, count - share) if least is not None else min(count, share), bound)


def _share(bound: Node, count: int) -> int | None:
    value = bound.value
    if type(value) is int:
        return value
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else -(-int(match[1]) * count // 100)


def _by_label(model: KubernetesModel) -> _WorkloadsByLabel:
    """The workloads by each known label of their pods."""
    found: _WorkloadsByLabel = {}
    for workload in model.workloads:
        labels = workload.labels
        for name, _, value in () if labels is None else labels.members():
            if isinstance(value.value, str):
                found.setdefault((name, value.value), []).append(workload)
    return found


def _replicas(model: KubernetesModel, budget: KubernetesObject, workloads: _WorkloadsByLabel) -> Node | None:
    """The number of pods that the only workload with the labels of a budget has at least."""
    selector = reach(budget.root, "spec", "selector")
    labels = reach(selector, "matchLabels")
    first = None if labels is None else next(labels.members(), None)
    if labels is None or first is None or reach(selector, "matchExpressions") is not None:
        return None
    name, _, value = first
    candidates = workloads.get((name, value.value), []) if isinstance(value.value, str) else []
    chosen = [workload for workload in candidates[:_MOST_CANDIDATES] if _covers(budget, labels, workload)]
    if len(chosen) != 1 or len(candidates) > _MOST_CANDIDATES:
        return None
    return model.least_replicas(chosen[0])


def _covers(budget: KubernetesObject, labels: Node, workload: Workload) -> bool:
    item = workload.object
    if item.environment != budget.environment or not same_namespace(item.namespace, budget.namespace):
        return False
    found = ((reach(workload.labels, name), wanted) for name, _, wanted in labels.members())
    return all(label is not None and label.value == wanted.value for label, wanted in found)
