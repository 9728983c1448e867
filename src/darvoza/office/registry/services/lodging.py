"""Declarations as they are lodged, one after another: what was decided of them written into the register."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from darvoza.domain.casework import FINISHED, Case, CaseMove, CaseState, Hand
from darvoza.domain.codes import Act, Agency
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.goods import digests, under_head
from darvoza.methods.sealing.canonical_json import digest
from darvoza.office.journal.queries import entries_on
from darvoza.office.journal.services import SYSTEM
from darvoza.office.registry import models
from darvoza.office.registry.attested import ORDER, ORDERS, RESULTS, TOLD_AGAIN, WAS, within
from darvoza.office.registry.mapping import (
    GOODS,
    decision_values,
    declaration_values,
    order_values,
    told_of_result,
)
from darvoza.office.registry.services.arrivals import placed, rerouted, sent_to
from darvoza.office.registry.services.cases import gather, move, put_order
from darvoza.office.registry.services.loading import (
    Attested,
    attested_of,
    write_decisions,
    write_declarations,
    write_goods,
    write_orders,
)
from darvoza.office.registry.services.records import Stated, stated
from darvoza.office.registry.services.sealing import told_of_order

Rows = Iterable[Mapping[str, Any]]

AT_ONCE = timedelta(hours=8)
"""By when an order is due that opens again though nothing asked for it again: a day of work."""


class Entered(NamedTuple):
    """What the journal is to tell: of orders that were there, and of each declaration with the orders that are new."""

    changes: list[JournalEvent]
    attested: Attested


def run_of(digest: str, *, name: str, profiles: Mapping[str, Any], now: datetime) -> models.Run:
    """Give the run under which decisions of one state in force are kept; made when it first decides."""
    told = {"name": name, "loaded_at": now, "profiles": dict(profiles)}
    return models.Run.objects.get_or_create(digest=digest, defaults=told)[0]


def enter_decided(items: Rows, decisions: Rows, orders: Rows, *, run: models.Run) -> Attested:
    """Write declarations that were lodged for the first time, within the transaction of the caller; give what the journal keeps.

    Parameters
    ----------
    items, decisions
        Goods items, rising, those of a declaration next to each other, and what was decided of them; in plain values, as
        `darvoza.flow.gate.records.plain_rows` gives them.
    orders
        What officers are to do: rows of a frame of orders.
    run
        What decided.
    """
    decided = list(decisions)
    attested: Attested = {}
    keys, _ = write_declarations(stated(items), _channels(decided), attested)
    write_decisions(decided, run, keys)
    write_orders(orders, keys, attested)
    return attested


def enter_again(items: Rows, decisions: Rows, orders: Rows, *, run: models.Run, now: datetime) -> Entered:
    """Write what was decided anew of declarations that are in the register; give what the journal is to tell of it.

    An order that was given stands. It is about the goods that are to be examined now, and opens again where there are some
    on which it has no word, or one on other goods under the same number. One that is open goes along to a post that is declared
    instead, unless the goods have arrived.

    Parameters
    ----------
    items, decisions, orders, run
        As for `enter_decided`.
    now
        When.
    """
    decided = list(decisions)
    channels = _channels(decided)
    known: dict[str, models.Declaration] = {}
    given: dict[str, tuple[models.Order, Case]] = {}
    attested: Attested = {}
    for declared in stated(items):
        reference = declared.header["declaration_id"]
        row = known[reference] = models.Declaration.objects.select_for_update(no_key=True).get(declaration_id=reference)
        given |= {each.order_id: (each, gather(each)) for each in row.orders.select_for_update(no_key=True)}
        _replace(row, declared, channels[reference])
        attested[reference] = attested_of(declared)
    for told in decided:
        fields = {"declaration": known[told["declaration_id"]], "run": run, **decision_values(told)}
        models.Decision.objects.update_or_create(decision_id=fields.pop("decision_id"), defaults=fields)
    changes: list[JournalEvent] = []
    for told in orders:
        row = known[told["declaration_id"]]
        new = placed(models.Order(declaration=row, **order_values(told)), row, given=now)
        if new.order_id in given:
            changes.extend(_order_again(*given.pop(new.order_id), new, now))
        else:
            new.save(force_insert=True)
            attested[row.declaration_id][ORDERS][within(new.order_id)] = told_of_order(new)
    for order, case in given.values():  # a suspicion, or what nothing asks for any more: its words are on goods, too
        changes.extend(_order_again(order, case, _as_given(order, known[order.declaration.declaration_id], now), now))
    for row in known.values():
        changes.extend(_sent_along(row, now))
    return Entered(changes, attested)


def ask_more(
    row: models.Declaration, decisions: Rows, orders: Rows, *, run: models.Run, now: datetime
) -> list[JournalEvent]:
    """Write what else was asked of a declaration that is in the register and stands as it is; nothing is taken back.

    An order that was given is of the items of both, and opens again where there are some on which it has no word: then it is due
    as one that is given now. One that is new here was given by whoever asked for it, and is due as it was told there.

    Parameters
    ----------
    row
        The declaration.
    decisions, orders, run, now
        As for `enter_again`.
    """
    for told in decisions:
        fields = decision_values(told)
        name = fields.pop("decision_id")
        if not models.Decision.objects.filter(decision_id=name).update(**fields):
            models.Decision.objects.create(decision_id=name, declaration=row, run=run, **fields)
    given = {each.order_id: each for each in row.orders.select_for_update(no_key=True)}
    changes: list[JournalEvent] = []
    for told in orders:
        new = models.Order(declaration=row, **order_values(told))
        if (order := given.get(new.order_id)) is None:
            placed(new, row).save(force_insert=True)
        else:
            placed(new, row, given=now)
            new.items = of_both(order.items, new.items)
            changes.extend(_order_again(order, gather(order), new, now))
    return changes


def of_both(one: Collection[int], other: Collection[int]) -> list[int]:
    """Give the items of which two orders are together; none stand for the whole consignment.

    Examples
    --------
    >>> of_both([2, 8], [1, 2]), of_both([], [3])
    ([1, 2, 8], [])
    """
    return sorted({*one, *other}) if one and other else []


def stand_again(row: models.Declaration, *, now: datetime) -> list[JournalEvent]:
    """Take a declaration that was cancelled as one that stands, for goods came under it: what ended with it waits again.

    That two persons agreed on doing less stands. What ended an order its last entry in the journal tells.
    """
    row.cancelled_at = None
    row.save(update_fields=["cancelled_at"])
    changes = []
    for order in row.orders.select_for_update(no_key=True).filter(state=CaseState.WITHDRAWN):
        if not _ended_with_its_declaration(order):
            continue
        due = {"day": now.date(), "deadline": now + AT_ONCE, "given_at": now, "claimed_at": None, "recorded_at": None}
        sealed = put_order(order, {**due, "state": CaseState.WAITING.value, "holder": ""})
        told = {
            "what": CaseMove.REOPEN.value,
            "state": CaseState.WAITING.value,
            "items": list(order.items),
            ORDER: sealed,
        }
        changes.append(JournalEvent(EntryKind.ORDER, SYSTEM, order.order_id, now, told))
    return changes


def _ended_with_its_declaration(order: models.Order) -> bool:
    """Tell whether an order was not withdrawn by two persons; where the journal tells nothing any more, it was not."""
    entries = (each for each in entries_on(order.order_id) if each.kind in {EntryKind.ORDER, EntryKind.OVERRIDE})
    moves = [what for each in entries if (what := (each.body or {}).get("what", CaseMove.CANCEL)) != TOLD_AGAIN]
    return not moves or moves[-1] == CaseMove.CANCEL


def _as_given(order: models.Order, row: models.Declaration, now: datetime) -> models.Order:
    """Give an order that nothing asked for again as if it were given now."""
    names = ("order_id", "agency", "act", "items", "channel", "turn", "instructions")
    same = {name: getattr(order, name) for name in names}
    due = {"day": now.date(), "deadline": now + AT_ONCE, "given_at": now}
    return models.Order(declaration=row, post=row.arrived_post or row.post, **due, **same)


def _sent_along(row: models.Declaration, now: datetime) -> Iterator[JournalEvent]:
    """Let open orders go to the post that is declared now; where the goods have arrived, orders are where they are."""
    if row.arrived_at is not None:
        return
    elsewhere = row.orders.exclude(post=row.post).exclude(state__in=[state.value for state in FINISHED])
    for order in elsewhere:
        told = {**rerouted(order, row.post), ORDER: put_order(order, sent_to(order, row.post))}
        yield JournalEvent(EntryKind.ORDER, SYSTEM, order.order_id, now, told)


def _order_again(order: models.Order, before: Case, new: models.Order, now: datetime) -> Iterator[JournalEvent]:
    """Let an order be about what is to be examined now; one that opens again is due as one that is given now.

    What was proposed of goods that are others now lapses: the order waits, or is recorded, as before. While it is open, it says
    what is known now: a fault of a document that is mended is told no more.
    """
    declared = new.declaration
    goods = digests(under_head(declared.record, declared.items.values_list("record", flat=True)))
    after = casework.order_again(before, goods, new.items, Act(new.act), goods=goods)
    yield from _say_on_which_goods(order, after, now)
    changed = sorted(casework.replaced(before, after))
    same = (after.state, after.items, after.act) == (before.state, before.items, before.act)
    if same and (after.state in FINISHED or (not changed and new.instructions == order.instructions)):
        return
    fields = {"items": list(after.items), "act": after.act.value, "instructions": new.instructions}
    what = "goods" if changed else "instructions" if same else "items"
    if after.state is not before.state:
        what = CaseMove.LAPSE.value if before.state is CaseState.LOWERING else CaseMove.REOPEN.value
        if after.state is CaseState.WAITING and (order.recorded_at or before.state in {*FINISHED, CaseState.AWAITING}):
            fields |= {name: getattr(new, name) for name in ("channel", "turn", "day", "deadline", "given_at")}
            if new.post != order.post:
                fields |= sent_to(order, new.post)
                yield JournalEvent(EntryKind.ORDER, SYSTEM, order.order_id, now, rerouted(order, new.post))
            fields |= {"claimed_at": None, "recorded_at": None}
        fields |= {"state": after.state.value, "holder": after.holder or ""}
    told = {"what": what, "state": after.state.value, "items": list(after.items), ORDER: put_order(order, fields)}
    yield JournalEvent(EntryKind.ORDER, SYSTEM, order.order_id, now, told | ({"changed": changed} if changed else {}))


def _say_on_which_goods(order: models.Order, case: Case, now: datetime) -> Iterator[JournalEvent]:
    """Keep on which goods words were given that did not say so, or not what carried them; the journal is told, with what it kept."""
    told: list[dict[str, Any]] = []
    rows = order.results.prefetch_related("findings").order_by("number")
    for row, result in zip(rows, case.results, strict=True):
        on, before = {item.item: item.goods for item in result.items}, told_of_result(row)
        others = [each for each in row.findings.all() if each.record.get(GOODS) != on[each.item]]
        for finding in others:
            finding.record[GOODS] = on[finding.item]
            finding.save(update_fields=["record"])
        if others and row.salt:  # what the journal keeps of results without one holds without what changes here, too
            told.append({**told_of_result(row), WAS: digest(before)})
    if told:
        yield JournalEvent(EntryKind.ORDER, SYSTEM, order.order_id, now, {"what": TOLD_AGAIN, RESULTS: told})


def _channels(decisions: Rows) -> dict[str, str]:
    return {row["declaration_id"]: row["channel"] for row in decisions}


def _replace(row: models.Declaration, declared: Stated, channel: str) -> None:
    """Put what is declared now in the place of what was declared; items that an order speaks of by number stay numbered.

    Results that speak of what was declared keep it: their acts are printed as they were made.
    """
    goods = list(row.items.order_by("number").values_list("record", flat=True))
    speak = models.Result.objects.filter(order__declaration=row, declared=None)
    if (row.record, goods) != (declared.header, declared.goods) and speak.exists():
        speak.update(declared=models.Former.objects.create(declaration=row, record=row.record, items=goods))
    for name, value in {**declaration_values(declared.header), "channel": channel}.items():
        setattr(row, name, value)
    row.save()
    row.items.all().delete()
    row.marks.all().delete()
    write_goods([(declared, row.pk)])


def cancel_declaration(declaration_id: str, *, by: str, now: datetime) -> None:
    """Note that a declaration was cancelled, and end its orders, but for those whose result is recorded."""
    models.Declaration.objects.filter(declaration_id=declaration_id).update(cancelled_at=now)
    open_ = models.Order.objects.filter(declaration__declaration_id=declaration_id).exclude(
        state__in=[state.value for state in FINISHED]
    )
    for order in open_:
        hand = Hand(by, Agency(order.agency))
        move(order, CaseMove.CANCEL.value, partial(casework.cancel, hand=hand), by=by, now=now)


def at_examination(declaration_id: str) -> str:
    """Say why a declaration can be cancelled no more: an officer has an order in hand, something was found, or is looked for.

    Where samples are at a laboratory, its word would have nowhere to go.

    Its orders are held until the transaction of the caller ends: nobody takes one into hand meanwhile.
    """
    orders = models.Order.objects.filter(declaration__declaration_id=declaration_id).select_for_update(no_key=True)
    for order in orders.order_by("pk"):
        if order.state in {CaseState.CLAIMED, CaseState.LOWERING}:
            return f"an officer has the order {order.order_id} in hand"
        case = gather(order)
        if case.awaited:
            return f"a laboratory has samples of the order {order.order_id}"
        if any(item.found for item in case.words.values()):
            return f"something was found by the order {order.order_id}"
    return ""
