"""APIs that were removed before the oldest version of the schema pack.

Source: Kubernetes documentation, Deprecated API Migration Guide (v1.16 to v1.25), and the changelogs of
the releases named for the alpha versions. Later removals are read from the schema pack itself.
"""

from __future__ import annotations

from typing import Final

_GROUPED: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    # version that no longer serves it, API version, kinds
    (
        "1.16",
        "extensions/v1beta1",
        ("DaemonSet", "Deployment", "ReplicaSet", "NetworkPolicy", "PodSecurityPolicy"),
    ),
    ("1.16", "apps/v1beta1", ("Deployment", "StatefulSet", "ControllerRevision")),
    ("1.16", "apps/v1beta2", ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "ControllerRevision")),
    ("1.21", "batch/v2alpha1", ("CronJob",)),
    (
        "1.22",
        "admissionregistration.k8s.io/v1beta1",
        ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    ),
    ("1.22", "apiextensions.k8s.io/v1beta1", ("CustomResourceDefinition",)),
    ("1.22", "apiregistration.k8s.io/v1beta1", ("APIService",)),
    ("1.22", "authentication.k8s.io/v1beta1", ("TokenReview",)),
    (
        "1.22",
        "authorization.k8s.io/v1beta1",
        ("LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview"),
    ),
    ("1.22", "certificates.k8s.io/v1beta1", ("CertificateSigningRequest",)),
    ("1.22", "coordination.k8s.io/v1beta1", ("Lease",)),
    ("1.22", "extensions/v1beta1", ("Ingress",)),
    ("1.22", "networking.k8s.io/v1beta1", ("Ingress", "IngressClass")),
    (
        "1.22",
        "rbac.authorization.k8s.io/v1beta1",
        ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    ),
    (
        "1.22",
        "rbac.authorization.k8s.io/v1alpha1",
        ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    ),
    ("1.22", "scheduling.k8s.io/v1beta1", ("PriorityClass",)),
    ("1.22", "storage.k8s.io/v1beta1", ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")),
    ("1.25", "autoscaling/v2beta1", ("HorizontalPodAutoscaler",)),
    ("1.25", "batch/v1beta1", ("CronJob",)),
    ("1.25", "discovery.k8s.io/v1beta1", ("EndpointSlice",)),
    ("1.25", "events.k8s.io/v1beta1", ("Event",)),
    ("1.25", "node.k8s.io/v1beta1", ("RuntimeClass",)),
    ("1.25", "policy/v1beta1", ("PodDisruptionBudget", "PodSecurityPolicy")),
)

REMOVED: Final = {(api_version, kind): version for version, api_version, kinds in _GROUPED for kind in kinds}
"""API version and kind, to the version that no longer serves it."""
