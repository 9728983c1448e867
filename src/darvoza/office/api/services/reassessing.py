"""Declarations looked at again: another state is in force, something in it has begun, or the goods are where it binds.

There is no new draw, and nothing is taken back. Looked at is what is open: goods that are on their way, and goods that an order,
or a finding, keeps. What has arrived and is free is gone.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value

from darvoza.domain.casework import FINISHED
from darvoza.flow.gate.state_file import State
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.queries import revisions_of
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services.binding import ANYWHERE, PLACE
from darvoza.office.api.services.dating import begun
from darvoza.office.api.services.lodging import lodge, state_in_force
from darvoza.office.registry.attested import ERASED
from darvoza.office.registry.models import Declaration, Finding, Order

FRESH = timedelta(days=3)
"""For how long goods count as on their way where nobody tells of arrivals, from the moment at which they were lodged here."""

LONGEST = timedelta(days=60)
"""Longest time for which goods that nobody saw, or an order that nobody carried out, keep a declaration open."""

UNDECIDED = (LodgementKind.RETURNED, LodgementKind.CANCELLED)
"""Revisions by which nothing was decided here: they have seen nothing of what is in force."""

AT_ONCE = 200
SYSTEM = Caller(0, "system", "", "", frozenset(), 0)
LOG = logging.getLogger("darvoza.gate")


def reassess(now: datetime) -> int:
    """Look again at some of the declarations that are open and have not seen what is in force; give at how many.

    Raises
    ------
    Problem
        When the gate cannot be opened.
    """
    state = state_in_force(now)
    latest = _latest(state, now)
    _note_looked(latest, now)
    requests = [
        Request(SYSTEM, LodgementKind.REASSESSED, None, reference=reference) for reference in _next(_open(latest, now))
    ]
    return _look_again(requests, now) if requests else 0


class _Round:
    """How far the round has come: the key of the lodgement that was looked at last."""

    after = 0


def _next(due: QuerySet[Lodgement]) -> list[str]:
    """Give some declarations in turn, those that come after the last ones first: what fails does not keep others from their turn."""
    rows = due.order_by("pk").values_list("pk", "declaration_id")
    found = list(rows.filter(pk__gt=_Round.after)[:AT_ONCE])
    if _Round.after:
        found += rows.filter(pk__lte=_Round.after)[: AT_ONCE - len(found)]
    _Round.after = found[-1][0] if found else 0
    return [reference for _, reference in found]


def _note_looked(latest: QuerySet[Lodgement], now: datetime) -> None:
    """Note that arrivals are looked at which have seen what is in force, so that they do not see what comes later; or are too old."""
    due = Declaration.objects.filter(look_due=True)
    due.filter(arrived_at__lt=now - FRESH).update(look_due=False)
    names = set(due.values_list("declaration_id", flat=True))
    if names:  # and no others: what arrives meanwhile was not asked for
        _looked(names - set(latest.filter(declaration_id__in=names).values_list("declaration_id", flat=True)))


def still_open(state: State, now: datetime) -> QuerySet[Lodgement]:
    """Give the last revisions of declarations that are open and have not seen a state that is in force."""
    return _open(_latest(state, now), now)


def look_at_arrival(declaration_id: str, post: str, now: datetime) -> None:
    """Look again at goods that have just arrived, where another state decided of them, or where it binds otherwise.

    What fails is told in the log, and left to `reassess`: the goods have arrived in any case.
    """
    revisions = revisions_of([declaration_id]).get(declaration_id)
    if (
        not revisions
        or revisions[-1].is_erased
        or revisions[0].kind == LodgementKind.RETURNED
        or not settings.GATE_FILE.exists()
    ):
        _looked([declaration_id])
        return
    try:
        state = state_in_force(now)
    except Problem:
        LOG.exception("goods that arrived could not be looked at again")
        return
    last = [row for row in revisions if row.kind not in UNDECIDED][-1]
    seen = last.state == state.digest and last.decided_at >= begun(state, now)
    if not seen or revisions[-1].binding != state.binds(post):
        _look_again([Request(SYSTEM, LodgementKind.REASSESSED, None, reference=declaration_id)], now)
    else:
        _looked([declaration_id])


def _looked(declarations: Collection[str]) -> None:
    """Note that goods that arrived are looked at."""
    Declaration.objects.filter(declaration_id__in=declarations, look_due=True).update(look_due=False)


def _look_again(requests: Sequence[Request], now: datetime) -> int:
    """Decide declarations again; give how many were, and tell the log of the others."""
    lodge(requests, now=now)
    _looked([request.reference for request in requests if isinstance(request.outcome, Answer)])
    failed = [request for request in requests if not isinstance(request.outcome, Answer)]
    for request in failed:
        told = {"declaration": request.reference, "problem": str(request.outcome)}
        LOG.error("a declaration could not be looked at again", extra={"fields": told})
    return len(requests) - len(failed)


def _latest(state: State, now: datetime) -> QuerySet[Lodgement]:
    """Give the last revisions of what was decided by another state, before something in it began, or while it did not bind.

    Where identities are erased there is nothing left to decide on.

    How old a declaration is says the moment at which it was first decided here: nobody can choose that. What a post brought back
    since then was decided by nobody here, and has seen nothing.
    """
    of = Lodgement.objects.filter(declaration_id=OuterRef("declaration_id"))
    rows = Lodgement.objects.filter(
        decided_at__gte=now - LONGEST, revision=Subquery(of.order_by("-revision").values("revision")[:1])
    )
    decided = of.exclude(kind__in=UNDECIDED).order_by("-revision")
    brought = Exists(of.filter(revision=1, kind=LodgementKind.RETURNED))
    erased = Exists(Declaration.objects.filter(declaration_id=OuterRef("declaration_id"), importer_id=ERASED))
    rows = (
        rows.exclude(kind=LodgementKind.CANCELLED)
        .exclude(brought)
        .exclude(erased)
        .alias(first=Subquery(of.filter(revision=1).values("decided_at")[:1]), unbound=_unbound(state))
        .alias(seen_at=Subquery(decided.values("decided_at")[:1]), seen_state=Subquery(decided.values("state")[:1]))
    )
    since = begun(state, now)
    here = ~Q(state=state.digest) | Q(decided_at__lt=since)
    # asked of what posts brought back alone: every other revision was decided here
    before = Q(kind=LodgementKind.RETURNED) & (~Q(seen_state=state.digest) | Q(seen_at__lt=since))
    other = here | before | Q(unbound=True)
    return rows.filter(other, first__gte=now - LONGEST)


def _unbound(state: State) -> Q:
    """Tell of what was decided while another system did, and binds now where the goods are."""
    if ANYWHERE in state.silent:
        return Q(Value(value=False))
    here = Declaration.objects.filter(declaration_id=OuterRef("declaration_id")).alias(place=PLACE)
    return Q(binding=False) & Q(Exists(here.exclude(place__in=state.silent)))


def _open(rows: QuerySet[Lodgement], now: datetime) -> QuerySet[Lodgement]:
    """Keep the decisions on goods that may still be looked at.

    Goods that have not arrived are on their way; where nobody tells of arrivals, only those that were lodged lately, also where
    another system decided of them: goods that left weeks ago are not ordered. What should have been looked at when it arrived and
    was not is still looked at for a while.
    """
    here = Declaration.objects.filter(declaration_id=OuterRef("declaration_id"))
    about = {"declaration__declaration_id": OuterRef("declaration_id")}
    ordered = Order.objects.filter(**about).exclude(state__in=[each.value for each in FINISHED])
    found = Finding.objects.filter(found=True, result__order__declaration__declaration_id=OuterRef("declaration_id"))
    told = Declaration.objects.filter(arrived_at__gte=now - LONGEST).values("arrived_post")
    lately = Q(first__gte=now - FRESH) | Q(post__in=told)
    on_the_way = Q(Exists(here.filter(arrived_at=None))) & lately
    lately_here = here.filter(arrived_at__gte=now - FRESH)
    arrived = Q(unbound=True) & Q(Exists(lately_here)) | Q(Exists(lately_here.filter(look_due=True)))
    return rows.filter(on_the_way | arrived | Q(Exists(ordered)) | Q(Exists(found)))
