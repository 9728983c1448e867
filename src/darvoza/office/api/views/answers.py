"""What every address answers, as the description of the interface tells it; tests hold the answers to it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from ninja import Schema
from pydantic import Field

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act, Agency, Channel, RiskArea
from darvoza.domain.profile_version import ProfileState
from darvoza.domain.selection import FloorKind
from darvoza.flow.gate.comparing import Agreement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.words import AgencyWord, DeliveryState, EventKind, Release


class ActSchema(Schema):
    """One act of control that is carried out."""

    agency: Agency = Field(description="who carries it out")
    act: Act = Field(description="what is done")
    items: list[int] = Field(description="numbers of the goods items; none means all of them")


class DecisionSchema(Schema):
    """What was decided of a declaration."""

    declaration_id: str = Field(description="reference of the declaration")
    version: int = Field(description="of the declaration: 1 when lodged, higher with each amendment")
    revision: int = Field(description="of the decision: 1 for the first, one more with each decision; for `If-Match`")
    kind: LodgementKind = Field(description="why it was decided")
    channel: Channel = Field(description="the strictest that an act leads to, over all agencies")
    binding: bool = Field(description="false where another system decides, and this decision is only compared")
    state: str = Field(description="digest of the profiles, lists, measures and scores by which it was decided")
    lodged_at: datetime = Field(description="when the declaration was lodged")
    decided_at: datetime = Field(description="when it was decided")
    acts: list[ActSchema] = Field(
        description="what is carried out; to a system of another agency than customs, its own acts"
    )


class ArrivalSchema(Schema):
    """Where goods are, since when, and whether that is another post than the declared one."""

    declaration_id: str = Field(description="reference of the declaration")
    post: str = Field(description="where the goods are")
    arrived_at: datetime = Field(description="since when")
    rerouted: bool = Field(description="whether they arrived elsewhere than declared; open orders then went along")


class FloorSchema(Schema):
    """One reason for a probability."""

    kind: FloorKind
    source: str
    probability: float
    items: list[int]


class ChoiceSchema(Schema):
    """Why an act was chosen or not."""

    agency: Agency
    act: Act
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


class SameGoodsSchema(Schema):
    """An earlier lodging of the same goods that had a part in a decision."""

    declaration_id: str
    revision: int
    acts: list[str] = Field(
        description="agency and act of what was chosen there, was not examined yet, and so is chosen here too"
    )
    spent: bool = Field(description="whether its draw could be known by then, so that the goods were drawn for anew")


class ExplanationSchema(Schema):
    """Why each act on a declaration was chosen or not."""

    declaration_id: str
    revision: int
    state: str
    same_goods: list[SameGoodsSchema]
    decisions: list[ChoiceSchema]


class RevisionSchema(DecisionSchema):
    """One decision with all by which it can be made again."""

    client: str
    same_goods: list[SameGoodsSchema]
    items: list[dict[str, Any]]
    decisions: list[ChoiceSchema]


class EvidenceSchema(Schema):
    """Every decision on a declaration with all by which it can be made again."""

    declaration_id: str
    revisions: list[RevisionSchema]


class WordSchema(Schema):
    """What an agency has said of a consignment so far."""

    agency: Agency = Field(description="which agency")
    word: AgencyWord = Field(description="its word")
    orders: int = Field(description="orders it was given")
    open: int = Field(description="of these, still open and before release")


class ReleaseSchema(Schema):
    """Whether the goods may go."""

    declaration_id: str = Field(description="reference of the declaration")
    revision: int = Field(description="the latest")
    channel: Channel = Field(description="of the decision that stands")
    binding: bool = Field(
        description="whether what is decided here is carried out, or orders that were given keep the goods; else another system decides"
    )
    release: Release = Field(description="whether the goods may go")
    agencies: list[WordSchema] = Field(
        description="agency by agency; to a system of another agency than customs, its own"
    )


class OrderSchema(Schema):
    """One order of inspection."""

    order_id: str = Field(description="reference, agency and act")
    declaration_id: str = Field(description="reference of the declaration")
    agency: Agency = Field(description="who carries it out")
    post: str = Field(description="where")
    act: Act = Field(description="what is done")
    items: list[int] = Field(description="goods items to look at first; none means all of them")
    changed: list[int] = Field(
        description="goods items that are other goods now, or come otherwise, than those of which a result speaks"
    )
    channel: Channel = Field(description="of the declaration")
    state: CaseState = Field(description="where it stands")
    version: int = Field(description="one more with each change")
    instructions: dict[str, str] = Field(description="what to do, by language")
    deadline: datetime | None = Field(description="by when the goods are to be seen")
    recorded_at: datetime | None = Field(description="when its result was recorded")


class OrdersSchema(Schema):
    """A page of orders, and the mark at which the next begins."""

    orders: list[OrderSchema]
    next: int | None


class ProfileSchema(Schema):
    """One profile in force."""

    code: str
    title: str
    agency: Agency
    risk_area: RiskArea
    when: str
    act: Act
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
    state: ProfileState


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
    dated: date | None
    expires: date | None


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
    """The state in force, the posts where another system still decides (``*`` for all), and what is not as it should be."""

    state: str
    profiles: str
    model: str | None
    silent: list[str]
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


class ComparisonSchema(Schema):
    """A declaration with both channels, and the profiles, measures and plans that matched it here."""

    declaration_id: str
    post: str
    system: str
    at: datetime
    theirs: Channel
    ours: Channel
    agreement: Agreement
    profiles: list[str]


class ComparisonsSchema(Schema):
    """A page of declarations that were compared."""

    declarations: list[ComparisonSchema]
    next: int | None


class SubscriptionSchema(Schema):
    """A subscription, with the secret by which its events are signed."""

    subscription: int
    url: str
    kinds: list[EventKind]
    secret: str


class ReplayedSchema(Schema):
    """How many deliveries are tried again."""

    replayed: int


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

    delivery: int = Field(description="its number, by which it is tried again")
    event: int = Field(description="number of the event")
    kind: EventKind = Field(description="what happened")
    declaration_id: str = Field(description="reference of the declaration")
    state: DeliveryState = Field(description="how far it is")
    attempts: int = Field(description="how often it was sent")
    due_at: datetime = Field(description="when it is sent next, or was taken")
    fault: str = Field(description="why it was not taken the last time")


class DeliveriesSchema(Schema):
    """A page of deliveries, and the mark at which the next begins."""

    deliveries: list[DeliverySchema]
    next: int | None


class RecordedSchema(Schema):
    """The result of an order was recorded; what was found is read in the office."""

    declaration_id: str = Field(description="reference of the declaration")
    order_id: str = Field(description="which order")
    agency: Agency = Field(description="who carried it out")
    found: bool = Field(description="whether anything was found")
    result: int = Field(description="number of the result of its order; a correction is another one")
    result_at: datetime = Field(description="when it was recorded where it was found")


class EventSchema(Schema):
    """Something that happened to a consignment."""

    event: int = Field(description="its number, by which it is known when it comes twice")
    kind: EventKind = Field(description="what happened")
    declaration_id: str = Field(description="reference of the declaration")
    post: str = Field(description="where")
    at: datetime = Field(description="when")


class DecidedEventSchema(EventSchema):
    """A declaration was decided, decided again, or cancelled."""

    body: DecisionSchema = Field(description="the decision")


class ArrivedEventSchema(EventSchema):
    """Goods have arrived."""

    body: ArrivalSchema = Field(description="where and when")


class RecordedEventSchema(EventSchema):
    """The result of an order was recorded."""

    body: RecordedSchema = Field(description="which order, and whether anything was found")


EVENTS: Final[Mapping[EventKind, type[EventSchema]]] = {
    EventKind.LODGED: DecidedEventSchema,
    EventKind.AMENDED: DecidedEventSchema,
    EventKind.REASSESSED: DecidedEventSchema,
    EventKind.CANCELLED: DecidedEventSchema,
    EventKind.RETURNED: DecidedEventSchema,
    EventKind.ARRIVED: ArrivedEventSchema,
    EventKind.RECORDED: RecordedEventSchema,
}
"""What is sent to whoever subscribed, kind by kind."""
