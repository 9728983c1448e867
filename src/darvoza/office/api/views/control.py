"""Orders and findings, profiles and lists, events: what other systems of the agencies need."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, WithJsonSchema

from darvoza.domain.casework import LARGEST_AMOUNT, CaseState, ExaminationResult, ItemResult
from darvoza.domain.codes import Channel, RiskArea, Severity
from darvoza.domain.fields import LARGEST_ITEM
from darvoza.flow.fields import parse_yaml
from darvoza.flow.gate.comparing import Agreement
from darvoza.office.api import queries
from darvoza.office.api.callers import Caller
from darvoza.office.api.documents import as_text
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.requests import Answer, body_digest
from darvoza.office.api.services import acting, comparing, subscribing
from darvoza.office.api.services.compared import Asked, compared_for, comparison_for
from darvoza.office.api.services.lodging import gate_alarms, state_in_force
from darvoza.office.api.services.receipts import once
from darvoza.office.api.services.screening import screen
from darvoza.office.api.views.answers import (
    AgreementSchema,
    ComparedSchema,
    ComparisonsSchema,
    DeliveriesSchema,
    GateSchema,
    ListsSchema,
    MeasuresSchema,
    OrderSchema,
    OrdersSchema,
    ProfilesSchema,
    ReplayedSchema,
    ScreeningSchema,
    SubmittedSchema,
    SubscriptionSchema,
    SubscriptionsSchema,
)  # fmt: skip
from darvoza.office.api.views.asking import (
    MOST_PER_PAGE,
    answered,
    answered_once,
    caller_for,
    key_of,
    paged,
)
from darvoza.office.api.words import DeliveryState, EventKind

router = Router(tags=["control"])


Mark = Annotated[int, Query(ge=0, le=2**63 - 1, description="the number that stood in `next`")]
Length = Annotated[int, Query(ge=1, le=MOST_PER_PAGE, description="how many at most")]
PostAsked = Annotated[str, Query(max_length=20, description="of this post alone; of all where it is left out")]
Since = Annotated[date | None, Query(alias="from", description="lodged on this day or after it")]
Until = Annotated[date | None, Query(alias="to", description="lodged on this day or before it")]
SystemAsked = Annotated[
    str, Query(max_length=60, description="what this client told; the last word where it is left out")
]
ProfileAsked = Annotated[str, Query(max_length=60, description="matched by this profile, measure or plan")]


class Strict(Schema):
    """A body in which unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


Amount = Annotated[Decimal, Field(ge=0, le=LARGEST_AMOUNT, max_digits=22, decimal_places=6)]


SampleNumber = Annotated[str, Field(pattern=r"^\S{1,40}$")]


class ItemFound(Strict):
    """What was found on one goods item; no areas means that nothing was, or with samples, that a laboratory is awaited.

    `analysed` names samples of which this is the word of the laboratory.
    """

    item: int = Field(ge=1, le=LARGEST_ITEM, strict=True)
    areas: list[RiskArea] = Field(default=[], max_length=20)
    severity: Severity | None = None
    quantity: Amount | None = None
    net_mass: Amount | None = None
    additional_duty: Amount | None = None
    seized: bool = False
    samples: list[SampleNumber] = Field(default=[], max_length=20)
    analysed: list[SampleNumber] = Field(default=[], max_length=20)
    words: str = Field(default="", max_length=2000)


class FindingSent(Strict):
    """The result of an examination: a word on every item that was to be examined; with a reason, instead of one that was told."""

    items: list[ItemFound] = Field(min_length=1, max_length=999)
    words: str = Field(default="", max_length=2000)
    reason: str = Field(default="", max_length=2000)


class ProfileSent(Strict):
    """A profile as the text of its file, and why it is asked for."""

    text: str = Field(min_length=1, max_length=100_000)
    reason: str = Field(min_length=1, max_length=2000)


class ScreeningSent(Strict):
    """Codes to be looked up in the lists in force."""

    values: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(min_length=1, max_length=500)


