"""Whose address a request comes from, when proxies stand in between."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from darvoza.office.environment import Network

Address = IPv4Address | IPv6Address


def client_address(peer: str, forwarded: str, proxies: Iterable[Network]) -> str:
    """Give the address of the browser: the last one in the chain that is none of our proxies.

    Each proxy writes at the end of ``X-Forwarded-For`` whom it was asked by, so the list is walked from its end, and only
    for as long as the one who wrote the entry is believed. What a browser wrote there itself stands further to the left
    and is never reached.

    Parameters
    ----------
    peer
        Who connected.
    forwarded
        What ``X-Forwarded-For`` says; anybody may have written into it.
    proxies
        Networks of the proxies that are believed.

    Examples
    --------
    >>> from ipaddress import ip_network
    >>> client_address("10.0.0.1", "6.6.6.6, 192.0.2.7", [ip_network("10.0.0.0/24")])
    '192.0.2.7'
    >>> client_address("192.0.2.7", "6.6.6.6", [ip_network("10.0.0.0/24")])
    '192.0.2.7'
    """
    believed = tuple(proxies)
    at = _address(peer)
    if at is None:
        return peer
    for entry in reversed(forwarded.split(",")):
        told = _address(entry)
        if told is None or not any(at in network for network in believed):
            break
        at = told
    return str(at)


def _address(text: str) -> Address | None:
    """Read an address, with a port or brackets or without; nothing when it is none."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ip_address(plain)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
