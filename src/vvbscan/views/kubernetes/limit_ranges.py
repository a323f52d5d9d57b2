"""What a LimitRange of the namespace gives to containers that set no requests or limits of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vvbscan.model.node import Node, Origin
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import reach, text_at
from vvbscan.views.kubernetes.objects import KubernetesObject, same_namespace


class LimitDefaults(NamedTuple):
    """The resources of containers that do not name them, by name of the resource."""

    limits: Mapping[str, Node]
    requests: Mapping[str, Node]


def limit_ranges(objects: Iterable[KubernetesObject]) -> tuple[KubernetesObject, ...]:
    """The LimitRanges among objects."""
    return tuple(item for item in objects if item.is_kind("LimitRange", ""))


def defaults_for(owner: KubernetesObject, ranges: Iterable[KubernetesObject]) -> LimitDefaults | None:
    """The defaults for the containers of an object, None if no LimitRange of its namespace has any.

    A range without `default` gives its `max`, one without `defaultRequest` its default limit, else its
    `min` (kubernetes/kubernetes v1.34, `SetDefaults_LimitRangeItem`). Of several the first counts, as
    each only fills in what is still missing.
    """
    limits: dict[str, Node] = {}
    requests: dict[str, Node] = {}
    for item in ranges:
        if item.environment != owner.environment or not same_namespace(item.namespace, owner.namespace):
            continue
        listed = reach(item.root, "spec", "limits")
        for entry in () if listed is None else listed.items():
            if text_at(entry, "type") == "Container":
                _read(entry, item, limits, requests)
    return LimitDefaults(limits, requests) if limits or requests else None


def _read(entry: Node, item: KubernetesObject, limits: dict[str, Node], requests: dict[str, Node]) -> None:
    label = f"LimitRange {item.name} gives it to containers without one"
    for fields, target in (
        (("default", "max"), limits),
        (("defaultRequest", "default", "max", "min"), requests),
    ):
        for field in fields:
            values = reach(entry, field)
            for name, key, value in () if values is None else values.members():
                if value.value is not None and name not in target:
                    target[name] = value.through(Origin(label, key.source, key.start, key.end))
