"""Functions of addresses of networks.

Source: Terraform language, "IP Network Functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

from vvbscan.lazy_pattern import lazy_pattern
from vvbscan.views.terraform.functions.invocation import Function, plain
from vvbscan.views.terraform.values import wrong_value

_LEADING_ZEROS: Final = lazy_pattern(r"(?<![0-9])0+(?=[0-9])")
_Network = IPv4Network | IPv6Network


def _network(prefix: str) -> _Network:
    """A network; bits behind the length of the prefix do not count."""
    if "/" not in prefix or len(prefix) > 100:
        raise wrong_value(f"`{prefix[:100]}` is no address range: an address, `/` and a length are needed")
    if ":" not in prefix:
        prefix = _LEADING_ZEROS.sub("", prefix)  # decimal all the same
    try:
        return ip_network(prefix, strict=False)
    except ValueError:
        raise wrong_value(f"`{prefix}` is no address range") from None


def _address(network: _Network, number: int) -> IPv4Address | IPv6Address:
    return (IPv4Address if network.version == 4 else IPv6Address)(number)


def _cidrhost(prefix: str, number: int) -> str:
    network = _network(prefix)
    size = network.num_addresses
    if not -size <= number < size:
        raise wrong_value(f"{prefix} has {size} addresses, and so none with the number {number}")
    return str(_address(network, int(network.network_address) + number % size))


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version != 4:
        raise wrong_value("only ranges of IPv4 have a net mask")
    return str(network.netmask)


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    network = _network(prefix)
    length = _longer(network, prefix, bits)
    if not 0 <= number < 1 << bits:
        raise wrong_value(f"{bits} bits do not hold the number {number}")
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{_address(network, start)}/{length}"


def _longer(network: _Network, prefix: str, bits: int) -> int:
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen:
        raise wrong_value(f"{prefix} cannot be extended by {bits} bits")
    return length


def _cidrsubnets(prefix: str, *bits: int) -> list[str]:
    """Ranges one behind the other, each at the next place where its length allows it to begin."""
    network = _network(prefix)
    end = int(network.broadcast_address)
    last = int(network.network_address) - 1
    subnets = []
    for more in bits:
        length = _longer(network, prefix, more)
        if not more:
            raise wrong_value("a range has to be extended by at least 1 bit")
        shift = network.max_prefixlen - length
        start = ((last >> shift) + 1) << shift
        last = start + (1 << shift) - 1
        if last > end:
            raise wrong_value(f"{prefix} has not enough room for these ranges")
        subnets.append(f"{_address(network, start)}/{length}")
    return subnets


FUNCTIONS: Final[Mapping[str, Function]] = {
    "cidrhost": plain("text whole", _cidrhost),
    "cidrnetmask": plain("text", _cidrnetmask),
    "cidrsubnet": plain("text whole whole", _cidrsubnet),
    "cidrsubnets": plain("text whole*", _cidrsubnets),
}
