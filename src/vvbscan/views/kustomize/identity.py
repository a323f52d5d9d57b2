"""What a kustomization renders: objects with all identities that they had on the way.

Patches and references find an object under each name, namespace and kind that it had before a transformer
changed them (kustomize's `api/resource/resource.go` and `kyaml/resid/resid.go`, v5.7).
"""

from __future__ import annotations

from typing import Final

from vvbscan.model.node import MapValue, Node, Origin, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.kubernetes.lookup import shown

_IDENTIFYING: Final = frozenset({"apiVersion", "kind", "metadata"})
_CLUSTER: Final = "\0cluster"
"""The namespace of objects that belong to none."""
_CLUSTER_KINDS: Final = frozenset(
    {
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("networking.k8s.io", "IngressClass"),
        ("node.k8s.io", "RuntimeClass"),
        ("policy", "PodSecurityPolicy"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("", "ComponentStatus"),
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
    }
)
"""Group and kind of what kustomize knows to be cluster scoped (`precomputedIsNamespaceScoped` in its
`kyaml/openapi/openapi.go`); it takes every other kind, custom resources too, for namespaced."""


class Identity(NamedTuple):
    """Group, version, kind, name and namespace of an object."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str
    """The effective one: `default` if none is written, a mark that no namespace equals if cluster scoped."""

    @property
    def is_cluster_scoped(self) -> bool:
        """Whether the object belongs to no namespace."""
        return self.namespace == _CLUSTER

    def is_of(self, group: str, version: str, kind: str) -> bool:
        """Whether it is of a group, version and kind, each of which may be empty for any."""
        return (
            (not group or self.group == group)
            and (not version or self.version == version)
            and (not kind or self.kind == kind)
        )


class Resource:
    """An object that a kustomization accumulates, edited by every transformer in turn."""

    __slots__ = ("behavior", "earlier", "identity", "prefixes", "root", "suffixes", "via")

    def __init__(self, root: Node, via: tuple[Origin, ...], *, behavior: str = "") -> None:
        self.root = root
        self.via = via
        """The kustomizations that brought it here, nearest first."""
        self.identity = identity_of(root)
        self.earlier: tuple[Identity, ...] = ()
        """The identities it had, oldest first."""
        self.prefixes: tuple[str, ...] = ()
        self.suffixes: tuple[str, ...] = ()
        self.behavior = behavior
        """`create`, `merge` or `replace` of what a generator makes."""

    @property
    def original(self) -> Identity:
        """The identity it was written with."""
        return self.earlier[0] if self.earlier else self.identity

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All that it had and the one it has."""
        return (*self.earlier, self.identity)

    def remember(self) -> None:
        """Keep the present identity among the earlier ones, before or after a transformer changes it."""
        self.earlier = (*self.earlier, self.identity)

    def edit(self, root: Node) -> None:
        """Put an edited tree in place of the present one."""
        if root is not self.root:
            self.root = root
            self.identity = identity_of(root)


def identity_of(root: Node) -> Identity:
    """The identity that an object has as it is written."""
    api_version = shown(root.get("apiVersion"))
    group, _, version = api_version.rpartition("/")
    kind = shown(root.get("kind"))
    metadata = root.get("metadata")
    name = shown(metadata.get("name")) if metadata is not None else ""
    namespace = shown(metadata.get("namespace")) if metadata is not None else ""
    if (group, kind) in _CLUSTER_KINDS:
        namespace = _CLUSTER
    return Identity(group, version, kind, name, namespace or "default")


def hide(resource: Resource, unknown: Unknown) -> None:
    """Make all of an object unknown but what identifies it: a program may change anything."""
    root = resource.root
    value = root.value
    assert isinstance(value, MapValue), "objects are mappings"
    entries = {
        name: node if name in _IDENTIFYING else node.replace_value(unknown)
        for name, node in value.entries.items()
    }
    resource.edit(root._replace(value=value._replace(entries=entries, rest=unknown)))
