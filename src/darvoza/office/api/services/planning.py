"""What is to be sent to whom, written down before anything is sent; each event once for each subscription."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from darvoza.office.api.models import Client, Delivery, Event, Subscription
from darvoza.office.api.queries import concerns, own_agency, revisions_of
from darvoza.office.api.services.telling import hold_numbering

AT_ONCE = 500
"""Events looked at for a subscription in one transaction."""

SLACK = timedelta(minutes=5)
"""How far the clocks of two machines may be apart. A result whose event was made later may be older than a subscription."""

LOG = logging.getLogger("darvoza.worker")


def fan_out(now: datetime) -> int:
    """Write down what is to be sent to whom; give at how many events was looked.

    A subscription for which that fails is told of in the log, and stops no other.
    """
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    going = Subscription.objects.filter(ended_at=None, client__revoked_at=None, after__lt=newest)
    looked = 0
    for number in going.order_by("pk").values_list("pk", flat=True):
        try:
            looked += _plan(number, now)
        except Exception:
            LOG.exception("what is to be sent could not be planned", extra={"fields": {"subscription": number}})
    return looked


def _plan(number: int, now: datetime) -> int:
    """Write down what of the next events is to be sent to a subscription; give how many events those are."""
    with transaction.atomic():
        hold_numbering()
        row = Subscription.objects.select_for_update(of=("self",)).select_related("client").get(pk=number)
        events = list(Event.objects.filter(pk__gt=row.after).order_by("pk").defer("body")[:AT_ONCE])
        if not events:
            return 0
        wanted = [event for event in events if event.kind in row.kinds and event.at >= row.made_at - SLACK]
        Delivery.objects.bulk_create(
            Delivery(subscription=row, event=event, declaration_id=event.declaration_id, due_at=now)
            for event in known_to(row.client, wanted)
        )
        row.after = events[-1].pk
        row.save(update_fields=["after"])
    return len(events)


def known_to(client: Client, events: Sequence[Event]) -> list[Event]:
    """Give those of some events that a client may know of: as if it had asked for the declaration, or for the order."""
    here = [event for event in events if client.post in {"", event.post}]
    agency = own_agency(client)
    if not agency:
        return here
    revisions = revisions_of({event.declaration_id for event in here if not event.agency})
    return [
        event
        for event in here
        if event.agency == agency or (not event.agency and concerns(client, revisions.get(event.declaration_id, ())))
    ]
