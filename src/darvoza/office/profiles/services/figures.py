"""Profiles tried on the history and the answers kept: a version before its approval, the whole set in force for the library."""

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.domain.profile import ProfileSet
from darvoza.errors import OutputError
from darvoza.flow.backtest import Backtest, Trial, Tried, as_text, backtest
from darvoza.flow.learning.history_store import History
from darvoza.office.journal.services import record
from darvoza.office.profiles.models import Backtest as BacktestRow
from darvoza.office.profiles.models import Performance, Version
from darvoza.office.profiles.queries import lists, profile_of, set_in_force, standing_digest
from darvoza.office.profiles.trials import history


def _history() -> History:
    """Open the history of this office; refuse where there is none."""
    known = history()
    if known is None:
        raise OutputError(
            field="DARVOZA_HISTORY",
            expected="a history to try profiles on",
            got="none",
            hint="make one: darvoza history",
        )
    return known


def try_version(row: Version, *, by: str, now: datetime) -> BacktestRow:
    """Try a version on the whole history beside the profiles in force, and keep the answer with it.

    Where a version of the same profile is in force, the answer also tells what would change if this one took its place.

    Raises
    ------
    OutputError
        There is no history.
    ExceptionGroup
        The version cannot be read as a profile.
    """
    known, profile, force = _history(), profile_of(row, lists(now)), set_in_force(now)
    replaces = row.code if row.code in {one.code for one in force} else None
    test = backtest(Trial(ProfileSet((profile,)), known, force, replaces=replaces))
    with transaction.atomic():
        kept, _ = BacktestRow.objects.update_or_create(
            version=row,
            defaults={
                "digest": profile.digest,
                "force_digest": force.digest,
                "history_digest": known.digest,
                "made_at": now,
                "by": by,
                "answer": json.loads(as_text(test)),
            },
        )
        told = {"what": "back-tested", "digest": profile.digest, "history": known.digest, "against": force.digest}
        record(EntryKind.PROFILE_CHANGE, f"{row.code} {row.number}", told, by=by, now=now)
    return kept


def try_again(row: Version, *, by: str, now: datetime) -> None:
    """Try a version where there is a history and its back-test is missing, of another history or of another text."""
    known = history()
    kept = BacktestRow.objects.filter(version=row).first()
    if known and (kept is None or (kept.digest, kept.history_digest) != (row.digest, known.digest)):
        try_version(row, by=by, now=now)


def try_all(*, by: str, now: datetime) -> Performance:
    """Try the whole set in force on the history and keep, for each profile, what the library tells of it.

    Raises
    ------
    OutputError
        There is no history, or nothing is in force.
    """
    known, force = _history(), set_in_force(now)
    if not len(force):
        raise OutputError(field="profiles", expected="profiles in force", got="none")
    test = backtest(Trial(force, known, force))
    with transaction.atomic():
        kept = Performance.objects.create(
            made_at=now,
            by=by,
            start=test.start,
            end=test.end,
            history_digest=known.digest,
            force_digest=standing_digest(now),
            base=test.base.rate if test.base else None,
            answer=_lines(test),
        )
        told = {"what": "figures made", "history": known.digest, "digest": force.digest}
        record(EntryKind.PROFILE_CHANGE, "profiles", told, by=by, now=now)
    return kept


def _lines(test: Backtest) -> dict[str, dict[str, Any]]:
    """Keep of an answer what stands in the library, by code."""
    verdicts = {one.code: one for one in test.proposals}
    return {one.code: _line(one) | {"verdict": verdicts[one.code].verdict.value} for one in test.tried}


def _line(one: Tried) -> dict[str, Any]:
    effect = one.effect
    most = one.overlaps[0] if one.overlaps else None
    return {
        "matched": effect.declarations,
        "results": effect.results,
        "findings": effect.findings,
        "hit_rate": effect.hit_rate,
        "worthwhile": effect.chance_worthwhile,
        "alone": one.alone.findings,
        "overlap": most and {"code": most.code, "share": most.share_of_matches, "relation": most.relation},
        "conflicts": [other.code for other in one.overlaps if other.conflict][:5],
    }
