"""What an officer asks of the desk: the queue, an order, a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)

from darvoza.domain.casework import CaseState
from darvoza.domain.declaration import GoodsItem
from darvoza.flow.inspection.casework import owed
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.scope import for_person
from darvoza.office.desk.models import Draft, Photo
from darvoza.office.desk.queries.photos import photos_of
from darvoza.office.desk.seen import Seen, seen_now
from darvoza.office.registry.mapping import case_of
from darvoza.office.registry.models import Order, Result
from darvoza.office.registry.queries import Dossier, dossier, goods_before, order_for, results_of

PER_PAGE = 100
SOON = timedelta(hours=2)
CORRECTED = (CaseState.WAITING, CaseState.CLAIMED, CaseState.AWAITING, CaseState.RECORDED)
OPEN = (CaseState.WAITING, CaseState.CLAIMED, CaseState.LOWERING)
"""States in which officers have something to do."""


AT_LABORATORY: Final = timedelta(days=14)
"""How long samples are at a laboratory before that is late: a number of a sample that there is not would wait for ever."""


def with_due(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Have orders say when they are due: by their deadline, or, at a laboratory, so long after the last word on them."""
    last = Result.objects.filter(order=OuterRef("pk")).order_by("-number").values("at")[:1]
    expected = ExpressionWrapper(Subquery(last) + Value(AT_LABORATORY), DateTimeField())
    return rows.annotate(due=Case(When(state=CaseState.AWAITING, then=expected), default=F("deadline")))


@dataclass(frozen=True, slots=True)
class Line:
    """One order of the queue as it is shown."""

    order: Order
    mine: bool
    late: bool
    soon: bool
    waits: timedelta


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of a post.

    Attributes
    ----------
    state
        The state whose orders alone are shown; empty for all that are not over.
    awaiting
        How many of them await a laboratory.
    """

    page: Page[Order]
    lines: list[Line]
    state: str
    awaiting: int


def queue(person: Any, *, now: datetime, page: int = 1, awaiting: bool = False) -> Queue:  # noqa: ANN401 - a person, placed and with a name
    """Give the open orders of the person's agency and post: one's own first, then by deadline and expected harm.

    Those that await a laboratory come last; or they come alone, where they are asked for.
    """
    rank = Case(
        When(holder=person.username, then=Value(0)),
        When(state=CaseState.WAITING, then=Value(1)),
        When(state=CaseState.AWAITING, then=Value(3)),
        default=Value(2),
        output_field=IntegerField(),
    )
    states = (CaseState.AWAITING,) if awaiting else (*OPEN, CaseState.AWAITING)
    rows = with_due(for_person(Order.objects.filter(state__in=states), person).select_related("declaration"))
    found = Paginator(rows.order_by(rank, "deadline", "turn", "order_id"), PER_PAGE).get_page(page)
    return Queue(
        found,
        [_line(order, person.username, now) for order in found],
        state=CaseState.AWAITING.value if awaiting else "",
        awaiting=for_person(Order.objects.filter(state=CaseState.AWAITING), person).count(),
    )


def _line(order: Any, username: str, now: datetime) -> Line:  # noqa: ANN401 - an order that says when it is due
    return Line(
        order=order,
        mine=order.holder == username,
        late=order.due < now,
        soon=now <= order.due < now + SOON and order.state in OPEN,
        waits=max(now - (order.declaration.arrived_at or order.declaration.lodged_at), timedelta()),
    )


@dataclass(frozen=True, slots=True)
class Task:
    """An order with all that its examination needs; why it was chosen is not among it.

    Attributes
    ----------
    owed
        Numbers of the goods that need a word.
    first
        Those that are to be examined, where it is not the whole consignment.
    changed
        Those that are other goods now than those of which a result speaks.
    corrects
        Whether the person has recorded what can be corrected.
    awaited
        Numbers of the samples of which a laboratory has not spoken yet, by the number of the goods, which may be declared no more.
    laboratory
        Whether nothing else is lacking.
    seen
        What the page shows, to be sent with the result.
    counting
        Keys of the results that hold the last word on any goods.
    here
        Whether it is at the person's post; one that went to another can be read, and nothing else.
    takes_back
        Whether the person can take it out of the hands of whoever holds it.
    """

    order: Order
    told: Dossier
    goods: tuple[GoodsItem, ...]
    owed: frozenset[int]
    first: tuple[int, ...]
    changed: tuple[int, ...]
    instructions: tuple[str, ...]
    results: list[Result]
    counting: frozenset[int]
    suspicions: tuple[str, ...]
    photos: list[Photo]
    mine: bool
    corrects: bool
    awaited: Mapping[int, tuple[str, ...]]
    laboratory: bool
    seen: Seen
    here: bool
    takes_back: bool
    draft: dict[str, Any]

    @property
    def samples(self) -> tuple[str, ...]:
        """Numbers of all samples of which a laboratory has not spoken yet."""
        return tuple(number for numbers in self.awaited.values() for number in numbers)


def task(person: Any, order_id: str, language: str) -> Task | None:  # noqa: ANN401 - as above
    """Give an order of the person's agency and post; nothing when there is none."""
    order = order_for(person, order_id)
    told = dossier(person, order.declaration.declaration_id) if order else None
    if order is None or told is None:
        return None
    results = results_of(order)
    case = case_of(order, order.declaration.items.values_list("record", flat=True), results)
    due = owed(case) if order.state in {*OPEN, CaseState.AWAITING} else case.due
    gone = goods_before(order.declaration, (case.words[number] for number in sorted(case.awaited - {*case.declared})))
    said = order.instructions.get(language) or order.instructions.get("en") or ""
    return Task(
        order=order,
        told=told,
        goods=(*told.goods, *gone),
        owed=owed(case),
        first=tuple(sorted(due)) if len(due) < len(told.goods) else (),
        changed=tuple(sorted(case.changed)),
        instructions=tuple(line for line in said.splitlines() if line.strip()),
        results=results,
        counting=_counting(results),
        suspicions=case.suspicions,
        photos=photos_of(order_id),
        mine=order.holder == person.username,
        corrects=order.state in CORRECTED and case.spoken_by(person.username) is not None,
        awaited={number: case.words[number].awaited for number in sorted(case.awaited)},
        laboratory=case.at_laboratory,
        seen=seen_now(order.version, case),
        here=person.post in {"", order.post},
        takes_back=_takes_back(person, order),
        draft=draft_of(order_id, person.username),
    )


def _takes_back(person: Any, order: Order) -> bool:  # noqa: ANN401 - as above
    """Tell whether somebody can take an order out of another's hands."""
    held = order.state == CaseState.CLAIMED and order.holder != person.username and person.post in {"", order.post}
    return held and bool(person.may(Permission.ORDER_ASSIGN))


def _counting(results: list[Result]) -> frozenset[int]:
    """Give the keys of those of some results, the last first, that hold the last word on any goods."""
    last: dict[int, int] = {}
    for result in results:
        for finding in result.findings.all():
            last.setdefault(finding.item, result.pk)
    return frozenset(last.values())


def draft_of(order_id: str, username: str) -> dict[str, Any]:
    """Give what a person has begun to record."""
    kept = Draft.objects.filter(order_id=order_id, person=username).values_list("values", flat=True).first()
    return dict(kept or {})
