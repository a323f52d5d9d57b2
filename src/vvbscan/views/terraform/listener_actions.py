"""What listeners of Elastic Load Balancing take, and what they do with it."""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.views.records import computed
from vvbscan.views.terraform.arguments import Holder, default_at, items, text


def protocol_of_listener(listener: Holder, default: str) -> str | Unknown:
    """The protocol in capitals."""
    node = text(listener, "protocol", default=default)
    assert node is not None
    return node.value if isinstance(node.value, Unknown) else str(node.value).upper()


def action_of(listener: Holder) -> Node:
    """What a listener does with requests: `forward`, `redirect` (to https) or `refuse`.

    It is at the `type` of the last action, the one that ends a request.
    """
    actions = items(listener, "default_action")
    if actions.rest is not None or not actions.nodes:
        return default_at(listener, actions.rest or Unknown("default", "it has no default action"))
    last = actions.nodes[-1]
    kind = text(last, "type")
    if kind is None or isinstance(kind.value, Unknown):
        return kind or computed("forward", last)
    if kind.value != "redirect":
        return kind._replace(value="refuse" if kind.value == "fixed-response" else "forward")
    return redirect_of(kind, last)


def redirect_of(kind: Node, holder: Node) -> Node:
    """What a redirect comes to, at `kind`.

    Terraform's aws_lb_listener, `redirect.protocol`: `#{protocol}`, that of the request, by default.
    """
    protocol = text(holder, "redirect", 0, "protocol") or text(holder, "redirect", "protocol")
    if protocol is not None and isinstance(protocol.value, Unknown):
        return protocol
    to_https = protocol is not None and protocol.value == "HTTPS"
    return kind._replace(value="redirect" if to_https else "forward")
