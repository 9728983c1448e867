"""What a client tells of goods that have arrived, looked at before it is believed."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Event
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.queries import may_know, may_tell_arrival, revisions_of
from darvoza.office.api.services.lodging import state_in_force
from darvoza.office.api.services.posts import post_fault
from darvoza.office.api.services.reassessing import look_at_arrival
from darvoza.office.api.services.telling import hold_numbering
from darvoza.office.api.words import EventKind
from darvoza.office.registry.models import Declaration
from darvoza.office.registry.services.arrivals import arrive

SLACK = timedelta(minutes=5)
"""How far the clock of a post may be ahead."""

SENT_ON = "that post, or a client of all posts, tells where they went on to"
"""What is to be done about goods that have arrived elsewhere."""


def tell_arrival(
    caller: Caller, declaration_id: str, post: str, at: datetime | None, *, now: datetime
) -> dict[str, Any]:
    """Note that goods have arrived at a post; told again, it is answered again and nothing else happens.

    Goods that have arrived are sent on by the post that has them, or by a client of all posts: no other one takes them to itself.
    The post of arrival decides whether what was decided binds: at one that does, orders are given now, without a new draw.

    Parameters
    ----------
    at
        When; without it now, or when it was told first that they are there.

    Raises
    ------
    Problem
        When the client speaks for another post, the goods are at another one, nobody named the post before, the time is to come or before the declaration
        was lodged, or there is no such declaration to be seen to.
    """
    post = post.strip()
    row = Declaration.objects.filter(declaration_id=declaration_id).first()
    if caller.post not in {"", post, row.arrived_post if row else ""}:
        raise Problem("forbidden", f"the token is for the post {caller.post}")
    if row is None or not may_tell_arrival(caller, declaration_id):
        raise Problem("not-found", declaration_id)
    revisions = revisions_of([declaration_id]).get(declaration_id, [])
    if revisions and revisions[-1].kind == LodgementKind.CANCELLED:
        raise Problem("cancelled", declaration_id)
    if row.arrived_post not in {"", post} and caller.post not in {"", row.arrived_post}:
        knows = may_know(caller, revisions) if revisions else caller.post == row.post
        raise Problem("at-another-post", f"{f'they are at {row.arrived_post}' if knows else declaration_id}; {SENT_ON}")
    if not post or post not in {row.post, row.arrived_post}:
        _check_post(post, row.post, now)
    if at is not None:
        _check_moment(at, min([row.lodged_at, *(each.lodged_at for each in revisions[:1])]), now)
    with transaction.atomic():
        hold_numbering()
        made = arrive(declaration_id, post, at, by=caller.username, now=now)
        if made is None:
            raise Problem("not-found", declaration_id)
        body = {
            "declaration_id": declaration_id, "post": post, "arrived_at": made.at.isoformat(), "rerouted": made.rerouted,
        }  # fmt: skip
        Event.objects.bulk_create(
            Event(kind=EventKind.ARRIVED.value, declaration_id=declaration_id, post=each, body=body, at=now)
            for each in (made.posts if made.new else ())
        )
    look_at_arrival(declaration_id, post, now)
    return body


def _check_moment(at: datetime, lodged_at: datetime, now: datetime) -> None:
    """Refuse a moment that is to come, or on a day before the declaration was lodged; a day is one where the moment was told."""
    if at > now + SLACK:
        raise _invalid("arrived_at", "to-come", "a moment that is not to come", str(at))
    if at < lodged_at and at.date() < lodged_at.astimezone(at.tzinfo).date():
        expected = f"a moment from {lodged_at.astimezone(at.tzinfo).date()} on, when it was lodged"
        raise _invalid("arrived_at", "before-lodging", expected, str(at))


def _check_post(post: str, declared: str, now: datetime) -> None:
    """Refuse a post that nobody named: orders that are sent there are seen by nobody."""
    state = state_in_force(now) if settings.GATE_FILE.exists() else None
    if fault := post_fault(post, state, near=declared):
        raise Problem("invalid", errors=(fault,))


def _invalid(field: str, code: str, expected: str, got: str) -> Problem:
    return Problem("invalid", errors=({"field": field, "code": code, "expected": expected, "got": got},))
