"""Which addresses are public: held against IANA's registries, in every spelling that a name may resolve to."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from clustering.sources.guarding import Forbidden, Rules, is_public

# The blocks of https://www.iana.org/assignments/iana-ipv4-special-registry that are not globally reachable, and those
# of https://www.iana.org/assignments/multicast-addresses.
SPECIAL_4 = [
    "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32",
    "192.0.0.171/32", "192.0.0.192/32", "192.0.2.0/24", "192.88.99.0/24", "192.88.99.1/32", "192.88.99.2/32",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "255.255.255.255/32",
]  # fmt: skip
# The same of https://www.iana.org/assignments/iana-ipv6-special-registry, those that are withdrawn (::/96, fec0::/10),
# and what https://www.iana.org/assignments/ipv6-address-space keeps for nobody.
SPECIAL_6 = [
    "::/128", "::1/128", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23",
    "2001::/32", "2001:1::1/128", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32",
    "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fd00::/8", "fe80::/10", "fec0::/10", "ff00::/8",
    "200::/7", "400::/6", "800::/5", "1000::/4", "4000::/3", "6000::/3", "8000::/3", "a000::/3", "c000::/3",
    "e000::/4", "f000::/5", "f800::/6", "fe00::/9",
]  # fmt: skip
PUBLIC_4 = ["1.1.1.1", "93.184.216.34", "128.148.21.30", "192.0.1.1", "192.88.98.1", "198.17.255.255", "223.255.255.1"]
PUBLIC_6 = ["2606:2800:220:1:248:1893:25c8:1946", "2001:200::1", "2001:4860:4860::8888", "2a00:1450:4001:81b::200e"]


def ends(block: str) -> list[str]:
    """The first, a middle and the last address of a block."""
    network = ipaddress.ip_network(block)
    return [str(network[at]) for at in sorted({0, network.num_addresses // 2, network.num_addresses - 1})]


@pytest.mark.parametrize("block", SPECIAL_4)
def test_nothing_in_the_special_registry_of_ipv4_is_public_however_it_is_written(block: str) -> None:
    for number in ends(block):
        value = int(ipaddress.IPv4Address(number))
        written = {
            "plain": number,
            "mapped": f"::ffff:{number}",
            "compatible": f"::{number}",
            "translated (SIIT)": f"::ffff:0:{number}",
            "translated (NAT64)": f"64:ff9b::{number}",
            "translated within a network": f"64:ff9b:1::{number}",
            "6to4": str(ipaddress.IPv6Address(0x2002 << 112 | value << 80)),
            "6to4 with a host": str(ipaddress.IPv6Address(0x2002 << 112 | value << 80 | 1)),
            "Teredo": str(ipaddress.IPv6Address(0x20010000 << 96 | value ^ 0xFFFFFFFF)),
            "ISATAP": str(ipaddress.IPv6Address(0x26062800 << 96 | 0x00005EFE << 32 | value)),
            "ISATAP of a public host": str(ipaddress.IPv6Address(0x26062800 << 96 | 0x02005EFE << 32 | value)),
        }
        taken = {name: address for name, address in written.items() if is_public(address)}
        assert not taken


@pytest.mark.parametrize("block", SPECIAL_6)
def test_nothing_in_the_special_registry_of_ipv6_is_public(block: str) -> None:
    taken = [number for number in ends(block) if is_public(number) or is_public(f"{number}%eth0")]
    assert not taken


@pytest.mark.parametrize("number", PUBLIC_4)
def test_what_is_public_is_asked_also_behind_a_translator(number: str) -> None:
    assert is_public(number)
    assert is_public(f"::ffff:{number}")
    assert is_public(f"64:ff9b::{number}")


@pytest.mark.parametrize("number", PUBLIC_6)
def test_public_numbers_of_ipv6_are_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "::127.0.0.1", "fec0::1", "64:ff9b:1::1"],
)
def test_every_spelling_of_a_host_is_judged_by_the_number_it_stands_for(host: str) -> None:
    addresses = [str(entry[4][0]) for entry in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)]
    with pytest.raises(Forbidden, match="is at a private address"):
        Rules().usable(host, addresses)


def test_of_a_name_with_several_numbers_only_the_public_ones_are_used() -> None:
    addresses = ["10.0.0.1", "93.184.216.34", "fec0::1", "::127.0.0.1"]
    assert Rules().usable("two.example", addresses) == ["93.184.216.34"]
