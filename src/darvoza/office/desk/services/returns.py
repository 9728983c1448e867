"""Orders that come back into the queue: by whoever held them, by a supervisor, or because their holder is there no more."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from darvoza.domain.casework import Case, CaseMove, CaseState, Hand
from darvoza.domain.codes import Agency
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.soundness import reasoned
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.desk.models import GivenBack
from darvoza.office.desk.services.orders import hand_of
from darvoza.office.registry.models import Order
from darvoza.office.registry.queries import order_for
from darvoza.office.registry.services.cases import move
from darvoza.office.registry.services.telling import recording

TAKEN_BACK, HOLDER_LEFT = "take_back", "holder_left"
"""What the journal says where a supervisor takes an order back, and where its holder is not at the post any more."""


def give_back(person: Any, order_id: str, *, reason: str, now: datetime) -> Case:  # noqa: ANN401 - a person, placed
    """Let go of an order that one holds, and say why; what was begun to be written is kept.

    Raises
    ------
    CaseRefused
        Somebody else holds it, or no reason is given.
    """
    hand = hand_of(person)
    return _back(
        _order(person, order_id), hand, CaseMove.GIVE_BACK.value, by=hand.person, reason=_said(reason), now=now
    )


def take_back(person: Any, order_id: str, *, reason: str, now: datetime) -> Case:  # noqa: ANN401 - as above
    """Take an order out of the hands of whoever holds it, as a supervisor of the post, and say why.

    Raises
    ------
    PermissionDenied
        The person holds it himself: he gives it back.
    CaseRefused
        Nobody holds it, it is of another post, or no reason is given.
    """
    order, hand = _order(person, order_id), hand_of(person)
    if order.holder == hand.person:
        raise PermissionDenied
    holds = replace(hand, person=order.holder)
    return _back(order, holds, TAKEN_BACK, by=hand.person, reason=_said(reason), now=now)


def let_go(username: str, *, by: str, now: datetime) -> int:
    """Give back what somebody holds and can examine no more: the account is closed, or he works elsewhere; give how many.

    Within a transaction of the caller, which has to begin with `recording`.
    """
    person = Person.objects.get(username=username)
    held = Order.objects.select_related("declaration").filter(holder=username, state=CaseState.CLAIMED)
    left = [order for order in held if not _works_at(person, order)]
    for order in left:
        _back(order, Hand(username, Agency(order.agency)), HOLDER_LEFT, by=by, reason="", now=now)
    return len(left)


def _works_at(person: Person, order: Order) -> bool:
    there = person.agency == order.agency and person.post in {"", order.post}
    return there and person.is_active and Role.LINE_OFFICER in person.roles


def _order(person: Any, order_id: str) -> Order:  # noqa: ANN401 - as above
    order = order_for(person, order_id)
    if order is None:
        raise CaseRefused(field="post", expected="an order of your agency and post", got=order_id)
    return order


def _said(reason: str) -> str:
    reasoned(reason)
    return reason.strip()


def _back(order: Order, holds: Hand, what: str, *, by: str, reason: str, now: datetime) -> Case:
    """Let an order wait again, and keep who held it and why he does no more."""
    told = {"held": order.holder} | ({"reason": reason} if reason else {})
    with recording(now):
        after = move(order, what, lambda case: casework.give_back(case, holds), by=by, now=now, told=told)
        GivenBack.objects.create(order=order, holder=holds.person, by=by, reason=reason, at=now)
    return after
