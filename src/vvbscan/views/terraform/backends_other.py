"""What load balancers of Google Cloud and Azure send requests to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.network_records import Backend
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, boolean, default_at, items, number, text
from vvbscan.views.terraform.backends_aws import Found
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import kind_of

_SERVICES: Final = ("google_compute_backend_service", "google_compute_region_backend_service")
_CHECKS: Final = (
    "google_compute_health_check",
    "google_compute_region_health_check",
    "google_compute_http_health_check",
    "google_compute_https_health_check",
)
_OVER_HTTP: Final = ("http_health_check", "https_health_check", "http2_health_check")


def google_backends(configuration: Configuration) -> Iterator[Found]:
    """The backend services of Google Cloud."""
    found = (check for name in _CHECKS for check in configuration.by_type.get(name, ()))
    checks = Targets(found, "id", "self_link", "name")
    for name in _SERVICES:
        for service in configuration.by_type.get(name, ()):
            yield service, "", service.anchor, _service(service, checks)


def _service(service: Resource, checks: Targets) -> Backend:
    """Defaults: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_backend_service."""
    affinity = text(service, "session_affinity", default="NONE")
    named = items(service, "health_checks")
    check = checks.get(named.nodes[0]) if named.nodes else None
    return Backend(
        kind_of(service),
        _protocol(text(service, "protocol", default="HTTP")),
        None,  # without servers behind it, as before Cloud Run, a service has none
        None if check is None else _path(check),
        None if check is None else number(check, "check_interval_sec", default=5),
        _flag(affinity, affinity is not None and affinity.value != "NONE"),
        number(service, "connection_draining_timeout_sec"),
    )


def _protocol(node: Node | None) -> Node | None:
    if node is None or isinstance(node.value, Unknown):
        return node
    return node._replace(value="http" if str(node.value).startswith("HTTP") else "tcp")


def _path(check: Resource) -> Node | None:
    """Terraform's google_compute_health_check, `request_path`: `/` by default."""
    if check.type in {"google_compute_http_health_check", "google_compute_https_health_check"}:
        return text(check, "request_path", default="/")
    for name in _OVER_HTTP:
        for block in items(check, name).nodes:
            return text(block, "request_path", default="/")
    return None


def _flag(node: Node | None, value: bool) -> Node | None:
    if node is None or isinstance(node.value, Unknown):
        return node
    return node._replace(value=value)


def azure_backends(configuration: Configuration) -> Iterator[Found]:
    """The rules of load balancers of Azure, and the settings of application gateways."""
    probes = Targets(configuration.by_type.get("azurerm_lb_probe", ()), "id")
    for rule in configuration.by_type.get("azurerm_lb_rule", ()):
        yield rule, "", rule.anchor, _rule(rule, probes)
    for gateway in configuration.by_type.get("azurerm_application_gateway", ()):
        for index, block in enumerate(items(gateway, "backend_http_settings").nodes):
            yield gateway, f"backend_http_settings[{index}]", block, _settings(gateway, block)


def _rule(rule: Resource, probes: Targets) -> Backend:
    """Defaults: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb_rule."""
    given = argument(rule, "probe_id")
    probe = probes.get(given)
    distribution = text(rule, "load_distribution", default="Default")
    return Backend(
        kind_of(rule),
        computed("tcp", rule.anchor),
        default_at(rule, False) if given is None else computed(True, given),
        None if probe is None else text(probe, "request_path"),
        None if probe is None else number(probe, "interval_in_seconds", default=15),
        _flag(distribution, distribution is not None and distribution.value != "Default"),
    )


def _settings(gateway: Resource, block: Node) -> Backend:
    """Defaults: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/application_gateway."""
    affinity = text(block, "cookie_based_affinity")
    draining = boolean(block, "connection_draining", 0, "enabled", default=False)
    if draining is not None and draining.value is True:
        draining = number(block, "connection_draining", 0, "drain_timeout_sec")
    elif draining is not None and draining.value is False:
        draining = draining._replace(value=0)
    named = text(block, "probe_name")
    probes = {_name_of(probe): probe for probe in items(gateway, "probe").nodes}
    probe = None if named is None else probes.get(str(named.value))
    return Backend(
        kind_of(gateway),
        computed("http", block),
        None,  # without a probe of its own an application gateway asks for `/` (Health monitoring overview)
        None if probe is None else text(probe, "path"),
        None if probe is None else number(probe, "interval"),
        _flag(affinity, affinity is not None and affinity.value == "Enabled"),
        draining,
    )


def _name_of(block: Node) -> str:
    """The name of a block, empty if it is not known."""
    name = text(block, "name")
    return name.value if name is not None and isinstance(name.value, str) else ""
