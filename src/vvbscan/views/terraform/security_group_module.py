"""Rules of security groups that terraform-aws-modules/security-group makes.

https://github.com/terraform-aws-modules/terraform-aws-security-group, `rules.tf` and `variables.tf` of
release 5, whose rules have kept their names and ports since release 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vvbscan.model.node import Node, Unknown
from vvbscan.views.network_records import NetworkRule, PortRange
from vvbscan.views.records import computed, sequence
from vvbscan.views.terraform.arguments import Items, anchor_of, argument, items, number, text
from vvbscan.views.terraform.model import Configuration
from vvbscan.views.terraform.port_ranges import LAST_PORT, every_port
from vvbscan.views.terraform.registry_modules import WellKnown, well_known
from vvbscan.views.terraform.security_groups import DIRECTIONS, Found, further_rules, ports_of, protocol_of

_NAMED: Final = {
    "all-tcp": (0, LAST_PORT),
    "all-udp": (0, LAST_PORT),
    "cassandra-clients-tcp": (9042, 9042),
    "consul-webui-http-tcp": (8500, 8500),
    "elasticsearch-java-tcp": (9300, 9300),
    "elasticsearch-rest-tcp": (9200, 9200),
    "etcd-client-tcp": (2379, 2379),
    "etcd-peer-tcp": (2380, 2380),
    "grafana-tcp": (3000, 3000),
    "kibana-tcp": (5601, 5601),
    "kubernetes-api-tcp": (6443, 6443),
    "memcached-tcp": (11211, 11211),
    "mssql-tcp": (1433, 1433),
    "mysql-tcp": (3306, 3306),
    "oracle-db-tcp": (1521, 1521),
    "postgresql-tcp": (5432, 5432),
    "prometheus-http-tcp": (9090, 9090),
    "rdp-tcp": (3389, 3389),
    "redis-tcp": (6379, 6379),
    "redshift-tcp": (5439, 5439),
    "ssh-tcp": (22, 22),
    "vault-tcp": (8200, 8200),
    "web-jmx-tcp": (1099, 1099),
    "winrm-http-tcp": (5985, 5985),
    "winrm-https-tcp": (5986, 5986),
}
"""The ports of the rules that a name stands for; a rule whose name has a number opens that port."""
_PARTS: Final = {
    "modules/elasticsearch": ("elasticsearch-rest-tcp", "elasticsearch-java-tcp"),
    "modules/memcached": ("memcached-tcp",),
    "modules/mssql": ("mssql-tcp",),
    "modules/mysql": ("mysql-tcp",),
    "modules/oracle-db": ("oracle-db-tcp",),
    "modules/postgresql": ("postgresql-tcp",),
    "modules/rdp": ("rdp-tcp",),
    "modules/redis": ("redis-tcp",),
    "modules/redshift": ("redshift-tcp",),
    "modules/ssh": ("ssh-tcp",),
}
"""The rules that a part of the module adds by itself, where a rule of these names is among them."""
_FAMILIES: Final = ("cidr_blocks", "ipv6_cidr_blocks")


def module_rules(configuration: Configuration) -> Iterator[Found]:
    """The rules that calls of the module make for address ranges."""
    for module in well_known(configuration, "security-group"):
        for direction in DIRECTIONS:
            yield from _by_name(module, direction)
            for family in _FAMILIES:
                yield from _by_range(module, direction, family)


def _by_name(module: WellKnown, direction: str) -> Iterator[Found]:
    """`ingress_rules = ["ssh-tcp"]`, which hold for all of `ingress_cidr_blocks`."""
    call = module.call
    ranges = _ranges(module, direction)
    given = items(call, f"{direction}_rules")
    names = list(given.nodes)
    if given.rest is not None:
        yield further_rules(call, f"{direction}_rules", direction, given.rest)
    if direction == "ingress":
        names += [computed(name, call.anchor) for name in _PARTS.get(module.part, ())]
    for index, name in enumerate(names):
        protocol, ports = _named(name)
        yield Found(
            call,
            f"{direction}_rules[{index}]",
            name,
            NetworkRule(
                call.source,
                computed(direction, name),
                computed("allow", name),
                protocol,
                ports,
                sequence(ranges.nodes, name, ranges.rest),
            ),
        )


def _ranges(module: WellKnown, direction: str) -> Items:
    """The address ranges of the rules by name: the whole internet for those that go out and name none."""
    call = module.call
    found: list[Node] = []
    rest: Unknown | None = None
    for family, everyone in zip(_FAMILIES, ("0.0.0.0/0", "::/0"), strict=True):
        name = f"{direction}_{family}"
        given = items(call, name)
        found += given.nodes
        rest = rest or given.rest
        if direction == "egress" and argument(call, name) is None:
            found.append(computed(everyone, call.anchor))
    return Items(tuple(found), rest)


def _by_range(module: WellKnown, direction: str, family: str) -> Iterator[Found]:
    """`ingress_with_cidr_blocks = [{rule = "ssh-tcp", cidr_blocks = "10.0.0.0/8,10.1.0.0/16"}]`."""
    call = module.call
    name = f"{direction}_with_{family}"
    entries = items(call, name)
    if entries.rest is not None:
        yield further_rules(call, name, direction, entries.rest)
    for index, entry in enumerate(entries.nodes):
        anchor = anchor_of(entry)
        rule = text(entry, "rule")
        if rule is not None:
            protocol, ports = _named(rule)
        else:
            protocol = protocol_of(text(entry, "protocol"), anchor)
            ports = ports_of(protocol, number(entry, "from_port"), number(entry, "to_port"), anchor)
        written = text(entry, family)
        ranges = items(call, f"{direction}_{family}") if written is None else _split(written)
        yield Found(
            call,
            f"{name}[{index}]",
            anchor,
            NetworkRule(
                call.source,
                computed(direction, anchor),
                computed("allow", anchor),
                protocol,
                ports,
                sequence(ranges.nodes, anchor, ranges.rest),
            ),
        )


def _split(written: Node) -> Items:
    """Address ranges that stand in one text with commas between."""
    value = written.value
    if not isinstance(value, str):
        return Items((), value if isinstance(value, Unknown) else None)
    found = []
    position = 0
    for part in value.split(","):
        begin = position + len(part) - len(part.lstrip())
        found.append(written.part(begin, begin + len(part.strip())))
        position += len(part) + 1
    return Items(tuple(found), None)


def _named(name: Node) -> tuple[Node, tuple[PortRange, ...]]:
    """Protocol and ports of a rule by its name."""
    value = name.value
    if isinstance(value, Unknown):
        return name, (PortRange(name, name),)
    if value == "all-all":
        protocol = name._replace(value="all")
        return protocol, (every_port(name),)
    protocol = name._replace(value=str(value).rpartition("-")[2])
    ports = _NAMED.get(str(value)) or _numbered(str(value))
    if ports is not None:
        return protocol, (PortRange(name._replace(value=ports[0]), name._replace(value=ports[1])),)
    if str(value).endswith("icmp"):
        return name._replace(value="icmp"), ()
    unread = name._replace(value=Unknown("expression", f"the ports of the rule {value} are not known"))
    return protocol, (PortRange(unread, unread),)


def _numbered(name: str) -> tuple[int, int] | None:
    """The port of `http-8080-tcp`."""
    number_in_name = name.split("-")[-2:-1]
    if number_in_name and number_in_name[0].isdecimal():
        return int(number_in_name[0]), int(number_in_name[0])
    return None
