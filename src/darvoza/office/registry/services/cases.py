"""What people did with an order, kept: the new state, its result, its entry in the journal, in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from darvoza.domain.casework import Case, CaseMove, CaseState
from darvoza.domain.journal import EntryKind
from darvoza.errors import CaseRefused
from darvoza.office.journal.services import record
from darvoza.office.registry.attested import ORDER, RESULTS
from darvoza.office.registry.mapping import case_of, finding_row
from darvoza.office.registry.models import Item, Order, Result
from darvoza.office.registry.plain import plain_record
from darvoza.office.registry.services.attesting import told_of_results
from darvoza.office.registry.services.sealing import told_of_change
from darvoza.office.registry.services.telling import recording

BATCH: Final = 500
"""Orders whose cases are gathered together."""


class Kept(NamedTuple):
    """What keeping a case came to: the results that are new, and what the journal keeps of the order."""

    results: list[Result]
    told: dict[str, str]


def move(  # noqa: PLR0913 - who, when, what is told beside it and what changes with it
    order: Order,
    what: str,
    decide: Callable[[Case], Case],
    *,
    by: str,
    now: datetime,
    told: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> Case:
    """Let one thing happen to an order: gather the case, decide, keep it when nobody was quicker.

    Parameters
    ----------
    order
        As the caller knows it; what happens to it meanwhile wins.
    what
        What happens, in a word, for the journal; an override says so itself.
    decide
        Gives the case after it, or refuses.
    told
        What else the journal is to tell.
    also
        Columns of the order that change with it.

    Raises
    ------
    CaseRefused
        The move is not possible, or somebody else moved the order first.
    """
    with recording(
        now
    ) as recorded:  # every move: who takes the order before the journal waits for the gate in a circle
        before = gather(order)
        after = decide(before)
        kept = keep(order, before, after, now, also=also)
        recorded.extend(kept.results)
        attested, sealed = list(told_of_results(recorded).values()), {ORDER: kept.told}
        for kind, word in _entries(before, after, what):
            said, sealed = {"what": word, "state": after.state.value, **(told or {}), **sealed}, {}
            if attested or kind is EntryKind.FINDING or word == CaseMove.CONFIRM_LOWERING:
                said, attested = {**said, RESULTS: attested}, []
            record(kind, order.order_id, said, by=by, now=now)
    return after


def _entries(before: Case, after: Case, what: str) -> list[tuple[EntryKind, str]]:
    """Give the entries of a move, as kinds and words: an override says itself what it is, and what is recorded beside one is told."""
    spoken = len(after.results) > len(before.results)
    if len(after.overrides) == len(before.overrides):
        return [(EntryKind.FINDING if spoken else EntryKind.ORDER, what)]
    override = after.overrides[-1].move
    beside = [(EntryKind.FINDING, what)] if spoken and override is CaseMove.PROPOSE_CLEARING else []
    return [*beside, (EntryKind.OVERRIDE, override.value)]


def gather(order: Order) -> Case:
    """Give the case of an order, with its results."""
    goods = order.declaration.items.values_list("record", flat=True)
    return case_of(order, goods, order.results.prefetch_related("findings"))


def gather_all(orders: Sequence[Order]) -> dict[int, Case]:
    """Give the cases of many orders by their keys, as `gather` does of one: goods and results are asked for together."""
    cases: dict[int, Case] = {}
    for start in range(0, len(orders), BATCH):
        part = orders[start : start + BATCH]
        goods, results = defaultdict[int, list[dict[str, Any]]](list), defaultdict[int, list[Result]](list)
        declared = Item.objects.filter(declaration__in={order.declaration_id for order in part})
        for key, record_ in declared.values_list("declaration_id", "record"):
            goods[key].append(record_)
        for row in Result.objects.filter(order__in=part).prefetch_related("findings"):
            results[row.order_id].append(row)
        cases |= {order.pk: case_of(order, goods[order.declaration_id], results[order.pk]) for order in part}
    return cases


def keep(order: Order, before: Case, after: Case, now: datetime, *, also: Mapping[str, Any] | None = None) -> Kept:
    """Keep a case where it still is what it was when it was gathered; give the results that are new, and what the journal keeps.

    Parameters
    ----------
    also
        Columns of the order that change with it.

    Raises
    ------
    CaseRefused
        Somebody else moved the order first.
    """
    changed: dict[str, Any] = {
        "state": after.state.value,
        "holder": after.holder or "",
        "act": after.act.value,
        "items": list(after.items),
        "overrides": [plain_record(each) for each in after.overrides],
    }
    if after.state is CaseState.CLAIMED and before.state is not CaseState.CLAIMED:
        changed["claimed_at"] = now
    if after.state is CaseState.RECORDED and not _stood(order, before, after):
        changed["recorded_at"] = now
    if after.state in {CaseState.WAITING, CaseState.CLAIMED, CaseState.AWAITING}:  # also where it was recorded before
        changed["recorded_at"] = None
    told = put_order(order, {**changed, **(also or {})})
    return Kept(list(_results(order, after, len(before.results))), told)


def _stood(order: Order, before: Case, after: Case) -> bool:
    """Tell whether an order was recorded already: it is corrected now, or what was to be taken back of it stands."""
    return order.recorded_at is not None and (
        before.state is CaseState.RECORDED or len(after.results) == len(before.results)
    )


def put_order(order: Order, changed: Mapping[str, Any]) -> dict[str, str]:
    """Write what changes of an order where nobody was quicker; give what the journal keeps of it.

    Parameters
    ----------
    order
        As it was.
    changed
        Columns with what they hold since.

    Raises
    ------
    CaseRefused
        Somebody else moved the order first.
    """
    told = told_of_change(order, changed)
    if not Order.objects.filter(pk=order.pk, version=order.version).update(**changed, version=order.version + 1):
        raise CaseRefused(
            field="state", expected="the order as you saw it", got="another", hint="somebody was quicker; load it again"
        )
    return told


def _results(order: Order, after: Case, known: int) -> Iterator[Result]:
    """Keep the results of a case that are new."""
    for number, result in enumerate(after.results[known:], start=known + 1):
        row = Result.objects.create(
            order=order, number=number, by=result.by, at=result.at, words=result.words, act=after.act
        )
        findings = [finding_row(item) for item in result.items]
        for finding in findings:
            finding.result = row
        type(findings[0]).objects.bulk_create(findings)
        yield row
