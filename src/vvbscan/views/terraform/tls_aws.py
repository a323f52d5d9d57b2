"""Where TLS ends in AWS: listeners of load balancers, distributions, domains of APIs and of OpenSearch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.records import TlsEndpoint, tls_fields
from vvbscan.views.terraform.alb_module import module_listeners
from vvbscan.views.terraform.arguments import (
    Targets,
    argument,
    boolean,
    items,
    text,
    undecided,
)
from vvbscan.views.terraform.hsts_aws import headers_policies, hsts_of_distribution, hsts_of_listener
from vvbscan.views.terraform.listener_actions import protocol_of_listener
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
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
_WITH_TLS: Final = frozenset({"HTTPS", "TLS"})
_CLASSIC_WITH_TLS: Final = frozenset({"HTTPS", "SSL"})
_ORIGIN_PROTOCOLS: Final = {"SSLv3": "SSL 3.0", "TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2"}
_ELASTIC: Final = "Elastic Load Balancing"


def aws_endpoints(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `tls_endpoint` that is of AWS."""
    for name in LISTENERS:
        for listener in configuration.by_type.get(name, ()):
            yield from _listener(configuration, listener)
    yield from _of_modules(configuration)
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


def _listener(configuration: Configuration, listener: Resource) -> Iterator[Subject]:
    protocol = protocol_of_listener(listener, "")
    if protocol in _WITH_TLS:
        policy = text(listener, "ssl_policy")
        record = by_policy(kind_of(listener), listener.anchor, policy, elb_versions, ELB_DEFAULT, _ELASTIC)
    elif isinstance(protocol, Unknown):
        record = TlsEndpoint(kind_of(listener), (), protocol)
    else:
        return
    yield _endpoint(configuration, listener, record._replace(hsts=hsts_of_listener(listener)))


def _of_modules(configuration: Configuration) -> Iterator[Subject]:
    for listener in module_listeners(configuration):
        source, place = listener.call.source, listener.place
        if listener.protocol in _WITH_TLS:
            policy, default = listener.policy, listener.default_policy
            record = by_policy(source, place, policy, elb_versions, default, _ELASTIC)
        elif isinstance(listener.protocol, Unknown):
            record = TlsEndpoint(source, (), listener.protocol)
        else:
            continue
        yield _endpoint(configuration, listener.call, record, listener.part, place)


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
