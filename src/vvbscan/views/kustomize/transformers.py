"""The simple transformers: namespace, prefixes and suffixes of names, labels, annotations, replicas.

Sources: kustomize v5.7, `api/internal/builtins` and `api/filters`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import COMPUTED, MapValue, Node, Origin, SeqValue, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown
from vvbscan.views.kustomize.edit import Path, replaced, with_member
from vvbscan.views.kustomize.fields import (
    CLAIM_LABELS,
    COMMON_ANNOTATIONS,
    COMMON_LABELS,
    METADATA_LABELS,
    NAMESPACE,
    REPLICAS,
    TEMPLATE_LABELS,
    FieldSpec,
    set_fields,
)
from vvbscan.views.kustomize.identity import Resource
from vvbscan.views.kustomize.settings import Kustomization

_NAMESPACE_FIELD: Final = (FieldSpec(("metadata", "namespace"), create=True),)
_UNTOUCHED_NAMES: Final = frozenset({"CustomResourceDefinition", "Namespace"})
_ROLE_BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})


class LabelSet(NamedTuple):
    """Labels or annotations that are set in some fields."""

    pairs: Node
    specs: tuple[FieldSpec, ...]


def set_namespace(resource: Resource, namespace: Node) -> None:
    """Put an object into a namespace, and with it what names its own namespace elsewhere."""
    resource.remember()
    if not resource.identity.is_cluster_scoped:
        set_fields(resource, _NAMESPACE_FIELD, lambda _: namespace, namespace)
    if resource.identity.kind in _ROLE_BINDINGS:
        _set_subject_namespaces(resource, namespace)
    set_fields(resource, NAMESPACE, lambda _: namespace, namespace)


def _set_subject_namespaces(resource: Resource, namespace: Node) -> None:
    """The subjects of a role binding that are the account `default` are those of the namespace."""
    subjects = resource.root.get("subjects")
    if subjects is None or not isinstance(subjects.value, SeqValue):
        return
    edits: dict[Path, Node] = {
        ("subjects", index): with_member(subject, "namespace", namespace, namespace)
        for index, subject in enumerate(subjects.value.items)
        if isinstance(subject.value, MapValue) and shown(subject.get("name")) == "default"
    }
    resource.edit(replaced(resource.root, edits))


def add_affixes(resource: Resource, kustomization: Kustomization) -> None:
    """Put `namePrefix` and `nameSuffix` around the name of an object, as far as they are set."""
    identity = resource.original
    if identity.kind in _UNTOUCHED_NAMES or identity.is_of("apiregistration.k8s.io", "", "APIService"):
        return
    prefix, suffix = kustomization.text("namePrefix"), kustomization.text("nameSuffix")
    if prefix is not None:
        resource.prefixes = (*resource.prefixes, shown(prefix))
        _rename(resource, prefix, "", kustomization.origin("puts this before names", prefix))
    if suffix is not None:
        resource.suffixes = (*resource.suffixes, shown(suffix))
        _rename(resource, None, shown(suffix), kustomization.origin("puts this behind names", suffix))


def _rename(resource: Resource, prefix: Node | None, suffix: str, origin: Origin) -> None:
    resource.remember()
    before = shown(prefix)
    name = resource.root.at("metadata", "name")
    if name is None:
        return
    value = name.value
    if isinstance(value, Unknown):
        parts = value.parts or (None,)
        renamed: str | Unknown = value._replace(
            parts=tuple(part for part in (before, *parts, suffix) if part != "")
        )
    else:
        renamed = f"{before}{shown(name)}{suffix}"
    node = Node(renamed, name.source, name.start, name.end, COMPUTED, (*name.via, origin))
    resource.edit(replaced(resource.root, {("metadata", "name"): node}))


def label_sets(kustomization: Kustomization) -> Iterator[LabelSet]:
    """The labels and annotations that a kustomization sets, in its order."""
    for entry in kustomization.items("labels"):
        pairs = entry.get("pairs")
        if pairs is not None and isinstance(pairs.value, MapValue) and pairs.value.entries:
            yield LabelSet(pairs, (*custom_specs(entry.get("fields")), *_label_specs(entry)))
    common = kustomization.fields.get("commonLabels")
    if common is not None and isinstance(common.value, MapValue) and common.value.entries:
        yield LabelSet(common, COMMON_LABELS)
    annotations = kustomization.fields.get("commonAnnotations")
    if annotations is not None and isinstance(annotations.value, MapValue) and annotations.value.entries:
        yield LabelSet(annotations, COMMON_ANNOTATIONS)


def _label_specs(entry: Node) -> tuple[FieldSpec, ...]:
    def is_on(name: str) -> bool:
        flag = entry.get(name)
        return flag is not None and flag.value is True

    if is_on("includeSelectors"):
        return COMMON_LABELS
    specs = TEMPLATE_LABELS if is_on("includeTemplates") else METADATA_LABELS
    return (*specs, *CLAIM_LABELS) if is_on("includeVolumeClaimTemplates") else specs


def custom_specs(listed: Node | None) -> Iterator[FieldSpec]:
    """The field specifications that a sequence describes."""
    for item in () if listed is None else listed.items():
        path = tuple(step for step in shown(item.get("path")).split("/") if step)
        create = item.get("create")
        if path:
            kind, group, version = (shown(item.get(key)) for key in ("kind", "group", "version"))
            yield FieldSpec(path, kind, group, version, create=create is not None and create.value is True)


def set_labels(resource: Resource, labels: LabelSet) -> None:
    """Set labels or annotations in all fields that they belong to."""
    pairs = labels.pairs

    def with_labels(present: Node | None) -> Node:
        if present is None or present.value is None:
            return pairs
        if not isinstance(present.value, MapValue):
            return present
        merged = present.value
        return present._replace(
            value=merged._replace(
                entries={**merged.entries, **{name: value for name, _, value in pairs.members()}},
                keys={**{name: key for name, key, _ in pairs.members()}, **merged.keys},
            )
        )

    set_fields(resource, labels.specs, with_labels, pairs)


def set_replicas(resource: Resource, name: str, count: Node) -> bool:
    """Set the number of replicas if the object has, or had, this name; whether it does."""
    matches = False
    for spec in REPLICAS:
        if any(identity.name == name and spec.is_for(identity) for identity in resource.identities):
            matches = True
            set_fields(resource, (spec,), lambda _: count, count)
    return matches
