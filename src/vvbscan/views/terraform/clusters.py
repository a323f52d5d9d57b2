"""Control planes of managed Kubernetes clusters: EKS, GKE, AKS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import Cluster, record_fields
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import (
    Holder,
    Items,
    Targets,
    anchor_of,
    argument,
    boolean,
    default_at,
    items,
    text,
    undecided,
)
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import WellKnown, well_known
from vvbscan.views.terraform.subjects import kind_of, subject

_EVERYBODY: Final = "0.0.0.0/0"
_AUDIT: Final = "audit"
_AUDIT_CATEGORIES: Final = frozenset({"kube-audit", "kube-audit-admin", "audit", "allLogs"})
"""Categories of logs of AKS, and groups of categories, that hold what changes the cluster."""
_LOGS_OF_SETTINGS: Final = (
    ("enabled_log", "category"),
    ("enabled_log", "category_group"),
    ("log", "category"),
)
"""Blocks of a diagnostic setting that name what it sends; `log` is that of version 3 of the provider."""
_COLLECTED_ELSEWHERE: Final = Unknown("open", "a diagnostic setting of the cluster may be made elsewhere")
_MODULE_PRIVATE: Final = 19
"""The release of terraform-aws-modules/eks since which the public address is off by default."""
_LONG_TERM: Final = "AKSLongTermSupport"


def clusters(configuration: Configuration) -> Iterator[Subject]:
    """View `cluster`: managed Kubernetes clusters. Record: `Cluster`.

    Fields: those of the record.
    """
    by_type = configuration.by_type
    for cluster in by_type.get("aws_eks_cluster", ()):
        yield _subject(configuration, cluster, _eks(cluster))
    for module in well_known(configuration, "eks"):
        if not module.part:
            yield _subject(configuration, module.call, _eks_module(module))
    for cluster in by_type.get("google_container_cluster", ()):
        yield _subject(configuration, cluster, _gke(cluster))
    managed = by_type.get("azurerm_kubernetes_cluster", ())
    settings = _diagnostic_settings(configuration, Targets(managed, "id")) if managed else {}
    for cluster in managed:
        yield _subject(configuration, cluster, _aks(cluster, settings.get(cluster.address, [])))


def _subject(configuration: Configuration, holder: Resource | ModuleCall, record: Cluster) -> Subject:
    made = subject("cluster", configuration, holder, {}, record)
    return made._replace(root=record_fields(record, holder.anchor))


def _eks(cluster: Resource) -> Cluster:
    """Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_cluster."""
    public = boolean(cluster, "vpc_config", 0, "endpoint_public_access", default=True)
    return Cluster(
        kind_of(cluster),
        text(cluster, "version"),
        public,
        _ranges(cluster, items(cluster, "vpc_config", 0, "public_access_cidrs"), public),
        _has_audit(cluster, "enabled_cluster_log_types", default=False),
    )


def _eks_module(module: WellKnown) -> Cluster:
    """Its arguments began with `cluster_` up to release 20.

    Defaults: https://github.com/terraform-aws-modules/terraform-aws-eks, `variables.tf`.
    """
    call = module.call
    public = boolean(call, "endpoint_public_access") or boolean(
        call, "cluster_endpoint_public_access", default=module.default(False, _MODULE_PRIVATE)
    )
    ranges = items(call, "endpoint_public_access_cidrs")
    if not ranges.nodes and ranges.rest is None:
        ranges = items(call, "cluster_endpoint_public_access_cidrs")
    logs = "cluster_enabled_log_types" if argument(call, "enabled_log_types") is None else "enabled_log_types"
    return Cluster(
        call.source,
        text(call, "kubernetes_version") or text(call, "cluster_version"),
        public,
        _ranges(call, ranges, public),
        _has_audit(call, logs, default=True),
    )


def _gke(cluster: Resource) -> Cluster:
    """Defaults: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_cluster.

    Its version is left out: release channels upgrade the control plane past `min_master_version`. So is its
    audit log, which cannot be switched off for what changes the cluster.
    """
    private = boolean(cluster, "private_cluster_config", 0, "enable_private_endpoint", default=False)
    by_address = boolean(
        cluster, "control_plane_endpoints_config", 0, "ip_endpoints_config", 0, "enabled", default=True
    )
    public = _negated(private)
    if by_address is not None and by_address.value is not True:
        public = by_address
    found: list[Node] = []
    networks = items(cluster, "master_authorized_networks_config")
    rest = networks.rest
    for network in networks.nodes:
        blocks = items(network, "cidr_blocks")
        rest = rest or blocks.rest
        found += [one for one in (text(block, "cidr_block") for block in blocks.nodes) if one is not None]
    if networks.nodes and not found and rest is None:
        ranges = sequence((), cluster.anchor)  # the block alone lets nobody in from outside
    else:
        ranges = _ranges(cluster, Items(tuple(found), rest), public)
    return Cluster(kind_of(cluster), None, public, ranges)


def _aks(cluster: Resource, settings: list[Resource]) -> Cluster:
    """Defaults: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster.

    With long-term support a version outlives the calendar of the others.
    """
    plan = text(cluster, "support_plan")
    ranges = items(cluster, "api_server_access_profile", 0, "authorized_ip_ranges")
    if not ranges.nodes and ranges.rest is None:
        ranges = items(cluster, "api_server_authorized_ip_ranges")
    public = _negated(boolean(cluster, "private_cluster_enabled", default=False))
    return Cluster(
        kind_of(cluster),
        None if plan is not None and plan.value == _LONG_TERM else text(cluster, "kubernetes_version"),
        public,
        _ranges(cluster, ranges, public),
        _collected(cluster, settings),
    )


def _diagnostic_settings(configuration: Configuration, clusters: Targets) -> dict[str, list[Resource]]:
    """The diagnostic settings of each cluster, by its address."""
    found: dict[str, list[Resource]] = {}
    for setting in configuration.by_type.get("azurerm_monitor_diagnostic_setting", ()):
        cluster = clusters.get(argument(setting, "target_resource_id"))
        if cluster is not None:
            found.setdefault(cluster.address, []).append(setting)
    return found


def _collected(cluster: Resource, settings: list[Resource]) -> Node:
    """Whether a diagnostic setting collects the audit log of an AKS cluster, told of at the log of another.

    https://learn.microsoft.com/azure/aks/monitor-aks-reference#resource-logs,
    https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/monitor_diagnostic_setting
    """
    if not settings:
        return default_at(cluster, _COLLECTED_ELSEWHERE)
    unknown: Unknown | None = None
    for setting in settings:
        for block, name in _LOGS_OF_SETTINGS:
            logs = items(setting, block)
            unknown = unknown or logs.rest
            for log in logs.nodes:
                category, enabled = argument(log, name), boolean(log, "enabled", default=True)
                unknown = unknown or undecided(category, enabled)
                is_audit = category is not None and category.value in _AUDIT_CATEGORIES
                if is_audit and enabled is not None and enabled.value is True:
                    return default_at(cluster, True)
    return default_at(settings[0], unknown or False)


def _negated(node: Node | None) -> Node | None:
    if node is None or isinstance(node.value, Unknown):
        return node
    return node._replace(value=node.value is not True)


def _ranges(holder: Holder, given: Items, public: Node | None) -> Node:
    """The ranges that reach the public address: everybody where none are written, at what opens it."""
    anchor = anchor_of(holder)
    if not given.nodes and given.rest is None:
        return sequence((computed(_EVERYBODY, public or anchor),), anchor)
    return sequence(given.nodes, anchor, given.rest)


def _has_audit(holder: Holder, name: str, *, default: bool) -> Node:
    """Whether the audit log is in a list of logs, told of at the first of them."""
    given, logs = argument(holder, name), items(holder, name)
    if given is None:
        return default_at(holder, default)
    if any(log.value == _AUDIT for log in logs.nodes):
        return default_at(holder, True)
    unknown = logs.rest or next((log.value for log in logs.nodes if isinstance(log.value, Unknown)), None)
    if unknown is not None:
        return default_at(holder, unknown)
    return computed(False, logs.nodes[0] if logs.nodes else given)
