"""What clients do beside lodging: record findings, submit profiles."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from darvoza.domain.casework import Case, CaseMove, CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Agency
from darvoza.errors import CaseRefused, ProfileRefused
from darvoza.flow.inspection import casework
from darvoza.office.api.callers import Caller
from darvoza.office.api.documents import etag, names
from darvoza.office.api.problems import Problem
from darvoza.office.api.queries import order_document, order_of
from darvoza.office.api.services.lodging import state_in_force
from darvoza.office.profiles.models import Version
from darvoza.office.profiles.services import versions
from darvoza.office.registry.models import Order
from darvoza.office.registry.services.cases import move
from darvoza.office.registry.services.telling import recording

ANEW = "to correct it, send the result again with a reason; what takes a finding back waits for a second person"
"""What is to be done about an order whose result is recorded."""


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
        order = _as_read(caller, order_id, if_match)
        if order.state == CaseState.RECORDED:
            raise CaseRefused(field="state", expected="a case without its result", got="recorded", hint=ANEW)
        hand = _hand(caller, order)
        if order.state in {CaseState.WAITING, CaseState.AWAITING}:
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


def correct_finding(
    caller: Caller, order_id: str, result: ExaminationResult, *, reason: str, if_match: str
) -> dict[str, Any]:
    """Record another result of a system instead of its own words, which stay.

    What says more is recorded at once. What takes back a finding is proposed, and waits for a person.

    Raises
    ------
    Problem
        As for `record_finding`.
    CaseRefused
        When there is no result of this client, no reason is given, or the result is not sound.
    """

    def decide(case: Case) -> Case:
        if case.result is not None and case.spoken_by(caller.username) is None:
            raise CaseRefused(field="holder", expected=f"a result that {caller.username} recorded", got=case.result.by)
        return casework.correct(case, _hand(caller, order), result, reason=reason)

    with recording(result.at):
        order = _as_read(caller, order_id, if_match)
        told = {"reason": reason.strip()}
        move(order, CaseMove.CORRECT.value, decide, by=caller.username, now=result.at, told=told)
    return order_document(order_of(caller, order_id))


def _as_read(caller: Caller, order_id: str, if_match: str) -> Order:
    """Give an order of a client where it still is what it was when it was read."""
    order = order_of(caller, order_id)
    if if_match and not names(if_match, etag(order_document(order))):
        raise Problem("changed", order_id)
    return order


def _hand(caller: Caller, order: Order) -> Hand:
    return Hand(caller.username, Agency(order.agency), frozenset({order.post}))


def submit(caller: Caller, fields: Mapping[str, Any], *, reason: str, now: datetime) -> Version:
    """Ask for approval of a profile: a new version in the library, which a person approves or sends back.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with the profile.
    ProfileRefused
        When the code or the profile belongs to another agency, as far as the library knows, or no reason is given.
    """
    with transaction.atomic():
        made = versions.begin(caller, fields, now=now)
        versions.submit(caller, made, reason=reason, now=now)
    return made


def refuse_code_of_another(caller: Caller, code: str, now: datetime) -> None:
    """Refuse a code under which a profile of another agency is in force, also where the library does not hold it.

    Outside of any transaction: it waits for the gate, and the gate for the database.

    Raises
    ------
    ProfileRefused
        When there is one.
    """
    in_force = state_in_force(now).policy.profiles if settings.GATE_FILE.exists() else ()
    if caller.agency and any(each.code == code and each.agency != caller.agency for each in in_force):
        raise ProfileRefused(field="code", expected="a code of your agency", got=code)
