"""What a supervisor does at a post: says who is on duty, and lets orders be drawn among them."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.timezone import localtime

from darvoza.domain.casework import CaseMove, CaseState
from darvoza.domain.codes import Agency
from darvoza.domain.journal import EntryKind
from darvoza.domain.roster import Roster
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.rosters import drawn, number_of, roster_of
from darvoza.methods.draw import SHARE_BYTES, commitment
from darvoza.office.accounts.queries import officers_of
from darvoza.office.accounts.scope import for_person
from darvoza.office.desk.models import DutyRoster
from darvoza.office.desk.queries.post import act_hours, hours_used
from darvoza.office.desk.services.orders import hand_of
from darvoza.office.journal.services import record
from darvoza.office.registry.models import Order
from darvoza.office.registry.services.cases import move
from darvoza.office.registry.services.telling import recording


class Assigned(NamedTuple):
    """What was drawn: how many orders got an officer, how many somebody else took first, and how many no hours are left for."""

    given: int
    gone: int
    left: int


def set_roster(person: Any, post: str, hours: Mapping[str, float], *, now: datetime) -> Roster:  # noqa: ANN401 - a person
    """Say who is on duty at a post today, and for how long; the key of the day is made with the first roster of it.

    Raises
    ------
    PermissionDenied
        The post is not the person's.
    CaseRefused
        Hours are impossible, or somebody is no line officer of the post.
    """
    agency, day = _agency_at(person, post), localtime(now).date()
    roster = roster_of(agency, post, day, hours)
    known = {officer.username for officer in officers_of(agency, post)}
    for name in roster.on_duty:
        if name not in known:
            raise CaseRefused(field="roster", expected="line officers of the post", got=name)
    with transaction.atomic():
        reveal(agency, post, now=now)
        row = DutyRoster.objects.select_for_update().filter(agency=agency, post=post, day=day).first()
        kind = EntryKind.KEY_COMMITMENT if row is None else EntryKind.SETTINGS_CHANGE
        before = {} if row is None else {"before": dict(row.hours), "given": row.given}
        if row is None:
            key = secrets.token_bytes(SHARE_BYTES)
            row = DutyRoster(agency=agency, post=post, day=day, key=key.hex(), commitment=commitment(key))
        row.hours, row.set_by, row.set_at = dict(roster.hours), person.username, now
        row.save()
        told = {"what": "roster", "commitment": row.commitment, "hours": dict(roster.hours), **before}
        record(kind, f"roster {row}", told, by=person.username, now=now)
    return roster


def reveal(agency: Agency, post: str, *, now: datetime) -> int:
    """Tell the keys of days that are over, in the journal; give how many. To be called within a transaction."""
    over = DutyRoster.objects.filter(agency=agency, post=post, day__lt=localtime(now).date(), revealed_at=None)
    told = 0
    for row in over.order_by("day"):
        row.revealed_at = now
        row.save(update_fields=["revealed_at"])
        body = {"what": "roster key", "key": row.key, "commitment": row.commitment}
        record(EntryKind.KEY_REVEAL, f"roster {row}", body, by=row.set_by, now=now)
        told += 1
    return told


def assign(person: Any, post: str, *, now: datetime, only: str = "") -> Assigned:  # noqa: ANN401 - as above
    """Give every order that waits at a post, or one of them, to somebody on duty: drawn, not chosen.

    Nobody gets an order whose hours of the day are used up by what he holds and has done: a roster of one person for a
    minute steers one order, and not all of them. The draw of an order is among those who have hours left, and the journal
    tells who they were.

    Raises
    ------
    PermissionDenied
        The post is not the person's.
    CaseRefused
        Nobody is on duty.
    """
    agency, day = _agency_at(person, post), localtime(now).date()
    row = DutyRoster.objects.filter(agency=agency, post=post, day=day).first()
    there = {officer.username for officer in officers_of(agency, post)}
    on_duty = tuple(sorted(set(row.hours) & there)) if row else ()
    if row is None or not on_duty:
        raise CaseRefused(field="roster", expected="somebody on duty today", got="nobody", hint="fill the roster first")
    waiting = for_person(Order.objects.select_related("declaration"), person).filter(post=post, state=CaseState.WAITING)
    orders = list(waiting.filter(order_id=only) if only else waiting.order_by("deadline", "turn", "order_id"))
    if only and not orders:
        raise CaseRefused(field="state", expected="an order that waits", got=only)
    used, given, left = hours_used(agency, post, now=now), 0, 0
    for order in orders:
        with recording(
            now
        ):  # who is there is read under the mark of the gate: an account that is being closed waits, or is
            there = {officer.username for officer in officers_of(agency, post)}
            free = tuple(name for name in on_duty if name in there and used.get(name, 0.0) < row.hours[name])
            left += not free
            if free and (holder := _give(person, order, row, free, now=now)):
                given += 1
                used[holder] = used.get(holder, 0.0) + act_hours(order.agency, order.act)
    DutyRoster.objects.filter(pk=row.pk).update(given=F("given") + given)
    return Assigned(given, len(orders) - given - left, left)


def _give(person: Any, order: Order, row: DutyRoster, on_duty: tuple[str, ...], *, now: datetime) -> str:  # noqa: ANN401
    """Give one order to whoever is drawn; tell to whom, and nobody when somebody was quicker."""
    number = number_of(bytes.fromhex(row.key), order.order_id)
    holder = drawn(number, on_duty)
    told = {
        "holder": holder,
        "on_duty": list(on_duty),
        "roster": str(row),
        "commitment": row.commitment,
    }
    decide = partial(casework.assign, hand=hand_of(person), on_duty=on_duty, number=number)
    try:
        move(order, CaseMove.ASSIGN.value, decide, by=person.username, now=now, told=told)
    except CaseRefused as refused:
        if refused.field != "state":
            raise
        return ""
    return holder


def _agency_at(person: Any, post: str) -> Agency:  # noqa: ANN401 - as above
    """Give the agency of somebody for whom a post is within reach.

    Raises
    ------
    PermissionDenied
        When it is not, or the person belongs to no agency.
    """
    if not post or person.post not in {"", post}:
        raise PermissionDenied
    return hand_of(person).agency
