"""Listeners that terraform-aws-modules/alb makes.

https://github.com/terraform-aws-modules/terraform-aws-alb, `variables.tf` and `main.tf`: since release 9 a
map `listeners`, before that the lists `https_listeners` and `http_tcp_listeners`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import argument, items, text
from vvbscan.views.terraform.listener_actions import protocol_of_listener, redirect_of
from vvbscan.views.terraform.model import Configuration, ModuleCall
from vvbscan.views.terraform.registry_modules import well_known
from vvbscan.views.terraform.tls_versions import ELB_DEFAULT

_POLICIES: Final = {
    9: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    10: "ELBSecurityPolicy-TLS13-1-3-2021-06",
}
"""The policy of listeners that name none, by major release, where `listeners` is a map."""


class ModuleListener(NamedTuple):
    """A listener that a call of the module makes."""

    call: ModuleCall
    part: str
    """`listeners[https]`"""
    place: Node
    """What is pointed at if it lacks something: its name, or its port."""
    protocol: str | Unknown
    """In capitals."""
    policy: Node | None
    default_policy: str | Unknown
    action: Node
    """`forward`, `redirect` or `refuse`, of requests without TLS."""


def module_listeners(configuration: Configuration) -> Iterator[ModuleListener]:
    """The listeners of all calls of the module."""
    for module in well_known(configuration, "alb"):
        if module.part:
            continue
        default = _POLICIES.get(module.major or 0) or Unknown(
            "default", f"the default depends on the release of {module.call.source} that is used"
        )
        yield from _of_map(module.call, default)
        yield from _of_list(module.call, "https_listeners", "HTTPS")
        yield from _of_list(module.call, "http_tcp_listeners", "HTTP")


def _of_map(call: ModuleCall, default: str | Unknown) -> Iterator[ModuleListener]:
    given = argument(call, "listeners")
    usual = text(call, "default_protocol", default="HTTP")
    protocol = "HTTP" if usual is None else str(usual.value)
    for _, name, listener in () if given is None else given.members():
        yield ModuleListener(
            call,
            f"listeners[{name.value}]",
            name,
            protocol_of_listener(listener, protocol),
            text(listener, "ssl_policy"),
            default,
            _action(listener),
        )


def _of_list(call: ModuleCall, name: str, protocol: str) -> Iterator[ModuleListener]:
    for index, listener in enumerate(items(call, name).nodes):
        kind = text(listener, "action_type")
        place = listener.key("port") or listener
        action = computed("forward", place)
        if kind is not None and isinstance(kind.value, Unknown):
            action = kind
        elif kind is not None and kind.value == "redirect":
            action = redirect_of(kind, listener)
        elif kind is not None:
            action = kind._replace(value="refuse" if kind.value == "fixed-response" else "forward")
        yield ModuleListener(
            call,
            f"{name}[{index}]",
            place,
            protocol_of_listener(listener, protocol),
            text(listener, "ssl_policy") or text(call, "listener_ssl_policy_default"),
            ELB_DEFAULT,
            action,
        )


def _action(listener: Node) -> Node:
    """What a listener of the map does, by the argument that it has."""
    redirect = argument(listener, "redirect")
    if redirect is not None:
        return redirect if isinstance(redirect.value, Unknown) else redirect_of(redirect, listener)
    fixed = argument(listener, "fixed_response")
    if fixed is not None:
        return fixed if isinstance(fixed.value, Unknown) else computed("refuse", fixed)
    forward = argument(listener, "forward") or argument(listener, "weighted_forward")
    return computed("forward", listener if forward is None else forward)
