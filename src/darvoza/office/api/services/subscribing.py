"""Subscriptions: made, seen, ended; and deliveries that died, tried again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac

from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.office.api.addresses import address_fault
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Delivery, Event, Subscription
from darvoza.office.api.problems import Problem
from darvoza.office.api.services.telling import hold_numbering
from darvoza.office.api.words import EventKind
from darvoza.office.journal.services import record

KINDS = tuple(kind.value for kind in EventKind)
"""Events that can be subscribed to."""


def subscribe(caller: Caller, url: str, kinds: Iterable[str], *, now: datetime) -> Subscription:
    """Have events sent to an address from now on; answered by HTTPS, but in a demo on the same machine.

    Raises
    ------
    Problem
        When the address or a kind of event is not one that can be used.
    """
    wanted = sorted(set(kinds)) or list(KINDS)
    unknown = [kind for kind in wanted if kind not in KINDS]
    if unknown:
        raise _wrong("kinds", "not-a-choice", f"of {', '.join(KINDS)}", unknown[0])
    if fault := address_fault(url, demo=settings.DEMO):
        raise _wrong("url", "not-an-address", fault, url)
    with transaction.atomic():
        hold_numbering()  # what happened before is not told, what happens from now on is
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        made = Subscription.objects.create(client_id=caller.number, url=url, kinds=wanted, after=last, made_at=now)
        told = {"what": "subscribed", "url": url, "kinds": ", ".join(wanted)}
        record(EntryKind.SETTINGS_CHANGE, f"subscription {made.pk}", told, by=caller.username, now=now)
    return made


def _wrong(field: str, code: str, expected: str, got: str) -> Problem:
    """Say what is wrong with a field; what was sent is told in letters of ASCII, for it may hold what cannot be written."""
    told = got[:100].encode("ascii", "backslashreplace").decode()
    return Problem("invalid", errors=({"field": field, "code": code, "expected": expected, "got": told},))


def unsubscribe(caller: Caller, number: int, *, now: datetime) -> None:
    """Have no more events sent.

    Raises
    ------
    Problem
        When there is no such subscription of the client.
    """
    if not _ended(Subscription.objects.filter(pk=number, client=caller.number), by=caller.username, now=now):
        raise Problem("not-found", str(number))


def end_subscription(number: int, *, by: str, now: datetime) -> None:
    """Have no more events sent, whosever subscription it is.

    Raises
    ------
    SettingsError
        When there is none of this number, or it has ended.
    """
    if not _ended(Subscription.objects.filter(pk=number), by=by, now=now):
        hint = "see them with: darvoza office subscriptions"
        raise SettingsError(field="end", expected="a subscription that has not ended", got=number, hint=hint)


def _ended(rows: QuerySet[Subscription], *, by: str, now: datetime) -> int:
    with transaction.atomic():
        ended = rows.filter(ended_at=None)
        numbers = list(ended.values_list("pk", flat=True))
        count = ended.update(ended_at=now)
        for number in numbers[:count]:
            record(EntryKind.SETTINGS_CHANGE, f"subscription {number}", {"what": "unsubscribed"}, by=by, now=now)
    return count


def subscriptions_of(caller: Caller | None = None) -> list[dict[str, Any]]:
    """Give the subscriptions of a client, or all of them, with what waits for each and what is dead; never a secret."""
    rows = Subscription.objects.select_related("client").order_by("pk")
    if caller is not None:
        rows = rows.filter(client=caller.number)
    counted = {state.value: Count("deliveries", filter=Q(deliveries__state=state)) for state in _COUNTED}
    return [
        {
            "subscription": row.pk, "client": row.client.name, "url": row.url, "kinds": row.kinds,
            "made_at": row.made_at.isoformat(), "ended_at": row.ended_at and row.ended_at.isoformat(),
            **{state.value: getattr(row, state.value) for state in _COUNTED},
        }
        for row in rows.annotate(**counted)
    ]  # fmt: skip


_COUNTED = (Delivery.State.WAITING, Delivery.State.DEAD)


def replay(caller: Caller, number: int, *, now: datetime) -> None:
    """Have a dead delivery tried again, and with it those of its consignment that wait behind it.

    Raises
    ------
    Problem
        When there is no such dead delivery to the client.
    """
    if not _tried_again(Delivery.objects.filter(pk=number, subscription__client=caller.number), now):
        raise Problem("not-found", str(number))


def _tried_again(rows: QuerySet[Delivery], now: datetime) -> int:
    """Have those that are dead tried again; give how many."""
    return rows.filter(state=Delivery.State.DEAD).update(state=Delivery.State.WAITING, attempts=0, due_at=now, fault="")


def secret_of(subscription: int) -> str:
    """Give the secret by which what is sent to a subscription is signed; made from that of the office, and kept nowhere."""
    return salted_hmac("darvoza.office.api.subscription", str(subscription), algorithm="sha256").hexdigest()
