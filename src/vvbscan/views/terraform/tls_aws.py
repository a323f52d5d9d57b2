"""Where TLS ends in AWS: listeners of load balancers, distributions, domains of APIs and of OpenSearch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import HttpListener, record_fields
from vvbscan.views.records import TlsEndpoint, computed, tls_fields
from vvbscan.views.terraform.arguments import (
    Holder,
    Targets,
    argument,
    boolean,
    default_at,
    items,
    text,
    undecided,
)
from vvbscan.views.terraform.hsts_aws import headers_policies, hsts_of_distribution, hsts_of_listener
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.registry_modules import WellKnown, well_known
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.tls_versions import (
    ALL,
    ELB_DEFAULT,
    api_gateway_versions,
    by_policy,
    cloudfront_versions,
    computed_at,
    elb_versions,
    opensearch_versions,
)

LISTENERS: Final = ("aws_lb_listener", "aws_alb_listener")
BALANCERS: Final = ("aws_lb", "aws_alb")
_WITH_TLS: Final = frozenset({"HTTPS", "TLS"})
_CLASSIC_WITH_TLS: Final = frozenset({"HTTPS", "SSL"})
_ORIGIN_PROTOCOLS: Final = {"SSLv3": "SSL 3.0", "TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2"}
_MODULE: Final = "alb"
_MODULE_SINCE: Final = 9
"""The release of terraform-aws-modules/alb from which `listeners` is a map for listeners of any protocol."""
_MODULE_DEFAULTS: Final = {
    9: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    10: "ELBSecurityPolicy-TLS13-1-3-2021-06",
}
"""Its policy of listeners that name none, by major release (`main.tf`, aws_lb_listener.this)."""
_ELASTIC: Final = "Elastic Load Balancing"


def aws_endpoints(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `tls_endpoint` that is of AWS."""
    for name in LISTENERS:
        for listener in configuration.by_type.get(name, ()):
            yield from _listener(configuration, listener)
    for module in _balancer_modules(configuration):
        yield from _module_listeners(configuration, module)
    yield from _classic(configuration)
    policies = headers_policies(configuration)
    for distribution in configuration.by_type.get("aws_cloudfront_distribution", ()):
        yield _distribution(configuration, distribution, policies)
        yield from _origins(configuration, distribution)
    for domain in configuration.by_type.get("aws_api_gateway_domain_name", ()):
        yield _api_domain(configuration, domain)
    for name in ("aws_opensearch_domain", "aws_elasticsearch_domain"):
        for domain in configuration.by_type.get(name, ()):
            yield from _search_domain(configuration, domain)


