"""Field specifications: which fields of which kinds a transformer sets.

Source: kustomize v5.7, `api/filters/fieldspec/fieldspec.go`, and the tables in
`api/internal/konfig/builtinpluginconsts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, SeqValue
from vvbscan.record import NamedTuple
from vvbscan.views.kustomize.edit import Path, reached, replaced, with_member
from vvbscan.views.kustomize.identity import Identity, Resource

Setter = Callable[[Node | None], Node]
"""Gives the new value of a field from the present one, which is None if the field is created."""


class FieldSpec(NamedTuple):
    """A field of the objects of some kinds."""

    path: tuple[str, ...]
    """Keys from the root; sequences on the way are gone through item by item. A key with `[]` behind it names
    a sequence, which is never made."""
    kind: str = ""
    """Empty for every kind."""
    group: str = ""
    version: str = ""
    create: bool = False
    """Whether the field and the mappings above it are made where they are missing."""

    def is_for(self, identity: Identity) -> bool:
        """Whether objects of this identity have the field."""
        return identity.is_of(self.group, self.version, self.kind)


_TEMPLATE_KINDS: Final = (
    ("ReplicationController", "", "v1"),
    ("Deployment", "", ""),
    ("ReplicaSet", "", ""),
    ("DaemonSet", "", ""),
    ("StatefulSet", "apps", ""),
    ("Job", "batch", ""),
)


def _metadata_specs(member: str) -> tuple[FieldSpec, ...]:
    path = ("metadata", member)
    job = ("spec", "jobTemplate")
    return (
        *(FieldSpec(("spec", "template", *path), *kind, create=True) for kind in _TEMPLATE_KINDS),
        FieldSpec((*job, *path), "CronJob", "batch", create=True),
        FieldSpec((*job, "spec", "template", *path), "CronJob", "batch", create=True),
    )


_AFFINITY_TERMS: Final = (
    ("preferredDuringSchedulingIgnoredDuringExecution", "podAffinityTerm"),
    ("requiredDuringSchedulingIgnoredDuringExecution",),
)
_MATCH_LABELS: Final = ("labelSelector", "matchLabels")


def _selector_specs() -> tuple[FieldSpec, ...]:
    selector = ("spec", "selector", "matchLabels")
    pod = ("spec", "template", "spec")
    scheduling = [
        FieldSpec((*pod, "affinity", affinity, *term, *_MATCH_LABELS), kind, "apps")
        for kind in ("Deployment", "StatefulSet")
        for affinity in ("podAffinity", "podAntiAffinity")
        for term in _AFFINITY_TERMS
    ]
    spread = [
        FieldSpec((*pod, "topologySpreadConstraints", *_MATCH_LABELS), kind, "apps")
        for kind in ("Deployment", "StatefulSet")
    ]
    policy = "networking.k8s.io"
    return (
        FieldSpec(("spec", "selector"), "Service", "", "v1", create=True),
        FieldSpec(("spec", "selector"), "ReplicationController", "", "v1", create=True),
        FieldSpec(selector, "Deployment", create=True),
        FieldSpec(selector, "ReplicaSet", create=True),
        FieldSpec(selector, "DaemonSet", create=True),
        FieldSpec(selector, "StatefulSet", "apps", create=True),
        *scheduling,
        *spread,
        FieldSpec(selector, "Job", "batch"),
        FieldSpec(("spec", "jobTemplate", *selector), "CronJob", "batch"),
        FieldSpec(selector, "PodDisruptionBudget", "policy"),
        FieldSpec(("spec", "podSelector", "matchLabels"), "NetworkPolicy", policy),
        FieldSpec(("spec", "ingress", "from", "podSelector", "matchLabels"), "NetworkPolicy", policy),
        FieldSpec(("spec", "egress", "to", "podSelector", "matchLabels"), "NetworkPolicy", policy),
    )


METADATA_LABELS: Final = (FieldSpec(("metadata", "labels"), create=True),)
TEMPLATE_LABELS: Final = (*METADATA_LABELS, *_metadata_specs("labels"))
CLAIM_LABELS: Final = (
    FieldSpec(("spec", "volumeClaimTemplates[]", "metadata", "labels"), "StatefulSet", "apps", create=True),
)
COMMON_LABELS: Final = (*_selector_specs(), *TEMPLATE_LABELS, *CLAIM_LABELS)
COMMON_ANNOTATIONS: Final = (
    FieldSpec(("metadata", "annotations"), create=True),
    *_metadata_specs("annotations"),
)
REPLICAS: Final = tuple(
    FieldSpec(("spec", "replicas"), kind, create=True)
    for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
)
NAMESPACE: Final = (
    FieldSpec(("metadata", "name"), "Namespace", "", "v1", create=True),
    FieldSpec(("spec", "service", "namespace"), "APIService", "apiregistration.k8s.io", create=True),
    FieldSpec(
        ("spec", "conversion", "webhook", "clientConfig", "service", "namespace"),
        "CustomResourceDefinition",
        "apiextensions.k8s.io",
    ),
)


class Site(NamedTuple):
    """A place that a field specification leads to in one object."""

    path: Path
    """To the field, or to the nearest mapping above it that exists."""
    missing: tuple[str, ...]
    """Keys that are to be made below that mapping."""


def sites(root: Node, spec: FieldSpec) -> list[Site]:
    """Where the field is in an object, each with the keys that are missing."""
    found = []
    pending: list[tuple[Node, Path, tuple[str, ...]]] = [(root, (), spec.path)]
    while pending:
        node, path, keys = pending.pop()
        value = node.value
        if not keys:
            found.append(Site(path, ()))
        elif isinstance(value, SeqValue):
            pending.extend((item, (*path, i), keys) for i, item in enumerate(value.items))
        elif isinstance(value, MapValue):
            name = keys[0].removesuffix("[]")
            below = value.entries.get(name)
            if below is not None and not (below.value is None and spec.create):
                pending.append((below, (*path, name), keys[1:]))
            elif spec.create and name == keys[0]:
                found.append(Site(path, keys))
    return found


def set_fields(resource: Resource, specs: tuple[FieldSpec, ...], setter: Setter, key: Node) -> None:
    """Set all fields that the specifications lead to; `key` stands for the keys that are made on the way."""
    for spec in specs:
        if spec.is_for(resource.identity):
            root = resource.root
            found = sites(root, spec)
            if found:
                edits = {
                    site.path: _set(reached(root, site.path), site.missing, setter, key) for site in found
                }
                resource.edit(replaced(root, edits))


def _set(target: Node, missing: tuple[str, ...], setter: Setter, key: Node) -> Node:
    """The field, or the mapping below which it is made, with the new value."""
    if not missing:
        return setter(target)
    value = setter(None)
    for name in reversed(missing[1:]):
        value = Node(MapValue({name: value}, {name: key}), key.source, key.start, key.end, COMPUTED, key.via)
    return with_member(target, missing[0], key, value)
