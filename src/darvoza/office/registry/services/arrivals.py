"""Goods that have arrived: the clock of their orders begins, and orders go to the post where the goods are."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from darvoza.domain.casework import FINISHED, CaseState
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.office.journal.services import record_all
from darvoza.office.registry.attested import ORDER, ORDERS, within
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services.cases import gather, put_order


class Arrived(NamedTuple):
    """What followed from an arrival.

    Attributes
    ----------
    declaration
        The declaration as it is now.
    new
        Whether it said anything that was not known.
    posts
        Posts that are to be told: where the goods are, and those whose orders went there.
    """

    declaration: Declaration
    new: bool
    posts: tuple[str, ...]

    @property
    def at(self) -> datetime:
        """When they arrived."""
        return self.declaration.arrived_at or self.declaration.lodged_at

    @property
    def rerouted(self) -> bool:
        """Whether the goods arrived at another post than the declared one."""
        return self.declaration.arrived_post != self.declaration.post


def arrive(declaration_id: str, post: str, at: datetime | None, *, by: str, now: datetime) -> Arrived | None:
    """Note where and when goods arrived; give what followed, nothing where the declaration is not known.

    The same arrival told again changes nothing. An order that somebody held at another post waits again; who holds it
    elsewhere has no goods to examine. Until whoever decides has looked at them by what is in force now, that is due.

    Parameters
    ----------
    post, at
        Where and when; without a moment the one that was told first for this post stands, or it is now.
    by, now
        Who says so, when.
    """
    with transaction.atomic():
        row = Declaration.objects.select_for_update(no_key=True).filter(declaration_id=declaration_id).first()
        if row is None:
            return None
        if row.arrived_post == post and at in {None, row.arrived_at}:
            return Arrived(row, new=False, posts=())
        at = at or now
        began = clock_of(row)
        row.arrived_post, row.arrived_at, row.look_due = post, at, True
        row.save(update_fields=["arrived_post", "arrived_at", "look_due"])
        open_ = row.orders.exclude(state__in=[state.value for state in FINISHED])
        moved = [(order, _move(order, row, began)) for order in open_.select_for_update(no_key=True)]
        here = {within(order.order_id): sealed for order, sealed in moved if order.post == post}
        told = {"what": "arrived", "post": post, "at": at, "declared": row.post, ORDERS: here}
        left = (
            JournalEvent(EntryKind.ORDER, by, order.order_id, now, {**rerouted(order, post), ORDER: sealed})
            for order, sealed in moved
            if order.post != post
        )
        record_all([JournalEvent(EntryKind.ORDER, by, declaration_id, now, told), *left])
    return Arrived(row, new=True, posts=tuple(sorted({post, *(order.post for order, _ in moved)})))


def clock_of(row: Declaration) -> datetime:
    """Give when the time for which goods may wait began: when they were lodged, or arrived after that."""
    return max(row.lodged_at, row.arrived_at) if row.arrived_at else row.lodged_at


def placed(order: Order, row: Declaration, *, given: datetime | None = None) -> Order:
    """Put an order that is given after the goods arrived where they are, due from their arrival on.

    Where it is given later than its declaration was decided first, it is due from the moment on at which it is `given`.
    """
    if row.arrived_at is not None:
        order.deadline += clock_of(row) - row.lodged_at
        order.post, order.day = row.arrived_post, max(order.day, row.arrived_at.date())
    if given is not None and given > clock_of(row):
        order.deadline += given - clock_of(row)
        order.day, order.given_at = max(order.day, given.date()), given
    return order


def _move(order: Order, row: Declaration, began: datetime) -> dict[str, str]:
    """Let an order begin anew where the goods are; give what the journal keeps of it."""
    clock, given = clock_of(row), order.given_at or row.lodged_at
    changed: dict[str, Any] = {
        "deadline": order.deadline + (max(clock, given) - max(began, given)),
        "day": max(clock, given).date(),
    }
    if order.post != row.arrived_post:
        changed |= sent_to(order, row.arrived_post)
    return put_order(order, changed)


def sent_to(order: Order, post: str) -> dict[str, Any]:
    """Give what changes of an open order that goes to another post: it waits there, unless a second person is to speak."""
    changed = {"post": post, "left_post": order.post}
    if order.state != CaseState.CLAIMED:
        return changed
    state = CaseState.AWAITING if gather(order).at_laboratory else CaseState.WAITING
    return changed | {"state": state.value, "holder": "", "claimed_at": None}


def rerouted(order: Order, post: str) -> dict[str, Any]:
    """Give what the journal is told of an order that goes to another post."""
    return {"what": "rerouted", "from": order.post, "to": post, "held": order.holder}
