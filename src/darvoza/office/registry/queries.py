"""What can be asked of the register; every question passes the agency and the post of whoever asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.paginator import Page
from django.db.models import Case as CaseWhen
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from darvoza.domain.casework import Case, CaseMove, CaseState, ExaminationResult, ItemResult
from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration as DeclarationRecord
from darvoza.domain.declaration import GoodsItem
from darvoza.domain.folding import folded_trader
from darvoza.domain.goods_told import other_goods
from darvoza.domain.journal import JournalEntry
from darvoza.flow.inspection.goods import goods_digest
from darvoza.flow.inspection.papers.examination import summed_up
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.scope import Placed, for_person
from darvoza.office.journal.queries import entries_on
from darvoza.office.registry.attested import FROM_FILE, RESULTS, TOLD_AGAIN
from darvoza.office.registry.mapping import case_of, declaration_record, former_record
from darvoza.office.registry.models import (
    AWAITED,
    Decision,
    Declaration,
    Finding,
    Former,
    Mark,
    Order,
    Result,
    Run,
)
from darvoza.office.registry.plain import plain_record
from darvoza.office.shell.paging import BoundedPaginator

PER_PAGE = 50
AT_ONCE = 20_000
"""Findings that are read together."""

SHORTEST = 4
"""Characters of an identifier below which nothing is looked for."""


def declared_for(person: Placed) -> QuerySet[Declaration]:
    """Give the declarations for a person's post; for other agencies than customs, those with their order."""
    return _concerning(for_person(Declaration.objects.all(), person, agency=""), person)


def declarations_for(person: Placed) -> QuerySet[Declaration]:
    """Give the declarations a person may know of: for the post, and those whose goods or orders are, or were, there."""
    rows = Declaration.objects.all()
    if person.post:
        came = Exists(orders_for(person).filter(declaration=OuterRef("pk")))
        rows = rows.filter(Q(post=person.post) | Q(arrived_post=person.post) | came)
    return _concerning(rows, person)


def counted() -> Q:
    """Give the condition under which figures count a declaration: it was not cancelled, or a check of it was made before."""
    made = Order.objects.filter(declaration=OuterRef("pk"), state=CaseState.RECORDED)
    return Q(cancelled_at=None) | Q(Exists(made))


def with_result() -> Q:
    """Give the condition under which an order has its result: that stands until a second person agrees that it is taken back."""
    return Q(state=CaseState.RECORDED) | Q(state=CaseState.LOWERING, recorded_at__isnull=False)


def found_by_declaration(orders: QuerySet[Order]) -> dict[str, bool]:
    """Give, by declaration of some orders of which the result is known, whether anything was found by any of them."""
    made: dict[str, bool] = {}
    recorded = orders.filter(with_result())
    for _, found, *_rest, declaration, _at in last_findings(result__order__in=recorded):
        made[declaration] = made.get(declaration, False) or bool(found)
    return made


def last_findings(**which: object) -> Iterator[tuple[Any, ...]]:
    """Walk the last word on each item of each order, in the order in which they were recorded; where that is awaited, none.

    The last column is since when that is known: a word that says the same again, in other words, makes nothing known. Else
    `darvoza.flow.inspection.learned` says the same of one case.
    """
    later = Finding.objects.filter(
        result__order=OuterRef("result__order"),
        item=OuterRef("item"),
        result__number__gt=OuterRef("result__number"),
    )
    rows = Finding.objects.filter(~AWAITED, ~Exists(later), **which).annotate(known_at=_known_at())
    named = ("result__order_id", "found", "additional_duty", "areas", "item")
    more = ("result__order__declaration__declaration_id", "known_at")
    return rows.order_by("result_id", "item").values_list(*named, *more).iterator(chunk_size=AT_ONCE)


def _known_at() -> CaseWhen:
    """Give since when an item was said to be as its last word says, without another word between."""
    names = ("result__order", "item")
    of_item, of_it = ({name: OuterRef(name) for name in names}, {name: OuterRef(OuterRef(name)) for name in names})
    other = Finding.objects.filter(AWAITED | ~Q(found=OuterRef(OuterRef("found"))), **of_it).order_by("-result__number")
    after = Coalesce(Subquery(other.values("result__number")[:1]), 0)
    alike = Finding.objects.filter(result__number__gt=after, **of_item).order_by("result__number")
    return CaseWhen(When(result__number=1, then="result__at"), default=Subquery(alike.values("result__at")[:1]))


