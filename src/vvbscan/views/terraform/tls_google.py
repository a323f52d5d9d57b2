"""Where TLS ends in Google Cloud: target proxies with their SSL policies, and the proxies without TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import HttpListener, record_fields
from vvbscan.views.records import TlsEndpoint, computed, tls_fields
from vvbscan.views.terraform.arguments import Targets, argument, boolean, default_at, items, text, undecided
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.tls_versions import by_policy, versions_from

_TLS_PROXIES: Final = (
    "google_compute_target_https_proxy",
    "google_compute_region_target_https_proxy",
    "google_compute_target_ssl_proxy",
)
_POLICIES: Final = ("google_compute_ssl_policy", "google_compute_region_ssl_policy")
_HTTP_PROXIES: Final = {
    "google_compute_target_http_proxy": "google_compute_url_map",
    "google_compute_region_target_http_proxy": "google_compute_region_url_map",
}
_RULES: Final = ("google_compute_global_forwarding_rule", "google_compute_forwarding_rule")
_NAMES: Final = {"TLS_1_0": "1.0", "TLS_1_1": "1.1", "TLS_1_2": "1.2", "TLS_1_3": "1.3"}
_DEFAULT: Final = "TLS_1_0"
"""Terraform's google_compute_ssl_policy, `min_tls_version`; also what holds without a policy (Cloud Load
Balancing, "SSL policies overview": the profile COMPATIBLE with TLS 1.0)."""


def google_endpoints(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `tls_endpoint` that is of Google Cloud."""
    found = (policy for name in _POLICIES for policy in configuration.by_type.get(name, ()))
    policies = Targets(found, "id", "self_link", "name")
    for name in _TLS_PROXIES:
        for proxy in configuration.by_type.get(name, ()):
            record = _endpoint(proxy, policies)
            made = subject("tls_endpoint", configuration, proxy, {}, record)
            yield made._replace(root=tls_fields(record, proxy.anchor))


def google_http_listeners(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `http_listener` that is of Google Cloud."""
    rules = [rule for name in _RULES for rule in configuration.by_type.get(name, ())]
    found = [proxy for name in _HTTP_PROXIES for proxy in configuration.by_type.get(name, ())]
    proxies = Targets(found, "id", "self_link")
    for name, map_name in _HTTP_PROXIES.items():
        maps = Targets(configuration.by_type.get(map_name, ()), "id", "self_link", "name")
        for proxy in configuration.by_type.get(name, ()):
            record = HttpListener(kind_of(proxy), _action(proxy, maps), _internal(proxy, rules, proxies))
            made = subject("http_listener", configuration, proxy, {}, record)
            yield made._replace(root=record_fields(record, proxy.anchor))


def _endpoint(proxy: Resource, policies: Targets) -> TlsEndpoint:
    given = argument(proxy, "ssl_policy")
    policy = policies.get(given)
    component = kind_of(proxy)
    if policy is None and given is not None:
        elsewhere = Unknown("remote", f"the SSL policy {given.value} is not in the tree")
        return TlsEndpoint(component, (), undecided(given) or elsewhere)
    if policy is None:
        return by_policy(component, proxy.anchor, None, _versions, _DEFAULT, "Cloud Load Balancing")
    lowest = text(policy, "min_tls_version")
    record = by_policy(component, policy.anchor, lowest, _versions, _DEFAULT, "Cloud Load Balancing")
    return record._replace(ciphers=argument(policy, "custom_features"))


def _internal(proxy: Resource, rules: list[Resource], proxies: Targets) -> Node:
    """Whether all forwarding rules that lead to a proxy are internal.

    Terraform's google_compute_forwarding_rule, `load_balancing_scheme`: EXTERNAL by default.
    """
    schemes = [
        text(rule, "load_balancing_scheme", default="EXTERNAL")
        for rule in rules
        if proxies.get(argument(rule, "target")) is proxy
    ]
    if not schemes:
        return default_at(proxy, Unknown("remote", "no forwarding rule of the tree leads to the proxy"))
    unknown = undecided(*schemes)
    internal = all(one is not None and str(one.value).startswith("INTERNAL") for one in schemes)
    return default_at(proxy, unknown or internal)


def _versions(lowest: str) -> tuple[str, ...] | None:
    name = _NAMES.get(lowest)
    return None if name is None else versions_from(name)


def _action(proxy: Resource, maps: Targets) -> Node:
    """What the URL map of a proxy does with all requests."""
    given = argument(proxy, "url_map")
    mapping = maps.get(given)
    if mapping is None:
        elsewhere = Unknown("remote", "its URL map is not in the tree")
        return default_at(proxy, undecided(given) or elsewhere)
    for redirect in items(mapping, "default_url_redirect").nodes:
        secure = boolean(redirect, "https_redirect", default=False)
        if secure is None or isinstance(secure.value, Unknown):
            return secure or redirect
        return secure._replace(value="redirect" if secure.value else "forward")
    # Other proxies, such as the one with TLS, may share the map: it is this proxy that needs another one.
    return default_at(proxy, "forward") if given is None else computed("forward", given)
