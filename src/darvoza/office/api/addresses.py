"""Addresses that events can be sent to: looked at before any is kept, so that sending fails only where the line does."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 500
LOCAL = ("127.0.0.1", "localhost", "::1")

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def address_fault(url: str, *, demo: bool) -> str:
    """Say what an address should be that is not one; nothing of one that can be used.

    Parameters
    ----------
    demo
        Whether this is a practice office: it may send to its own machine without HTTPS.

    Examples
    --------
    >>> address_fault("https://host.example:8443/events?of=darvoza", demo=False)
    ''
    >>> address_fault("https://host.example:99999/", demo=False)
    'a port of 1 to 65535'
    """
    if len(url) > LONGEST or not (url.isascii() and url.isprintable()) or " " in url:
        return f"at most {LONGEST} letters of ASCII without spaces: percent-encode the path, and write the host in punycode"
    try:
        return _part_fault(urlsplit(url), demo=demo)
    except ValueError:
        return "https://HOST/PATH"


def _part_fault(parts: SplitResult, *, demo: bool) -> str:
    """Say which part of an address is wrong, and what it should be."""
    if "@" in parts.netloc:
        return "https://HOST/PATH without user and password"
    if not _is_port(parts):
        return "a port of 1 to 65535"
    if not _is_host(parts.hostname or ""):
        return "https://HOST/PATH, with the name or the address of a host"
    return "" if parts.scheme == "https" or (demo and _is_local(parts)) else "https://HOST/PATH"


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _is_local(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOCAL


def _is_host(host: str) -> bool:
    """Tell whether this is a name of a host, or an address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return len(host) <= 253 and all(_LABEL.fullmatch(each) for each in host.removesuffix(".").split("."))
    return True
