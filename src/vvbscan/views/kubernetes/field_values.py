"""The values that the API server takes for a field, where the published schemas only say that it is a text.

The release's OpenAPI documents leave out the enumerations that the API server itself publishes and checks.
Listed are those that all versions of the pack share. Source: the Kubernetes API reference v1.34 ("Possible
enum values") and `pkg/apis/*/validation` of that release; quantities: `resource.ParseQuantity` and
`Quantity.UnmarshalJSON` in apimachinery.
"""

from __future__ import annotations

from typing import Any, Final

_CORE: Final = "io.k8s.api.core.v1."
_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1."
_QUANTITY: Final = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_QUANTITY_FORM: Final = (
    r"^\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\s*$"
)
_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_SELECTING: Final = ("In", "NotIn", "Exists", "DoesNotExist")
_POLICIES: Final = ("Cluster", "Local")
_SECURITY_PROFILES: Final = ("RuntimeDefault", "Localhost", "Unconfined")

VALUES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    # definition: field: what it may be; of a list, what its items may be
    f"{_CORE}Container": {
        "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
        "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    },
    f"{_CORE}ContainerPort": {"protocol": _PROTOCOLS},
    f"{_CORE}HTTPGetAction": {"scheme": ("HTTP", "HTTPS")},
    f"{_CORE}PodSpec": {
        "restartPolicy": ("Always", "OnFailure", "Never"),
        "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "preemptionPolicy": ("PreemptLowerPriority", "Never"),
    },
    f"{_CORE}PodOS": {"name": ("linux", "windows")},
    f"{_CORE}SeccompProfile": {"type": _SECURITY_PROFILES},
    f"{_CORE}AppArmorProfile": {"type": _SECURITY_PROFILES},
    f"{_CORE}Toleration": {"effect": ("NoSchedule", "PreferNoSchedule", "NoExecute")},
    f"{_CORE}NodeSelectorRequirement": {"operator": (*_SELECTING, "Gt", "Lt")},
    f"{_CORE}TopologySpreadConstraint": {"whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway")},
    f"{_CORE}ServicePort": {"protocol": _PROTOCOLS},
    f"{_CORE}ServiceSpec": {
        "type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
        "sessionAffinity": ("None", "ClientIP"),
        "externalTrafficPolicy": _POLICIES,
        "internalTrafficPolicy": _POLICIES,
    },
    f"{_CORE}PersistentVolumeClaimSpec": {
        "accessModes": ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
        "volumeMode": ("Filesystem", "Block"),
    },
    f"{_META}LabelSelectorRequirement": {"operator": _SELECTING},
    "io.k8s.api.apps.v1.DeploymentStrategy": {"type": ("Recreate", "RollingUpdate")},
    "io.k8s.api.apps.v1.DaemonSetUpdateStrategy": {"type": ("RollingUpdate", "OnDelete")},
    "io.k8s.api.apps.v1.StatefulSetUpdateStrategy": {"type": ("RollingUpdate", "OnDelete")},
    "io.k8s.api.apps.v1.StatefulSetSpec": {"podManagementPolicy": ("OrderedReady", "Parallel")},
    "io.k8s.api.autoscaling.v2.MetricTarget": {"type": ("Utilization", "Value", "AverageValue")},
    "io.k8s.api.autoscaling.v2.MetricSpec": {
        "type": ("Resource", "ContainerResource", "Pods", "Object", "External")
    },
    "io.k8s.api.batch.v1.CronJobSpec": {"concurrencyPolicy": ("Allow", "Forbid", "Replace")},
    "io.k8s.api.batch.v1.JobSpec": {"completionMode": ("NonIndexed", "Indexed")},
    "io.k8s.api.networking.v1.HTTPIngressPath": {"pathType": ("Exact", "Prefix", "ImplementationSpecific")},
    "io.k8s.api.networking.v1.NetworkPolicyPort": {"protocol": _PROTOCOLS},
    "io.k8s.api.networking.v1.NetworkPolicySpec": {"policyTypes": ("Ingress", "Egress")},
    "io.k8s.api.storage.v1.StorageClass": {
        "reclaimPolicy": ("Delete", "Retain"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    },
}
PERCENT: Final = "^[0-9]+%$"
"""What a share is that is written as a text (`IsValidPercent` in apimachinery)."""
_SHARES: Final = {
    "io.k8s.api.apps.v1.RollingUpdateDaemonSet": ("maxSurge", "maxUnavailable"),
    "io.k8s.api.apps.v1.RollingUpdateDeployment": ("maxSurge", "maxUnavailable"),
    "io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy": ("maxUnavailable",),
    "io.k8s.api.policy.v1.PodDisruptionBudgetSpec": ("maxUnavailable", "minAvailable"),
}
_PORTS: Final = {
    # definition: field: the least number; a zero of the others is read as absent
    f"{_CORE}ContainerPort": {"containerPort": 1, "hostPort": 0},
    f"{_CORE}ServicePort": {"port": 1, "nodePort": 0},
}
_MUST_SUCCEED_ONCE: Final = ("livenessProbe", "startupProbe")
"""Probes of a container whose `successThreshold` must be 1; a zero is read as absent."""
_ALWAYS: Final[dict[str, Any]] = {"properties": {"restartPolicy": {"enum": ["Always", "", None]}}}
_ENDING: Final[dict[str, Any]] = {
    "required": ["restartPolicy"],
    "properties": {"restartPolicy": {"enum": ["OnFailure", "Never"]}},
}
"""What the API server makes of an absent one, `Always`, it refuses in a Job."""
_PODS: Final = {
    "io.k8s.api.apps.v1.DaemonSetSpec": _ALWAYS,
    "io.k8s.api.apps.v1.DeploymentSpec": _ALWAYS,
    "io.k8s.api.apps.v1.ReplicaSetSpec": _ALWAYS,
    "io.k8s.api.apps.v1.StatefulSetSpec": _ALWAYS,
    "io.k8s.api.batch.v1.JobSpec": _ENDING,
}
"""What holds for the pods of a workload besides what holds for every pod."""


def with_values(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a definition, with the values that its fields may have."""
    if name == _QUANTITY:
        return {**schema, "pattern": _QUANTITY_FORM}
    fields = schema.get("properties", {})
    known = VALUES.get(name, {})
    limited = {field: _limited(fields[field], known[field]) for field in known if field in fields}
    for field in _SHARES.get(name, ()):
        if field in fields:
            limited[field] = {**fields[field], "pattern": PERCENT}
    for field, least in _PORTS.get(name, {}).items():
        limited[field] = {**fields[field], "minimum": least, "maximum": 65535}
    if name == f"{_CORE}Container":
        once = {"properties": {"successThreshold": {"enum": [1, 0, None]}}}
        limited |= {probe: {**fields[probe], **once} for probe in _MUST_SUCCEED_ONCE if probe in fields}
    if name in _PODS:
        limited["template"] = {**fields["template"], "properties": {"spec": _PODS[name]}}
    return {**schema, "properties": {**fields, **limited}} if limited else schema


def _limited(schema: dict[str, Any], values: tuple[str, ...]) -> dict[str, Any]:
    if "items" in schema:
        return {**schema, "items": _limited(schema["items"], values)}
    return {**schema, "enum": [*values, "", None]}  # an empty text is read as absent
