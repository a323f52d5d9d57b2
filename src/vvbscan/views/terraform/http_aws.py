"""Where requests without TLS arrive in AWS: listeners of load balancers, and distributions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.model.subject import Subject
from vvbscan.views.network_records import HttpListener, record_fields
from vvbscan.views.terraform.alb_module import module_listeners
from vvbscan.views.terraform.arguments import Targets, argument, boolean, default_at, items, text, undecided
from vvbscan.views.terraform.listener_actions import action_of, protocol_of_listener
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.subjects import kind_of, subject
from vvbscan.views.terraform.tls_aws import LISTENERS

_BALANCERS: Final = ("aws_lb", "aws_alb")
_VIEWER_POLICIES: Final = {"allow-all": "forward", "redirect-to-https": "redirect", "https-only": "refuse"}
_BEHAVIORS: Final = ("default_cache_behavior", "ordered_cache_behavior")


def aws_http_listeners(configuration: Configuration) -> Iterator[Subject]:
    """The part of the view `http_listener` that is of AWS."""
    by_type = configuration.by_type
    balancers = Targets((one for name in _BALANCERS for one in by_type.get(name, ())), "arn", "id")
    for name in LISTENERS:
        for listener in by_type.get(name, ()):
            balancer = balancers.get(argument(listener, "load_balancer_arn"))
            if protocol_of_listener(listener, "HTTP") == "HTTP" and _takes_http(listener, balancer):
                record = HttpListener(kind_of(listener), action_of(listener), _internal(listener, balancer))
                yield _subject(configuration, listener, record)
    yield from _of_modules(configuration)
    for balancer in by_type.get("aws_elb", ()):
        yield from _classic(configuration, balancer)
    for distribution in by_type.get("aws_cloudfront_distribution", ()):
        yield from _distribution(configuration, distribution)


def _takes_http(listener: Resource, balancer: Resource | None) -> bool:
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


def _of_modules(configuration: Configuration) -> Iterator[Subject]:
    for listener in module_listeners(configuration):
        call = listener.call
        kind = text(call, "load_balancer_type", default="application")
        if listener.protocol == "HTTP" and kind is not None and kind.value == "application":
            internal = boolean(call, "internal", default=False)
            record = HttpListener(call.source, listener.action, internal)
            yield _subject(configuration, call, record, listener.part, listener.place)


def _classic(configuration: Configuration, balancer: Resource) -> Iterator[Subject]:
    """The listeners without TLS of a classic load balancer that has none with it; it can send nobody on."""
    protocols = [text(listener, "lb_protocol") for listener in items(balancer, "listener").nodes]
    if any(one is None or str(one.value).upper() not in {"HTTP", "TCP"} for one in protocols):
        return
    internal = boolean(balancer, "internal", default=False)
    for index, protocol in enumerate(protocols):
        if protocol is not None and str(protocol.value).upper() == "HTTP":
            record = HttpListener(kind_of(balancer), protocol._replace(value="forward"), internal)
            yield _subject(configuration, balancer, record, f"listener[{index}]", protocol)


def _distribution(configuration: Configuration, distribution: Resource) -> Iterator[Subject]:
    for name in _BEHAVIORS:
        for index, behavior in enumerate(items(distribution, name).nodes):
            policy = text(behavior, "viewer_protocol_policy")
            if policy is None:
                continue
            action = policy
            if not isinstance(policy.value, Unknown):
                unread = Unknown("unparsed", f"{policy.value} is no policy of CloudFront that is known")
                action = policy._replace(value=_VIEWER_POLICIES.get(str(policy.value)) or unread)
            record = HttpListener(kind_of(distribution), action)
            yield _subject(configuration, distribution, record, f"{name}[{index}]", behavior)


def _subject(
    configuration: Configuration,
    holder: Resource | ModuleCall,
    record: HttpListener,
    part: str = "",
    anchor: Node | None = None,
) -> Subject:
    place = anchor or holder.anchor
    made = subject("http_listener", configuration, holder, {}, record, part, place)
    return made._replace(root=record_fields(record, place))