def _concerning(rows: QuerySet[Declaration], person: Placed) -> QuerySet[Declaration]:
    """Keep the declarations that concern a person's agency: customs all of them, others those with their order."""
    if person.agency and person.agency != Agency.CUSTOMS:
        rows = rows.filter(Exists(Order.objects.filter(declaration=OuterRef("pk"), agency=person.agency)))
    return rows


def _begins(asked: str) -> Q:
    """Ask for marks that begin with a text, along the index."""
    return Q(value__gte=asked, value__lt=f"{asked}\U0010ffff")


def find(person: Placed, words: str, page: int = 1) -> Page[Declaration]:
    """Give the declarations one of whose identifiers is, or begins with, what is asked for.

    When nothing is asked, all that were lodged for the post: they are read along an index, and goods that came from another
    post are found by their orders or identifiers.
    """
    asked = words.strip().upper()
    if not asked:
        rows = declared_for(person)
    elif len(asked) < SHORTEST:
        rows = Declaration.objects.none()
    else:
        marked = Mark.objects.filter(_begins(asked)).values("declaration")
        if (folded := folded_trader(asked)) != asked and len(folded) >= SHORTEST:
            marked = marked.union(Mark.objects.filter(_begins(folded)).values("declaration"))
        # found by the mark, not tried one by one; each of the two in the index alone
        rows = declarations_for(person).filter(pk__in=marked)
    return BoundedPaginator(rows, PER_PAGE).get_page(page)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a consignment; `why` is the reason in somebody's words, where he gave one."""

    at: datetime
    what: str
    by: str
    subject: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a person may see of one declaration.

    Attributes
    ----------
    orders
        Those of every agency: the joint order is what agencies see of one another.
    decisions
        Empty for whoever may not see why a consignment was chosen.
    """

    row: Declaration
    record: DeclarationRecord
    goods: tuple[GoodsItem, ...]
    orders: list[Order]
    decisions: list[Decision]
    profiles: dict[str, Any]
    steps: list[Step]


def dossier(person: Any, declaration_id: str) -> Dossier | None:  # noqa: ANN401 - a person, placed and with permissions
    """Give the dossier of a declaration; nothing when it is not the person's to see."""
    row = declarations_for(person).filter(declaration_id=declaration_id).first()
    if row is None:
        return None
    record = declaration_record(row, row.items.all())
    orders = list(row.orders.order_by("agency", "act"))
    decisions: list[Decision] = []
    if person.may(Permission.DECISION_READ):
        decisions = list(for_person(row.decisions.select_related("run"), person, post=""))
    profiles = decisions[0].run.profiles if decisions else {}
    return Dossier(row, record, record.items, orders, decisions, profiles, _steps(row, orders, person))


def _steps(row: Declaration, orders: list[Order], person: Placed) -> list[Step]:
    """Tell what happened, oldest first; of other agencies only that a result was recorded."""
    steps = [Step(row.lodged_at, "lodged", "", row.declaration_id)]
    if row.cancelled_at is not None:
        steps.append(Step(row.cancelled_at, CaseMove.CANCEL.value, "", row.declaration_id))
    for order in orders:
        own = not person.agency or order.agency == person.agency
        done = (
            (each for each in entries_on(order.order_id) if (each.body or {}).get("what") != TOLD_AGAIN) if own else ()
        )
        told = [_by_whom(_told(entry), entry, order) for entry in done]
        steps.extend(told)
        if order.recorded_at and own and not told:  # it was taken in with many others, before each was told of
            steps.append(Step(order.recorded_at, CaseMove.RECORD.value, order.holder, order.order_id))
        elif order.recorded_at and not own:
            steps.append(Step(order.recorded_at, "recorded", "", order.order_id))
    return sorted(steps, key=lambda step: step.at)


def _told(entry: JournalEntry) -> Step:
    body = entry.body or {}
    what, why = (str(body.get(name, usual)) for name, usual in (("what", entry.kind.value), ("reason", "")))
    return Step(entry.at, what, entry.actor, entry.subject, why)


def _by_whom(step: Step, entry: JournalEntry, order: Order) -> Step:
    """Give a step with who recorded the result, and when, where it was taken in with a file."""
    body = entry.body or {}
    if FROM_FILE not in body:
        return step
    row = order.results.filter(number__in=[told["number"] for told in _listed(body)]).first()
    return replace(step, at=row.at, by=row.by) if row else step


