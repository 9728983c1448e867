"""Declarations: lodge, amend, cancel, and read what was decided."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, ConfigDict
from pydantic import Field as PostCode

from darvoza.domain.fields import Field, Kind
from darvoza.errors import shown
from darvoza.flow.intake.lodged_form import GOODS, HEADER, MOST_ITEMS
from darvoza.office.api import queries
from darvoza.office.api.bodies import LARGEST, lines, read_json, received
from darvoza.office.api.callers import Caller
from darvoza.office.api.problems import LONGEST_KEY, Problem
from darvoza.office.api.purposes import LodgementKind, Purpose
from darvoza.office.api.references import is_same, unaddressed
from darvoza.office.api.requests import Answer, Request, body_digest
from darvoza.office.api.services.arriving import tell_arrival
from darvoza.office.api.services.lodging import MOST, lodge
from darvoza.office.api.views.answers import (
    ArrivalSchema,
    DecisionSchema,
    EvidenceSchema,
    ExplanationSchema,
    ReleaseSchema,
)
from darvoza.office.api.views.asking import (
    MetToken,
    answered,
    answered_once,
    caller_for,
    key_of,
    sent,
)

router = Router(tags=["declarations"])

PER_BATCH = MOST
"""Lines of a stream that are decided together."""

TOGETHER = LARGEST
"""Bytes of lines that are held at once, but for the last of them: read, they take ten times as much memory."""


_JSON_TYPES = {Kind.AMOUNT: "number", Kind.INTEGER: "integer", Kind.FLAG: "boolean"}


REQUIRED = ("post", "importer_id")
REQUIRED_OF_GOODS = ("hs", "origin")


def _described(field: Field) -> dict[str, Any]:
    """Describe a field for OpenAPI."""
    if field.kind is Kind.CODES:
        return {"type": "array", "items": {"type": "string"}, "description": field.meaning}
    said: dict[str, Any] = {"type": _JSON_TYPES.get(field.kind, "string"), "description": field.meaning}
    if field.kind is Kind.MOMENT:
        said["format"] = "date-time"
    if field.choices:
        said["enum"] = list(field.choices)
    if field.kind is Kind.INTEGER:
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        said |= {name: int(bound) for name, bound in bounds.items() if bound is not None}
    if field.limit:
        said["maxLength"] = field.limit
    if field.required and said["type"] == "string":
        said["minLength"] = 1
    return said


def declaration_schema(*required: str) -> dict[str, Any]:
    """Describe a declaration for OpenAPI, from the table of its fields."""
    goods = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _described(field) for field in GOODS},
        "required": list(REQUIRED_OF_GOODS),
    }
    items = {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": goods}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {**{field.name: _described(field) for field in HEADER}, "items": items},
        "required": [*required, *REQUIRED, "items"],
    }


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


def _body(*required: str) -> dict[str, Any]:
    """Describe a request with a declaration and a key."""
    schema = declaration_schema(*required)
    return {
        "parameters": [_KEY],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
    }


@router.post(
    "",
    response={201: DecisionSchema},
    url_name="lodge",
    openapi_extra=_body("declaration_id"),
    auth=MetToken(),
)
def lodge_one(request: HttpRequest) -> HttpResponse:
    """Lodge a declaration, also before the goods arrive; the answer comes once the decision is kept."""
    caller, key = caller_for(request, Purpose.LODGE), key_of(request)
    body, digest = sent(request)
    return _done(Request(caller, LodgementKind.LODGED, body, key=key, digest=digest, outcome=unaddressed(body)))


_LINES = {
    "parameters": [_KEY],
    "requestBody": {"required": True, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
}


@router.post("/stream", url_name="stream", response={200: str}, openapi_extra=_LINES)
def lodge_many(request: HttpRequest) -> HttpResponseBase:
    """Lodge many declarations, one JSON object a line; once all have come, answers come a line each, in the same order, as they are kept.

    Each line has the key of the stream and its own number: a stream that broke off can be sent again from its beginning.
    """
    caller, key = caller_for(request, Purpose.LODGE), key_of(request)
    if request.content_type != "application/x-ndjson":
        raise Problem("media-type", "application/x-ndjson")
    stream = received(request)
    found = lines(stream, LARGEST)
    first = next(found, None)
    if first is None or first is stream.fault:
        raise stream.fault or Problem("not-json", "the stream holds no line")
    return StreamingHttpResponse(_answers(chain([first], found), caller, key), content_type="application/x-ndjson")


def _answers(found: Iterator[bytes | Problem], caller: Caller, key: str) -> Iterator[str]:
    """Decide the lines of a stream a few at a time."""
    for batch in _batches(enumerate(found, start=1)):
        made = [(number, _line(caller, f"{key}:{number}", line)) for number, line in batch]
        lodge([each for _, each in made if each.outcome is None], now=timezone.now())
        yield "".join(_told(number, each) for number, each in made)


def _batches(numbered: Iterator[tuple[int, bytes | Problem]]) -> Iterator[list[tuple[int, bytes | Problem]]]:
    """Part numbered lines into those that are decided together: so many, or so large."""
    batch: list[tuple[int, bytes | Problem]] = []
    size = 0
    for number, line in numbered:
        batch.append((number, line))
        size += len(line) if isinstance(line, bytes) else 0
        if len(batch) == PER_BATCH or size >= TOGETHER:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _line(caller: Caller, key: str, line: bytes | Problem) -> Request:
    """Read a line; what is no JSON has its answer at once."""
    if isinstance(line, Problem):
        return Request(caller, LodgementKind.LODGED, None, outcome=line)
    made = Request(caller, LodgementKind.LODGED, None, key=key, digest=body_digest(line))
    try:
        made.body = read_json(line)
        made.outcome = unaddressed(made.body)
    except Problem as problem:
        made.outcome = problem
    return made


def _told(number: int, request: Request) -> str:
    """Answer one line."""
    outcome = request.outcome
    if isinstance(outcome, Answer):
        return f'{{"line":{number},"status":{outcome.status},"decision":{outcome.text}}}\n'
    said = outcome or Problem("failed")
    return f'{{"line":{number},"status":{said.status},"problem":{said.text()}}}\n'


@router.post(
    "/{reference:declaration_id}/amendments",
    response={200: DecisionSchema},
    url_name="amend",
    openapi_extra=_body(),
)
def amend(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Amend a declaration: it is decided again with the draw it had, and no act that was decided is taken back."""
    caller, key = caller_for(request, Purpose.LODGE), key_of(request)
    body, digest = sent(request)
    stated = body.get("declaration_id") if isinstance(body, dict) else body
    if not (isinstance(body, dict) and is_same(stated, declaration_id)):
        expected = shown(declaration_id)
        told = {"field": "declaration_id", "code": "other-declaration", "expected": expected, "got": shown(stated)}
        raise Problem("invalid", errors=(told,))
    return _done(
        Request(
            caller,
            LodgementKind.AMENDED,
            body,
            key=key,
            digest=digest,
            reference=declaration_id,
            if_match=_if_match(request),
        )
    )


