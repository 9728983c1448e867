"""The keys that days are bound to: by the journal, which commits to them before, or by what was drawn with them here.

On a day to which nobody committed the first draw binds: with another key the same goods would be drawn for twice.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from django.db.models import QuerySet, Subquery

from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.models import KeptState
from darvoza.office.journal.queries import committed_to
from darvoza.office.registry.models import Decision, Run

TOGETHER: Final = 50
"""Days that are asked for in one question."""


def bound_to(days: Collection[date]) -> dict[date, str]:
    """Give the commitments to the keys of some days: of the journal, or else of what was drawn here."""
    told = committed_to(days)
    return told | drawn_with(set(days) - told.keys())


def drawn_with(days: Collection[date]) -> dict[date, str]:
    """Give the commitments with which the gate drew on some days; what runs brought binds nobody here."""
    here = Run.objects.filter(digest__in=KeptState.objects.values("digest"))
    anchor = here.order_by("pk").values_list("pk", flat=True).first()
    if anchor is None:
        return {}
    last = Decision.objects.order_by("-key_day").values_list("key_day", flat=True).first()
    asked = sorted(day for day in days if last is not None and day <= last)
    found: dict[date, str] = {}
    for start in range(0, len(asked), TOGETHER):
        found |= _first_of(asked[start : start + TOGETHER], here, Run.objects.filter(pk=anchor))
    return found


def _first_of(days: Sequence[date], runs: QuerySet[Run], one: QuerySet[Run]) -> dict[date, str]:
    """Give the commitment of one decision of each day by some runs, all in one question asked of one row: a day has one key.

    Each day is one step into the index; a question over all the days at once would read every decision of theirs. Which runs
    they are is a part of the question: there can be more of them than a database takes as values.
    """
    first = {
        f"day_{number}": Subquery(
            Decision.objects.filter(key_day=day, run__in=runs.values("pk")).values("commitment")[:1]
        )
        for number, day in enumerate(days)
    }
    told = one.annotate(**first).values_list(*first).first() or ()
    return {day: commitment for day, commitment in zip(days, told, strict=False) if commitment}


def days_of_other_draws(ring: KeyRing, days: Collection[date]) -> list[date]:
    """Give those of some days that nobody committed to, and that were drawn for here with another key than a ring makes."""
    return sorted(
        day for day, told in drawn_with(set(days) - committed_to(days).keys()).items() if ring.commitment(day) != told
    )
