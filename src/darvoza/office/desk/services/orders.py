"""What officers do at the desk; each is one transaction with its entry in the journal, and of two at once one wins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from darvoza.domain.casework import FINISHED, Case, CaseMove, ExaminationResult, Hand
from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Agency
from darvoza.domain.journal import EntryKind
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.queries import who_may_sign_in
from darvoza.office.desk.models import Draft
from darvoza.office.journal.services import record
from darvoza.office.registry.attested import ORDER
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.queries import declarations_for, order_for
from darvoza.office.registry.services.arrivals import rerouted, sent_to
from darvoza.office.registry.services.cases import move, put_order
from darvoza.office.registry.services.sealing import told_of_order
from darvoza.office.registry.services.telling import recording

OWN_DEADLINE = timedelta(hours=8)
"""By when an officer sees what he himself referred: a day of work."""


def hand_of(person: Any) -> Hand:  # noqa: ANN401 - a person, placed and with a name
    """Give the person as casework knows one.

    Raises
    ------
    PermissionDenied
        When the person belongs to no agency: nobody examines for all of them.
    """
    if not person.agency:
        raise PermissionDenied
    return Hand(person.username, Agency(person.agency), frozenset({person.post}) if person.post else frozenset())


def as_now(person: Any) -> Any:  # noqa: ANN401 - as above
    """Give a person as the register of people has him now, who was read before the mark of the gate was held.

    Raises
    ------
    PermissionDenied
        When the account was closed meanwhile, or its holder examines no more: nothing comes into such hands.
    """
    if not isinstance(person, Person):
        return person
    known = who_may_sign_in(person.username)
    if known is None or not known.may(Permission.ORDER_WORK):
        raise PermissionDenied
    return known


def claim(person: Any, order_id: str, *, now: datetime) -> Case:  # noqa: ANN401 - as above
    """Take a waiting order into one's own hands."""
    with recording(now):
        person = as_now(person)
        return _move(person, order_id, CaseMove.CLAIM, partial(casework.claim, hand=hand_of(person)), now=now)


