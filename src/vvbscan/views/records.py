"""Records of the views that several formats feed, and how their subjects are built.

The fields of a subject are nodes: the paths of an operator tree start at them. A field that is absent
is simply not there. A computed field (a flag, a platform's default) is a node without text of its own:
it carries the span of what it was computed from and the style `COMPUTED`.
"""

from __future__ import annotations

from vvbscan.model.node import COMPUTED, MapValue, Node, Scalar, SeqValue, Unknown
from vvbscan.record import NamedTuple, new_record


class ImageReference(NamedTuple):
    """A reference to a container image. View `image_reference`, fields as named here."""

    image: Node
    """The whole reference as written: a string, or an unknown with its known parts."""
    registry: Node | None
    """Host, absent for Docker Hub's short form."""
    repository: Node | None
    """`library/postgres` is kept as written: `postgres`."""
    tag: Node | None
    digest: Node | None
    role: str
    """`from`, `copy-from`, `mount-from`, `container` or `service`."""
    final: bool
    """Whether the image is (the base of) what runs: a last stage, a container."""


class Variable(NamedTuple):
    """An environment variable or build argument with a value. View `environment_variable`."""

    name: Node
    value: Node | None
    """Absent if only the name is given or the value comes from a reference (`valueFrom`)."""
    role: str
    """`env`, `arg`, `label` or `config` (a literal in a ConfigMap)."""


class TlsEndpoint(NamedTuple):
    """A place where TLS is terminated or begun. View `tls_endpoint`, built by `tls_fields`."""

    component: str
    """`quarkus`, `spring`, `ingress-nginx`, `istio`."""
    versions: tuple[Node, ...]
    """Protocol versions it accepts, each `1.0` to `1.3`, with the span that names the version; a platform's
    default is a computed node at what turns TLS on."""
    rest: Unknown | None
    """Set if further versions may be accepted that are not known."""
    role: str = "server"
    """`server`, `grpc-server` or `client`."""
    by_default: bool = False
    """Whether the versions are the platform's, and written nowhere."""
    ciphers: Node | None = None
    """Sequence of the names of cipher suites as written, those that are shut out left away; absent if the
    platform's list holds."""
    plain_http: Node | None = None
    """What becomes of requests without TLS: `enabled`, `redirect` or `disabled`; absent where another layer
    decides."""
    hsts: Node | None = None
    """The header Strict-Transport-Security: mapping with `sent` and, in seconds, `max_age`; absent where
    configuration does not decide."""


class PublishedPort(NamedTuple):
    """A port that is reachable from outside the network of its containers. View `published_port`."""

    port: Node | None
    """The outer port: a number, or a string with a range; absent if the platform picks one."""
    target: Node | None
    """The port of the container or its name; absent if it is the same as `port`."""
    protocol: Node
    """`tcp`, `udp` or `sctp`."""
    address: Node | None
    """The address of the host that it is bound to; absent for all addresses."""
    exposure: str
    """`host` (a port of the machine that runs the container), `node` (a port of every node of a cluster),
    `load-balancer` or `internal-load-balancer`."""
    sources: Node | None
    """Sequence of the address ranges that may connect; absent if all may."""
    opened_by: Node
    """What opens the port, and closes it if it is changed: the `type` of a Service, a `hostPort`, the
    `hostNetwork` of a pod, the entry of a compose file."""
    needed_by_ingress: bool = False
    """Whether an Ingress of a cloud reaches its Service through the nodes' port, and so wants it open."""


def computed(value: Scalar | MapValue | SeqValue, at: Node) -> Node:
    """A computed field: `value`, with the span of the node it was computed from."""
    _, source, start, end, _, via = at
    return new_record(Node, (value, source, start, end, COMPUTED, via))


def sequence(items: tuple[Node, ...], at: Node, rest: Unknown | None = None) -> Node:
    """A computed sequence with the span of the node it was computed from."""
    return computed(SeqValue(items, rest), at)


def tls_fields(endpoint: TlsEndpoint, anchor: Node) -> Node:
    """The root of a subject of the view `tls_endpoint`: the fields of its record."""
    return fields(
        anchor,
        {
            "component": computed(endpoint.component, anchor),
            "role": computed(endpoint.role, anchor),
            "versions": sequence(endpoint.versions, anchor, endpoint.rest),
            "by_default": computed(endpoint.by_default, anchor),
            "ciphers": endpoint.ciphers,
            "plain_http": endpoint.plain_http,
            "hsts": endpoint.hsts,
        },
    )


def fields(anchor: Node, members: dict[str, Node | None]) -> Node:
    """The root of a subject: a mapping of the fields that are there.

    `anchor` is what a finding points at when something at the top of a field is missing.
    """
    return written_fields(anchor, {name: node for name, node in members.items() if node is not None})


def written_fields(anchor: Node, entries: dict[str, Node]) -> Node:
    """The same of fields all of which are there."""
    return computed(MapValue.at(anchor, entries), anchor)