def _listed(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the results that an entry tells of."""
    return list(body.get(RESULTS, ()))


def orders_for(person: Placed) -> QuerySet[Order]:
    """Give the orders a person may read: of the agency, at the post or gone from there to another.

    Who is to do something at an order is asked by casework: only where it is now.
    """
    rows = for_person(Order.objects.all(), person, post="")
    return rows.filter(Q(post=person.post) | Q(left_post=person.post)) if person.post else rows


def order_for(person: Placed, order_id: str) -> Order | None:
    """Give an order that a person may read; see `orders_for`."""
    return orders_for(person).select_related("declaration").filter(order_id=order_id).first()


def results_of(order: Order) -> list[Result]:
    """Give the results of an order, the last first, with their findings."""
    return list(order.results.prefetch_related("findings").order_by("-number"))


def case_for(person: Placed, order_id: str) -> tuple[DeclarationRecord, Case, int] | None:
    """Give what was declared, the case of an order of the person's agency and post, and its version; nothing when it is not."""
    order = order_for(person, order_id)
    if order is None:
        return None
    items = list(order.declaration.items.all())
    case = case_of(order, (item.record for item in items), order.results.prefetch_related("findings"))
    return declaration_record(order.declaration, items), case, order.version


def act_for(
    person: Placed, order_id: str, number: int | None
) -> tuple[DeclarationRecord, Case, ExaminationResult] | None:
    """Give what the act of a result tells: the declaration that it speaks of, the case with the act that was done, the result.

    Each item is the one that the word on it was given on, also where others are declared under its number since.

    Parameters
    ----------
    number
        The number of the result; without it, the last word of all of them on each item.
    """
    found, rows = case_for(person, order_id), list(Result.objects.filter(order__order_id=order_id).order_by("number"))
    row = next((each for each in reversed(rows) if number in {None, each.number}), None)
    if found is None or row is None:
        return None
    declared, case, _version = found
    former = Former.objects.filter(declaration__orders__order_id=order_id).order_by("-pk")
    forms = {None: declared} | {each.pk: former_record(each) for each in former}
    result = summed_up(case) if number is None else case.results[rows.index(row)]
    spoken = {item.item: each for each, told in zip(rows, case.results, strict=True) for item in told.items}
    goods = {item.item: item for item in forms[row.declared_id].items}
    for word in result.items:
        near = forms[(spoken[word.item] if number is None else row).declared_id]
        goods |= {each.item: each for each in _spoken_of(word, (near, *forms.values()))}
    told = replace(forms[row.declared_id], items=tuple(goods[each] for each in sorted(goods)))
    return told, replace(case, act=Act(row.act or case.act)), result


def _spoken_of(word: ItemResult, forms: Iterable[DeclarationRecord]) -> list[GoodsItem]:
    """Give the goods that a word was given on: those of the first of some forms of a declaration; none where no form has them."""
    same = (item for form in forms for item in form.items if item.item == word.item)
    return list(islice((item for item in same if not other_goods(word.goods, goods_digest(plain_record(item)))), 1))


def goods_before(row: Declaration, words: Iterable[ItemResult]) -> list[GoodsItem]:
    """Give the goods on which words were given, of the forms of a declaration before its amendments; the last form first."""
    given = list(words)
    forms = [former_record(each) for each in Former.objects.filter(declaration=row).order_by("-pk")] if given else []
    return [goods for word in given for goods in _spoken_of(word, forms)]


def busiest_post(agency: Agency) -> str:
    """Give the post where most orders of an agency wait; nothing when none waits anywhere."""
    waiting = Order.objects.filter(agency=agency, state=CaseState.WAITING)
    counted = waiting.values_list("post").annotate(count=Count("pk"))
    return str(counted.order_by("-count", "post").values_list("post", flat=True).first() or "")


def standing(now: datetime) -> tuple[dict[str, int], int]:
    """Give how many orders are in each state, and how many of those that wait are past their deadline."""
    counted = dict(Order.objects.order_by().values_list("state").annotate(count=Count("pk")))
    late = Order.objects.filter(state=CaseState.WAITING, deadline__lt=now).count()
    return {state.value: counted.get(state.value, 0) for state in CaseState}, late


def by_the_gate() -> bool:
    """Tell whether a state in force has ever decided here."""
    return Run.objects.filter(name__startswith="gate ").exists()
