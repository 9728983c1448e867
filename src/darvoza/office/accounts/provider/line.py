"""Asking the service over the network: one address, no redirection, a bounded answer, no waiting for ever."""

import http.client
import ssl
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from darvoza.errors import ProviderError
from darvoza.json_text import read_json

TIMEOUT: Final = 5.0
"""Seconds."""

LARGEST: Final = 512 * 1024
"""Bytes that are read of an answer."""


class Ask(Protocol):
    """Asks an address, by POST where a form is sent; gives the object of JSON that it answers."""

    def __call__(self, url: str, *, form: Mapping[str, str] | None = None, authorization: str = "") -> dict[str, Any]:
        """Ask."""
        ...


def ask(url: str, *, form: Mapping[str, str] | None = None, authorization: str = "") -> dict[str, Any]:
    """Ask an address of the service.

    Raises
    ------
    ProviderError
        When nobody answers, or not with an object of JSON.
    """
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.netloc}{parts.path}"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        body = None if form is None else urlencode(form).encode()
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        status, text = answer.status, answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as problem:
        raise ProviderError(field=place, expected="an answer", got=type(problem).__name__) from problem
    finally:
        connection.close()
    return _object(place, status, text)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    """Open a line; plain HTTP is for this machine only, as the settings see to."""
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _object(place: str, status: int, text: bytes) -> dict[str, Any]:
    """Read an answer; what is in it stays out of the error, since it may be a secret."""
    if status != http.client.OK or len(text) > LARGEST:
        raise ProviderError(field=place, expected="status 200 and a short answer", got=f"{status}, {len(text)} bytes")
    try:
        said = read_json(text)
    except ValueError as problem:
        raise ProviderError(field=place, expected="JSON", got=type(problem).__name__) from problem
    if not isinstance(said, dict):
        raise ProviderError(field=place, expected="an object of JSON", got=type(said).__name__)
    return said
