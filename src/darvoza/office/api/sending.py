"""Sending over the network: one address, no redirection, no waiting for ever."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from urllib.parse import urlsplit

TIMEOUT = 10.0
"""Seconds in which something has to come."""

LONGEST = 30.0
"""Seconds after which a receiver that answers drop by drop is not listened to any longer."""


def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body; give the status, 0 when nobody answered.

    Raises
    ------
    ValueError
        When the address is none.
    """
    connection = _connection(url)
    end = Timer(LONGEST, _hang_up, [connection])
    end.daemon = True
    end.start()
    try:
        connection.request("POST", _path(url), body, dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        end.cancel()
        connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """End a line on which somebody else waits."""
    line = connection.sock
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
