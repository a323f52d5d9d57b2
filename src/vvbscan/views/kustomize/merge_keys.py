"""How strategic merge patches merge the lists of built-in kinds.

From the extensions `x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key` and
`x-kubernetes-list-map-keys` of the OpenAPI description of Kubernetes 1.21.2, the one that kustomize v5.7 is
built with. It replaces newer lists with merge keys (`schedulingGates`, `resourceClaims`), as it does all
lists of custom resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vvbscan.record import NamedTuple


class MergedList(NamedTuple):
    """A list whose items are merged one by one."""

    keys: tuple[str, ...]
    """Members that identify an item, the first of which it must have; empty for a set of scalars."""
    items: str = ""
    """Name of the type of the items in `TYPES`."""


Fields = Mapping[str, "str | MergedList"]
"""Members of a type that lead to merged lists: the name of their type, or how the list is merged."""

NO_FIELDS: Final[Fields] = {}
_METADATA: Final = {"metadata": "ObjectMeta"}

TYPES: Final[Mapping[str, Fields]] = {
    "ObjectMeta": {"finalizers": MergedList(()), "ownerReferences": MergedList(("uid",))},
    "Container": {
        "env": MergedList(("name",)),
        "ports": MergedList(("containerPort", "protocol")),
        "volumeDevices": MergedList(("devicePath",)),
        "volumeMounts": MergedList(("mountPath",)),
    },
    "EphemeralContainer": {
        "env": MergedList(("name",)),
        "volumeDevices": MergedList(("devicePath",)),
        "volumeMounts": MergedList(("mountPath",)),
    },
    "PodSpec": {
        "containers": MergedList(("name",), "Container"),
        "ephemeralContainers": MergedList(("name",), "EphemeralContainer"),
        "hostAliases": MergedList(("ip",)),
        "imagePullSecrets": MergedList(("name",)),
        "initContainers": MergedList(("name",), "Container"),
        "topologySpreadConstraints": MergedList(("topologyKey", "whenUnsatisfiable")),
        "volumes": MergedList(("name",)),
    },
    "PodTemplateSpec": {**_METADATA, "spec": "PodSpec"},
    "TemplateOwnerSpec": {"template": "PodTemplateSpec"},
    "JobTemplateSpec": {**_METADATA, "spec": "TemplateOwnerSpec"},
    "CronJobSpec": {"jobTemplate": "JobTemplateSpec"},
    "ServiceSpec": {"ports": MergedList(("port", "protocol"))},
    "NodeSpec": {"podCIDRs": MergedList(())},
    "CSINodeSpec": {"drivers": MergedList(("name",))},
}

_TEMPLATE_OWNER: Final[Fields] = {**_METADATA, "spec": "TemplateOwnerSpec"}
_CRON_JOB: Final[Fields] = {**_METADATA, "spec": "CronJobSpec"}
_WEBHOOKS: Final[Fields] = {**_METADATA, "webhooks": MergedList(("name",))}

_KINDS: Final[Mapping[tuple[str, str], Fields]] = {
    ("v1", "Pod"): {**_METADATA, "spec": "PodSpec"},
    ("v1", "PodTemplate"): {**_METADATA, "template": "PodTemplateSpec"},
    ("v1", "ReplicationController"): _TEMPLATE_OWNER,
    ("v1", "Service"): {**_METADATA, "spec": "ServiceSpec"},
    ("v1", "ServiceAccount"): {**_METADATA, "secrets": MergedList(("name",))},
    ("v1", "Node"): {**_METADATA, "spec": "NodeSpec"},
    ("apps/v1", "Deployment"): _TEMPLATE_OWNER,
    ("apps/v1", "ReplicaSet"): _TEMPLATE_OWNER,
    ("apps/v1", "DaemonSet"): _TEMPLATE_OWNER,
    ("apps/v1", "StatefulSet"): _TEMPLATE_OWNER,
    ("batch/v1", "Job"): _TEMPLATE_OWNER,
    ("batch/v1", "CronJob"): _CRON_JOB,
    ("batch/v1beta1", "CronJob"): _CRON_JOB,
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"): _WEBHOOKS,
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"): _WEBHOOKS,
    ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration"): _WEBHOOKS,
    ("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration"): _WEBHOOKS,
    ("storage.k8s.io/v1", "CSINode"): {**_METADATA, "spec": "CSINodeSpec"},
    ("storage.k8s.io/v1beta1", "CSINode"): {**_METADATA, "spec": "CSINodeSpec"},
}
_BUILT_IN_GROUPS: Final = (
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps", "autoscaling",
    "batch", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
    "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy",
    "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
)  # fmt: skip


def fields_of(api_version: str, kind: str) -> Fields:
    """The merged lists of a kind; of a built-in kind without lists of its own, those of its metadata."""
    known = _KINDS.get((api_version, kind))
    if known is not None:
        return known
    group, _, version = api_version.rpartition("/")
    return _METADATA if group in _BUILT_IN_GROUPS or (not group and version == "v1") else NO_FIELDS
