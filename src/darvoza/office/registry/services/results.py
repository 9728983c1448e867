"""Results that were recorded elsewhere, taken into the register: all of them, or none."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import polars as pl

from darvoza.domain.casework import Case, CaseMove, CaseState, ExaminationResult, ItemResult, tells_of_samples
from darvoza.domain.codes import CHANNEL_OF_ACT, Act, RiskArea, Severity
from darvoza.domain.goods_told import other_goods
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.flow.inspection.awaiting import analysed_by, carried
from darvoza.flow.inspection.goods import digests, under_head
from darvoza.flow.inspection.soundness import taken_back
from darvoza.office.journal.services import SYSTEM, record_all
from darvoza.office.registry.attested import EACH, FROM_FILE, ORDER, RESULTS, RESULTS_SUBJECT
from darvoza.office.registry.mapping import finding_row
from darvoza.office.registry.models import Declaration, Finding, Item, Order, Result
from darvoza.office.registry.plain import revived
from darvoza.office.registry.services.attesting import told_of_results
from darvoza.office.registry.services.cases import gather_all
from darvoza.office.registry.services.sealing import told_of_change, told_of_order
from darvoza.office.registry.services.telling import recording

BATCH = 500
KEYS = ("declaration_id", "agency", "act")

UNTIL_RECORDED = (CaseState.WAITING, CaseState.CLAIMED, CaseState.AWAITING)

Words = dict[int, ItemResult]
"""The last word on each item, by its number."""


class ResultsLoaded(NamedTuple):
    """How much was taken in.

    Attributes
    ----------
    results
        Orders that have their result now.
    findings
        Goods items on which something was found.
    referrals
        Orders that an officer had opened himself, and that were made here.
    strange
        Results of orders that are not in this register, have a result already, or of which nothing is left to be kept, for
        one because an act of sampling tells neither samples nor why none was taken; they were left out.
    taken_back
        Goods items of which it was to be said that less was found than before, which takes two people; they were left out.
    """

    results: int
    findings: int
    referrals: int
    strange: int
    taken_back: int


def load_results(results: pl.DataFrame, *, by: str, now: datetime) -> ResultsLoaded:
    """Record results of orders that wait, with an entry in the journal on each, and one on all of them.

    Parameters
    ----------
    results
        Results as `darvoza.flow.intake.control_results.read_control_results` gives them.
    by, now
        Who takes them in, when.
    """
    rows = results.sort(*KEYS, "item").iter_rows(named=True)
    grouped = {":".join(key): list(of_one) for key, of_one in groupby(rows, key=_key)}
    with recording(now) as recorded:
        referrals = _refer(grouped, by, now)
        waiting = list(_waiting(grouped))
        last, spoken = _before(waiting)
        until = _told_until(waiting)
        orders = {
            order.order_id: order
            for order in waiting
            if _says_more(grouped[order.order_id], spoken.get(order.pk, {}).keys(), until.get(order.pk))
        }
        goods = _goods(orders)
        said = {name: _said(order, grouped[name], goods, spoken) for name, order in orders.items()}
        less = {name: taken_back(spoken.get(order.pk, {}), said[name]) for name, order in orders.items()}
        said = {name: _without(items, less[name], grouped[name]) for name, items in said.items()}
        taken = gather_all([order for order in orders.values() if _awaits(order, spoken)])
        said = {name: _awaiting(taken.get(orders[name].pk), items, grouped[name]) for name, items in said.items()}
        made = [_result(orders[name], grouped[name], last.get(orders[name].pk, 0) + 1) for name in said if said[name]]
        kept = Result.objects.bulk_create(made, batch_size=BATCH)
        findings = [row for result in kept for row in _findings(result, said)]
        Finding.objects.bulk_create(findings, batch_size=BATCH)
        recorded.extend(kept)
        open_ = gather_all([result.order for result in kept if _partly(result.order, spoken)])
        changed = {result.order.order_id: _recorded(result, open_.get(result.order.pk)) for result in kept}
        fields = ["state", "holder", "recorded_at", "version"]
        Order.objects.bulk_update((result.order for result in kept), fields, batch_size=BATCH)
        found = sum(row.found for row in findings)
        loaded = ResultsLoaded(len(kept), found, len(referrals), len(grouped) - len(kept), sum(map(len, less.values())))
        told = {"what": "results taken in", **loaded._asdict(), EACH: True}
        whole = JournalEvent(EntryKind.FINDING, by, f"{RESULTS_SUBJECT}{now:%Y-%m-%d %H:%M}", now, told)
        record_all([*referrals, *_attested(kept, changed, by, now), whole])
    return loaded


def _attested(
    results: Sequence[Result], changed: Mapping[str, dict[str, str]], by: str, now: datetime
) -> Iterator[JournalEvent]:
    """Tell of each result and what became of its order, for the register to be held against."""
    attested = told_of_results(results)
    for row in results:
        told = {"what": CaseMove.RECORD.value, "state": str(row.order.state), FROM_FILE: True}
        sealed = {ORDER: changed[row.order.order_id], RESULTS: [attested[row.pk]]}
        yield JournalEvent(EntryKind.FINDING, by, row.order.order_id, now, {**told, **sealed})


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in KEYS)


def _waiting(grouped: Mapping[str, object]) -> Iterator[Order]:
    """Give the orders that have no result yet, of those that are named."""
    names = list(grouped)
    waiting = Order.objects.filter(state__in=UNTIL_RECORDED).select_related("declaration")
    for start in range(0, len(names), BATCH):
        yield from waiting.filter(order_id__in=names[start : start + BATCH])


def _told_until(orders: Sequence[Order]) -> dict[int, datetime]:
    """Give, of orders that opened again, when their last result was known, by their keys."""
    keys, told = sorted(order.pk for order in orders), dict[int, datetime]()
    for start in range(0, len(keys), BATCH):
        rows = Result.objects.filter(order__in=keys[start : start + BATCH]).order_by("number")
        told |= dict(rows.values_list("order_id", "at"))
    return told


def _known_at(rows: list[dict[str, Any]]) -> datetime:
    """Give when a result is known: when the last of its items is."""
    moments: list[datetime] = [row["result_at"] for row in rows]
    return max(moments)


def _says_more(rows: list[dict[str, Any]], spoken: Collection[int], until: datetime | None) -> bool:
    """Tell whether a result is another one than before: a file that comes again says nothing of goods it did not know of."""
    return until is None or _known_at(rows) > until or not {row["item"] for row in rows} <= set(spoken)


def _refer(grouped: Mapping[str, list[dict[str, Any]]], by: str, now: datetime) -> list[JournalEvent]:
    """Make the orders that officers opened on their own suspicion; give what the journal is to tell of each."""
    told = {name: rows[0] for name, rows in grouped.items() if rows[0]["referral"]}
    references = [row["declaration_id"] for row in told.values()]
    declared: dict[str, Declaration] = {}
    for start in range(0, len(references), BATCH):
        batch = Declaration.objects.filter(declaration_id__in=references[start : start + BATCH])
        declared |= {row.declaration_id: row for row in batch}
    # what was ordered anyway is not opened a second time; its result is that of the order
    there = _there(list(told))
    new = [
        _referral(name, row, declared[row["declaration_id"]])
        for name, row in told.items()
        if row["declaration_id"] in declared and name not in there
    ]
    Order.objects.bulk_create(new, batch_size=BATCH)
    return [
        JournalEvent(
            EntryKind.ORDER,
            by,
            order.order_id,
            now,
            {"what": CaseMove.REFER.value, "suspicion": order.referral, ORDER: told_of_order(order)},
        )
        for order in new
    ]


def _there(names: Sequence[str]) -> set[str]:
    """Name the orders that are there already, of some."""
    there = set[str]()
    for start in range(0, len(names), BATCH):
        there |= set(Order.objects.filter(order_id__in=names[start : start + BATCH]).values_list("order_id", flat=True))
    return there


def _referral(name: str, row: Mapping[str, Any], declaration: Declaration) -> Order:
    return Order(
        order_id=name,
        declaration=declaration,
        agency=row["agency"],
        post=declaration.arrived_post or declaration.post,
        act=row["act"],
        channel=CHANNEL_OF_ACT[Act(row["act"])],
        turn=0,
        day=declaration.lodged_at.date(),
        deadline=row["result_at"],
        referral=row["referral"],
    )


def _before(orders: Iterable[Order]) -> tuple[dict[int, int], dict[int, Words]]:
    """Give, of orders that opened again, the number of the last result and the last word on each item, by their keys."""
    keys, last, spoken = sorted(order.pk for order in orders), dict[int, int](), dict[int, Words]()
    for start in range(0, len(keys), BATCH):
        rows = Finding.objects.filter(result__order__in=keys[start : start + BATCH]).order_by("result__number")
        for key, number, said in rows.values_list("result__order_id", "result__number", "record"):
            last[key] = number
            spoken.setdefault(key, {})[said["item"]] = revived(ItemResult, said)
    return last, spoken


def _goods(orders: Mapping[str, Order]) -> dict[int, dict[int, str]]:
    """Give the digests of the items of each declaration by their numbers, by its key."""
    keys = sorted({order.declaration_id for order in orders.values()})
    goods: dict[int, dict[int, str]] = {}
    for start in range(0, len(keys), BATCH):
        part = keys[start : start + BATCH]
        heads = dict(Declaration.objects.filter(pk__in=part).values_list("pk", "record"))
        batch = Item.objects.filter(declaration__in=part).order_by("declaration", "number")
        for key, said in batch.values_list("declaration_id", "record"):
            goods.setdefault(key, {}).update(digests(under_head(heads[key], [said])))
    return goods


def _result(order: Order, rows: list[dict[str, Any]], number: int) -> Result:
    """Make the result of an order; it is known when the last of its items is."""
    return Result(order=order, number=number, by=rows[0]["officer"] or SYSTEM, at=_known_at(rows), act=order.act)


def _partly(order: Order, spoken: Collection[int]) -> bool:
    """Tell whether a result may leave an order open: where it was opened again, or goods were to be sampled."""
    return order.pk in spoken or bool(order.overrides) or order.act == Act.SAMPLING


def _recorded(result: Result, case: Case | None) -> dict[str, str]:
    """Have the order of a result be recorded; give what the journal keeps of it.

    It stays open where its case still lacks a word, or awaits a laboratory.
    """
    order = result.order
    changed: dict[str, Any] = {}
    if case and case.at_laboratory:
        changed = {"state": CaseState.AWAITING, "holder": "", "recorded_at": None}
    elif not (case and case.lacking):
        changed = {"state": CaseState.RECORDED, "holder": result.by, "recorded_at": result.at}
    told = told_of_change(order, changed)
    for name, value in (changed | {"version": order.version + 1}).items():
        setattr(order, name, value)
    return told


def _said(
    order: Order,
    rows: list[dict[str, Any]],
    goods: Mapping[int, Mapping[int, str]],
    spoken: Mapping[int, Words],
) -> list[ItemResult]:
    """Give what is said of items: of those that were to be examined and are not named, that nothing was found.

    Of an act of sampling that is never said of items that are not named, nor of those of which neither samples are told nor why
    none was taken: they stay open.

    Samples that were taken of goods are awaited until a result names them; and where something was found before, that it
    was not is never said of items that are not named.
    """
    told = {row["item"]: _item(row) for row in rows}
    declared = goods[order.declaration_id]
    words = spoken.get(order.pk, {})
    sampled = {number for number, word in words.items() if word.undecided}  # some of them may be declared no more
    stand = {number for number, word in words.items() if not other_goods(word.goods, declared.get(number))}
    if any(
        each["move"] == CaseMove.REFER for each in order.overrides
    ):  # a suspicion is of all of it, whatever was said
        stand = set()
    due = (declared.keys() & set(order.items) or declared.keys()) - stand
    due -= {number for number, word in words.items() if word.found}
    if order.act == Act.SAMPLING:
        told = {
            number: item
            for number, item in told.items()
            if item.found or number in stand | sampled or tells_of_samples(item.words)
        }
        due &= told.keys()
    return [
        replace(told.get(number, ItemResult(number)), goods=declared.get(number))
        for number in sorted(declared.keys() & due | told.keys() & {*declared, *sampled})
    ]


def _awaits(order: Order, spoken: Mapping[int, Words]) -> bool:
    return any(word.awaited for word in spoken.get(order.pk, {}).values())


def _awaiting(case: Case | None, items: list[ItemResult], rows: list[dict[str, Any]]) -> list[ItemResult]:
    """Have what a file says of sampled goods be the laboratory's word where it names them, of samples that were taken by then."""
    if case is None:
        return items
    at = {row["item"]: row["result_at"] for row in rows}
    told = [
        replace(item, analysed=analysed_by(case, item.item, at[item.item])) if item.item in at else item
        for item in items
    ]
    return list(carried(case, ExaminationResult(SYSTEM, _known_at(rows), tuple(told))).items)


def _without(items: list[ItemResult], less: Collection[ItemResult], rows: list[dict[str, Any]]) -> list[ItemResult]:
    """Give what is kept of a result: what was found is taken back by two, and not by a file; nothing where no row is left."""
    kept = [item for item in items if item not in less]
    named = {row["item"] for row in rows}
    return kept if not less or any(item.item in named for item in kept) else []


def _findings(result: Result, said: Mapping[str, list[ItemResult]]) -> Iterator[Finding]:
    """Make the rows of a result."""
    for item in said[result.order.order_id]:
        row = finding_row(item)
        row.result = result
        yield row


def _item(row: Mapping[str, Any]) -> ItemResult:
    severity = row["finding_severity"]
    return ItemResult(
        item=row["item"],
        areas=(RiskArea(row["finding_area"]),) if row["finding_area"] else (),
        severity=Severity(severity) if severity is not None else None,
        corrected_hs=row["corrected_hs"],
        corrected_origin=row["corrected_origin"],
        corrected_value=row["corrected_value"],
        additional_duty=row["recovered"] if row["finding_area"] else None,
        words=row["words"] or "",
    )
