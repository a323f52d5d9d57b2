"""Records of the views of networks and of what stands at their edge.

Their fields are nodes as those of `records`, typed as the platform reads them. A field that is None is
nothing that the resource decides.
"""

from __future__ import annotations

from vvbscan.model.node import Node, Unknown
from vvbscan.record import NamedTuple
from vvbscan.views.records import computed, fields


class HttpListener(NamedTuple):
    """A place where requests without TLS arrive. View `http_listener`, fields as named here."""

    component: str
    """Type of the resource, or the source of the module: `aws_lb_listener`."""
    action: Node
    """What becomes of them: `forward`, `redirect` (to https) or `refuse`."""
    internal: Node | None = None
    """Whether it is reachable from inside the network only."""


class PortRange(NamedTuple):
    """Ports that a rule of a firewall opens or closes."""

    first: Node
    last: Node


class NetworkRule(NamedTuple):
    """A rule of a firewall for one direction. View `network_rule`.

    Fields: those of the record, `ports` as a sequence of texts (`5432`, `8000-8999`).
    """

    component: str
    """`aws_security_group`, `google_compute_firewall`."""
    direction: Node
    """`ingress` or `egress`"""
    action: Node
    """`allow` or `deny`"""
    protocol: Node
    """`tcp`, `udp`, `icmp`; `all` for every protocol."""
    ports: tuple[PortRange, ...]
    """None at all if the protocol has no ports."""
    ranges: Node
    """Sequence of the address ranges at the other end: CIDRs, of Azure also tags (`Internet`, `*`)."""
    ports_rest: Unknown | None = None
    """Set if there may be further ports that are not known."""
    balancer: bool | Unknown = False
    """Whether it guards a load balancer, which is there to be reached."""


class LoadBalancer(NamedTuple):
    """A load balancer, or another way in to an application. View `load_balancer`, fields as named here."""

    component: str
    kind: Node
    """`application`, `network`, `gateway` or `classic`; `api` for the stage of an API Gateway."""
    internal: Node | None = None
    deletion_protection: Node | None = None
    access_log: Node | None = None
    """Whether it writes down the requests that it takes."""
    drops_invalid_headers: Node | None = None
    desync_mitigation: Node | None = None
    """`monitor`, `defensive` or `strictest`"""
    read_timeout: Node | None = None
    """Seconds without a byte after which it closes a connection."""


class ApiRoute(NamedTuple):
    """A route of an API Gateway. View `api_route`, fields as named here."""

    component: str
    route: Node
    """Method and path as far as they are known: `GET /approvals`, `OPTIONS`, `$default`."""
    authorization: Node
    """`NONE`, `AWS_IAM`, `CUSTOM`, `JWT`, `COGNITO_USER_POOLS`."""
    key_required: Node | None = None
    """Whether a key of the API is asked for."""


class Backend(NamedTuple):
    """What a load balancer sends requests to. View `load_balancer_backend`, fields as named here."""

    component: str
    protocol: Node | None = None
    """`http` or `tcp`"""
    health_check: Node | None = None
    """Whether its members are checked before they get requests."""
    health_path: Node | None = None
    health_interval: Node | None = None
    """Seconds between two checks."""
    sticky: Node | None = None
    """Whether requests of a client go to the member that had its first one."""
    draining: Node | None = None
    """Seconds that a member which is taken out may finish its requests in."""


class Cluster(NamedTuple):
    """The control plane of a managed Kubernetes cluster. View `cluster`, fields as named here."""

    component: str
    version: Node | None = None
    """`1.33`"""
    public: Node | None = None
    """Whether its API answers on a public address."""
    sources: Node | None = None
    """Sequence of the address ranges that reach its public address; absent if all do."""
    audit_log: Node | None = None
    """Whether it writes down who asked its API for what."""


class Placement(NamedTuple):
    """Where something stands in a network. View `placement`, fields as named here."""

    component: str
    role: str
    """`database` or `machine`"""
    exposed: Node | None = None
    """Sequence that says of each of its subnets whether the internet reaches it, at what names the subnet."""
    public_address: Node | None = None
    """Whether it gets an address that the internet reaches; absent where the subnet decides."""


class ZoneSpread(NamedTuple):
    """A group of machines with the zones that it spreads over. View `zone_spread`, fields as named here."""

    component: str
    zones: Node
    """Sequence with an item for each zone, at what names it."""


class WebFirewall(NamedTuple):
    """A firewall for web requests, or a group of its rules. View `web_firewall`, fields as named here."""

    component: str
    stops: Node
    """Whether it stops what it finds; else it only counts."""
    group: Node | None = None
    """Name of the group of rules, if it is one that has a name."""


class WayOut(NamedTuple):
    """A NAT gateway. View `way_out`, fields as named here."""

    component: str
    shared: Node
    """Whether subnets of several zones go out through it."""


Record = (
    HttpListener | LoadBalancer | ApiRoute | Backend | Cluster | Placement | ZoneSpread | WayOut | WebFirewall
)


def record_fields(record: Record, anchor: Node) -> Node:
    """The root of a subject whose fields are those of its record."""
    members = record._asdict().items()
    return fields(
        anchor, {name: computed(one, anchor) if isinstance(one, str) else one for name, one in members}
    )
