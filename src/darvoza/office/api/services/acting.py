"""What clients do beside lodging: record findings, tell arrivals, submit profiles."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from darvoza.domain.casework import CaseMove, CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Agency
from darvoza.errors import ProfileRefused
from darvoza.flow.inspection import casework
from darvoza.office.api.callers import Caller
from darvoza.office.api.documents import etag, names
from darvoza.office.api.models import Event, Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.queries import may_tell_arrival, order_document, order_of
from darvoza.office.api.services.lodging import state_in_force
from darvoza.office.api.services.telling import hold_numbering
from darvoza.office.api.words import EventKind
from darvoza.office.profiles.models import Version
from darvoza.office.profiles.services import versions
from darvoza.office.registry.services.arrivals import arrive
from darvoza.office.registry.services.cases import move
from darvoza.office.registry.services.telling import recording

SLACK = timedelta(minutes=5)
"""How far the clock of a post may be ahead."""


def record_finding(
    caller: Caller, order_id: str, items: Iterable[ItemResult], *, words: str, if_match: str, now: datetime
) -> dict[str, Any]:
    """Record what an examination found, on behalf of the system that carried it out.

    Raises
    ------
    Problem
        When the order is not the client's, or is no longer what it was when it was read.
    CaseRefused
        When the order does not allow it now, or the result is not sound.
    """
    with recording(now):  # before the order is claimed: what it holds comes before all other locks
        order = order_of(caller, order_id)
        if if_match and not names(if_match, etag(order_document(order))):
            raise Problem("changed", order_id)
        hand = Hand(caller.username, Agency(order.agency), frozenset({order.post}))
        if order.state == CaseState.WAITING:
            move(order, CaseMove.CLAIM.value, partial(casework.claim, hand=hand), by=caller.username, now=now)
            order = order_of(caller, order_id)
        result = ExaminationResult(caller.username, now, tuple(items), words)
        move(
            order,
            CaseMove.RECORD.value,
            partial(casework.record, hand=hand, result=result),
            by=caller.username,
            now=now,
        )
    return order_document(order_of(caller, order_id))


def tell_arrival(caller: Caller, declaration_id: str, post: str, at: datetime, *, now: datetime) -> dict[str, Any]:
    """Note that goods have arrived at a post; told again, it is answered again and nothing else happens.

    Raises
    ------
    Problem
        When the client speaks for another post, the time is still to come, or there is no such declaration to be seen to.
    """
    if caller.post not in {"", post}:
        raise Problem("forbidden", f"the token is for the post {caller.post}")
    if at > now + SLACK:
        told = {"field": "arrived_at", "code": "to-come", "expected": "a moment that is not to come", "got": str(at)}
        raise Problem("invalid", errors=(told,))
    if not may_tell_arrival(caller, declaration_id):
        raise Problem("not-found", declaration_id)
    last = Lodgement.objects.filter(declaration_id=declaration_id).order_by("-revision").first()
    if last is not None and last.kind == LodgementKind.CANCELLED:
        raise Problem("cancelled", declaration_id)
    with transaction.atomic():
        hold_numbering()
        made = arrive(declaration_id, post, at, by=caller.username, now=now)
        if made is None:
            raise Problem("not-found", declaration_id)
        body = {
            "declaration_id": declaration_id, "post": post, "arrived_at": at.isoformat(), "rerouted": made.rerouted,
        }  # fmt: skip
        Event.objects.bulk_create(
            Event(kind=EventKind.ARRIVED.value, declaration_id=declaration_id, post=each, body=body, at=now)
            for each in (made.posts if made.new else ())
        )
    return body


def submit(caller: Caller, fields: Mapping[str, Any], *, reason: str, now: datetime) -> Version:
    """Ask for approval of a profile: a new version in the library, which a person approves or sends back.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with the profile.
    ProfileRefused
        When the code or the profile belongs to another agency, or no reason is given.
    """
    _refuse_code_of_another(caller, str(fields.get("code", "")).strip(), now)
    with transaction.atomic():
        made = versions.begin(caller, fields, now=now)
        versions.submit(caller, made, reason=reason, now=now)
    return made


def _refuse_code_of_another(caller: Caller, code: str, now: datetime) -> None:
    """Refuse a code under which a profile of another agency is in force, also where the library does not hold it."""
    in_force = state_in_force(now).policy.profiles if settings.GATE_FILE.exists() else ()
    if caller.agency and any(each.code == code and each.agency != caller.agency for each in in_force):
        raise ProfileRefused(field="code", expected="a code of your agency", got=code)
