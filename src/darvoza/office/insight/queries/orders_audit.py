"""Orders held against the journal: each stands as it was given and as the last move left it, and no change lies between two entries.

An order that was given before the journal kept this is compared from its next move on. Until then it is told as not attested.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.hearing import DeclarationHeard, Heard, Told, act_of, orders_of
from darvoza.office.registry.attested import GIVEN, WAS, WAS_GIVEN
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services.sealing import OPENLY, told_of_order

REST: Final = "items, times, holder, instructions, suspicion or departures"
"""What of an order is compared by a digest alone."""


@dataclass(slots=True)
class OrdersHeld:
    """How the orders of a declaration stand beside the journal: those that agree, those of before, and what differs."""

    attested: int = 0
    before: int = 0
    differences: list[Difference] = field(default_factory=list)


def orders_held(row: Declaration, on_it: DeclarationHeard, heard: Mapping[str, Heard]) -> OrdersHeld:
    """Hold the orders of a declaration against the journal.

    Parameters
    ----------
    row
        A declaration with its orders and decisions at hand.
    on_it
        What the journal tells of the declaration.
    heard
        What it tells of orders, by their names.
    """
    held, orders = OrdersHeld(), {order.order_id: order for order in row.orders.all()}
    for name in sorted(orders_of(row) | on_it.orders.keys()):
        on_order, order = heard.get(name, Heard()), orders.get(name)
        told = sorted([*on_it.orders.get(name, ()), *on_order.order], key=_sequence)
        of = Difference(row.declaration_id, act_of(name), "order", None, None)
        erased = max(on_it.erased, on_order.erased)
        if not told and order is None:
            continue
        if not told and on_it.whole and not erased:
            held.differences.append(of._replace(register="an order"))
            continue
        if not told or told[-1].sequence < erased:
            held.before += order is not None
            continue
        found = list(_differences(of, order, [each for each in told if each.sequence > erased]))
        held.differences += found
        held.attested += not found
    return held


def _sequence(told: Told) -> int:
    return told.sequence


def _differences(of: Difference, order: Order | None, told: list[Told]) -> Iterator[Difference]:
    """Compare an order with what the journal keeps of it; between two entries nothing may have changed."""
    if order is None:
        yield of._replace(journal="an order")
        return
    for one, other in itertools.pairwise(told):
        where = f"between entries {one.sequence} and {other.sequence}"
        if GIVEN in one.order and other.order.get(WAS_GIVEN, one.order[GIVEN]) != one.order[GIVEN]:
            yield of._replace(field=f"order given {where}", journal=one.order[GIVEN], register=other.order[WAS_GIVEN])
        if other.order.get(WAS) != one.order["digest"]:
            yield of._replace(field=f"order {where}", journal=one.order["digest"], register=other.order.get(WAS))
    last, now = told[-1].order, told_of_order(order)
    openly = [name for name in OPENLY if last[name] != now[name]]
    yield from (of._replace(field=f"order: {name}", journal=last[name], register=now[name]) for name in openly)
    if GIVEN in last and last[GIVEN] != now[GIVEN]:
        yield of._replace(field="order: given", journal=last[GIVEN], register=now[GIVEN])
    if not openly and last["digest"] != now["digest"]:
        yield of._replace(field=f"order: {REST}", journal=last["digest"], register=now["digest"])
