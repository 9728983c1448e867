"""A client of the API, typed, with nothing but the standard library.

It gives each request a key of its own and sends it again under the same key where the line broke: a declaration is
decided once, however often it is sent.

Examples
--------
Against an office, the transport is left out:

>>> def office(request: Request) -> Reply:
...     return Reply(201, {}, b'{"declaration_id":"D1","version":1,"revision":1,"kind":"lodged","channel":"red","binding":true,'
...         b'"state":"ab","lodged_at":"","decided_at":"","acts":[{"agency":"customs","act":"physical","items":[1]}]}')
>>> gate = GateClient("https://office.example/api/v1", "dvz_token", transport=office)
>>> decision = gate.lodge({"declaration_id": "D1", "post": "KG-TOR", "importer_id": "I1", "items": [{"hs": "870323", "origin": "DE"}]})
>>> decision.channel, [act.act for act in decision.acts]
('red', ['physical'])
"""

import http.client
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from darvoza.errors import DarvozaError, InvalidValue, UnreadableAnswer, shown
from darvoza.json_text import foreign, read_json, write_json

AGAIN = frozenset({429, 502, 503, 504})
"""Statuses after which the same request is sent again."""

SHOWN = 5
"""Wrong fields that a problem says in words; `errors` holds all."""

LARGEST = 4 * 2**20
"""Bytes of a body that an office takes; a stream may be longer, not a line of it."""

LONGEST_WAIT = 120.0
"""Seconds that are waited at most where the office says when to come again."""

_LOOK = "look at the address, which ends with /api/v1: a proxy, a sign-in page or another program answers there"
_AGAIN = "send all of it again under the same key: what was decided stays decided"
NO_CONTENT = 204


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


class ApiProblem(DarvozaError):
    """The office refused a request.

    Attributes
    ----------
    status
        The status of the answer.
    problem
        The stable code, such as ``invalid`` or ``already-lodged``.
    errors
        Field by field: ``field``, ``code``, and ``expected`` and ``got``, or a ``message``.

    Examples
    --------
    >>> print(ApiProblem(409, {"code": "already-lodged", "title": "Lodged before; amend it.", "detail": "D1"}))
    409 already-lodged: Lodged before; amend it. D1
    """

    code = "api"

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        self.status, self.problem = status, str(said.get("code", ""))
        told = said.get("errors")
        self.errors: list[dict[str, Any]] = [each for each in told or () if isinstance(each, dict)]
        first = self.errors[0] if self.errors else {}
        head = f"{status} {self.problem}".strip()
        self._fields = "; ".join([*map(_fault, self.errors[:SHOWN]), *(["…"] if self.errors[SHOWN:] else [])])
        super().__init__(
            f"{head}: {said.get('title', 'refused')} {said.get('detail', '')}".strip(),
            field=first.get("field"),
            expected=first.get("expected"),
            got=first.get("got"),
        )

    def __str__(self) -> str:
        """Give what is wrong with each field, and the status with code and words."""
        return f"{self._fields} ({self.message})" if self._fields else self.message


def _fault(said: Mapping[str, Any]) -> str:
    """Say what is wrong with one field."""
    if said.get("message"):
        return str(said["message"])
    got = f", got {shown(said['got'])}" if "got" in said else ""
    return f"{said.get('field', '')}: expected {said.get('expected', '')}{got}"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of control that is carried out; no items means all of them."""

    agency: str
    act: str
    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a declaration; docs/reference/interface.md tells what each field means."""

    declaration_id: str
    version: int
    revision: int
    kind: str
    channel: str
    binding: bool
    state: str
    lodged_at: str
    decided_at: str
    acts: tuple[Act, ...]


