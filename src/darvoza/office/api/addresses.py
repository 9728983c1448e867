"""Addresses that events can be sent to: looked at before any is kept, so that sending fails only where the line does."""

import ipaddress
import re
import socket
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
LOCAL = ("127.0.0.1", "localhost", "::1")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]

_OWN_NAMES = ("localhost", "local", "internal", "home.arpa")
"""Last parts of names that are given within a house (RFC 6761, 6762, 8375; `internal` is kept for it by ICANN)."""

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def address_fault(url: str, *, demo: bool, inside: Networks = ()) -> str:
    """Say what an address should be that is not one; nothing of one that can be used.

    Whoever may subscribe must not have the office ask what only the office can reach: its own machine, its neighbours, the
    service that tells a machine in a cloud its secrets. A name is looked up when something is sent; see `may_reach`.

    Parameters
    ----------
    demo
        Whether this is a practice office: it may send to its own machine without HTTPS.
    inside
        Networks that are not open to the world, and that the administrator allows.

    Examples
    --------
    >>> address_fault("https://host.example:8443/events?of=darvoza", demo=False)
    ''
    >>> address_fault("https://host.example:99999/", demo=False)
    'a port of 1 to 65535'
    >>> address_fault("https://169.254.169.254/latest", demo=False).split(":")[0]
    'a host that is open to the world'
    """
    if len(url) > LONGEST or not (url.isascii() and url.isprintable()) or " " in url:
        return f"at most {LONGEST} letters of ASCII without spaces: percent-encode the path, and write the host in punycode"
    try:
        return _part_fault(urlsplit(url), demo=demo, inside=inside)
    except ValueError:
        return "https://HOST/PATH"


def _part_fault(parts: SplitResult, *, demo: bool, inside: Networks) -> str:
    """Say which part of an address is wrong, and what it should be."""
    if "@" in parts.netloc:
        return "https://HOST/PATH without user and password"
    if not _is_port(parts):
        return "a port of 1 to 65535"
    if not _is_host(parts.hostname or ""):
        return "https://HOST/PATH, with the name or the address of a host"
    if demo and parts.hostname in LOCAL and parts.scheme in {"http", "https"}:
        return ""
    if _is_inside(parts.hostname or "", inside):
        return "a host that is open to the world: others are allowed by the administrator, in DARVOZA_EVENT_NETWORKS"
    return "" if parts.scheme == "https" else "https://HOST/PATH"


def may_reach(address: str, *, demo: bool, inside: Networks) -> bool:
    """Tell whether something may be sent to an address that a name has led to.

    Examples
    --------
    >>> may_reach("127.0.0.1", demo=False, inside=()), may_reach("127.0.0.1", demo=True, inside=())
    (False, True)
    >>> may_reach("10.20.3.4", demo=False, inside=(ipaddress.ip_network("10.20.0.0/16"),)), may_reach("1.1.1.1", demo=False, inside=())
    (True, True)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    return _is_open(found, inside) or (demo and found.is_loopback)


def _is_open(address: Address, inside: Networks) -> bool:
    """Tell whether an address is everybody's, or allowed; one of IPv4 in the clothes of IPv6 is that of IPv4.

    Examples
    --------
    >>> [_is_open(ipaddress.ip_address(text), ()) for text in ("2606:4700::1111", "fec0::1", "64:ff9b::a9fe:a9fe", "::7f00:1")]
    [True, False, False, False]
    """
    plain = _plain(address) if isinstance(address, ipaddress.IPv6Address) else address
    is_everybodys = plain.is_global and not (plain.is_multicast or getattr(plain, "is_site_local", False))
    return is_everybodys or any(each in network for network in inside for each in (plain, address))


def _plain(address: ipaddress.IPv6Address) -> Address:
    """Give the address of IPv4 that one of IPv6 stands for, or leads to (RFC 4291, 2.5.5; RFC 3056; RFC 6052)."""
    found = address.ipv4_mapped or address.sixtofour
    if found is not None:
        return found
    leads = any(address in network for network in _TO_IPV4)
    return ipaddress.IPv4Address(address.packed[-4:]) if leads else address


_TO_IPV4 = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96"))


def _is_inside(host: str, inside: Networks) -> bool:
    """Tell whether a host is known to be within the house, and not allowed; where some are, a name tells nothing yet."""
    found = _numbers(host)
    if found is not None:
        return not _is_open(found, inside)
    name = host.removesuffix(".").lower()
    return not inside and ("." not in name or name.endswith(tuple(f".{each}" for each in _OWN_NAMES)))


def _numbers(host: str) -> Address | None:
    """Read a host that is a number, also as the C library does: 127.1, 0x7f000001; nothing of a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    """Tell whether this is a name of a host, or an address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return len(host) <= 253 and all(_LABEL.fullmatch(each) for each in host.removesuffix(".").split("."))
    return True
