"""Declarations as they are lodged, one after another: what was decided of them written into the register."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl

from darvoza.domain.casework import FINISHED, CaseMove, Hand
from darvoza.domain.codes import Agency
from darvoza.flow.inspection import casework
from darvoza.office.registry import models
from darvoza.office.registry.mapping import declaration_row, item_row
from darvoza.office.registry.services.arrivals import placed
from darvoza.office.registry.services.cases import move
from darvoza.office.registry.services.loading import (
    Keys,
    decision_row,
    mark_rows,
    order_row,
    write_declarations,
)
from darvoza.office.registry.services.records import Stated, stated
from darvoza.office.shell.writing import insert

DECIDED = (
    "declaration_id", "run_id", "agency", "act", "items", "probability", "floors", "u", "selected", "basis", "channel", "score",
    "harm", "contributions", "fingerprint", "key_day", "commitment", "deadline",
)  # fmt: skip
"""Columns of a decision that are written anew when it is made again."""


def run_of(digest: str, *, name: str, profiles: Mapping[str, Any], now: datetime) -> models.Run:
    """Give the run under which decisions of one state in force are kept; made when it first decides."""
    told = {"name": name, "loaded_at": now, "profiles": dict(profiles)}
    return models.Run.objects.get_or_create(digest=digest, defaults=told)[0]


def enter_decided(items: pl.DataFrame, decisions: pl.DataFrame, orders: pl.DataFrame, *, run: models.Run) -> None:
    """Write declarations that were lodged for the first time, within the transaction of the caller.

    Parameters
    ----------
    items
        Canonical goods items.
    decisions, orders
        What was decided of them, and what officers are to do.
    run
        What decided.
    """
    channels = dict(decisions.select("declaration_id", "channel").iter_rows())
    keys, _ = write_declarations(stated(items), channels)
    insert(decision_row(row, run, keys) for row in decisions.iter_rows(named=True))
    insert(order_row(row, keys) for row in orders.iter_rows(named=True))


def enter_again(items: pl.DataFrame, decisions: pl.DataFrame, orders: pl.DataFrame, *, run: models.Run) -> None:
    """Write what was decided anew of declarations that are in the register; an order that was given stands.

    Parameters
    ----------
    items, decisions, orders, run
        As for `enter_decided`.
    """
    channels = dict(decisions.select("declaration_id", "channel").iter_rows())
    keys: Keys = {}
    known: dict[int, models.Declaration] = {}
    for declared in stated(items):
        reference = declared.header["declaration_id"]
        row = models.Declaration.objects.get(declaration_id=reference)
        keys[reference] = row.pk
        known[row.pk] = row
        _replace(row, declared, channels[reference])
    for told in decisions.iter_rows(named=True):
        made = decision_row(told, run, keys)
        fields = {name: getattr(made, name) for name in DECIDED}
        models.Decision.objects.update_or_create(decision_id=made.decision_id, defaults=fields)
    for told in orders.iter_rows(named=True):
        new = order_row(told, keys)
        if not models.Order.objects.filter(order_id=new.order_id).exists():
            placed(new, known[new.declaration_id]).save(force_insert=True)


def _replace(row: models.Declaration, declared: Stated, channel: str) -> None:
    """Put what is declared now in the place of what was declared; items that an order speaks of by number stay numbered."""
    made = declaration_row(declared.header)
    row.channel = channel
    for name in ("lodged_at", "post", "importer_id", "importer_name", "record"):
        setattr(row, name, getattr(made, name))
    row.save()
    row.items.all().delete()
    row.marks.all().delete()
    insert(item_row(each, row.pk) for each in declared.goods)
    insert(mark_rows(declared, row.pk))


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
