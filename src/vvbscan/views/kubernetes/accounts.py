"""Service accounts of pods, and whether a token of theirs is mounted."""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.kubernetes.model import KubernetesModel
from vvbscan.views.kubernetes.workloads import Workload
from vvbscan.views.records import computed

_DEFAULT = "default"


def account_of(workload: Workload) -> Node:
    """The name of the service account of a workload's pods, `default` where it is not written."""
    named = reach(workload.pod, "serviceAccountName") or reach(workload.pod, "serviceAccount")
    return computed(_DEFAULT, workload.object.anchor) if named is None or named.value == "" else named


def token_mounted(model: KubernetesModel, workload: Workload) -> Node:
    """Whether a token of the service account is mounted into the pods.

    The pod decides, else its service account, else it is (Kubernetes documentation, Configure Service
    Accounts for Pods). An account other than `default` that the unit does not have may decide otherwise.
    """
    written = reach(workload.pod, "automountServiceAccountToken")
    if written is not None:
        return written
    owner, account = workload.object, account_of(workload)
    name = shown(account)
    found = model.service_account(name, owner)
    if found is not None:
        return reach(found.root, "automountServiceAccountToken") or computed(True, owner.anchor)
    if isinstance(account.value, Unknown):
        return account
    if model.rest is not None:
        return owner.anchor.replace_value(model.rest)
    if name == _DEFAULT:
        return computed(True, owner.anchor)
    reason = f"ServiceAccount {name} is not among the manifests that are judged together"
    return owner.anchor.replace_value(Unknown("open", reason))