def record_result(
    person: Any,  # noqa: ANN401 - as above
    order_id: str,
    result: ExaminationResult,
    *,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Record what was found; the draft ends with it. Where it is known which version of the order was seen, of that alone."""
    decide = partial(casework.record, hand=hand_of(person), result=result)
    with transaction.atomic():
        order = _order(person, order_id, version)
        after = move(order, CaseMove.RECORD.value, decide, by=person.username, now=now)
        Draft.objects.filter(order_id=order_id, person=person.username).delete()
    return after


def correct_result(
    person: Any,  # noqa: ANN401 - as above
    order_id: str,
    result: ExaminationResult,
    *,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Record another result instead of one's own words, which stay; where it takes back a finding, propose it.

    Raises
    ------
    CaseRefused
        Others have spoken since on all that one spoke of, no reason is given, or the result is not sound.
    """

    def decide(case: Case) -> Case:
        if case.result is not None and case.spoken_by(person.username) is None:
            raise CaseRefused(field="holder", expected=f"a result that {person.username} recorded", got=case.result.by)
        return casework.correct(case, hand_of(person), result, reason=reason)

    told, order = {"reason": reason.strip()}, _order(person, order_id, version)
    return move(order, CaseMove.CORRECT.value, decide, by=person.username, now=now, told=told)


def raise_act(person: Any, order_id: str, act: Act, *, reason: str, now: datetime) -> Case:  # noqa: ANN401
    """Do more than was ordered."""
    decide = partial(casework.raise_act, hand=hand_of(person), act=act, reason=reason, at=now)
    return _move(person, order_id, CaseMove.RAISE, decide, now=now)


def propose_lowering(person: Any, order_id: str, act: Act | None, *, reason: str, now: datetime) -> Case:  # noqa: ANN401
    """Propose to do less; a second person decides."""
    decide = partial(casework.propose_lowering, hand=hand_of(person), act=act, reason=reason, at=now)
    return _move(person, order_id, CaseMove.PROPOSE_LOWERING, decide, now=now)


def settle_lowering(
    person: Any,  # noqa: ANN401 - as above
    order_id: str,
    *,
    agreed: bool,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Agree that less is done, or refuse it; never the one who proposed it, and of the version that was seen, if known."""
    settle = casework.confirm_lowering if agreed else casework.refuse_lowering
    what = CaseMove.CONFIRM_LOWERING if agreed else CaseMove.REFUSE_LOWERING
    decide = partial(settle, second=hand_of(person), reason=reason, at=now)
    return move(_order(person, order_id, version), what.value, decide, by=person.username, now=now)


def refer(person: Any, declaration_id: str, act: Act, *, suspicion: str, now: datetime) -> str:  # noqa: ANN401
    """Open an order on one's own suspicion, in one's own hands, also one that is over or was lowered; give its name.

    One that was finished elsewhere goes to where the goods are. What the gate does to the declaration comes before or after.

    Raises
    ------
    CaseRefused
        The declaration is not the officer's, no suspicion is stated, or the act is still to be done.
    """
    with recording(now):
        person = as_now(person)
        hand = hand_of(person)
        row = declarations_for(person).filter(declaration_id=declaration_id).first()
        if row is None:
            raise CaseRefused(field="post", expected="a declaration of your agency and post", got=declaration_id)
        case = casework.refer(_template(row, hand), hand, act, suspicion=suspicion)
        if (order := Order.objects.select_related("declaration").filter(order_id=case.order_id).first()) is not None:
            _refer_again(order, case, hand, now)
            return case.order_id
        opened = _open(row, case, now)
        body = {"what": CaseMove.REFER.value, "suspicion": case.referral, ORDER: told_of_order(opened)}
        record(EntryKind.ORDER, case.order_id, body, by=person.username, now=now)
    return case.order_id


def _refer_again(order: Order, asked: Case, hand: Hand, now: datetime) -> None:
    """Order an act anew, where the goods are: an order that is finished did not go there with them."""
    if order.state in FINISHED and order.post != asked.post:
        told = {**rerouted(order, asked.post), ORDER: put_order(order, sent_to(order, asked.post))}
        record(EntryKind.ORDER, order.order_id, told, by=hand.person, now=now)
        order.refresh_from_db()
    again = partial(casework.refer_again, hand=hand, act=asked.act, suspicion=asked.referral, at=now)
    due = {"day": now.date(), "deadline": now + OWN_DEADLINE, "channel": CHANNEL_OF_ACT[asked.act], "recorded_at": None}
    said = {"suspicion": asked.referral}
    move(order, CaseMove.REFER.value, again, by=hand.person, now=now, told=said, also=due)


def _template(row: Declaration, hand: Hand) -> Case:
    """Give a case of the declaration for the officer's agency."""
    declared = tuple(sorted(row.items.values_list("number", flat=True)))
    return Case(
        f"{row.declaration_id}:{hand.agency}:{Act.PHYSICAL}",
        hand.agency,
        row.arrived_post or row.post,
        Act.PHYSICAL,
        declared,
    )


def _open(row: Declaration, case: Case, now: datetime) -> Order:
    """Write the order of a referral."""
    return Order.objects.create(
        order_id=case.order_id,
        declaration=row,
        agency=case.agency,
        post=case.post,
        act=case.act,
        items=[],
        channel=CHANNEL_OF_ACT[case.act],
        turn=0,
        day=now.date(),
        deadline=now + OWN_DEADLINE,
        instructions={},
        state=case.state,
        holder=case.holder or "",
        claimed_at=now,
        referral=case.referral,
    )


def save_draft(person: Any, order_id: str, values: dict[str, list[str]], *, now: datetime) -> bool:  # noqa: ANN401
    """Keep a form as it stands, of an order that the person holds; tell whether it was kept."""
    order = order_for(person, order_id)
    if order is None or order.holder != person.username:
        return False
    Draft.objects.update_or_create(
        order_id=order_id, person=person.username, defaults={"values": values, "saved_at": now}
    )
    return True


def _move(
    person: Any,  # noqa: ANN401 - as above
    order_id: str,
    what: CaseMove,
    decide: Callable[[Case], Case],
    *,
    now: datetime,
) -> Case:
    """Let something happen to an order of the person's agency and post."""
    return move(_order(person, order_id), what.value, decide, by=person.username, now=now)


def _order(person: Any, order_id: str, version: int | None = None) -> Order:  # noqa: ANN401 - as above
    """Give an order of the person's agency and post, as it was seen where that is known."""
    order = order_for(person, order_id)
    if order is None:
        raise CaseRefused(field="post", expected="an order of your agency and post", got=order_id)
    if version not in {None, order.version}:
        raise CaseRefused(field="state", expected=f"the order in version {version}", got=order.version)
    return order
