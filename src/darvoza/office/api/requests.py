"""One thing a client wants done with a declaration, and what it is answered."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from darvoza.office.api.callers import Caller
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind


class Answer(NamedTuple):
    """What is answered: status, body, and whether it was answered before."""

    status: int
    text: str
    again: bool = False


@dataclass(slots=True)
class Request:
    """One thing a client wants done with a declaration.

    Attributes
    ----------
    caller, kind
        Who, and what: to lodge, to amend or to cancel.
    body
        What was sent, read as JSON.
    key, digest
        The key of the request, and the digest of what was sent with it; without a key, no answer is kept.
    reference
        The declaration it is about, where the address names it.
    if_match
        The revision the client believes to be the latest, or the tags of what it read; ``None`` where it does not say.
    outcome
        What is answered, once it is known.
    at
        When it came in.
    """

    caller: Caller
    kind: LodgementKind
    body: Any
    key: str = ""
    digest: str = ""
    reference: str = ""
    if_match: int | str | None = None
    outcome: Answer | Problem | None = field(default=None)
    at: datetime | None = None


def body_digest(*parts: bytes) -> str:
    """Give the digest of a request: its address and its body."""
    return hashlib.sha256(b"\x00".join(parts)).hexdigest()
