"""What is said when something is wrong: problem details (RFC 9457) with a stable code, and a path for each field."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.http import HttpResponse

from darvoza.errors import CaseRefused, DarvozaError, IntakeError, InvalidEntry, ProfileError, ProfileRefused

CONTENT_TYPE = "application/problem+json"
LONGEST_KEY = 90
"""Characters of an Idempotency-Key; the number of a line of a stream is put after it."""


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One thing that can be wrong.

    Attributes
    ----------
    code
        Its stable name.
    status
        The status of the answer.
    title
        What is wrong, in a line.
    """

    code: str
    status: int
    title: str


KINDS: Mapping[str, ProblemKind] = {
    kind.code: kind
    for kind in (
        ProblemKind("not-json", 400, "The body is not JSON."),
        ProblemKind(
            "key-missing", 400, f"The header Idempotency-Key is missing or not 1 to {LONGEST_KEY} printable characters."
        ),
        ProblemKind(
            "bad-request", 400, "The request is not one that this office answers: look at its Host and its length."
        ),
        ProblemKind("unauthorised", 401, "The token is missing, unknown or revoked."),
        ProblemKind("forbidden", 403, "The token does not serve this purpose, agency or post."),
        ProblemKind("not-found", 404, "There is no such thing, or it is not yours to know of."),
        ProblemKind("method-not-allowed", 405, "The address does not take this method; Allow names those it takes."),
        ProblemKind("already-lodged", 409, "A declaration with this reference was lodged before."),
        ProblemKind("cancelled", 409, "The declaration was cancelled."),
        ProblemKind("at-examination", 409, "An officer examines the goods, or something was found on them."),
        ProblemKind("at-another-post", 409, "The goods have arrived at another post, which has not sent them on."),
        ProblemKind("case-refused", 409, "The order does not allow this now."),
        ProblemKind("length-missing", 411, "The body does not say how long it is, and its end cannot be told."),
        ProblemKind("profile-refused", 409, "The profile does not allow this now."),
        ProblemKind("changed", 412, "It is no longer what it was when you read it."),
        ProblemKind("too-large", 413, "The body is larger than what is taken."),
        ProblemKind("media-type", 415, "The content type, or the content encoding, is not one that is read here."),
        ProblemKind("invalid", 422, "Some fields are wrong."),
        ProblemKind("key-reused", 422, "The same Idempotency-Key came before with another body."),
        ProblemKind("too-many", 429, "Too many requests in a minute."),
        ProblemKind("failed", 500, "The declaration could not be decided; nothing was kept and nothing is released."),
        ProblemKind("office-failed", 500, "The office failed; nothing half-done was kept."),
        ProblemKind("gate-closed", 503, "Nothing can be decided now; nothing was kept and nothing is released."),
    )
}
"""Every problem there is."""

_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of pairs of surrogates: JSON can send them, and no encoding can write them; they are told by their number."""


class Problem(Exception):
    """Something that is wrong with a request.

    Parameters
    ----------
    code
        One of `KINDS`.
    detail
        What exactly.
    errors
        Field by field: ``field``, ``code``, ``expected``, ``got``.
    headers
        What else the answer says.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: tuple[Mapping[str, Any], ...] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail, self.errors, self.headers = code, detail, errors, headers

    @property
    def status(self) -> int:
        """The status of the answer."""
        return KINDS[self.code].status

    def text(self) -> str:
        """Give the body."""
        kind = KINDS[self.code]
        said = {
            "type": f"urn:darvoza:problem:{kind.code}",
            "title": kind.title,
            "status": kind.status,
            "code": kind.code,
        }
        more = {"detail": self.detail, "errors": list(self.errors)}
        text = json.dumps(said | {name: value for name, value in more.items() if value}, ensure_ascii=False)
        return _HALVES.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text)

    def answer(self) -> HttpResponse:
        """Give the whole answer."""
        return HttpResponse(self.text(), status=self.status, content_type=CONTENT_TYPE, headers=dict(self.headers))


def unknown_token() -> Problem:
    """Say that a token is missing, unknown or revoked."""
    return Problem("unauthorised", headers={"WWW-Authenticate": "Bearer"})


SENT: Final = (ProfileError, CaseRefused, InvalidEntry, IntakeError)
"""Errors of the core in what a client sent, or asked for at the wrong time."""


def of_core(errors: Sequence[DarvozaError]) -> Problem:
    """Make a problem out of errors of the core: what was sent wrongly, or what is not allowed now.

    Raises
    ------
    DarvozaError
        The first one that is no fault of the client.
    """
    for each in errors:
        if not isinstance(each, SENT):
            raise each
    codes = {_code_of(each) for each in errors}
    told = tuple(
        {"field": each.field or "", "code": each.code, "message": str(each), "hint": each.hint or ""} for each in errors
    )
    return Problem(codes.pop() if len(codes) == 1 else "invalid", errors=told)


def _code_of(error: DarvozaError) -> str:
    """Tell what was sent wrongly from what the order or the profile does not allow now."""
    if isinstance(error, CaseRefused) and not (error.field or "").startswith("items"):
        return "case-refused"
    if isinstance(error, ProfileRefused) and error.field == "state":
        return "profile-refused"
    return "invalid"
