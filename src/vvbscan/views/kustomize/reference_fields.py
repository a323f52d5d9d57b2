"""Which fields name other objects, and of which kind these are.

Source: kustomize v5.7, `api/internal/konfig/builtinpluginconsts/namereference.go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.record import NamedTuple
from vvbscan.views.kustomize.fields import FieldSpec


class References(NamedTuple):
    """The fields that name objects of a kind."""

    kind: str
    group: str
    version: str
    """Empty for every version."""
    fields: tuple[FieldSpec, ...]


_TEMPLATE: Final = ("spec", "template", "spec")
_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"
_PODS: Final = (
    ("Pod", ("spec",)),
    ("PodTemplate", ("template", "spec")),
    ("Deployment", _TEMPLATE),
    ("ReplicaSet", _TEMPLATE),
    ("DaemonSet", _TEMPLATE),
    ("StatefulSet", _TEMPLATE),
    ("Job", _TEMPLATE),
    ("CronJob", ("spec", "jobTemplate", *_TEMPLATE)),
)
"""Kinds whose pods name ConfigMaps and Secrets, with the way to the pod."""
_CLAIMING_PODS: Final = (
    ("Pod", ("spec",)),
    ("StatefulSet", _TEMPLATE),
    ("Deployment", _TEMPLATE),
    ("ReplicationController", _TEMPLATE),
    ("CronJob", ("spec", "jobTemplate", *_TEMPLATE)),
    ("Job", _TEMPLATE),
    ("DaemonSet", _TEMPLATE),
)
"""Kinds whose pods name accounts, claims and priority classes."""


def _in_pods(pods: tuple[tuple[str, tuple[str, ...]], ...], *paths: str) -> Iterator[FieldSpec]:
    for kind, pod in pods:
        for path in paths:
            yield FieldSpec((*pod, *path.split("/")), kind)


def _field(kind: str, path: str, group: str = "", version: str = "") -> FieldSpec:
    return FieldSpec(tuple(path.split("/")), kind, group, version)


def _data_paths(volume: str, source: str) -> tuple[str, ...]:
    """The fields of a pod that name a ConfigMap or Secret."""
    return (
        volume,
        f"volumes/projected/sources/{source}/name",
        *(
            f"{containers}/{path}"
            for containers in ("containers", "initContainers")
            for path in (f"env/valueFrom/{source}KeyRef/name", f"envFrom/{source}Ref/name")
        ),
    )


_SCALERS: Final = (_field("HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),)
_ROLE_RESOURCES: Final = (_field("Role", "rules/resourceNames"), _field("ClusterRole", "rules/resourceNames"))

REFERENCES: Final = (
    *(
        References(kind, "", "", _SCALERS)
        for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
    ),
    References(
        "ConfigMap",
        "",
        "v1",
        (
            *_in_pods(_PODS, *_data_paths("volumes/configMap/name", "configMap")),
            _field("Node", "spec/configSource/configMap"),
            *_ROLE_RESOURCES,
            FieldSpec(
                ("metadata", "annotations", "nginx.ingress.kubernetes.io/fastcgi-params-configmap"), "Ingress"
            ),
        ),
    ),
    References(
        "Secret",
        "",
        "v1",
        (
            *_in_pods(_PODS, *_data_paths("volumes/secret/secretName", "secret"), "imagePullSecrets/name"),
            _field("Ingress", "spec/tls/secretName"),
            *(
                FieldSpec(("metadata", "annotations", name), "Ingress")
                for name in (
                    "ingress.kubernetes.io/auth-secret",
                    "nginx.ingress.kubernetes.io/auth-secret",
                    "nginx.ingress.kubernetes.io/auth-tls-secret",
                )
            ),
            _field("ServiceAccount", "imagePullSecrets/name"),
            *(
                _field("StorageClass", f"parameters/{name}")
                for name in ("secretName", "adminSecretName", "userSecretName", "secretRef")
            ),
            *_ROLE_RESOURCES,
            _field(
                "Service",
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
                "serving.knative.dev",
                "v1",
            ),
            _field("PersistentVolume", "spec/azureFile/secretName"),
        ),
    ),
    References(
        "Service",
        "",
        "v1",
        (
            _field("StatefulSet", "spec/serviceName", "apps"),
            _field("Ingress", "spec/rules/http/paths/backend/serviceName"),
            _field("Ingress", "spec/backend/serviceName"),
            _field("Ingress", "spec/rules/http/paths/backend/service/name"),
            _field("Ingress", "spec/defaultBackend/service/name"),
            _field("APIService", "spec/service/name", "apiregistration.k8s.io"),
            _field("ValidatingWebhookConfiguration", "webhooks/clientConfig/service", _ADMISSION),
            _field("MutatingWebhookConfiguration", "webhooks/clientConfig/service", _ADMISSION),
        ),
    ),
    References("Role", _RBAC, "", (_field("RoleBinding", "roleRef/name", _RBAC),)),
    References(
        "ClusterRole",
        _RBAC,
        "",
        (_field("RoleBinding", "roleRef/name", _RBAC), _field("ClusterRoleBinding", "roleRef/name", _RBAC)),
    ),
    References(
        "ServiceAccount",
        "",
        "v1",
        (
            _field("RoleBinding", "subjects", _RBAC),
            _field("ClusterRoleBinding", "subjects", _RBAC),
            *_in_pods(_CLAIMING_PODS, "serviceAccountName"),
        ),
    ),
    References(
        "PersistentVolumeClaim",
        "",
        "v1",
        tuple(_in_pods(_CLAIMING_PODS, "volumes/persistentVolumeClaim/claimName")),
    ),
    References(
        "PersistentVolume",
        "",
        "v1",
        (_field("PersistentVolumeClaim", "spec/volumeName"), _field("ClusterRole", "rules/resourceNames")),
    ),
    References(
        "StorageClass",
        "storage.k8s.io",
        "v1",
        (
            _field("PersistentVolume", "spec/storageClassName"),
            _field("PersistentVolumeClaim", "spec/storageClassName"),
            _field("StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
        ),
    ),
    References(
        "PriorityClass",
        "scheduling.k8s.io",
        "v1",
        tuple(_in_pods(_CLAIMING_PODS, "priorityClassName")),
    ),
    References(
        "ValidatingAdmissionPolicy",
        _ADMISSION,
        "",
        (_field("ValidatingAdmissionPolicyBinding", "spec/policyName", _ADMISSION),),
    ),
)
