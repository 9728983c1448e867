"""Declarations as they are lodged, one after another: what was decided of them written into the register."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from darvoza.domain.casework import FINISHED, CaseMove, Hand
from darvoza.domain.codes import Agency
from darvoza.flow.inspection import casework
from darvoza.office.registry import models
from darvoza.office.registry.mapping import decision_values, declaration_values, order_values
from darvoza.office.registry.services.arrivals import placed
from darvoza.office.registry.services.cases import move
from darvoza.office.registry.services.loading import write_decisions, write_declarations, write_goods, write_orders
from darvoza.office.registry.services.records import Stated, stated

Rows = Iterable[Mapping[str, Any]]


def run_of(digest: str, *, name: str, profiles: Mapping[str, Any], now: datetime) -> models.Run:
    """Give the run under which decisions of one state in force are kept; made when it first decides."""
    told = {"name": name, "loaded_at": now, "profiles": dict(profiles)}
    return models.Run.objects.get_or_create(digest=digest, defaults=told)[0]


def enter_decided(items: Rows, decisions: Rows, orders: Rows, *, run: models.Run) -> None:
    """Write declarations that were lodged for the first time, within the transaction of the caller.

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
    keys, _ = write_declarations(stated(items), _channels(decided))
    write_decisions(decided, run, keys)
    write_orders(orders, keys)


def enter_again(items: Rows, decisions: Rows, orders: Rows, *, run: models.Run) -> None:
    """Write what was decided anew of declarations that are in the register; an order that was given stands.

    Parameters
    ----------
    items, decisions, orders, run
        As for `enter_decided`.
    """
    decided = list(decisions)
    channels = _channels(decided)
    known: dict[str, models.Declaration] = {}
    for declared in stated(items):
        reference = declared.header["declaration_id"]
        known[reference] = models.Declaration.objects.get(declaration_id=reference)
        _replace(known[reference], declared, channels[reference])
    for told in decided:
        fields = {"declaration": known[told["declaration_id"]], "run": run, **decision_values(told)}
        models.Decision.objects.update_or_create(decision_id=fields.pop("decision_id"), defaults=fields)
    for told in orders:
        row = known[told["declaration_id"]]
        new = models.Order(declaration=row, **order_values(told))
        if not models.Order.objects.filter(order_id=new.order_id).exists():
            placed(new, row).save(force_insert=True)


def _channels(decisions: Rows) -> dict[str, str]:
    return {row["declaration_id"]: row["channel"] for row in decisions}


def _replace(row: models.Declaration, declared: Stated, channel: str) -> None:
    """Put what is declared now in the place of what was declared; items that an order speaks of by number stay numbered."""
    for name, value in {**declaration_values(declared.header), "channel": channel}.items():
        setattr(row, name, value)
    row.save()
    row.items.all().delete()
    row.marks.all().delete()
    write_goods([(declared, row.pk)])


def cancel_orders(declaration_id: str, *, by: str, now: datetime) -> list[str]:
    """End the orders of a declaration that was cancelled, but for those whose result is recorded; give their names."""
    open_ = models.Order.objects.filter(declaration__declaration_id=declaration_id).exclude(
        state__in=[state.value for state in FINISHED]
    )
    ended = []
    for order in open_:
        hand = Hand(by, Agency(order.agency))
        move(order, CaseMove.CANCEL.value, partial(casework.cancel, hand=hand), by=by, now=now)
        ended.append(order.order_id)
    return ended