class Line(NamedTuple):
    """What became of one line of a stream: its number, and the decision or the problem."""

    number: int
    decision: Decision | None
    problem: ApiProblem | None


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
            When a field holds what is no value of JSON; numbers may be decimal, and moments those of Python.
        """
        return _decision(self._send("POST", "/declarations", declaration, key=key))

    def amend(
        self, reference: str, declaration: Mapping[str, Any], *, revision: int | None = None, key: str | None = None
    ) -> Decision:
        """Amend a declaration; with a revision, only while that is the latest one."""
        match = {} if revision is None else {"If-Match": f'"{revision}"'}
        return _decision(
            self._send(
                "POST", f"/declarations/{quote(reference, safe='')}/amendments", declaration, key=key, more=match
            )
        )

    def cancel(self, reference: str, *, key: str | None = None) -> Decision:
        """Cancel a declaration."""
        return _decision(self._send("POST", f"/declarations/{quote(reference, safe='')}/cancellation", key=key))

    def decision(self, reference: str) -> Decision:
        """Read the decision that stands."""
        return _decision(self._send("GET", f"/declarations/{quote(reference, safe='')}"))

    def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Read any other address, such as ``/declarations/D1/release``."""
        return self._send("GET", path)

    def lodge_all(self, declarations: Iterable[Mapping[str, Any]], *, key: str | None = None) -> Iterator[Line]:
        """Lodge many declarations in one stream; with a key of one's own it can be sent again from its beginning.

        Raises
        ------
        ApiProblem
            When the office refuses the stream as a whole.
        UnreadableAnswer
            When a line is left without an answer; those before it were given.
        """
        sent = [_written(each, f"lines.{number}") + b"\n" for number, each in enumerate(declarations, start=1)]
        if not sent:
            return
        more = {"Content-Type": "application/x-ndjson"}
        reply = self._ask("POST", "/declarations/stream", b"".join(sent), key=key, more=more)
        told = reply.body.splitlines()
        for number, text in enumerate(told, start=1):
            line = _line(_read(reply, text))
            if line.number != number:
                raise UnreadableAnswer(field="answer", expected=f"line {number}", got=line.number, hint=_LOOK)
            yield line
        if len(told) < len(sent):
            message = f"expected an answer to each of {len(sent)} lines, got none to line {len(told) + 1}"
            raise UnreadableAnswer(message, field="answer", hint=_AGAIN)

    def record_finding(
        self, order: str, items: Iterable[Mapping[str, Any]], *, words: str = "", key: str | None = None
    ) -> Any:  # noqa: ANN401 - JSON
        """Record the result of an examination."""
        sent = {"items": list(items), "words": words}
        return self._send("POST", f"/orders/{quote(order, safe='')}/findings", sent, key=key)

    def orders(self, *, state: str = "", limit: int = 100) -> Iterator[dict[str, Any]]:
        """Read the orders of the agency and post of the token, page after page."""
        after: int | None = 0
        while after is not None:
            page = self._send("GET", f"/orders?state={quote(state)}&after={after}&limit={limit}".replace("state=&", ""))
            with _of_the_form("a page of orders"):
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
        text = b"" if body is None else _written(body)
        if len(text) > LARGEST:
            raise InvalidValue(field="body", expected=f"at most {LARGEST} bytes", got=len(text))
        reply = self._ask(method, path, text, key=key, more=more)
        return _read(reply, reply.body) if reply.body or reply.status != NO_CONTENT else None

    def _ask(self, method: str, path: str, body: bytes, *, key: str | None, more: Mapping[str, str]) -> Reply:
        """Ask until somebody answers, with the same key."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = key or self.new_key()
        request = Request(method, f"{self.address.rstrip('/')}{path}", headers | dict(more), body)
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
                    return _checked(reply)
                told = reply.headers.get("retry-after", "")
            own = min(2.0 ** (attempt - 1), 30.0)
            self.wait(min(float(told), LONGEST_WAIT) if told.isascii() and told.isdecimal() else own)
        raise AssertionError("the last attempt returns or raises")


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


def _written(body: object, path: str = "") -> bytes:
    """Write a body as JSON; what JSON has no word for is told with its place."""
    try:
        return write_json(body)
    except ValueError as problem:
        place, got = foreign(body, path) or (path, str(problem))
        raise InvalidValue(field=place or "body", expected="a value of JSON", got=got) from problem


def _checked(reply: Reply) -> Reply:
    """Give a reply that tells of success; whoever leads elsewhere, or says nothing else, is no office.

    Raises
    ------
    ApiProblem
        When it is a refusal.
    UnreadableAnswer
        When it is neither.
    """
    if 200 <= reply.status < 300:
        return reply
    if reply.status < 400:
        to = reply.headers.get("location", "")
        got = f"status {reply.status}" + (f", which leads to {to}" if to else "")
        raise UnreadableAnswer(field="answer", expected="an answer of an office", got=got, hint=_LOOK)
    try:
        said = read_json(reply.body)
    except ValueError:
        said = None
    raise ApiProblem(reply.status, said if isinstance(said, dict) else {"title": f"refused by {_seen(reply)}"})


def _read(reply: Reply, text: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read what an office said; anything else is not from an office."""
    try:
        return read_json(text)
    except ValueError as problem:
        got = f"status {reply.status}, {_seen(reply, text)}"
        raise UnreadableAnswer(field="answer", expected="JSON", got=got, hint=_LOOK) from problem


def _seen(reply: Reply, text: bytes | None = None) -> str:
    """Say what an answer looks like that is not from an office: its type, and how it begins."""
    begins = reply.body if text is None else text
    return f"{reply.headers.get('content-type', 'no type')}: {begins[:40].decode(errors='replace')}"


@contextmanager
def _of_the_form(expected: str) -> Iterator[None]:
    """Turn what is missing in an answer into an error that says so."""
    try:
        yield
    except (KeyError, TypeError) as problem:
        raise UnreadableAnswer(field="answer", expected=expected, got=f"without {problem}", hint=_LOOK) from problem


def _line(said: Any) -> Line:  # noqa: ANN401 - JSON
    """Read what became of one line of a stream."""
    with _of_the_form("a line of a stream"):
        refused = ApiProblem(said["status"], said["problem"]) if "problem" in said else None
        if said["line"] is None and refused is not None:
            raise refused
        return Line(said["line"], None if refused else _decision(said["decision"]), refused)


def _decision(said: Any) -> Decision:  # noqa: ANN401 - JSON
    """Read a decision."""
    names = ("declaration_id", "version", "revision", "kind", "channel", "binding", "state", "lodged_at", "decided_at")
    with _of_the_form("a decision"):
        acts = tuple(Act(act["agency"], act["act"], tuple(act["items"])) for act in said["acts"])
        return Decision(**{name: said[name] for name in names}, acts=acts)