class TheirDecision(Strict):
    """The channel another system gave a declaration."""

    declaration_id: str = Field(min_length=1, max_length=64)
    channel: Channel


class ComparisonSent(Strict):
    """What another system decided."""

    decisions: list[TheirDecision] = Field(min_length=1, max_length=500)


class SubscriptionSent(Strict):
    """Where events are to be sent, and which; all kinds where none is named."""

    url: str = Field(max_length=500)
    kinds: list[Annotated[str, WithJsonSchema({"type": "string", "enum": list(EventKind)})]] = Field(
        default_factory=list, min_length=1, max_length=20
    )


@router.get("/orders", url_name="orders", response={200: OrdersSchema})
def orders(
    request: HttpRequest,
    *,
    state: CaseState | None = None,
    post: PostAsked = "",
    after: Mark = 0,
    limit: Length = queries.PER_PAGE,
) -> HttpResponse:
    """Read orders of the agency and post of the token, page by page; of one post alone where it is named."""
    caller = caller_for(request, Purpose.ORDER_READ)
    page = queries.orders_for(caller, state=state or "", post=post, after=after, limit=limit)
    return paged(request, "orders", page)


@router.post("/orders/{reference:order_id}/findings", url_name="findings", response={201: OrderSchema})
def findings(request: HttpRequest, order_id: str, sent: FindingSent) -> HttpResponse:
    """Record the result of an examination, or correct what this client recorded before."""
    caller = caller_for(request, Purpose.FINDING_WRITE)
    items = [
        ItemResult(
            **{
                **dict(each),
                "areas": tuple(each.areas),
                "samples": tuple(each.samples),
                "analysed": tuple(each.analysed),
            }
        )
        for each in sent.items
    ]
    tag = request.headers.get("If-Match", "")

    def record(now: datetime) -> dict[str, Any]:
        if sent.reason:
            result = ExaminationResult(caller.username, now, tuple(items), sent.words)
            return acting.correct_finding(caller, order_id, result, reason=sent.reason, if_match=tag)
        return acting.record_finding(caller, order_id, items, words=sent.words, if_match=tag, now=now)

    return _once(request, caller, record)


@router.get("/orders/{reference:order_id}", url_name="order", response={200: OrderSchema})
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    """Read one order."""
    row = queries.order_of(caller_for(request, Purpose.ORDER_READ), order_id)
    return answered(request, queries.order_document(row))


@router.get("/profiles", url_name="profiles", response={200: ProfilesSchema})
def profiles(request: HttpRequest) -> HttpResponse:
    """Read the profiles in force that the agency may read."""
    caller = caller_for(request, Purpose.PROFILE_READ)
    state = state_in_force(timezone.now())
    told = [
        {
            "code": each.code, "title": each.title, "agency": each.agency, "risk_area": each.risk_area, "when": each.sentence,
            "act": each.treatment.act, "share": str(each.treatment.share), "digest": each.digest, "legal_basis": each.legal_basis,
        }
        for each in queries.readable(state.policy.profiles, caller)
    ]  # fmt: skip
    return answered(request, {"state": state.digest, "profiles": told})


@router.post("/profiles", url_name="submit", response={201: SubmittedSchema})
def submit(request: HttpRequest, sent: ProfileSent) -> HttpResponse:
    """Submit a profile for approval: a person approves it or sends it back, and until then it decides nothing."""
    caller, fields = caller_for(request, Purpose.PROFILE_SUBMIT), parse_yaml(sent.text, "profile")
    acting.refuse_code_of_another(caller, str(fields.get("code", "")).strip(), timezone.now())

    def ask(now: datetime) -> dict[str, Any]:
        made = acting.submit(caller, fields, reason=sent.reason, now=now)
        return {"code": made.code, "version": made.number, "digest": made.digest, "state": made.state}

    return _once(request, caller, ask)


