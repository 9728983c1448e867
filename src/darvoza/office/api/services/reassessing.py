"""Declarations looked at again when another state came into force: no new draw, nothing taken back."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery

from darvoza.domain.casework import FINISHED
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services.lodging import lodge, state_in_force
from darvoza.office.registry.models import Order

FRESH = timedelta(days=3)
"""Goods lodged so lately may still be on their way, though nothing was to be done with them."""

LONGEST = timedelta(days=60)
"""Longest time for which an order that nobody carried out keeps a declaration open."""

AT_ONCE = 200
SYSTEM = Caller(0, "system", "", "", frozenset(), 0)


def reassess(now: datetime) -> int:
    """Look again at some of the declarations that another state decided last; give at how many.

    Raises
    ------
    Problem
        When the gate cannot be opened.
    """
    state = state_in_force(now)
    newest = (
        Lodgement.objects.filter(declaration_id=OuterRef("declaration_id")).order_by("-revision").values("revision")[:1]
    )
    open_ = Order.objects.filter(declaration__declaration_id=OuterRef("declaration_id")).exclude(
        state__in=[each.value for each in FINISHED]
    )
    brought = Lodgement.objects.filter(
        declaration_id=OuterRef("declaration_id"), revision=1, kind=LodgementKind.RETURNED
    )
    rows = (
        Lodgement.objects.filter(lodged_at__gte=now - LONGEST, revision=Subquery(newest))
        .exclude(state=state.digest)
        .exclude(kind=LodgementKind.CANCELLED)
        .exclude(Exists(brought))
    )
    fresh = rows.filter(lodged_at__gte=now - FRESH)
    due = (fresh | rows.filter(Exists(open_))).order_by("pk").values_list("declaration_id", flat=True)[:AT_ONCE]
    requests = [Request(SYSTEM, LodgementKind.REASSESSED, None, reference=reference) for reference in due]
    if requests:
        lodge(requests, now=now)
    return sum(isinstance(request.outcome, Answer) for request in requests)
