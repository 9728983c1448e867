"""Requests and answers on the line."""

import http.client
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit


class Request(NamedTuple):
    """What is sent: method, address, headers, body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What came back: status, headers with small names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Transport = Callable[[Request], Reply]
"""Sends a request; raises `OSError` when the line broke."""


def send(request: Request) -> Reply:
    """Send a request over the network.

    Raises
    ------
    OSError
        When nobody answers.
    """
    parts = urlsplit(request.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=60)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # who takes no more of a body has answered why
            connection.request(request.method, path, request.body, dict(request.headers))
        answer = connection.getresponse()
        if answer.length is None and not answer.chunked:  # an end of the line would be read as the end of the answer
            raise ConnectionError("the line broke in the head of the answer: it does not say how long it is")
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    except http.client.HTTPException as problem:
        raise ConnectionError(str(problem)) from problem
    finally:
        connection.close()
