"""Sending over the network: one address, no redirection, no waiting for ever."""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Timer
from urllib.parse import urlsplit

TIMEOUT = 10.0
"""Seconds in which something has to come."""

LONGEST = 30.0
"""Seconds after which a receiver that answers drop by drop is not listened to any longer."""


class NotOpenError(ValueError):
    """A name has led to a machine that nothing may be sent to."""


def send(
    url: str, body: bytes, headers: Mapping[str, str], *, may_reach: Callable[[str], bool] = lambda _: True
) -> int:
    """Send a body; give the status, 0 when nobody answered.

    Parameters
    ----------
    may_reach
        Whether something may be sent to the address, in numbers, that the name of the host has led to: it is asked of the
        line that stands, before anything is sent on it, for a name may lead elsewhere the next time.

    Raises
    ------
    ValueError
        When the address is none, or leads to a machine that may not be reached.
    """
    connection = _connection(url, may_reach)
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


def _connection(url: str, may_reach: Callable[[str], bool]) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _Secure(host, parts.port, may_reach)
    return _Plain(host, parts.port, may_reach)


class _Plain(http.client.HTTPConnection):
    """A line that is looked at before anything is sent on it."""

    def __init__(self, host: str, port: int | None, may_reach: Callable[[str], bool]) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._may_reach = may_reach

    def connect(self) -> None:
        """Connect, and see where the line has led to."""
        super().connect()
        _look(self.sock, self._may_reach)


class _Secure(_Plain):
    """The same, and nobody else reads on it; not even a greeting is sent before it was looked at."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect, see where the line has led to, and whose it is."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _look(line: socket.socket, may_reach: Callable[[str], bool]) -> None:
    """Hang up where nothing may be sent to.

    Raises
    ------
    NotOpenError
        When it is so.
    """
    found = str(line.getpeername()[0])
    if not may_reach(found):
        line.close()
        raise NotOpenError(f"{found} is not open to the world, and the administrator does not allow it")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """End a line on which somebody else waits."""
    line = connection.sock
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
