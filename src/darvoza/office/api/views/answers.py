"""What every address answers, as the description of the interface tells it; tests hold the answers to it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ninja import Schema

from darvoza.office.api.problems import CONTENT_TYPE


class ActSchema(Schema):
    """One act of control that is carried out."""

    agency: str
    act: str
    items: list[int]


class DecisionSchema(Schema):
    """What was decided of a declaration."""

    declaration_id: str
    version: int
    revision: int
    kind: str
    channel: str
    binding: bool
    state: str
    lodged_at: str
    decided_at: str
    acts: list[ActSchema]


class ArrivalSchema(Schema):
    """Where goods are, since when, and whether that is another post than the declared one."""

    declaration_id: str
    post: str
    arrived_at: str
    rerouted: bool


class FloorSchema(Schema):
    """One reason for a probability."""

    kind: str
    source: str
    probability: float
    items: list[int]


class ChoiceSchema(Schema):
    """Why an act was chosen or not."""

    agency: str
    act: str
    items: list[int] | None
    probability: float
    u: float
    selected: bool
    basis: str | None
    floors: list[FloorSchema]
    score: float | None
    harm: float | None
    contributions: list[Any] | None
    fingerprint: str
    key_day: str
    commitment: str
    profiles_digest: str | None
    model_digest: str | None


class ExplanationSchema(Schema):
    """Why each act on a declaration was chosen or not."""

    declaration_id: str
    revision: int
    state: str
    decisions: list[ChoiceSchema]


class RevisionSchema(DecisionSchema):
    """One decision with all by which it can be made again."""

    client: str
    items: list[dict[str, Any]]
    decisions: list[ChoiceSchema]


class EvidenceSchema(Schema):
    """Every decision on a declaration with all by which it can be made again."""

    declaration_id: str
    revisions: list[RevisionSchema]


class WordSchema(Schema):
    """What an agency has said of a consignment so far."""

    agency: str
    word: str
    orders: int
    open: int


class ReleaseSchema(Schema):
    """Whether the goods may go."""

    declaration_id: str
    revision: int
    channel: str
    binding: bool
    release: str
    agencies: list[WordSchema]


class OrderSchema(Schema):
    """One order of inspection."""

    order_id: str
    declaration_id: str
    agency: str
    post: str
    act: str
    items: list[int]
    channel: str
    state: str
    version: int
    instructions: dict[str, str]
    deadline: str | None
    recorded_at: str | None


class OrdersSchema(Schema):
    """A page of orders, and the mark at which the next begins."""

    orders: list[OrderSchema]
    next: int | None


class ProfileSchema(Schema):
    """One profile in force."""

    code: str
    title: str
    agency: str
    risk_area: str
    when: str
    act: str
    share: str
    digest: str
    legal_basis: str | None


class ProfilesSchema(Schema):
    """The profiles in force."""

    state: str
    profiles: list[ProfileSchema]


class SubmittedSchema(Schema):
    """A version of a profile that waits for approval."""

    code: str
    version: int
    digest: str
    state: str


class MeasuresSchema(Schema):
    """The measures in force."""

    state: str
    measures: list[dict[str, Any]]


class ListSchema(Schema):
    """One list in use."""

    name: str
    version: str
    digest: str
    codes: int
    source: str
    dated: str | None
    expires: str | None


class ListsSchema(Schema):
    """The lists in use."""

    state: str
    lists: list[ListSchema]


class ScreenedSchema(Schema):
    """Which lists hold a code."""

    value: str
    lists: list[str]


class ScreeningSchema(Schema):
    """Which lists hold which codes."""

    state: str
    screened: list[ScreenedSchema]


class GateSchema(Schema):
    """The state in force, and what is not as it should be."""

    state: str
    profiles: str
    model: str | None
    alarms: list[str]


class ComparedSchema(Schema):
    """How many decisions of another system were compared, and of which we know nothing."""

    compared: int
    unknown: list[str]


class TallySchema(Schema):
    """How two systems agree over some declarations."""

    profile: str | None
    declarations: int
    exact: int
    stricter: int
    laxer: int


class AgreementSchema(Schema):
    """How two systems agree."""

    agreement: list[TallySchema]


class SubscriptionSchema(Schema):
    """A subscription, with the secret by which its events are signed."""

    subscription: int
    url: str
    kinds: list[str]
    secret: str


class SubscribedSchema(Schema):
    """A subscription as it stands; its secret is told when it is made."""

    subscription: int
    client: str
    url: str
    kinds: list[str]
    made_at: str
    ended_at: str | None
    waiting: int
    dead: int


class SubscriptionsSchema(Schema):
    """Where events are sent."""

    subscriptions: list[SubscribedSchema]


class DeliverySchema(Schema):
    """One event on its way to a subscriber."""

    delivery: int
    event: int
    kind: str
    declaration_id: str
    state: str
    attempts: int
    due_at: str
    fault: str


class DeliveriesSchema(Schema):
    """A page of deliveries, and the mark at which the next begins."""

    deliveries: list[DeliverySchema]
    next: int | None


TEXTS: Final = {"stream": "application/x-ndjson", "cusres": "application/edifact"}
"""Answers that are no JSON, by the name of their address."""

TAGGED: Final = {"ETag": {"description": "By which the answer is known to be the same.", "schema": {"type": "string"}}}


def described_wholly(schema: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Complete a description: refusals are problem details, texts are texts, and what was read before need not be sent again.

    Parameters
    ----------
    schema
        The description as it was made out of the views.
    names
        The name of each address by its path.
    """
    told = dict(schema)
    for path, method, operation in _operations(told):
        responses = operation["responses"] = {str(status): said for status, said in operation["responses"].items()}
        for status, response in responses.items():
            if int(status) >= 400:
                response["content"] = {CONTENT_TYPE: next(iter(response["content"].values()))}
        text = TEXTS.get(names.get(path, ""))
        if text:
            responses["200"] = {"description": "OK", "content": {text: {"schema": {"type": "string"}}}}
        elif method == "get":
            responses["200"]["headers"] = TAGGED
            responses["304"] = {"description": "Not changed since it was read with this tag.", "headers": TAGGED}
    return told


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation
