"""Keys of days in the journal: committed to before the day, revealed when it is over."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.errors import CommitmentMismatch, SettingsError
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.journal.queries import committed_to, day_of_key, key_subject, keys_told
from darvoza.office.journal.services import SYSTEM, record

LONGEST = 366
"""Days that are committed to at once."""

CHANGED = "the ring was changed: see *Change the key*; --replace puts it in the place of the other on days to come"


def commit_to(ring: KeyRing, first: date, count: int, *, now: datetime, reason: str = "") -> list[date]:
    """Write down the commitments to the keys of days that are still to come; give the days that were not there so yet.

    Parameters
    ----------
    first
        First day; not before today, because a commitment counts only when it was there before the draws.
    count
        How many days.
    reason
        Why other keys come in the place of those that were committed to, on these days and on all after them that stand
        in the journal; without it no commitment is replaced.

    Raises
    ------
    SettingsError
        When a day has begun already, or there are too many.
    CommitmentMismatch
        When a day was committed to with another key, and no reason is given.
    """
    if first <= now.date() or not 1 <= count <= LONGEST:
        expected = f"1 to {LONGEST} days that have not begun"
        raise SettingsError(field="days", expected=expected, got=f"{count} from {first}, on {now.date()}")
    made = []
    with transaction.atomic():
        known = {day_of_key(name): told for name, told in keys_told(EntryKind.KEY_COMMITMENT).items()}
        days = {first + timedelta(days=number) for number in range(count)}
        for day in sorted(days | {each for each in known if reason and each >= first}):
            before, commitment = known.get(day), ring.commitment(day)
            if before == commitment:
                continue
            if before is not None and not reason:
                raise CommitmentMismatch(field=day.isoformat(), expected=before, got=commitment, hint=CHANGED)
            body = {"what": "day key", "day": day, "commitment": commitment}
            body |= {"replaces": before, "reason": reason} if before is not None else {}
            record(EntryKind.KEY_COMMITMENT, key_subject(day), body, by=SYSTEM, now=now)
            made.append(day)
    return made


def reveal_over(ring: KeyRing, *, now: datetime) -> list[date]:
    """Write down the keys of all days that are over, were committed to with this ring, and are not told yet.

    Returns
    -------
    list[date]
        The days; those of another ring are left to whoever has it.
    """
    made = []
    with transaction.atomic():
        told = keys_told(EntryKind.KEY_REVEAL)
        for name, commitment in sorted(keys_told(EntryKind.KEY_COMMITMENT).items()):
            day = day_of_key(name)
            if day < now.date() and name not in told and ring.commitment(day) == commitment:
                body = {"what": "day key", "day": day, "commitment": commitment, "key": ring.key(day).hex()}
                record(EntryKind.KEY_REVEAL, name, body, by=SYSTEM, now=now)
                made.append(day)
    return made


def committed(days: Iterable[date]) -> dict[date, bool]:
    """Tell which days were committed to before they began."""
    asked = list(days)
    known = committed_to(asked)
    return {day: day in known for day in asked}