def aws_http_listeners(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `http_listener` that is of AWS."""
    balancers = balancers_of(configuration)
    for name in LISTENERS:
        for listener in configuration.by_type.get(name, ()):
            balancer = balancers.get(argument(listener, "load_balancer_arn"))
            if _protocol(listener, "HTTP") != "HTTP" or not _is_of_application(listener, balancer):
                continue
            record = HttpListener(
                kind_of(listener),
                _action_of(listener),
                _internal(listener, balancer),
            )
            yield _http(configuration, listener, record)
    for module in _balancer_modules(configuration):
        yield from _module_http(configuration, module)
    for balancer in configuration.by_type.get("aws_elb", ()):
        yield from _classic_http(configuration, balancer)
    for distribution in configuration.by_type.get("aws_cloudfront_distribution", ()):
        for part, behavior in _behaviors(distribution):
            policy = text(behavior, "viewer_protocol_policy")
            if policy is not None:
                record = HttpListener(kind_of(distribution), _renamed(policy, _VIEWER_POLICIES))
                yield _http(configuration, distribution, record, part, behavior)


def balancers_of(configuration: Configuration) -> Targets:
    """The load balancers that listeners name."""
    found = (resource for name in BALANCERS for resource in configuration.by_type.get(name, ()))
    return Targets(found, "arn", "id")


def _listener(configuration: Configuration, listener: Resource) -> Iterator[Subject]:
    protocol = _protocol(listener, "")
    if protocol in _WITH_TLS:
        policy = text(listener, "ssl_policy")
        record = by_policy(kind_of(listener), listener.anchor, policy, elb_versions, ELB_DEFAULT, _ELASTIC)
    elif isinstance(protocol, Unknown):
        record = TlsEndpoint(kind_of(listener), (), protocol)
    else:
        return
    yield _endpoint(configuration, listener, record._replace(hsts=hsts_of_listener(listener)))


def _protocol(listener: Holder, default: str) -> str | Unknown:
    node = text(listener, "protocol", default=default)
    assert node is not None
    return node.value if isinstance(node.value, Unknown) else str(node.value).upper()


def _is_of_application(listener: Resource, balancer: Resource | None) -> bool:
    """Whether a listener takes HTTP: those of other load balancers have a protocol of their own."""
    if argument(listener, "protocol") is not None:
        return True
    kind = text(balancer, "load_balancer_type", default="application") if balancer is not None else None
    return kind is not None and kind.value == "application"


def _internal(listener: Resource, balancer: Resource | None) -> Node:
    """Whether the load balancer is internal; Terraform's aws_lb, `internal`: by default it is not."""
    if balancer is None:
        given = argument(listener, "load_balancer_arn")
        elsewhere = Unknown("remote", "its load balancer is not in the tree")
        return default_at(listener, undecided(given) or elsewhere)
    found = boolean(balancer, "internal", default=False)
    assert found is not None
    return found


def _action_of(listener: Holder, *path: str) -> Node:
    """What a listener of HTTP does, at the `type` of its last action: the one that ends a request."""
    actions = items(listener, *path, "default_action")
    if actions.rest is not None or not actions.nodes:
        return default_at(listener, actions.rest or Unknown("default", "it has no default action"))
    last = actions.nodes[-1]
    kind = text(last, "type")
    if kind is None or isinstance(kind.value, Unknown):
        return kind or computed("forward", last)
    if kind.value != "redirect":
        return kind._replace(value="refuse" if kind.value == "fixed-response" else "forward")
    return _redirect(kind, last)


def _redirect(kind: Node, holder: Node) -> Node:
    """Terraform's aws_lb_listener, `redirect.protocol`: `#{protocol}`, that of the request, by default."""
    protocol = text(holder, "redirect", 0, "protocol") or text(holder, "redirect", "protocol")
    if protocol is not None and isinstance(protocol.value, Unknown):
        return protocol
    to_https = protocol is not None and protocol.value == "HTTPS"
    return kind._replace(value="redirect" if to_https else "forward")


_VIEWER_POLICIES: Final = {"allow-all": "forward", "redirect-to-https": "redirect", "https-only": "refuse"}


def _renamed(node: Node, names: dict[str, str]) -> Node:
    value = node.value
    if isinstance(value, Unknown):
        return node
    name = names.get(str(value))
    return node._replace(value=name or Unknown("unparsed", f"{value} is not a value that is known"))


def _behaviors(distribution: Resource) -> Iterator[tuple[str, Node]]:
    for name in ("default_cache_behavior", "ordered_cache_behavior"):
        for index, behavior in enumerate(items(distribution, name).nodes):
            yield f"{name}[{index}]", behavior


def _endpoint(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    record: TlsEndpoint,
    part: str = "",
    anchor: Node | None = None,
) -> Subject:
    place = anchor or holder.anchor
    made = subject("tls_endpoint", configuration, holder, {}, record, part, place)
    return made._replace(root=tls_fields(record, place))


def _http(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    record: HttpListener,
    part: str = "",
    anchor: Node | None = None,
) -> Subject:
    place = anchor or holder.anchor
    made = subject("http_listener", configuration, holder, {}, record, part, place)
    return made._replace(root=record_fields(record, place))


def _classic(configuration: Configuration) -> Iterator[Subject]:
    """Classic load balancers, whose policies are resources of their own and joined by a third."""
    balancers = configuration.by_type.get("aws_elb", ())
    if not balancers:
        return
    named = Targets(balancers, "name", "id")
    policies: dict[str, list[Node | None]] = {}
    strangers = False
    for name in ("aws_load_balancer_policy", "aws_lb_ssl_negotiation_policy"):
        for policy in configuration.by_type.get(name, ()):
            kind = text(policy, "policy_type_name", default="SSLNegotiationPolicyType")
            if kind is not None and kind.value != "SSLNegotiationPolicyType":
                continue
            owner = named.get(argument(policy, "load_balancer_name") or argument(policy, "load_balancer"))
            if owner is None:
                strangers = True
            else:
                policies.setdefault(owner.address, []).append(_reference_policy(policy))
    for balancer in balancers:
        for index, listener in enumerate(items(balancer, "listener").nodes):
            protocol = text(listener, "lb_protocol")
            if protocol is None or str(protocol.value).upper() not in _CLASSIC_WITH_TLS:
                continue
            found = policies.get(balancer.address, [])
            default: str | Unknown = ELB_DEFAULT
            if len(found) > 1 or strangers or None in found:
                default = Unknown("expression", "which policy the listener has is not followed")
            named_policy = found[0] if len(found) == 1 else None
            record = by_policy(kind_of(balancer), listener, named_policy, elb_versions, default, _ELASTIC)
            yield _endpoint(configuration, balancer, record, f"listener[{index}]", listener)


def _classic_http(configuration: Configuration, balancer: Resource) -> Iterator[Subject]:
    """The listeners without TLS of a classic load balancer that has none with it; it can send nobody on."""
    protocols = [text(listener, "lb_protocol") for listener in items(balancer, "listener").nodes]
    if any(one is None or str(one.value).upper() not in {"HTTP", "TCP"} for one in protocols):
        return
    internal = boolean(balancer, "internal", default=False)
    for index, protocol in enumerate(protocols):
        if protocol is not None and str(protocol.value).upper() == "HTTP":
            record = HttpListener(kind_of(balancer), protocol._replace(value="forward"), internal)
            yield _http(configuration, balancer, record, f"listener[{index}]", protocol)


def _reference_policy(policy: Resource) -> Node | None:
    """The predefined policy that a policy names, None if it lists protocols and ciphers of its own."""
    for block in ("policy_attribute", "attribute"):
        for attribute in items(policy, block).nodes:
            name = text(attribute, "name")
            if name is not None and name.value == "Reference-Security-Policy":
                return text(attribute, "value")
    return None


def _distribution(configuration: Configuration, distribution: Resource, policies: Targets) -> Subject:
    """A distribution, as viewers meet it.

    Terraform's aws_cloudfront_distribution: `minimum_protocol_version` is TLSv1 by default, and with
    `cloudfront_default_certificate` whatever is written.
    """
    own = boolean(distribution, "viewer_certificate", 0, "cloudfront_default_certificate")
    policy = text(distribution, "viewer_certificate", 0, "minimum_protocol_version")
    if own is not None and own.value is not False:
        component = kind_of(distribution)
        if isinstance(own.value, Unknown):
            record = TlsEndpoint(component, (), own.value)
        else:
            record = TlsEndpoint(component, computed_at(own, ALL), None, by_default=True)
    else:
        record = by_policy(
            kind_of(distribution), distribution.anchor, policy, cloudfront_versions, "TLSv1", "CloudFront"
        )
    record = record._replace(hsts=hsts_of_distribution(distribution, policies))
    return _endpoint(configuration, distribution, record)


def _origins(configuration: Configuration, distribution: Resource) -> Iterator[Subject]:
    """What a distribution speaks to the servers that it fetches from."""
    for index, origin in enumerate(items(distribution, "origin").nodes):
        for block in items(origin, "custom_origin_config").nodes:
            protocols = items(block, "origin_ssl_protocols")
            named = ((node, _ORIGIN_PROTOCOLS.get(str(node.value))) for node in protocols.nodes)
            versions = tuple(node._replace(value=version) for node, version in named if version is not None)
            rest = protocols.rest or undecided(*protocols.nodes)
            record = TlsEndpoint(kind_of(distribution), versions, rest, role="client")
            yield _endpoint(configuration, distribution, record, f"origin[{index}]", block)


def _api_domain(configuration: Configuration, domain: Resource) -> Subject:
    default = Unknown("default", "the policy of a domain that names none depends on when and how it was made")
    policy = text(domain, "security_policy")
    record = by_policy(kind_of(domain), domain.anchor, policy, api_gateway_versions, default, "API Gateway")
    return _endpoint(configuration, domain, record)


def _search_domain(configuration: Configuration, domain: Resource) -> Iterator[Subject]:
    """An OpenSearch domain. No policy of it refuses TLS 1.2, which therefore is not held against it."""
    options = items(domain, "domain_endpoint_options")
    if not options.nodes:
        return
    policy = text(options.nodes[0], "tls_security_policy")
    if policy is None:
        return
    record = by_policy(kind_of(domain), policy, policy, opensearch_versions, "", "OpenSearch Service")
    avoidable = tuple(version for version in record.versions if version.value != "1.2")
    yield _endpoint(
        configuration, domain, record._replace(versions=avoidable, plain_http=_plain(options.nodes[0]))
    )


def _plain(options: Node) -> Node | None:
    """Terraform's aws_opensearch_domain, `enforce_https`: true where the block stands."""
    enforced = boolean(options, "enforce_https", default=True)
    if enforced is None or isinstance(enforced.value, Unknown):
        return enforced
    return enforced._replace(value="disabled" if enforced.value else "enabled")


def _balancer_modules(configuration: Configuration) -> Iterator[WellKnown]:
    for module in well_known(configuration, _MODULE):
        if not module.part and (module.major or 0) >= _MODULE_SINCE:
            yield module


def _listeners_of(module: WellKnown) -> Iterator[tuple[Node, Node, str | Unknown]]:
    """Name, arguments and protocol of the listeners of a module."""
    given = argument(module.call, "listeners")
    default = _protocol_default(module.call)
    for _, name, listener in () if given is None else given.members():
        yield name, listener, _protocol(listener, default)


def _protocol_default(call: ModuleCall) -> str:
    """The module's `default_protocol` (`variables.tf`: HTTP)."""
    node = text(call, "default_protocol", default="HTTP")
    return str(node.value) if node is not None and isinstance(node.value, str) else ""


def _module_listeners(configuration: Configuration, module: WellKnown) -> Iterator[Subject]:
    for name, listener, protocol in _listeners_of(module):
        if protocol in _WITH_TLS:
            default = _MODULE_DEFAULTS.get(module.major or 0) or module.default("", 1_000)
            policy = text(listener, "ssl_policy")
            record = by_policy(module.call.source, name, policy, elb_versions, default, _ELASTIC)
        elif isinstance(protocol, Unknown):
            record = TlsEndpoint(module.call.source, (), protocol)
        else:
            continue
        yield _endpoint(configuration, module.call, record, f"listeners[{name.value}]", name)


def _module_http(configuration: Configuration, module: WellKnown) -> Iterator[Subject]:
    kind = text(module.call, "load_balancer_type", default="application")
    internal = boolean(module.call, "internal", default=False)
    for name, listener, protocol in _listeners_of(module):
        if protocol == "HTTP" and kind is not None and kind.value == "application":
            record = HttpListener(module.call.source, _module_action(listener), internal)
            yield _http(configuration, module.call, record, f"listeners[{name.value}]", name)


def _module_action(listener: Node) -> Node:
    redirect = argument(listener, "redirect")
    if redirect is not None:
        return redirect if isinstance(redirect.value, Unknown) else _redirect(redirect, listener)
    fixed = argument(listener, "fixed_response")
    if fixed is not None:
        return fixed if isinstance(fixed.value, Unknown) else computed("refuse", fixed)
    forward = argument(listener, "forward") or argument(listener, "weighted_forward")
    return computed("forward", listener if forward is None else forward)
