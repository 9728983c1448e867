"""Rounds of the worker: when the last one was, and what waits for the next."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from darvoza.office.administration.queries.reference import due_files
from darvoza.office.api.models import Client, Delivery, Event, Subscription
from darvoza.office.api.purposes import PULLING
from darvoza.office.operations.models import Pulse
from darvoza.office.operations.probes import Finding, Health
from darvoza.office.operations.services.heads import KEY

_WORKER: Final = 2
"""The row that the worker writes; the first one is that of who answers."""

SELDOM: Final = timedelta(seconds=15)
"""Rounds follow one another every second where nothing is to be done; so often it is written down."""

SILENT: Final = timedelta(minutes=5)
"""A worker of which nothing was heard for so long does not work."""

LATE: Final = timedelta(minutes=15)
"""So long an event may wait before somebody should look."""


class _Noted:
    """When this process last wrote that it had done a round."""

    at: datetime | None = None


def note_round(now: datetime) -> None:
    """Write down that a round was done."""
    if _Noted.at is None or not _Noted.at <= now < _Noted.at + SELDOM:
        Pulse.objects.update_or_create(pk=_WORKER, defaults={"at": now})
        _Noted.at = now


def last_round() -> datetime | None:
    """Give when the last round was noted; nothing when there was none."""
    return Pulse.objects.filter(pk=_WORKER).values_list("at", flat=True).first()


def worker(now: datetime) -> Finding:
    """Tell whether the worker works, where there is something for it to do."""
    last, waits = last_round(), _waits(now)
    if last is not None and now - last <= SILENT:
        return Finding("worker", Health.WELL, f"the last round was at {last.isoformat(timespec='seconds')}")
    remedy = "start it, and look into its log: darvoza worker, or systemctl enable --now darvoza-worker"
    told = "has never worked" if last is None else f"the last round was at {last.isoformat(timespec='seconds')}"
    if waits:
        return Finding("worker", Health.FAILED, f"{told}, and what waits for it is: {', '.join(waits)}", remedy)
    if last is None:
        return Finding("worker", Health.WELL, f"{told}, and nothing waits for it")
    return Finding("worker", Health.WARNING, told, remedy)


def _waits(now: datetime) -> list[str]:
    """Name what only the worker does, and what there is of it to be done."""
    named = {
        "subscriptions": Subscription.objects.filter(ended_at=None, client__revoked_at=None).exists(),
        "files of reference data": settings.GATE_FILE.exists() and bool(due_files(now)),
        "the head of the journal": (settings.HOME / KEY).is_file(),
    }
    return [name for name, there in named.items() if there]


def tokens() -> Finding:
    """Tell whether one token can take goods of any post to itself and say that nothing was found on them."""
    going = Client.objects.filter(revoked_at=None).order_by("name").values_list("name", "purposes")
    named = [name for name, purposes in going if set(purposes) >= PULLING]
    if not named:
        return Finding("tokens", Health.WELL, "none tells both of arrivals and of findings")
    told = f"{', '.join(named[:5])}: one token tells of arrivals and of findings, and can clear goods of any post"
    return Finding("tokens", Health.WARNING, told, "give each of the two purposes a client of its own")


def deliveries(now: datetime) -> Finding:
    """Tell how long the oldest event waits that is to be sent to somebody, and how many are dead."""
    going = Delivery.objects.filter(subscription__ended_at=None, subscription__client__revoked_at=None)
    waiting = (
        going.filter(state=Delivery.State.WAITING).order_by("event").select_related("event", "subscription__client")
    )
    oldest, dead = waiting.first(), going.filter(state=Delivery.State.DEAD).count()
    if dead:
        remedy = "mend the receiver; then POST /api/v1/subscriptions/NUMBER/replay has them tried again"
        return Finding("deliveries", Health.WARNING, f"{dead} were tried too often, and hold what follows", remedy)
    since = oldest.event.at if oldest is not None else _unplanned()
    if since is None:
        return Finding("deliveries", Health.WELL, "no event waits")
    told = f"the oldest event waits since {since.isoformat(timespec='seconds')}"
    if now - since <= LATE:
        return Finding("deliveries", Health.WELL, told)
    if oldest is None or not oldest.attempts:
        return Finding("deliveries", Health.WARNING, f"{told}, and was not tried yet", "look whether the worker works")
    to = f"{told}; {oldest.subscription.client.name} did not take it in {oldest.attempts} attempts: {oldest.fault}"
    return Finding("deliveries", Health.WARNING, to, "look at the receiver; it is tried again by itself")


def _unplanned() -> datetime | None:
    """Give when the first event happened of which nobody has yet looked to whom it is to be sent."""
    behind = Subscription.objects.filter(ended_at=None, client__revoked_at=None).order_by("after")
    after = behind.values_list("after", flat=True).first()
    if after is None:
        return None
    return Event.objects.filter(pk__gt=after).values_list("at", flat=True).first()
