"""The header Strict-Transport-Security that load balancers and distributions of AWS add to answers."""

from __future__ import annotations

from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.records import computed, fields
from vvbscan.views.terraform.arguments import Targets, argument, items, number, text
from vvbscan.views.terraform.model import Configuration, Resource

_HEADER: Final = "routing_http_response_strict_transport_security_header_value"
_AGE: Final = lazy_pattern(r"(?i)max-age\s*=\s*\"?([0-9]{1,18})")


def hsts_of_listener(listener: Resource) -> Node | None:
    """What a listener adds; None if it leaves the header to the application."""
    header = text(listener, _HEADER)
    if header is None or isinstance(header.value, Unknown):
        return header
    match = _AGE.search(str(header.value))
    age = None if match is None else header.part(*match.span(1))._replace(value=int(match[1]))
    return fields(header, {"sent": computed(True, header), "max_age": age})


def headers_policies(configuration: Configuration) -> Targets:
    """The policies about headers that distributions name."""
    return Targets(configuration.by_type.get("aws_cloudfront_response_headers_policy", ()), "id")


def hsts_of_distribution(distribution: Resource, policies: Targets) -> Node | None:
    """What a distribution adds by default; None if it leaves the header to its origin."""
    policy = policies.get(argument(distribution, "default_cache_behavior", 0, "response_headers_policy_id"))
    if policy is None:
        return None
    for block in items(policy, "security_headers_config", 0, "strict_transport_security").nodes:
        age = number(block, "access_control_max_age_sec")
        return fields(block, {"sent": computed(True, block), "max_age": age})
    return None
