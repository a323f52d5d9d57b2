"""What load balancers of AWS send requests to: target groups, and the members of classic load balancers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.model.node import Node, Unknown
from vvbscan.views.network_records import Backend
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Targets, argument, boolean, default_at, items, number, text
from vvbscan.views.terraform.model import Configuration, ModuleCall, Resource
from vvbscan.views.terraform.subjects import kind_of

Found = tuple[Resource | ModuleCall, str, Node, Backend]
"""Holder, part of it, place, and the backend."""
_GROUPS: Final = ("aws_lb_target_group", "aws_alb_target_group")
_STICKINESS: Final = ("aws_lb_cookie_stickiness_policy", "aws_app_cookie_stickiness_policy")
_HTTP: Final = frozenset({"HTTP", "HTTPS"})
_TARGET: Final = lazy_pattern(r"HTTPS?:[0-9]+(/.*)")
_STICKY_DEFAULT: Final = Unknown("default", "what a stickiness block means depends on the provider's release")


def aws_backends(configuration: Configuration) -> Iterator[Found]:
    """The backends of AWS."""
    for name in _GROUPS:
        for group in configuration.by_type.get(name, ()):
            kind = text(group, "target_type", default="instance")
            if kind is not None and kind.value in {"instance", "ip", "alb"}:
                yield group, "", group.anchor, _group(group)
    balancers = configuration.by_type.get("aws_elb", ())
    if balancers:
        sticky = _sticky_classics(configuration, Targets(balancers, "name", "id"))
        for balancer in balancers:
            yield balancer, "", balancer.anchor, _classic(balancer, sticky.get(balancer.address))


def _group(group: Resource) -> Backend:
    """Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_target_group."""
    protocol = text(group, "protocol")
    over_http = protocol is not None and protocol.value in _HTTP
    grpc = text(group, "protocol_version", default="HTTP1")
    check = items(group, "health_check")
    block = check.nodes[0] if check.nodes else None
    path = interval = None
    checked: Node | None
    if check.rest is not None:
        checked = default_at(group, check.rest)
    else:
        checked = boolean(block or group.anchor, "enabled", default=True)
        interval = number(block, "interval", default=30) if block is not None else default_at(group, 30)
    if over_http and check.rest is None and grpc is not None and grpc.value != "GRPC":
        path = text(block, "path", default="/") if block is not None else default_at(group, "/")
    return Backend(
        kind_of(group),
        None if protocol is None else _protocol(protocol),
        checked,
        path,
        interval,
        _sticky(group),
        number(group, "deregistration_delay", default=300),
    )


def _protocol(node: Node) -> Node:
    if isinstance(node.value, Unknown):
        return node
    return node._replace(value="http" if node.value in _HTTP else "tcp")


def _sticky(group: Resource) -> Node:
    """Whether a target group is sticky: never without the block."""
    blocks = items(group, "stickiness")
    if blocks.rest is not None:
        return default_at(group, blocks.rest)
    for block in blocks.nodes:
        enabled = boolean(block, "enabled", default=_STICKY_DEFAULT)
        if enabled is not None:
            return enabled
    return default_at(group, False)


def _classic(balancer: Resource, sticky: Node | None) -> Backend:
    """Defaults: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elb."""
    draining = boolean(balancer, "connection_draining", default=False)
    if draining is not None and draining.value is True:
        draining = number(balancer, "connection_draining_timeout", default=300)
    elif draining is not None and draining.value is False:
        draining = draining._replace(value=0)
    path = None
    target = text(balancer, "health_check", 0, "target")
    if target is not None and isinstance(target.value, str):
        match = _TARGET.fullmatch(target.value)
        path = target.part(*match.span(1)) if match is not None else None
    return Backend(
        kind_of(balancer),
        computed("http" if _takes_http(balancer) else "tcp", balancer.anchor),
        # A classic load balancer checks its members whatever is written (Elastic Load Balancing, "Configure
        # health checks for your Classic Load Balancer").
        computed(True, balancer.anchor),
        path,
        number(balancer, "health_check", 0, "interval"),
        sticky or default_at(balancer, False),
        draining,
    )


def _takes_http(balancer: Resource) -> bool:
    protocols = (text(listener, "lb_protocol") for listener in items(balancer, "listener").nodes)
    return any(one is not None and str(one.value).upper() in _HTTP for one in protocols)


def _sticky_classics(configuration: Configuration, balancers: Targets) -> dict[str, Node]:
    """What makes classic load balancers sticky, by their addresses."""
    found: dict[str, Node] = {}
    for name in _STICKINESS:
        for policy in configuration.by_type.get(name, ()):
            balancer = balancers.get(argument(policy, "load_balancer"))
            if balancer is not None:
                found[balancer.address] = computed(True, policy.anchor)
    return found
