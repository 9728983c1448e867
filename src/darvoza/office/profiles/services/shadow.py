"""Versions that run in the shadow: what they would have matched in the runs that were taken in is counted, never selected."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from darvoza.domain.journal import EntryKind
from darvoza.domain.profile import RiskProfile, Validity
from darvoza.errors import OutputError, ProfileRefused
from darvoza.flow.chronicle import amended_of
from darvoza.flow.learning.history_store import History
from darvoza.flow.matching import Asked, match_here
from darvoza.flow.pipeline import silent
from darvoza.office.journal.services import record
from darvoza.office.profiles.models import ShadowCount, Version
from darvoza.office.profiles.queries import lists, profile_of
from darvoza.office.profiles.trials import history
from darvoza.office.registry.models import Declaration, Order, Run
from darvoza.office.registry.queries import found_by_declaration


def set_shadow(person: Any, row: Version, *, on: bool, now: datetime) -> None:  # noqa: ANN401 - a person, placed
    """Begin or end the shadow run of a version of one's agency; beginning counts the runs taken in already.

    Raises
    ------
    ProfileRefused
        The version belongs to another agency, or somebody moved it meanwhile.
    ExceptionGroup
        It cannot be read as a profile.
    """
    if person.agency and row.agency != person.agency:
        raise ProfileRefused(field="agency", expected="a version of your agency", got=row.agency)
    with transaction.atomic():
        profile = profile_of(row, lists(now))
        changed = {"shadow_from": now if on else None, "moves": row.moves + 1}
        if not Version.objects.filter(pk=row.pk, moves=row.moves).update(**changed):
            raise ProfileRefused(field="state", expected="the version as you saw it", got="another")
        row.refresh_from_db()
        if on:
            count(row, profile, now=now)
        told = {"what": "shadow" if on else "shadow ended", "digest": profile.digest}
        record(EntryKind.PROFILE_CHANGE, f"{row.code} {row.number}", told, by=person.username, now=now)


def in_shadow() -> QuerySet[Version]:
    """Give the versions that run in the shadow."""
    return Version.objects.filter(shadow_from__isnull=False)


def count_all(*, now: datetime) -> int:
    """Count every version in the shadow in every run anew; give how many versions there are."""
    rows, known = list(in_shadow()), lists(now)
    with transaction.atomic():
        for row in rows:
            count(row, profile_of(row, known), now=now)
    return len(rows)


def count(row: Version, profile: RiskProfile, *, now: datetime) -> None:
    """Count what a version would have matched in each run.

    The facts are those of the history, which holds what was known of each declaration when it was lodged; a declaration
    that it lacks is counted as unknown. What was examined and found is what the register has.

    Raises
    ------
    OutputError
        This office has no history.
    """
    known = history()
    if known is None:
        raise OutputError(field="DARVOZA_HISTORY", expected="a history to take facts from", got="none")
    for run in Run.objects.order_by("pk"):
        lodged = Declaration.objects.filter(decisions__run=run).distinct()
        days = dict(lodged.values_list("declaration_id", "lodged_at"))
        matched, held = _matches(profile, known, days)
        ordered, results, found = (len(matched & some) for some in _examined(run, row.agency))
        ShadowCount.objects.update_or_create(
            version=row,
            run=run,
            defaults={
                "digest": profile.digest, "counted_at": now, "declarations": len(days), "known": held,
                "matched": len(matched), "ordered": ordered, "results": results, "found": found,
            },
        )  # fmt: skip


def _examined(run: Run, agency: str) -> tuple[set[str], set[str], set[str]]:
    """Give the declarations of a run that an agency examines, those with a result, those in which something was found."""
    orders = Order.objects.filter(agency=agency, declaration__decisions__run=run)
    results = found_by_declaration(orders)
    ordered = set(orders.values_list("declaration__declaration_id", flat=True))
    return ordered, set(results), {name for name, found in results.items() if found}


def _matches(profile: RiskProfile, known: History, days: dict[str, datetime]) -> tuple[set[str], int]:
    """Give the declarations that a profile matches, of some by their reference; and how many of them the history holds."""
    if not days:
        return set(), 0
    first, last = min(days.values()).date(), max(days.values()).date()
    try:
        months = known.within(first.replace(day=1), last)
    except OutputError:
        return set(), 0  # the history ends before this run begins
    asked = Asked((replace(profile, valid=Validity()),), known, months)
    matched: set[str] = set()
    held = 0
    for month, (found,) in zip(months, match_here(asked, silent), strict=True):
        lodged = amended_of(known).decided(known, [month])
        names = lodged.get_column("declaration_id")
        held += int((names.is_in(list(days)) & lodged.get_column("stands")).sum())
        matched |= set(names.gather(np.unique(found.declarations)).to_list()) & set(days)
    return matched, held
