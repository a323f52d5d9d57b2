"""The resolved model of a unit of Kubernetes objects, which the views take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vvbscan.model.limits import DEFAULT_LIMITS, Limits
from vvbscan.model.node import MapValue, Node, Unknown
from vvbscan.views.jvm import jvm_of
from vvbscan.views.kubernetes.containers import Container, containers_of
from vvbscan.views.kubernetes.limit_ranges import LimitDefaults, defaults_for, limit_ranges
from vvbscan.views.kubernetes.lookup import reach, shown
from vvbscan.views.kubernetes.objects import KubernetesObject, same_namespace, with_distinct_addresses
from vvbscan.views.kubernetes.skaffold import Artifacts
from vvbscan.views.kubernetes.variables import ConfigMaps, Expansions, Variables, container_variables
from vvbscan.views.kubernetes.workloads import Workload, workload_of
from vvbscan.views.records import computed

_MOST_CANDIDATES: Final = 100
"""Services, autoscalers, accounts and LimitRanges that are compared with one workload."""

_ServicesByLabel = dict[str, dict[str | None, list[KubernetesObject]]]


class KubernetesModel:
    """The objects of a unit and what several views need of them, computed once and only when asked for."""

    __slots__ = (
        "_autoscaled",
        "_configs",
        "_expansions",
        "_jvms",
        "_limit_ranges",
        "_pods",
        "_service_accounts",
        "_service_backed",
        "_services",
        "_variables",
        "_workloads",
        "artifacts",
        "companions",
        "kubernetes_version",
        "objects",
        "rest",
    )

    def __init__(
        self,
        objects: Iterable[KubernetesObject],
        kubernetes_version: str = "1.28",
        limits: Limits = DEFAULT_LIMITS,
        rest: Unknown | None = None,
        artifacts: Artifacts | None = None,
        companions: KubernetesModel | None = None,
    ) -> None:
        self.objects = with_distinct_addresses(objects)
        self.rest = rest
        """Set if there may be further objects that are not known (a base outside the tree)."""
        self.artifacts = artifacts
        """The images that Skaffold builds, if it deploys the objects."""
        self.companions = companions
        """Objects of other files that may be meant for the workloads of these. They are judged elsewhere."""
        self.kubernetes_version = kubernetes_version
        self._expansions = Expansions(limits)
        self._limit_ranges: tuple[KubernetesObject, ...] | None = None
        self._workloads: tuple[Workload, ...] | None = None
        self._pods: tuple[tuple[Workload, tuple[Container, ...]], ...] | None = None
        self._configs: ConfigMaps | None = None
        self._variables: dict[tuple[str, str], Variables] = {}
        self._jvms: dict[tuple[str, str], Node | None] = {}
        self._service_accounts: dict[str, list[KubernetesObject]] | None = None
        self._service_backed: dict[tuple[str, str], bool | Unknown] = {}
        self._services: _ServicesByLabel | None = None
        self._autoscaled: dict[tuple[str, str], list[KubernetesObject]] | None = None

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The workloads in the order of their objects."""
        if self._workloads is None:
            found = (workload_of(item) for item in self.objects)
            self._workloads = tuple(workload for workload in found if workload is not None)
        return self._workloads

    @property
    def pods(self) -> tuple[tuple[Workload, tuple[Container, ...]], ...]:
        """Every workload with its containers."""
        if self._pods is None:
            self._pods = tuple((workload, tuple(containers_of(workload))) for workload in self.workloads)
        return self._pods

    @property
    def containers(self) -> Iterator[Container]:
        """The containers of all workloads."""
        for _, members in self.pods:
            yield from members

    def variables(self, container: Container) -> Variables:
        """The environment variables of a container of the model."""
        key = (container.workload.object.environment, container.address)
        known = self._variables.get(key)
        if known is None:
            known = container_variables(container, self.config_maps(), self._expansions)
            self._variables[key] = known
        return known

    def config_maps(self) -> ConfigMaps:
        """The ConfigMaps and Secrets of the model."""
        if self._configs is None:
            others = None if self.companions is None else self.companions.config_maps()
            self._configs = ConfigMaps(self.objects, self.rest, others)
        return self._configs

    def is_service_backed(self, workload: Workload) -> bool | Unknown:
        """Whether a Service of the unit, or one beside it, selects the pods of a workload."""
        key = (workload.object.environment, workload.object.address)
        known = self._service_backed.get(key)
        if known is None:
            known = _is_selected(self.services_by_label(), workload, self.rest)
            if known is not True and self.companions is not None:
                beside = _is_selected(self.companions.services_by_label(), workload, None)
                known = beside if beside is True else known or beside
            self._service_backed[key] = known
        return known

    def services_by_label(self) -> _ServicesByLabel:
        """The Services of the model; see `_services_by_label`."""
        if self._services is None:
            self._services = _services_by_label(self.objects)
        return self._services

    def is_autoscaled(self, workload: Workload) -> bool | Unknown:
        """Whether a HorizontalPodAutoscaler (or KEDA ScaledObject), here or beside, scales a workload."""
        return bool(self.scalers(workload)) or self.rest or False

    def least_replicas(self, workload: Workload) -> Node | None:
        """How many pods a workload has at least: what its autoscaler keeps, else what is wanted of it.

        None if its kind has no such number. An autoscaler without the field keeps one, a ScaledObject none.
        """
        for scaler in self.scalers(workload):
            keda = scaler.kind == "ScaledObject"
            written = reach(scaler.root, "spec", "minReplicaCount" if keda else "minReplicas")
            return written or computed(0 if keda else 1, scaler.anchor)
        if not workload.is_replicated:
            return None
        anchor = workload.object.anchor
        if self.rest is not None:
            return anchor.replace_value(self.rest)
        return workload.replicas or computed(1, anchor)

    def limit_defaults(self, workload: Workload) -> LimitDefaults | None:
        """What the LimitRanges of the unit, and those beside it, give to the containers of a workload."""
        ranges = self.limit_ranges()
        if self.companions is not None:
            ranges = (*ranges, *self.companions.limit_ranges())
        return defaults_for(workload.object, ranges) if ranges else None

    def limit_ranges(self) -> tuple[KubernetesObject, ...]:
        """The LimitRanges of the model, if there are very many the first."""
        if self._limit_ranges is None:
            self._limit_ranges = limit_ranges(self.objects)[:_MOST_CANDIDATES]
        return self._limit_ranges

    def service_account(self, name: str, user: KubernetesObject) -> KubernetesObject | None:
        """The ServiceAccount that an object means by a name, None if it is neither here nor beside."""
        if self._service_accounts is None:
            self._service_accounts = {}
            for item in self.objects:
                if item.is_kind("ServiceAccount", ""):
                    self._service_accounts.setdefault(item.name, []).append(item)
        for item in self._service_accounts.get(name, ())[:_MOST_CANDIDATES]:
            if item.environment == user.environment and same_namespace(item.namespace, user.namespace):
                return item
        return None if self.companions is None else self.companions.service_account(name, user)

    def jvm(self, container: Container) -> Node | None:
        """The JVM that a container runs, as far as its manifest tells; see `jvm_of`."""
        key = (container.workload.object.environment, container.address)
        if key not in self._jvms:
            listed = (reach(container.node, name) for name in ("command", "args"))
            command = [item for node in listed if node is not None for item in node.items()]
            variables = self.variables(container)
            self._jvms[key] = jvm_of(
                container.image, command, variables.names, variables.values, variables.rest
            )
        return self._jvms[key]

    def scalers(self, workload: Workload) -> list[KubernetesObject]:
        """What scales a workload, of the unit, else beside it."""
        if self._autoscaled is None:
            self._autoscaled = _autoscalers_by_target(self.objects)
        item = workload.object
        scalers = [
            scaler
            for scaler in self._autoscaled.get((item.kind, item.name), ())[:_MOST_CANDIDATES]
            if scaler.environment == item.environment and same_namespace(scaler.namespace, item.namespace)
        ]
        return scalers or ([] if self.companions is None else self.companions.scalers(workload))


