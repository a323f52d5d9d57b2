"""Where TLS ends in Azure: application gateways, web apps, and services that state the lowest version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.record import NamedTuple
from vvbscan.views.network_records import HttpListener, record_fields
from vvbscan.views.records import TlsEndpoint, computed, tls_fields
from vvbscan.views.terraform.arguments import argument, boolean, items, text
from vvbscan.views.terraform.model import Configuration, Resource
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.tls_versions import by_policy, versions_from


class _Service(NamedTuple):
    """How resources of a type say the lowest version, and whether they take requests without TLS.

    Source of each: the type's page of the provider azurerm, https://registry.terraform.io/providers/hashicorp/azurerm.
    """

    lowest: tuple[str | int, ...]
    default: str
    """Empty if the default has changed from release to release of the provider."""
    refuses_12: bool = False
    """Whether it can refuse TLS 1.2; what nobody can switch off is not held against anybody."""
    https_only: tuple[str, ...] = ()
    """The names of the argument, that of release 4 of the provider first."""
    https_default: bool | None = None
    inverted: bool = False
    """Whether `https_only` says that plain requests are taken."""


_APP: Final = _Service(("site_config", 0, "minimum_tls_version"), "1.2", True, ("https_only",), False)
_OLD_APP: Final = _APP._replace(lowest=("site_config", 0, "min_tls_version"))
"""Before release 4 of the provider."""
_SERVICES: Final = {
    "azurerm_app_service": _OLD_APP,
    "azurerm_function_app": _OLD_APP,
    "azurerm_linux_web_app": _APP,
    "azurerm_windows_web_app": _APP,
    "azurerm_linux_function_app": _APP,
    "azurerm_windows_function_app": _APP,
    "azurerm_storage_account": _Service(
        ("min_tls_version",),
        "",
        https_only=("https_traffic_only_enabled", "enable_https_traffic_only"),
        https_default=True,
    ),
    "azurerm_mssql_server": _Service(("minimum_tls_version",), "1.2"),
    "azurerm_redis_cache": _Service(
        ("minimum_tls_version",),
        "",
        https_only=("non_ssl_port_enabled", "enable_non_ssl_port"),
        https_default=False,
        inverted=True,
    ),
    "azurerm_cdn_frontdoor_custom_domain": _Service(("tls", 0, "minimum_tls_version"), "1.2"),
    "azurerm_eventhub_namespace": _Service(("minimum_tls_version",), ""),
    "azurerm_servicebus_namespace": _Service(("minimum_tls_version",), ""),
}
_VERSION: Final = lazy_pattern(r"(?:TLS_?v?)?1[._]?([0-3])")
_PREDEFINED: Final = {
    # Application Gateway, "TLS policy overview": predefined policies
    "AppGwSslPolicy20150501": "1.0",
    "AppGwSslPolicy20170401": "1.1",
    "AppGwSslPolicy20170401S": "1.2",
    "AppGwSslPolicy20220101": "1.2",
    "AppGwSslPolicy20220101S": "1.2",
}
_SERVICE_DEFAULT: Final = Unknown("default", "the lowest version depends on the release of the provider")
_GATEWAY_DEFAULT: Final = Unknown(
    "default", "the policy of an application gateway that names none depends on the version of its API"
)


def azure_endpoints(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `tls_endpoint` that is of Azure."""
    for name, service in _SERVICES.items():
        for resource in configuration.by_type.get(name, ()):
            yield _subject(configuration, resource, _service(resource, service))
    for gateway in configuration.by_type.get("azurerm_application_gateway", ()):
        protocols = (text(listener, "protocol") for listener in items(gateway, "http_listener").nodes)
        if any(protocol is not None and protocol.value == "Https" for protocol in protocols):
            yield _subject(configuration, gateway, _gateway(gateway))


def azure_http_listeners(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `http_listener` that is of Azure."""
    for gateway in configuration.by_type.get("azurerm_application_gateway", ()):
        for listener, action in _plain_listeners(gateway):
            record = HttpListener(kind_of(gateway), action, internal=computed(False, listener))
            made = subject(
                "http_listener",
                configuration,
                gateway,
                {},
                record,
                f"http_listener[{_name(listener)}]",
                listener,
            )
            yield made._replace(root=record_fields(record, listener))


def _subject(configuration: Configuration, resource: Resource, record: TlsEndpoint) -> Subject:
    made = subject("tls_endpoint", configuration, resource, {}, record)
    return made._replace(root=tls_fields(record, resource.anchor))


def _service(resource: Resource, service: _Service) -> TlsEndpoint:
    lowest = text(resource, *service.lowest)
    default = service.default or _SERVICE_DEFAULT
    record = by_policy(kind_of(resource), resource.anchor, lowest, _versions, default, "Azure")
    if not service.refuses_12:
        record = record._replace(versions=tuple(one for one in record.versions if one.value != "1.2"))
    if not service.https_only:
        return record
    written = (name for name in service.https_only if argument(resource, name) is not None)
    node = boolean(resource, next(written, service.https_only[0]), default=service.https_default)
    if node is not None and not isinstance(node.value, Unknown):
        node = node._replace(value="disabled" if node.value is not service.inverted else "enabled")
    return record._replace(plain_http=node)


def _gateway(gateway: Resource) -> TlsEndpoint:
    component = kind_of(gateway)
    policies = items(gateway, "ssl_policy")
    if policies.rest is not None or not policies.nodes:
        return TlsEndpoint(component, (), policies.rest or _GATEWAY_DEFAULT, by_default=True)
    policy = policies.nodes[0]
    named = text(policy, "policy_name") or text(policy, "min_protocol_version")
    record = by_policy(component, policy, named, _versions, _GATEWAY_DEFAULT, "Application Gateway")
    return record._replace(ciphers=argument(policy, "cipher_suites"))


def _versions(named: str) -> tuple[str, ...] | None:
    """The versions from the lowest on, which is spelt `1.2`, `TLS1_2`, `TLSv1_2`, or by a policy."""
    lowest = _PREDEFINED.get(named)
    if lowest is not None:
        # Application Gateway, "TLS policy overview": those of 2022 accept TLS 1.3, the older ones do not
        return versions_from(lowest, "1.3" if "2022" in named else "1.2")
    match = _VERSION.fullmatch(named)
    return None if match is None else versions_from(f"1.{match[1]}")


def _plain_listeners(gateway: Resource) -> Iterator[tuple[Node, Node]]:
    """The listeners of an application gateway that take requests without TLS, and what becomes of those."""
    listeners = items(gateway, "http_listener").nodes
    secure = {_name(one) for one in listeners if (text(one, "protocol") or one).value == "Https"} - {""}
    redirects = {_name(one): one for one in items(gateway, "redirect_configuration").nodes}
    rules = {_name(one, "http_listener_name"): one for one in items(gateway, "request_routing_rule").nodes}
    for listener in listeners:
        protocol = text(listener, "protocol")
        rule = rules.get(_name(listener))
        if protocol is None or protocol.value != "Http" or rule is None:
            continue
        redirect = redirects.get(_name(rule, "redirect_configuration_name"))
        if redirect is not None:
            url = text(redirect, "target_url")
            target = _name(redirect, "target_listener_name")
            to_https = target in secure or (url is not None and str(url.value).startswith("https:"))
            yield listener, computed("redirect" if to_https else "forward", protocol)
        elif text(rule, "backend_address_pool_name") is not None:
            yield listener, computed("forward", protocol)


def _name(block: Node, key: str = "name") -> str:
    node = text(block, key)
    return node.value if node is not None and isinstance(node.value, str) else ""
