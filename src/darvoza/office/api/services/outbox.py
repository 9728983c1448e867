"""Events sent to whoever subscribed: at least once, and those of one consignment in their order.

What is sent is signed; what is not taken is sent again, later and later; what was sent too often is dead, and with it
waits whatever came after it on the same consignment, until somebody has it tried again. A receiver knows an event by its
number, for it may come twice.
"""

import hashlib
import hmac
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from darvoza.domain.codes import Agency
from darvoza.office.api.documents import as_text
from darvoza.office.api.models import Delivery
from darvoza.office.api.services.subscribing import secret_of

MOST_ATTEMPTS = 48
"""After so many the delivery is dead: with the waits below, after three days and three hours, longer than a weekend."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=2)
DOUBLINGS = 20
"""Far more than it takes to the longest wait."""

LEASE = timedelta(minutes=2)
"""How long a worker that fell silent keeps others from a delivery."""

AT_ONCE = 200
"""Most that is sent to a subscription in a round."""

AT_A_TIME = 8
"""Subscriptions that are sent to side by side."""

PATIENCE = 5.0
"""Seconds after which nothing more is begun for a subscription in a round."""

GOING = {"subscription__ended_at": None, "subscription__client__revoked_at": None}
"""What holds of a delivery as long as anything is sent to its subscription."""

LOG = logging.getLogger("darvoza.worker")

Clock = Callable[[], datetime]
Send = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body with headers to an address; gives the status, 0 when nobody answered."""


class Sent(NamedTuple):
    """What came of sending: how many were taken, how many wait, how many died."""

    delivered: int = 0
    waiting: int = 0
    dead: int = 0


def deliver_due(send: Send, *, clock: Clock, stopped: Callable[[], bool] = lambda: False) -> Sent:
    """Send what is due, of each consignment the first that was not taken yet.

    Subscriptions are sent to side by side, each one event after another and no longer than `PATIENCE`: a slow receiver
    holds nobody else for long. Who does not answer is left in peace until the next round.

    Parameters
    ----------
    send
        Sends; it is called in threads beside this one.
    clock
        Gives the moment: of each event when it is sent, not when the round began.
    stopped
        Tells whether nothing more is to be begun.
    """
    lanes = deque(_Lane(number, deque(_due(number, clock()))) for number in _going())
    states: Counter[str] = Counter()
    with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="send") as pool:
        going: dict[Future[_Outcome], tuple[_Lane, Delivery, datetime]] = {}
        while lanes or going:
            while lanes and len(going) < AT_A_TIME:
                lane = lanes.popleft()
                if not stopped() and (claimed := _claim(lane, clock)) is not None:
                    going[pool.submit(_send, send, claimed[0], clock)] = lane, *claimed
            for future in wait(going, return_when=FIRST_COMPLETED).done:
                lane, row, lease = going.pop(future)
                outcome = future.result()
                states[_keep(row, outcome, lease, clock())] += 1
                if outcome.answered:
                    lanes.append(lane)
    return Sent(*(states[state] for state in (Delivery.State.DELIVERED, Delivery.State.WAITING, Delivery.State.DEAD)))


@dataclass(slots=True)
class _Lane:
    """What is due for one subscription."""

    subscription: int
    due: deque[Delivery]
    until: float = 0.0


class _Outcome(NamedTuple):
    """What came of sending an event: whether it was taken, whether anybody answered, and why it was not taken."""

    taken: bool
    answered: bool
    fault: str = ""


def _going() -> list[int]:
    """Give the subscriptions for which something waits."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, **GOING)
    return list(waiting.order_by("subscription").values_list("subscription", flat=True).distinct())


def _due(number: int, now: datetime) -> QuerySet[Delivery]:
    """Give what is due for a subscription, of each consignment the first."""
    before = Delivery.objects.filter(
        subscription=number, declaration_id=OuterRef("declaration_id"), event__lt=OuterRef("event")
    ).exclude(state=Delivery.State.DELIVERED)
    rows = Delivery.objects.filter(subscription=number, state=Delivery.State.WAITING, due_at__lte=now)
    return rows.exclude(Exists(before)).select_related("event", "subscription__client").order_by("event")[:AT_ONCE]


def _claim(lane: _Lane, clock: Clock) -> tuple[Delivery, datetime] | None:
    """Give the next delivery that no other worker sends, and until when it is ours; nothing when the lane is done."""
    lane.until = lane.until or monotonic() + PATIENCE
    while lane.due and monotonic() < lane.until:
        row, lease = lane.due.popleft(), clock() + LEASE
        same = Delivery.objects.filter(pk=row.pk, state=Delivery.State.WAITING, due_at=row.due_at, **GOING)
        if same.update(due_at=lease):
            return row, lease
    return None


def _send(send: Send, row: Delivery, clock: Clock) -> _Outcome:
    """Send one event; whatever goes wrong is an attempt that failed."""
    try:
        body = as_text(message(row)).encode()
        status = send(row.subscription.url, body, headers_of(row, body, clock()))
    except Exception as problem:
        LOG.exception("an event could not be sent", extra={"fields": {"delivery": row.pk}})
        return _Outcome(taken=False, answered=True, fault=f"it could not be sent ({type(problem).__name__})")
    if not status:
        return _Outcome(taken=False, answered=False, fault="nobody answered")
    taken = 200 <= status < 300
    return _Outcome(taken, answered=True, fault="" if taken else f"status {status}")


def _keep(row: Delivery, outcome: _Outcome, lease: datetime, now: datetime) -> str:
    """Keep what came of sending an event; give its state, nothing where another worker says what it is."""
    attempts = row.attempts + 1
    if outcome.taken:
        Delivery.objects.filter(pk=row.pk).update(
            state=Delivery.State.DELIVERED, attempts=attempts, due_at=now, fault=""
        )
        return Delivery.State.DELIVERED
    state = Delivery.State.DEAD if attempts >= MOST_ATTEMPTS else Delivery.State.WAITING
    later = min(FIRST_WAIT * 2 ** min(row.attempts, DOUBLINGS), LONGEST_WAIT)
    # after the lease another worker may have sent it, and what he says stands
    mine = Delivery.objects.filter(pk=row.pk, state=Delivery.State.WAITING, due_at=lease).update(
        state=state, attempts=attempts, due_at=now + later, fault=outcome.fault
    )
    return state if mine else ""


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
