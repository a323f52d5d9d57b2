"""Versions of TLS by the names that clouds give to their policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.records import TlsEndpoint, computed

ALL: Final = ("1.0", "1.1", "1.2", "1.3")

ELB_DEFAULT: Final = "ELBSecurityPolicy-2016-08"
"""Terraform's aws_lb_listener, `ssl_policy`; of classic load balancers too (Elastic Load Balancing, "Update
the SSL negotiation configuration of your Classic Load Balancer")."""
_ELB: Final = lazy_pattern(r"ELBSecurityPolicy-(?:(TLS13)-|TLS-|FS-)1-([0-3])(?:-.*)?")
_ELB_OLD: Final = lazy_pattern(r"ELBSecurityPolicy-(?:FS-)?20[0-9]{2}-[0-9]{2}")
"""Those that are named after a date alone begin with TLS 1.0."""
_CLOUDFRONT: Final = lazy_pattern(r"TLSv1(?:\.([0-3]))?(?:_20[0-9]{2})?")
_API_GATEWAY: Final = lazy_pattern(
    r"TLS_1_([02])|SecurityPolicy_TLS13_1_([23])_.*|SecurityPolicy_TLS1([23])_(?:[A-Z0-9]+_)*EDGE"
)
_OPENSEARCH: Final = lazy_pattern(r"Policy-Min-TLS-1-([0-3])-.*")


def versions_from(lowest: str, highest: str = "1.3") -> tuple[str, ...]:
    """The versions of TLS between two of them."""
    return ALL[ALL.index(lowest) : ALL.index(highest) + 1]


def elb_versions(policy: str) -> tuple[str, ...] | None:
    """Of a security policy of Elastic Load Balancing, None if it is not known.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html: the second
    figure is the lowest version. `ELBSecurityPolicy-TLS13-1-0-2021-06` adds TLS 1.3 and keeps TLS 1.0.
    """
    match = _ELB.fullmatch(policy)
    if match is not None:
        return versions_from(f"1.{match[2]}", "1.3" if match[1] else "1.2")
    return versions_from("1.0", "1.2") if _ELB_OLD.fullmatch(policy) else None


def cloudfront_versions(policy: str) -> tuple[str, ...] | None:
    """Of a security policy of CloudFront, None if it is not known.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html:
    every policy accepts TLS 1.3.
    """
    if policy == "SSLv3":
        return ALL
    match = _CLOUDFRONT.fullmatch(policy)
    return None if match is None else versions_from(f"1.{match[1] or 0}")


def api_gateway_versions(policy: str) -> tuple[str, ...] | None:
    """Of a security policy of a domain of API Gateway, None if it is not known.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html: the
    policies `TLS_1_0` and `TLS_1_2` accept TLS 1.3 too at the edge.
    """
    match = _API_GATEWAY.fullmatch(policy)
    return None if match is None else versions_from(f"1.{match[1] or match[2] or match[3]}")


def opensearch_versions(policy: str) -> tuple[str, ...] | None:
    """Of a security policy of an OpenSearch domain, None if it is not known."""
    match = _OPENSEARCH.fullmatch(policy)
    return None if match is None else versions_from(f"1.{match[1]}")


def by_policy(
    component: str,
    place: Node,
    policy: Node | None,
    read: Callable[[str], tuple[str, ...] | None],
    default: str | Unknown,
    platform: str,
) -> TlsEndpoint:
    """The endpoint that a policy by name makes, or the platform's default, which is told of at `place`."""
    if policy is None:
        if isinstance(default, Unknown):
            return TlsEndpoint(component, (), default, by_default=True)
        versions = read(default)
        assert versions is not None
        return TlsEndpoint(component, computed_at(place, versions), None, by_default=True)
    if isinstance(policy.value, Unknown):
        return TlsEndpoint(component, (), policy.value._replace(parts=()))
    named = read(str(policy.value))
    if named is None:
        reason = f"{policy.value} is no security policy of {platform} that is known"
        return TlsEndpoint(component, (), Unknown("unparsed", reason))
    return TlsEndpoint(component, tuple(policy._replace(value=version) for version in named), None)


def computed_at(place: Node, versions: tuple[str, ...]) -> tuple[Node, ...]:
    """The versions as nodes at what leaves the choice to the platform."""
    return tuple(computed(version, place) for version in versions)
