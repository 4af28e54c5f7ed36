"""Which network addresses may be contacted, and connections that go only to the address that was checked.

A name is resolved once, when connecting: what was checked is what is connected to, so a name that changes its address
in between gains nothing. Redirects come back here as new connections.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from clustering.sentences import say
from clustering.time_limit import cut_after

MOST_ADDRESS_LETTERS = 2000

# Python's `is_global` counts unassigned addresses as public. This list counts as private all that IANA has not assigned
# to hosts, and is the same in every version of Python.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The only part of IPv6 from which IANA gives addresses to hosts."""
_TRANSLATED = (ipaddress.ip_network("::ffff:0:0/96"), ipaddress.ip_network("64:ff9b::/96"))
"""IPv4 written as IPv6, and IPv4 behind the translator of a network without IPv4 (NAT64)."""
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(block)
    for block in (
        # https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        # All of it, although two of these are reachable: they mean whichever translator is nearest.
        "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        # https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it lies within _GLOBAL_UNICAST;
        # 2001::/23 with Teredo, and 6to4, which both lead on to an IPv4 address.
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_ISATAP = (0x00005EFE, 0x02005EFE)
"""Third quarter of an address that tunnels to the IPv4 address in its last quarter (RFC 5214)."""


class Forbidden(ValueError):
    """The address may not be contacted. The message is a full sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which addresses an installation allows."""

    hosts: tuple[str, ...] = ("*",)
    """Host names, `*.brown.edu` for all below one, `*` for any."""
    private_hosts: tuple[str, ...] = ()
    """Those of them that may have private addresses."""

    def check(self, address: str) -> str:
        """Return the host of a URL if its text is allowed. Raises Forbidden."""
        try:
            parts = urlsplit(address)
            host, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as error:
            raise Forbidden(
                say(
                    "%(address)s is not a valid address (%(error)s). Copy it again from the browser.",
                    address=address[:200],
                    error=error,
                )
            ) from error
        if parts.scheme not in {"http", "https"} or not host:
            raise Forbidden(
                say("%(address)s is not a web address. Use one that starts with https://.", address=address[:200])
            )
        if len(address) > MOST_ADDRESS_LETTERS:
            raise Forbidden(
                say("%(address)s… is too long for an address. Copy it again from the browser.", address=address[:100])
            )
        if parts.username or parts.password:
            raise Forbidden(say("The address at %(host)s contains a username or password. Leave them out.", host=host))
        if not _named(host, self.hosts):
            raise Forbidden(
                say(
                    "%(host)s is not an allowed source of scans. Ask the operator to add it to HHREVIEW_SOURCE_HOSTS.",
                    host=host,
                )
            )
        return host

    def usable(self, host: str, addresses: list[str]) -> list[str]:
        """Return the allowed numeric addresses of a host. Raises Forbidden if there are none."""
        if _named(host.lower(), self.private_hosts):
            return addresses
        usable = [address for address in addresses if is_public(address)]
        if not usable:
            raise Forbidden(
                say(
                    "%(host)s is at a private address (%(names)s), which hhreview doesn’t contact. If it is "
                    "right, ask the operator to add it to HHREVIEW_PRIVATE_SOURCES.",
                    host=host,
                    names=", ".join(addresses[:3]),
                )
            )
        return usable


def _named(host: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(host, pattern.lower()) for pattern in patterns)


def is_public(address: str) -> bool:
    """Whether a numeric address is reachable from the whole internet, also if IPv4 is written as IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in block for block in _TRANSLATED):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_UNICAST or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP:
            return False
    return not any(ip in block for block in _NOT_PUBLIC)


class _Guarded(HTTPConnection):
    """Connects to public addresses only, and limits the time for headers."""

    rules = Rules()
    header_seconds = 30.0

    def _new_conn(self) -> socket.socket:
        host = self.host.strip("[]")
        try:
            addresses = socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(self.host, self, _as_gaierror(error)) from error
        usable = self.rules.usable(host, [str(entry[4][0]) for entry in addresses])
        last: OSError | None = None
        for address in dict.fromkeys(usable):
            try:
                timeout = self.timeout if isinstance(self.timeout, int | float) else self.header_seconds
                return socket.create_connection((address, self.port), timeout)
            except OSError as error:
                last = error
        raise NewConnectionError(self, f"no connection ({last})") from last

    def getresponse(self) -> Any:
        """Like the parent's, but the time limit is for all headers together."""
        with cut_after(self.header_seconds, self.sock):
            return super().getresponse()


def _as_gaierror(error: Exception) -> socket.gaierror:
    return error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))


class _GuardedTLS(_Guarded, HTTPSConnection):
    """The same with TLS; the certificate is checked for the name, not for the numeric address."""


def guarded_pool(keep: Rules, *, seconds: float) -> urllib3.PoolManager:
    """Return connections that keep the rules, with this time limit for headers.

    They follow no redirects, and ignore proxies from the environment.
    """

    class Plain(_Guarded):
        rules, header_seconds = keep, seconds

    class Secure(_GuardedTLS):
        rules, header_seconds = keep, seconds

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pool = urllib3.PoolManager(num_pools=8, maxsize=2, retries=False)
    pool.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return pool
