"""What an office answers, read and typed; what is no answer of an office is told so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from darvoza.client.network import Reply
from darvoza.errors import DarvozaError, UnreadableAnswer, shown
from darvoza.json_text import read_json

SHOWN = 5
"""Wrong fields that a problem says in words; `errors` holds all."""

LOOK = "look at the address, which ends with /api/v1: a proxy, a sign-in page or another program answers there"


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
    got = said.get("got")  # the office has put a text between its marks already
    got = f", got {got if isinstance(got, str) else shown(got)}" if "got" in said else ""
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


@dataclass(frozen=True, slots=True)
class Arrival:
    """That goods have come; `rerouted` says whether to another post than the one that was declared."""

    declaration_id: str
    post: str
    arrived_at: str
    rerouted: bool


class Line(NamedTuple):
    """What became of one line of a stream: its number, and the decision or the problem."""

    number: int
    decision: Decision | None
    problem: ApiProblem | None


class Tagged(NamedTuple):
    """What was read, and the tag by which an office knows whether it is still that."""

    said: Any
    tag: str


def checked(reply: Reply) -> Reply:
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
        raise UnreadableAnswer(field="answer", expected="an answer of an office", got=got, hint=LOOK)
    try:
        said = read_json(reply.body)
    except ValueError:
        said = None
    raise ApiProblem(reply.status, said if isinstance(said, dict) else {"title": f"refused by {_seen(reply)}"})


def read_answer(reply: Reply, text: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read what an office said; anything else is not from an office."""
    try:
        return read_json(text)
    except ValueError as problem:
        got = f"status {reply.status}, {_seen(reply, text)}"
        raise UnreadableAnswer(field="answer", expected="JSON", got=got, hint=LOOK) from problem


def _seen(reply: Reply, text: bytes | None = None) -> str:
    """Say what an answer looks like that is not from an office: its type, and how it begins."""
    begins = reply.body if text is None else text
    return f"{reply.headers.get('content-type', 'no type')}: {begins[:40].decode(errors='replace')}"


@contextmanager
def of_the_form(expected: str) -> Iterator[None]:
    """Turn what is missing in an answer into an error that says so."""
    try:
        yield
    except (KeyError, TypeError) as problem:
        raise UnreadableAnswer(field="answer", expected=expected, got=f"without {problem}", hint=LOOK) from problem


def read_line(said: Any) -> Line:  # noqa: ANN401 - JSON
    """Read what became of one line of a stream."""
    with of_the_form("a line of a stream"):
        refused = ApiProblem(said["status"], said["problem"]) if "problem" in said else None
        if said["line"] is None and refused is not None:
            raise refused
        return Line(said["line"], None if refused else read_decision(said["decision"]), refused)


def read_decision(said: Any) -> Decision:  # noqa: ANN401 - JSON
    """Read a decision."""
    names = ("declaration_id", "version", "revision", "kind", "channel", "binding", "state", "lodged_at", "decided_at")
    with of_the_form("a decision"):
        acts = tuple(Act(act["agency"], act["act"], tuple(act["items"])) for act in said["acts"])
        return Decision(**{name: said[name] for name in names}, acts=acts)


def read_arrival(said: Any) -> Arrival:  # noqa: ANN401 - JSON
    """Read where goods are."""
    with of_the_form("an arrival"):
        return Arrival(said["declaration_id"], said["post"], said["arrived_at"], said["rerouted"])
