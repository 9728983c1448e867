"""Events sent to whoever subscribed: at least once, and those of one consignment in their order.

What is sent is signed; what is not taken is sent again, later and later; what was sent too often is dead, and with it
waits whatever came after it on the same consignment, until somebody has it tried again. A receiver knows an event by its
number, for it may come twice.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from darvoza.domain.codes import Agency
from darvoza.office.api.documents import as_text
from darvoza.office.api.models import Delivery, Event, GateMark, Subscription
from darvoza.office.api.services.subscribing import secret_of
from darvoza.office.registry.models import Result
from darvoza.office.shell.statements import hold

MOST_ATTEMPTS = 12
"""After so many the delivery is dead: with the waits below, about ten hours."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=2)
LEASE = timedelta(minutes=2)
"""How long a worker that fell silent keeps others from a delivery."""

AT_ONCE = 200
GOING = {"subscription__ended_at": None, "subscription__client__revoked_at": None}
"""What holds of a delivery as long as anything is sent to its subscription."""

Send = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body with headers to an address; gives the status, 0 when nobody answered."""


class Sent(NamedTuple):
    """What came of sending: how many were taken, how many wait, how many died."""

    delivered: int = 0
    waiting: int = 0
    dead: int = 0


def tell_results(now: datetime) -> int:
    """Make events of results that were recorded since anybody subscribed; give how many."""
    active = Subscription.objects.filter(ended_at=None).order_by("made_at").first()
    if active is None:
        return 0
    with transaction.atomic():
        _hold()
        untold = Result.objects.filter(at__gte=active.made_at, event=None).select_related("order__declaration")
        made = [_of_result(row, now) for row in untold.prefetch_related("findings").order_by("pk")[:AT_ONCE]]
        Event.objects.bulk_create(made)
    return len(made)


def _of_result(row: Result, now: datetime) -> Event:
    """Make the event that tells of a result."""
    order = row.order
    reference = order.declaration.declaration_id
    found = any(finding.found for finding in row.findings.all())
    body = {"declaration_id": reference, "order_id": order.order_id, "agency": order.agency, "found": found}
    told = {"kind": "order.recorded", "declaration_id": reference, "agency": order.agency, "post": order.post}
    return Event(**told, body=body, at=now, result=row)


def fan_out(now: datetime) -> int:
    """Write down what is to be sent to whom; give how much."""
    made = 0
    for number in Subscription.objects.filter(ended_at=None, client__revoked_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            _hold()
            row = Subscription.objects.select_for_update().select_related("client").get(pk=number)
            events = list(_events_for(row)[:AT_ONCE])
            if events:
                due = [
                    Delivery(subscription=row, event=event, declaration_id=event.declaration_id, due_at=now)
                    for event in events
                    if event.kind in row.kinds
                ]
                Delivery.objects.bulk_create(due)
                row.after = events[-1].pk
                row.save(update_fields=["after"])
                made += len(due)
    return made


def _hold() -> None:
    """Hold the mark of the gate: events are numbered while it is held, so that none is passed over."""
    hold(GateMark)


def _events_for(row: Subscription) -> QuerySet[Event]:
    """Give the events after the last one, of the agency and the post of the client."""
    client = row.client
    events = Event.objects.filter(pk__gt=row.after).order_by("pk")
    if client.post:
        events = events.filter(post=client.post)
    if client.agency and client.agency != Agency.CUSTOMS:
        events = events.filter(agency__in=["", client.agency])
    return events


def deliver_due(send: Send, *, now: datetime) -> Sent:
    """Send what is due, of each consignment the first that was not taken yet."""
    before = Delivery.objects.filter(
        subscription=OuterRef("subscription"), declaration_id=OuterRef("declaration_id"), event__lt=OuterRef("event")
    ).exclude(state=Delivery.State.DELIVERED)
    due = (
        Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now, **GOING)
        .exclude(Exists(before))
        .select_related("event", "subscription__client")
        .order_by("event")[:AT_ONCE]
    )
    states = [_deliver(row, send, now) for row in list(due)]
    return Sent(
        *(states.count(state) for state in (Delivery.State.DELIVERED, Delivery.State.WAITING, Delivery.State.DEAD))
    )


def _deliver(row: Delivery, send: Send, now: datetime) -> str:
    """Send one event, unless another worker does."""
    lease = now + LEASE
    same = Delivery.objects.filter(pk=row.pk, state=Delivery.State.WAITING, due_at=row.due_at, **GOING)
    if not same.update(due_at=lease):
        return ""
    body = as_text(message(row)).encode()
    status = send(row.subscription.url, body, headers_of(row, body, now))
    attempts = row.attempts + 1
    if 200 <= status < 300:
        Delivery.objects.filter(pk=row.pk).update(
            state=Delivery.State.DELIVERED, attempts=attempts, due_at=now, fault=""
        )
        return Delivery.State.DELIVERED
    state = Delivery.State.DEAD if attempts >= MOST_ATTEMPTS else Delivery.State.WAITING
    wait = min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
    # after the lease another worker may have sent it, and what he says stands
    mine = Delivery.objects.filter(pk=row.pk, state=Delivery.State.WAITING, due_at=lease).update(
        state=state, attempts=attempts, due_at=now + wait, fault=_fault(status)
    )
    return state if mine else ""


def _fault(status: int) -> str:
    """Say why a delivery was not taken."""
    return f"status {status}" if status else "nobody answered"


def message(row: Delivery) -> dict[str, object]:
    """Give what is sent: the event with its number; of acts, those of the agency of the client."""
    event, agency = row.event, row.subscription.client.agency
    body = dict(event.body)
    if agency and agency != Agency.CUSTOMS and "acts" in body:
        body["acts"] = [act for act in body["acts"] if act["agency"] == agency]
    return {
        "event": event.pk, "kind": event.kind, "declaration_id": event.declaration_id, "post": event.post,
        "at": event.at.isoformat(), "body": body,
    }  # fmt: skip


def headers_of(row: Delivery, body: bytes, now: datetime) -> dict[str, str]:
    """Give the headers by which a receiver knows and checks what is sent."""
    moment = int(now.timestamp())
    signed = signature(secret_of(row.subscription_id), moment, body)
    return {
        "Content-Type": "application/json",
        "Darvoza-Event": str(row.event_id),
        "Darvoza-Attempt": str(row.attempts + 1),
        "Darvoza-Signature": f"t={moment},v1={signed}",
    }


def signature(secret: str, moment: int, body: bytes) -> str:
    """Sign a body sent at a moment: HMAC-SHA256 over the moment in seconds, a full stop and the body.

    Examples
    --------
    >>> signature("secret", 1772355600, b"{}")[:16]
    '990710d0741a41eb'
    """
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
