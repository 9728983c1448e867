"""Events that tell of results: written with the result, whichever door it came through."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from darvoza.office.api.models import Event, GateMark, Subscription
from darvoza.office.api.words import EventKind
from darvoza.office.registry.models import AWAITED, Finding, Result
from darvoza.office.shell.statements import hold

AT_ONCE = 500
LOOKED_BACK = timedelta(days=1)
"""How far back results are looked for that a version before this one recorded while it was replaced."""


def hold_numbering() -> None:
    """Hold the mark of the gate: events are numbered while it is held, so that none is passed over."""
    hold(GateMark)


def tell(results: Sequence[Result], now: datetime) -> None:
    """Write the events of results that were just recorded; while a laboratory has not spoken, only of what was found."""
    for start in range(0, len(results), AT_ONCE):
        some = results[start : start + AT_ONCE]
        found = set(Finding.objects.filter(result__in=some, found=True).values_list("result_id", flat=True))
        awaited = set(Finding.objects.filter(AWAITED, result__in=some).values_list("result_id", flat=True)) - found
        Event.objects.bulk_create(event_of(row, found=row.pk in found, at=now) for row in some if row.pk not in awaited)


def event_of(row: Result, *, found: bool, at: datetime) -> Event:
    """Make the event that tells of a result."""
    order = row.order
    reference = order.declaration.declaration_id
    body = {
        "declaration_id": reference, "order_id": order.order_id, "agency": order.agency, "found": found,
        "result": row.number, "result_at": row.at.isoformat(),
    }  # fmt: skip
    told = {"kind": EventKind.RECORDED.value, "declaration_id": reference, "agency": order.agency, "post": order.post}
    return Event(**told, body=body, at=at, result=row)


def tell_untold(now: datetime) -> int:
    """Write the events of late results that have none, because another version recorded them while it was replaced; give how many."""
    active = Subscription.objects.filter(ended_at=None, client__revoked_at=None).order_by("made_at").first()
    if active is None:
        return 0
    since = max(active.made_at, now - LOOKED_BACK)
    with transaction.atomic():
        hold_numbering()
        of_it = Finding.objects.filter(result=OuterRef("pk"))
        telling = Exists(of_it.filter(found=True)) | ~Exists(of_it.filter(AWAITED))
        untold = Result.objects.filter(telling, at__gte=since, event=None).select_related("order__declaration")
        rows = list(untold.prefetch_related("findings").order_by("pk")[:AT_ONCE])
        Event.objects.bulk_create(
            event_of(row, found=any(each.found for each in row.findings.all()), at=row.at) for row in rows
        )
    return len(rows)
