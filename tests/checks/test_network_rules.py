"""What firewalls let through: ranges, ports, and what is not known of them."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.terraform_support import view
from vvbscan.checks.network_rules import (
    application_port_open,
    every_port_open_to_internet,
    ports_open_to_internet,
)
from vvbscan.expr.scope import Fail, Unsure
from vvbscan.model.rule import ParamValue

PORTS: dict[str, ParamValue] = {"ports": [5432], "widest": 10_000}
APPLICATION: dict[str, ParamValue] = {
    "ports": [9003],
    "internal_ports": [9004],
    "internal_ranges": ["10.0.0.0/8", "fc00::/7"],
    "widest": 10_000,
}


def group(ranges: str, first: int = 5432, last: int = 5432, protocol: str = "tcp") -> str:
    return f"""
        variable "ranges" {{ type = list(string) }}
        resource "aws_security_group" "db" {{
          ingress {{
            from_port   = {first}
            to_port     = {last}
            protocol    = "{protocol}"
            cidr_blocks = {ranges}
          }}
        }}
        """


def verdicts(files: str, params: dict[str, ParamValue] = PORTS) -> list[Fail | Unsure]:
    (subject,) = view(files, "network_rule").values()
    return list(ports_open_to_internet(subject, params))


@pytest.mark.parametrize(
    ("protocol", "port", "fails"),
    [
        ("udp", 5432, False),
        ("17", 5432, False),
        ("udp", 11211, True),
        ("udp", 3389, True),
        ("tcp", 3389, True),
    ],
)
def test_what_answers_over_tcp_alone_is_not_looked_for_behind_udp(
    protocol: str, port: int, fails: bool
) -> None:
    params: dict[str, ParamValue] = {"ports": [3389, 5432, 11211], "widest": 10_000}
    found = verdicts(group('["0.0.0.0/0"]', port - 5, port + 5, protocol), params)
    assert [type(one) for one in found] == ([Fail] if fails else [])


@pytest.mark.parametrize(
    "written", ["0.0.0.0/0", "::/0", "128.0.0.0/1", "0.0.0.0/5", "2000::/3", "*", "Internet"]
)
def test_ranges_that_are_the_internet(written: str) -> None:
    (verdict,) = verdicts(group(f'["10.0.0.0/8", "{written}"]'))
    assert isinstance(verdict, Fail)
    assert [ref.node.value for ref in verdict.refs] == [written]


@pytest.mark.parametrize(
    "written",
    ["10.0.0.0/8", "fc00::/7", "203.0.113.0/24", "8.8.8.8/32", "VirtualNetwork", "pl-0a1b2c3d", "nothing"],
)
def test_ranges_that_are_some_network(written: str) -> None:
    assert verdicts(group(f'["{written}"]')) == []


@pytest.mark.parametrize(("first", "last"), [(5432, 5432), (5000, 6000), (0, 9999), (5432, 15_431)])
def test_ranges_of_ports_that_hold_the_port(first: int, last: int) -> None:
    assert [type(one) for one in verdicts(group('["0.0.0.0/0"]', first, last))] == [Fail]


@pytest.mark.parametrize(
    ("first", "last"), [(5433, 5433), (443, 443), (6000, 5000), (0, 10_000), (0, 65_535)]
)
def test_ranges_of_ports_that_do_not_or_are_every_port(first: int, last: int) -> None:
    assert verdicts(group('["0.0.0.0/0"]', first, last)) == []


def test_every_port_is_what_the_other_check_is_for() -> None:
    (subject,) = view(group('["0.0.0.0/0"]', 0, 65_535), "network_rule").values()
    assert [type(one) for one in every_port_open_to_internet(subject, {"widest": 10_000})] == [Fail]
    (subject,) = view(group('["0.0.0.0/0"]', protocol="icmp"), "network_rule").values()
    assert list(every_port_open_to_internet(subject, {"widest": 10_000})) == []


def test_what_is_known_decides() -> None:
    assert [type(one) for one in verdicts(group("var.ranges"))] == [Unsure]
    assert [type(one) for one in verdicts(group('concat(["0.0.0.0/0"], var.ranges)'))] == [Fail]
    assert verdicts(group("var.ranges", 443, 443)) == []


@given(st.integers(0, 32), st.integers(0, 2**32 - 1))
def test_a_wider_range_is_never_better(prefix: int, address: int) -> None:
    def fails(length: int) -> bool:
        network = ipaddress.ip_network((address, length), strict=False)
        return bool(verdicts(group(f'["{network}"]')))

    if fails(prefix):
        assert all(fails(wider) for wider in range(prefix))


@pytest.mark.parametrize(
    ("ranges", "first", "last", "found"),
    [
        ('["0.0.0.0/0"]', 9003, 9003, 1),
        ('["203.0.113.0/24"]', 9003, 9003, 0),
        ('["203.0.113.0/24"]', 9004, 9004, 1),
        ('["10.1.0.0/16", "fd00::/48"]', 9003, 9004, 0),
        ('["0.0.0.0/0"]', 9003, 9004, 2),
        ('["8.0.0.0/6"]', 9004, 9004, 1),
    ],
)
def test_ports_of_an_application(ranges: str, first: int, last: int, found: int) -> None:
    (subject,) = view(group(ranges, first, last), "network_rule").values()
    assert len(list(application_port_open(subject, APPLICATION))) == found