@router.post(
    "/{reference:declaration_id}/cancellation",
    response={200: DecisionSchema},
    url_name="cancel",
    openapi_extra={"parameters": [_KEY]},
)
def cancel(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Cancel a declaration; its open orders end, and goods lodged again keep the draw."""
    caller, key = caller_for(request, Purpose.LODGE), key_of(request)
    digest = body_digest(b"cancel", request.path.encode())
    return _done(
        Request(
            caller,
            LodgementKind.CANCELLED,
            None,
            key=key,
            digest=digest,
            reference=declaration_id,
            if_match=_if_match(request),
        )
    )


class ArrivalSent(Schema):
    """Goods have arrived at a post; now where no moment is said, or when it was said first that they are there."""

    model_config = ConfigDict(extra="forbid")
    post: str = PostCode(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f\x7f]+$")
    arrived_at: AwareDatetime | None = None


@router.post("/{reference:declaration_id}/arrival", response={200: ArrivalSchema}, url_name="arrival")
def arrival(request: HttpRequest, declaration_id: str, sent: ArrivalSent) -> HttpResponse:
    """Tell that goods have arrived: their orders become due, at the post where the goods are."""
    caller, now = caller_for(request, Purpose.ARRIVAL_WRITE), timezone.now()
    return answered(request, tell_arrival(caller, declaration_id, sent.post, sent.arrived_at, now=now))


@router.get("/{reference:declaration_id}/explanation", url_name="explanation", response={200: ExplanationSchema})
def explanation(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Read why each act was chosen or not: floors, probability, draw, score and its reasons."""
    return answered(request, queries.explanation_for(caller_for(request, Purpose.EXPLAIN), declaration_id))


@router.get("/{reference:declaration_id}/evidence", url_name="evidence", response={200: EvidenceSchema})
def evidence(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Read everything by which each decision on a declaration can be made again."""
    return answered(request, queries.evidence_for(caller_for(request, Purpose.EXPLAIN), declaration_id))


@router.get("/{reference:declaration_id}/cusres", url_name="cusres", response={200: str})
def message(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Read the decision that stands as an EDIFACT message, CUSRES D.96B."""
    text = queries.message_for(caller_for(request, Purpose.DECISION_READ), declaration_id)
    return HttpResponse(text, content_type="application/edifact; charset=utf-8")


@router.get("/{reference:declaration_id}/release", url_name="release", response={200: ReleaseSchema})
def release(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Read whether the goods may go, and what each agency has said."""
    return answered(request, queries.release_for(caller_for(request, Purpose.DECISION_READ), declaration_id))


@router.get("/{reference:declaration_id}", response={200: DecisionSchema}, url_name="decision")
def decision(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Read the decision that stands; the last address, for a reference may hold slashes."""
    caller: Caller = request.auth  # type: ignore[attr-defined] # put there by ninja
    if Purpose.LODGE not in caller.purposes:
        caller_for(request, Purpose.DECISION_READ)
    return answered(request, queries.decision_for(caller, declaration_id))


def _if_match(request: HttpRequest) -> int | str | None:
    """Give the revision a client believes to be the latest, or the tags of the decision it read."""
    header = request.headers.get("If-Match", "")
    text = header.strip('" ')
    return int(text) if text.isdecimal() and len(text) < 10 else header or None


def _done(request: Request) -> HttpResponse:
    """Have it done, and answer."""
    if request.outcome is None:
        lodge([request], now=timezone.now())
    outcome = request.outcome
    if not isinstance(outcome, Answer):
        return (outcome or Problem("failed")).answer()
    return answered_once(outcome)