def _is_selected(services: _ServicesByLabel, workload: Workload, rest: Unknown | None) -> bool | Unknown:
    """Whether one of the Services selects the pods of a workload; `rest` if there may be others."""
    labels = workload.labels
    if labels is None:
        return False
    if not isinstance(labels.value, MapValue):
        return labels.value if isinstance(labels.value, Unknown) else False
    candidates = _candidates(services, labels.value.entries)
    if len(candidates) > _MOST_CANDIDATES:
        return Unknown("limit", "too many Services may select it")
    doubt = labels.value.rest
    for service in candidates:
        selected = selects(service, labels, workload.object)
        if selected is True:
            return True
        doubt = doubt or selected or None
    return doubt or rest or False


def _services_by_label(objects: Iterable[KubernetesObject]) -> _ServicesByLabel:
    """The Services with a selector, each by the label of its selector that the fewest Services select.

    By name and value of that label; a value that is not known is None.
    """
    selectors = [
        (item, [(name, value.text()) for name, _, value in selector.members()])
        for item in objects
        if item.is_kind("Service", "") and (selector := reach(item.root, "spec", "selector")) is not None
    ]
    frequency = Counter(label for _, labels in selectors for label in labels)
    services: _ServicesByLabel = {}
    for item, labels in selectors:
        if labels:
            name, value = min(labels, key=frequency.__getitem__)
            services.setdefault(name, {}).setdefault(value, []).append(item)
    return services


def _candidates(services: _ServicesByLabel, labels: Mapping[str, Node]) -> list[KubernetesObject]:
    """The Services whose first label may be one of these labels."""
    found: list[KubernetesObject] = []
    for name, node in labels.items():
        by_value = services.get(name, {})
        value = node.text()
        for wanted in by_value if value is None else (value, None):
            found.extend(by_value.get(wanted, ())[: _MOST_CANDIDATES + 1])
        if len(found) > _MOST_CANDIDATES:
            break
    return found


def selects(service: KubernetesObject, labels: Node, owner: KubernetesObject) -> bool | Unknown:
    """Whether a Service selects pods with these labels."""
    if service.environment != owner.environment or not same_namespace(service.namespace, owner.namespace):
        return False
    selector = reach(service.root, "spec", "selector")
    doubt = selector.value.rest if selector is not None and isinstance(selector.value, MapValue) else None
    for name, _, wanted in () if selector is None else selector.members():
        label = reach(labels, name)
        if label is None:
            return False
        unknown = next((node.value for node in (label, wanted) if isinstance(node.value, Unknown)), None)
        if unknown is None and label.value != wanted.value:
            return False
        doubt = doubt or unknown
    return doubt or True


def _autoscalers_by_target(
    objects: Iterable[KubernetesObject],
) -> dict[tuple[str, str], list[KubernetesObject]]:
    scalers: dict[tuple[str, str], list[KubernetesObject]] = {}
    for item in objects:
        if item.is_kind("HorizontalPodAutoscaler", "autoscaling") or item.is_kind("ScaledObject", "keda.sh"):
            target = reach(item.root, "spec", "scaleTargetRef")
            kind = shown(reach(target, "kind")) or "Deployment"  # the default of a ScaledObject
            scalers.setdefault((kind, shown(reach(target, "name"))), []).append(item)
    return scalers