@router.get("/measures", url_name="measures", response={200: MeasuresSchema})
def measures(request: HttpRequest) -> HttpResponse:
    """Read the measures of the health service of the token: about which goods, since when, and what they ask for."""
    caller = caller_for(request, Purpose.REFERENCE_READ)
    state = state_in_force(timezone.now())
    return answered(request, {"state": state.digest, "measures": queries.measures_for(caller, state)})


@router.get("/lists", url_name="lists", response={200: ListsSchema})
def lists(request: HttpRequest) -> HttpResponse:
    """Read which lists the profiles of the agency speak of, from whom they are and of when."""
    caller = caller_for(request, Purpose.REFERENCE_READ)
    state = state_in_force(timezone.now())
    told = [
        {
            "name": each.name, "version": each.version, "digest": each.digest, "codes": len(each.values), "source": each.source,
            "dated": each.dated and each.dated.isoformat(), "expires": each.expires and each.expires.isoformat(),
        }
        for each in queries.lists_for(caller, state)
    ]  # fmt: skip
    return answered(request, {"state": state.digest, "lists": told})


@router.post("/screening", url_name="screening", response={200: ScreeningSchema})
def screening(request: HttpRequest, sent: ScreeningSent) -> HttpResponse:
    """Look codes up in the lists of the agency: which list holds which of them, however they are typed; the journal is told."""
    caller, now = caller_for(request, Purpose.REFERENCE_READ), timezone.now()
    state = state_in_force(now)
    return answered(request, {"state": state.digest, "screened": screen(caller, state, sent.values, now=now)})


@router.get("/gate", url_name="gate", response={200: GateSchema})
def gate(request: HttpRequest) -> HttpResponse:
    """Read which state is in force, where another system still decides, and what is not as it should be."""
    caller_for(request, Purpose.DECISION_READ)
    now = timezone.now()
    state = state_in_force(now)
    told = {
        "state": state.digest, "profiles": state.policy.profiles.digest, "model": state.policy.model_digest,
        "silent": sorted(state.silent), "alarms": list(gate_alarms(now)),
    }  # fmt: skip
    return answered(request, told)


@router.post("/comparisons", url_name="compare", response={200: ComparedSchema})
def compare(request: HttpRequest, sent: ComparisonSent) -> HttpResponse:
    """Tell what another system decided, to be compared with what was decided here."""
    caller = caller_for(request, Purpose.COMPARE)
    theirs = {each.declaration_id: each.channel for each in sent.decisions}
    known, unknown = comparing.compare_with(caller, theirs, now=timezone.now())
    return answered(request, {"compared": known, "unknown": unknown})


def _asked(asked: Asked) -> Asked:
    """Refuse days that run backwards."""
    if asked.backwards:
        told = {"field": "to", "code": "to", "expected": f"a day not before {asked.since}", "got": str(asked.until)}
        raise Problem("invalid", errors=(told,))
    return asked


@router.get("/comparisons", url_name="compared", response={200: AgreementSchema})
def compared(
    request: HttpRequest,
    *,
    post: PostAsked = "",
    since: Since = None,
    until: Until = None,
    system: SystemAsked = "",
    profile: ProfileAsked = "",
) -> HttpResponse:
    """Read how the two systems agree: over all declarations, and for each profile over those it matched."""
    caller, asked = caller_for(request, Purpose.COMPARE), _asked(Asked(post, since, until, system, profile))
    told = [
        {
            "profile": each.name or None, "declarations": each.declarations, "exact": each.exact, "stricter": each.stricter,
            "laxer": each.laxer,
        }
        for each in comparison_for(caller, state_in_force(timezone.now()), asked)
    ]  # fmt: skip
    return answered(request, {"agreement": told})


@router.get("/comparisons/declarations", url_name="compared-each", response={200: ComparisonsSchema})
def compared_each(  # noqa: PLR0913 - what can be asked for
    request: HttpRequest,
    *,
    agreement: Agreement | None = None,
    post: PostAsked = "",
    since: Since = None,
    until: Until = None,
    system: SystemAsked = "",
    profile: ProfileAsked = "",
    after: Mark = 0,
    limit: Length = queries.PER_PAGE,
) -> HttpResponse:
    """Read which declarations were compared, page by page; those alone on which we are exact, stricter or laxer, if asked."""
    caller, asked = caller_for(request, Purpose.COMPARE), _asked(Asked(post, since, until, system, profile))
    state = state_in_force(timezone.now())
    return paged(request, "declarations", compared_for(caller, state, asked, met=agreement, after=after, limit=limit))


_KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "minLength": 1, "maxLength": 90}}


@router.post(
    "/subscriptions",
    url_name="subscribe",
    response={201: SubscriptionSchema},
    openapi_extra={"parameters": [_KEY]},
)
def subscribe(request: HttpRequest, sent: SubscriptionSent) -> HttpResponse:
    """Have events sent to an address; the secret by which they are signed is told here, and to the same key again."""
    caller = caller_for(request, Purpose.EVENT_READ)
    digest = body_digest(b"subscribe", request.body)
    key = subscribing.Key(key_of(request), digest) if "Idempotency-Key" in request.headers else None
    made = subscribing.subscribe(caller, sent.url, sent.kinds, now=timezone.now(), key=key)
    secret = subscribing.secret_of(made.number)
    told = {"subscription": made.number, "url": made.url, "kinds": made.kinds, "secret": secret}
    answer = answered(request, told, 201)
    if made.again:
        answer["Idempotent-Replayed"] = "true"
    return answer


@router.get("/subscriptions", url_name="subscriptions", response={200: SubscriptionsSchema})
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Read where events are sent, since when, until when, and how many of them wait or are dead."""
    caller = caller_for(request, Purpose.EVENT_READ)
    return answered(request, {"subscriptions": subscribing.subscriptions_of(caller)})


@router.delete("/subscriptions/{number}", url_name="unsubscribe", response={204: None})
def unsubscribe(request: HttpRequest, number: int) -> HttpResponse:
    """Have no more events sent."""
    subscribing.unsubscribe(caller_for(request, Purpose.EVENT_READ), _number(number), now=timezone.now())
    return HttpResponse(status=204)


@router.post("/subscriptions/{number}/replay", url_name="replay-all", response={200: ReplayedSchema})
def replay_all(request: HttpRequest, number: int) -> HttpResponse:
    """Have everything that is dead of a subscription tried again; the answer says how many deliveries those are."""
    caller = caller_for(request, Purpose.EVENT_READ)
    return answered(request, {"replayed": subscribing.replay_all(caller, _number(number), now=timezone.now())})


@router.get("/deliveries", url_name="deliveries", response={200: DeliveriesSchema})
def deliveries(
    request: HttpRequest, state: DeliveryState | None = None, after: Mark = 0, limit: Length = queries.PER_PAGE
) -> HttpResponse:
    """Read what was delivered, what waits, and what is dead."""
    caller = caller_for(request, Purpose.EVENT_READ)
    page = queries.deliveries_for(caller, state=state or "", after=after, limit=limit)
    return paged(request, "deliveries", page)


@router.post("/deliveries/{number}/replay", url_name="replay", response={204: None})
def replay(request: HttpRequest, number: int) -> HttpResponse:
    """Have a dead delivery tried again."""
    subscribing.replay(caller_for(request, Purpose.EVENT_READ), _number(number), now=timezone.now())
    return HttpResponse(status=204)


def _once(request: HttpRequest, caller: Caller, make: Callable[[datetime], dict[str, Any]]) -> HttpResponse:
    """Make something once for the key of a request, where it has one, and answer with it."""
    now, key = timezone.now(), key_of(request) if "Idempotency-Key" in request.headers else ""
    digest = body_digest(str(request.method).encode(), request.path.encode(), request.body)
    return answered_once(once(caller, key, digest, lambda: Answer(201, as_text(make(now))), now=now))


def _number(number: int) -> int:
    """Keep a number within what a database holds.

    Raises
    ------
    Problem
        When it is beyond.
    """
    if not 0 <= number < 2**63:
        raise Problem("not-found", "no such number")
    return number
