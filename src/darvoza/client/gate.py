"""One office, asked with a key for each request."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from darvoza.client.answers import (
    LOOK,
    Arrival,
    Decision,
    Line,
    Tagged,
    checked,
    of_the_form,
    read_answer,
    read_arrival,
    read_decision,
    read_line,
)
from darvoza.client.network import Reply, Request, Transport, send
from darvoza.errors import InvalidValue, UnreadableAnswer
from darvoza.json_text import foreign, write_json

AGAIN = frozenset({429, 502, 503, 504})
"""Statuses after which the same request is sent again."""

LARGEST = 4 * 2**20
"""Bytes of a body that an office takes; a stream may be longer, not a line of it."""

LONGEST_WAIT = 120.0
"""Seconds that are waited at most where the office says when to come again."""

_AGAIN = "send all of it again under the same key: what was decided stays decided"
NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class GateClient:
    """Asks one office.

    Parameters
    ----------
    address
        Address of the API, such as ``https://office.example/api/v1``.
    token
        The token of the client.
    transport
        Sends requests; over the network where nothing is given.
    attempts
        How often a request is sent at most while nobody answers.
    wait
        Waits so many seconds between two attempts: as many as the office says, at most `LONGEST_WAIT`; where it does not
        say, longer from one to the next.
    new_key
        Makes the key of a request that is given none.
    """

    address: str
    token: str = field(repr=False)
    transport: Transport | None = field(default=None, repr=False)
    attempts: int = 5
    wait: Callable[[float], None] = time.sleep
    new_key: Callable[[], str] = lambda: uuid.uuid4().hex

    def lodge(self, declaration: Mapping[str, Any], *, key: str | None = None) -> Decision:
        """Lodge a declaration.

        Parameters
        ----------
        declaration
            The fields of the declaration, with its goods items in ``items``.
        key
            Its idempotency key; whoever keeps one of his own can ask again after his own system failed.

        Raises
        ------
        ApiProblem
            When the office refuses it.
        UnreadableAnswer
            When what answers is not the API of an office; whether the declaration was lodged is told by asking again
            under the same key.
        InvalidValue
            When a field holds what is no value of JSON; numbers may be decimal, and moments those of Python. Nor is anything sent
            to what is no address, or with a token or a key that cannot be written in a header.
        """
        return read_decision(self._send("POST", "/declarations", declaration, key=key))

    def amend(
        self, reference: str, declaration: Mapping[str, Any], *, revision: int | None = None, key: str | None = None
    ) -> Decision:
        """Amend a declaration; with a revision, only while that is the latest one."""
        path = f"/declarations/{quote(reference, safe='')}/amendments"
        return read_decision(self._send("POST", path, declaration, key=key, more=_matching(revision)))

    def cancel(self, reference: str, *, revision: int | None = None, key: str | None = None) -> Decision:
        """Cancel a declaration; with a revision, only while that is the latest one."""
        path = f"/declarations/{quote(reference, safe='')}/cancellation"
        return read_decision(self._send("POST", path, key=key, more=_matching(revision)))

    def arrive(
        self, reference: str, post: str, *, arrived_at: datetime | None = None, key: str | None = None
    ) -> Arrival:
        """Tell that goods have arrived at a post; now where no moment is given, which is an aware one."""
        sent = {"post": post} | ({} if arrived_at is None else {"arrived_at": arrived_at})
        return read_arrival(self._send("POST", f"/declarations/{quote(reference, safe='')}/arrival", sent, key=key))

    def decision(self, reference: str) -> Decision:
        """Read the decision that stands."""
        return read_decision(self._send("GET", f"/declarations/{quote(reference, safe='')}"))

    def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Read any other address, such as ``/declarations/D1/release``."""
        return self._send("GET", path)

    def read_tagged(self, path: str) -> Tagged:
        """Read an address such as ``/orders/D1:customs:physical`` with its tag; empty where it has none."""
        reply = self._ask("GET", path, b"", key=None, more={})
        return Tagged(read_answer(reply, reply.body), reply.headers.get("etag", ""))

    def remove(self, path: str) -> None:
        """Remove what has an address, such as ``/subscriptions/3``."""
        self._send("DELETE", path)

    def tell(self, path: str, body: object = None, *, key: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """Tell any other address something, such as ``/comparisons`` or ``/subscriptions``; give what it answers."""
        return self._send("POST", path, body, key=key)

    def lodge_all(self, declarations: Iterable[Mapping[str, Any]], *, key: str | None = None) -> Iterator[Line]:
        """Lodge many declarations in one stream; with a key of one's own it can be sent again from its beginning.

        Raises
        ------
        ApiProblem
            When the office refuses the stream as a whole.
        UnreadableAnswer
            When a line is left without an answer; those before it were given.
        """
        sent = [written(each, f"lines.{number}") + b"\n" for number, each in enumerate(declarations, start=1)]
        if not sent:
            return
        more = {"Content-Type": "application/x-ndjson"}
        reply = self._ask("POST", "/declarations/stream", b"".join(sent), key=key, more=more)
        told = reply.body.splitlines()
        for number, text in enumerate(told, start=1):
            line = read_line(read_answer(reply, text))
            if line.number != number:
                raise UnreadableAnswer(field="answer", expected=f"line {number}", got=line.number, hint=LOOK)
            yield line
        if len(told) < len(sent):
            message = f"expected an answer to each of {len(sent)} lines, got none to line {len(told) + 1}"
            raise UnreadableAnswer(message, field="answer", hint=_AGAIN)

    def record_finding(
        self,
        order: str,
        items: Iterable[Mapping[str, Any]],
        *,
        words: str = "",
        reason: str = "",
        tag: str = "",
        key: str | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """Record the result of an examination; with a reason, instead of the one that this client told before.

        With a tag, only while the order is what was read with it.
        """
        sent = {"items": list(items), "words": words} | ({"reason": reason} if reason else {})
        more = {"If-Match": tag} if tag else {}
        return self._send("POST", f"/orders/{quote(order, safe='')}/findings", sent, key=key, more=more)

    def orders(self, *, state: str = "", post: str = "", limit: int = 100) -> Iterator[dict[str, Any]]:
        """Read the orders of the agency and post of the token, or of one post alone, page after page."""
        asked = {name: value for name, value in (("state", state), ("post", post)) if value}
        after: int | None = 0
        while after is not None:
            page = self._send("GET", f"/orders?{urlencode({**asked, 'after': after, 'limit': limit})}")
            with of_the_form("a page of orders"):
                orders, after = page["orders"], page["next"]
            yield from orders

    def _send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Any:  # noqa: ANN401 - JSON
        text = b"" if body is None else written(body)
        if len(text) > LARGEST:
            raise InvalidValue(field="body", expected=f"at most {LARGEST} bytes", got=len(text))
        reply = self._ask(method, path, text, key=key, more=more)
        return read_answer(reply, reply.body) if reply.body or reply.status != NO_CONTENT else None

    def _ask(self, method: str, path: str, body: bytes, *, key: str | None, more: Mapping[str, str]) -> Reply:
        """Ask until somebody answers, with the same key."""
        request = Request(method, f"{self._place()}{path}", self._headers(method, key) | dict(more), body)
        for attempt in range(1, self.attempts + 1):
            last = attempt == self.attempts
            told = ""
            try:
                reply = (self.transport or send)(request)
            except OSError:
                if last:
                    raise
            else:
                if reply.status not in AGAIN or last:
                    return checked(reply)
                told = reply.headers.get("retry-after", "")
            own = min(2.0 ** (attempt - 1), 30.0)
            self.wait(min(float(told), LONGEST_WAIT) if told.isascii() and told.isdecimal() else own)
        raise AssertionError("the last attempt returns or raises")

    def _place(self) -> str:
        """Give the address that is asked; what is none is told, and not looked for again and again."""
        if not _is_address(self.address):
            expected = "an address that begins with https://, such as https://office.example/api/v1"
            raise InvalidValue(field="address", expected=expected, got=self.address)
        return self.address.rstrip("/")

    def _headers(self, method: str, key: str | None) -> dict[str, str]:
        """Give the headers of a request; what a header has no room for is told by name, and a token is not shown."""
        if not _of_a_header(self.token):
            got = f"{len(self.token)} characters with others among them, such as a line break"
            raise InvalidValue(field="token", expected="a token as it was printed: ASCII, no blanks", got=got)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = key or self.new_key()
            if not _of_a_header(headers["Idempotency-Key"].replace(" ", "")):
                raise InvalidValue(
                    field="key", expected="1 to 90 printable characters of ASCII", got=headers["Idempotency-Key"]
                )
        return headers


def _is_address(text: str) -> bool:
    """Tell whether somebody can be asked at an address: what Python's library cannot send there would fail with an error of its own."""
    try:
        told = urlsplit(text)
        named = bool((told.hostname or "").encode("idna")) and told.port != 0
    except ValueError:  # no port, no name
        return False
    return named and told.scheme in {"http", "https"} and told.path.isascii() and text.isprintable() and " " not in text


def _of_a_header(text: str) -> bool:
    """Tell whether a text can be sent as a word of a header."""
    return text.isascii() and text.isprintable() and " " not in text


def _matching(revision: int | None) -> dict[str, str]:
    return {} if revision is None else {"If-Match": f'"{revision}"'}


def written(body: object, path: str = "") -> bytes:
    """Write a body as JSON; what JSON has no word for is told with its place."""
    try:
        return write_json(body)
    except ValueError as problem:
        place, got = foreign(body, path) or (path, str(problem))
        raise InvalidValue(field=place or "body", expected="a value of JSON", got=got) from problem
