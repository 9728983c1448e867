"""What a supervisor asks of a post: who is on duty, what waits, what is late, what was overridden."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.timezone import localtime

from darvoza.domain.capacity import CapacityPlan, Duty
from darvoza.domain.casework import CaseState, Override
from darvoza.domain.codes import Act, Agency
from darvoza.domain.journal import JournalEntry
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.queries import officers_of
from darvoza.office.accounts.scope import for_person
from darvoza.office.desk.models import DutyRoster, GivenBack
from darvoza.office.desk.queries.orders import OPEN, with_due
from darvoza.office.journal.queries import entries_on_each
from darvoza.office.registry.models import Order
from darvoza.office.registry.plain import revived

PER_PAGE = 50
KEPT_DAYS = 7
"""Past rosters that are shown with their keys."""

ASSUMED = CapacityPlan(())
"""How long acts take where nobody has measured."""


@dataclass(frozen=True, slots=True)
class Duties:
    """One officer of the post today."""

    officer: Person
    hours: float
    holds: int


@dataclass(frozen=True, slots=True)
class PostToday:
    """A post as its supervisor sees it.

    Attributes
    ----------
    capacity, load
        Hours of work of those on duty who are at the post; hours that the open orders take, by how long acts take where nobody has measured.
    """

    post: str
    row: DutyRoster | None
    officers: list[Duties]
    waiting: int
    held: int
    late: int
    lowering: int
    capacity: float
    load: float
    past: list[DutyRoster]


def posts_of(person: Any) -> list[str]:  # noqa: ANN401 - a person, placed
    """Give the posts within somebody's reach: the own one, or every post with orders of the agency."""
    if person.post:
        return [person.post]
    return sorted(set(for_person(Order.objects.order_by(), person).values_list("post", flat=True)))


def post_today(person: Any, post: str, *, now: datetime) -> PostToday:  # noqa: ANN401 - as above
    """Give who is on duty at a post today, and what there is to do."""
    rosters = DutyRoster.objects.filter(agency=person.agency, post=post)
    today = localtime(now).date()
    row = rosters.filter(day=today).first()
    hours = row.hours if row else {}
    opened = for_person(Order.objects.filter(post=post, state__in=OPEN), person)
    rows = list(opened.values_list("state", "holder", "act", "agency"))
    held = [holder for _, holder, *_ in rows if holder]
    officers = officers_of(person.agency, post)
    duties = [Duties(each, hours.get(each.username, 0), held.count(each.username)) for each in officers]
    return PostToday(
        post=post,
        row=row,
        officers=duties,
        waiting=sum(state == CaseState.WAITING for state, *_ in rows),
        held=len(held),
        late=_late(person, now).filter(post=post).count(),
        lowering=sum(state == CaseState.LOWERING for state, *_ in rows),
        capacity=sum(each.hours for each in duties),
        load=sum(act_hours(agency, act) for _, _, act, agency in rows),
        past=list(rosters.filter(day__lt=today)[:KEPT_DAYS]),
    )


def act_hours(agency: str, act: str) -> float:
    """Give how long an act takes where nobody has measured [h].

    Examples
    --------
    >>> act_hours("customs", "physical"), act_hours("customs", "documentary")
    (2.0, 0.25)
    """
    return dict(ASSUMED.hours(Duty(Agency(agency), Act(act))))[""]


def hours_used(agency: str, post: str, *, now: datetime) -> dict[str, float]:
    """Give how many hours of today officers of a post have used: by what they hold, and what they have recorded [h]."""
    day = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    at_work = Q(state=CaseState.CLAIMED) | Q(state=CaseState.RECORDED, recorded_at__gte=day)
    used: dict[str, float] = {}
    rows = Order.objects.filter(at_work, agency=agency, post=post).exclude(holder="")
    for holder, act in rows.values_list("holder", "act"):
        used[holder] = used.get(holder, 0.0) + act_hours(agency, act)
    return used


@dataclass(frozen=True, slots=True)
class Late:
    """An order past its deadline, or for longer at a laboratory than is usual."""

    order: Order
    due: datetime
    since: timedelta


def _late(person: Any, now: datetime) -> Any:  # noqa: ANN401 - as above; orders that say when they are due
    rows: Any = with_due(for_person(Order.objects.filter(state__in=(*OPEN, CaseState.AWAITING)), person))
    return rows.filter(due__lt=now)


def late_orders(person: Any, *, now: datetime, page: int = 1) -> tuple[Page[Order], list[Late]]:  # noqa: ANN401
    """Give the orders whose deadline has passed, or whose laboratory is silent for longer than is usual, the longest first."""
    rows = _late(person, now).select_related("declaration").order_by("due", "turn", "order_id")
    found = Paginator(rows, PER_PAGE).get_page(page)
    return found, [_late_by(order, now) for order in found]


def _late_by(order: Any, now: datetime) -> Late:  # noqa: ANN401 - an order that says when it is due
    return Late(order, order.due, now - order.due)


@dataclass(frozen=True, slots=True)
class Departure:
    """One override of an order, with whether it waits for a second person."""

    order: Order
    override: Override
    pending: bool


def departures(person: Any, *, page: int = 1) -> tuple[Page[Order], list[Departure]]:  # noqa: ANN401 - as above
    """Give the overrides of a person's orders: those that wait for a second word first, then the orders changed last."""
    rows = for_person(Order.objects.exclude(overrides=[]), person).select_related("declaration")
    waiting = list(rows.filter(state=CaseState.LOWERING).order_by("deadline", "turn", "order_id"))
    settled = list(rows.exclude(state=CaseState.LOWERING))
    settled.sort(key=lambda order: str(order.overrides[-1]["at"]), reverse=True)
    found = Paginator([*waiting, *settled], PER_PAGE).get_page(page)
    return found, [each for order in found for each in _departures(order)]


def _departures(order: Order) -> Iterator[Departure]:
    """Give the overrides of an order, the last first."""
    waits = order.state == CaseState.LOWERING
    for place, kept in enumerate(reversed(order.overrides)):
        yield Departure(order, revived(Override, kept), pending=waits and place == 0)


@dataclass(frozen=True, slots=True)
class RosterChange:
    """A roster that was changed after it was set, with how many orders had been given out by it until then."""

    roster: DutyRoster
    at: datetime
    by: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    given: int


def steered(person: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Give what bears on who examines what, the last first: rosters that were changed, and orders that were given back."""
    rosters = {f"roster {row}": row for row in for_person(DutyRoster.objects.all(), person)[:PER_PAGE]}
    changes = [
        _change(rosters[entry.subject], entry) for entry in entries_on_each(rosters) if "before" in (entry.body or {})
    ]
    returns = for_person(GivenBack.objects.all(), person, agency="order__agency", post="order__post")
    return {"changes": changes, "returns": returns.select_related("order__declaration")[:PER_PAGE]}


def _change(roster: DutyRoster, entry: JournalEntry) -> RosterChange:
    told: Mapping[str, Any] = entry.body or {}
    return RosterChange(roster, entry.at, entry.actor, told["before"], told["hours"], told["given"])
