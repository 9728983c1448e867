"""Subscriptions: made, seen, ended; and deliveries that died, tried again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac

from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.office.api.addresses import address_fault
from darvoza.office.api.callers import Caller
from darvoza.office.api.documents import as_text
from darvoza.office.api.models import Delivery, Event, Receipt, Subscription
from darvoza.office.api.problems import Problem
from darvoza.office.api.services.telling import hold_numbering
from darvoza.office.api.words import EventKind
from darvoza.office.journal.services import record

KINDS = tuple(kind.value for kind in EventKind)
"""Events that can be subscribed to."""


class Key(NamedTuple):
    """The key of a request, and the digest of what was sent with it."""

    key: str
    digest: str


class Subscribed(NamedTuple):
    """A subscription that was asked for: its number, and whether it was made before, under the same key."""

    number: int
    url: str
    kinds: list[str]
    again: bool = False


def subscribe(caller: Caller, url: str, kinds: Iterable[str], *, now: datetime, key: Key | None = None) -> Subscribed:
    """Have events sent to an address from now on; answered by HTTPS, but in a demo on the same machine.

    Parameters
    ----------
    key
        The same key with the same body gives the subscription that it gave before; without one, every request makes another.

    Raises
    ------
    Problem
        When the address or a kind of event is not one that can be used, or the key came before with another body.
    """
    wanted = sorted(set(kinds)) or list(KINDS)
    unknown = [kind for kind in wanted if kind not in KINDS]
    if unknown:
        raise _wrong("kinds", "not-a-choice", f"of {', '.join(KINDS)}", unknown[0])
    if fault := address_fault(url, demo=settings.DEMO, inside=settings.EVENT_NETWORKS):
        raise _wrong("url", "not-an-address", fault, url)
    with transaction.atomic():
        hold_numbering()  # what happened before is not told, what happens from now on is; of two with one key, one makes it
        if key is not None and (before := _before(caller, key)) is not None:
            return before
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        made = Subscription.objects.create(client_id=caller.number, url=url, kinds=wanted, after=last, made_at=now)
        told = {"what": "subscribed", "url": url, "kinds": ", ".join(wanted)}
        record(EntryKind.SETTINGS_CHANGE, f"subscription {made.pk}", told, by=caller.username, now=now)
        if key is not None:
            answer = as_text({"subscription": made.pk, "url": url, "kinds": wanted})
            Receipt.objects.create(client_id=caller.number, **key._asdict(), status=201, answer=answer, at=now)
    return Subscribed(made.pk, url, wanted)


def _before(caller: Caller, key: Key) -> Subscribed | None:
    """Give the subscription that a key made; nothing when it is new.

    Raises
    ------
    Problem
        When it came before with another body or for something else, or what it made has ended: nothing would be sent.
    """
    kept = Receipt.objects.filter(client=caller.number, key=key.key).first()
    if kept is None:
        return None
    if kept.digest != key.digest:
        raise Problem("key-reused")
    told = orjson.loads(kept.answer)
    if not Subscription.objects.filter(pk=told["subscription"], ended_at=None).exists():
        raise Problem("key-reused", f"subscription {told['subscription']} has ended; use another key")
    return Subscribed(told["subscription"], told["url"], told["kinds"], again=True)


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


def replay_all(caller: Caller, number: int, *, now: datetime) -> int:
    """Have everything that is dead of a subscription tried again; give how many deliveries those are.

    Raises
    ------
    Problem
        When there is no such subscription of the client, or it has ended.
    """
    if not Subscription.objects.filter(pk=number, client=caller.number, ended_at=None).exists():
        raise Problem("not-found", str(number))
    return _tried_again(Delivery.objects.filter(subscription=number), now)


def _tried_again(rows: QuerySet[Delivery], now: datetime) -> int:
    """Have those that are dead tried again; give how many."""
    return rows.filter(state=Delivery.State.DEAD).update(state=Delivery.State.WAITING, attempts=0, due_at=now, fault="")


def secret_of(subscription: int) -> str:
    """Give the secret by which what is sent to a subscription is signed; made from that of the office, and kept nowhere."""
    return salted_hmac("darvoza.office.api.subscription", str(subscription), algorithm="sha256").hexdigest()
