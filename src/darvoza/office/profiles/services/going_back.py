"""What going back would do to a profile, or calling off what is planned: to what it leads, and whether it takes two people.

It takes two wherever less may be asked for than is asked for now, or than is planned: what was planned falls with it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.utils.timezone import localdate

from darvoza.domain.profile_version import EntryIntoForce, ProfileState
from darvoza.flow.assessment import profile_life
from darvoza.flow.assessment.profile_life import Exchange
from darvoza.flow.fields import parse_yaml
from darvoza.office.profiles.models import Version
from darvoza.office.profiles.queries import entries_of, lists, readable

SIGNATURES = ("author", "approver")
"""Fields of the file that the office fills in itself."""


class Way(NamedTuple):
    """One way for an approver to change at once what is in force or planned.

    Attributes
    ----------
    to
        The version that would be in force; nothing when none would be.
    exchange
        What it says, and what those say that would not be in force any more, or not come into force.
    two
        Whether it takes two people.
    """

    to: Version | None
    exchange: Exchange
    two: bool


class Decided(NamedTuple):
    """What was decided of a profile, and what an approver can do about it.

    Attributes
    ----------
    entries
        Every entry into force, in the order of the decisions.
    path
        The same for the way back: a version that says what an earlier one said counts as that, since two went back to it.
    planned
        The versions that are to come in force, the first to come first; an end that is to come is none.
    back
        Going back to what was in force before; nothing when there is nothing to go back to.
    off
        Calling off what is planned; nothing when nothing is.
    """

    entries: list[EntryIntoForce]
    path: list[EntryIntoForce]
    planned: list[Version]
    back: Way | None
    off: Way | None


def decided(code: str, now: datetime) -> Decided:
    """Gather what was decided of a profile, and what an approver can do about it."""
    rows = {row.number: row for row in Version.objects.filter(code=code, state=ProfileState.APPROVED)}
    entries = entries_of([code]).get(code, [])
    path = _returns_joined(entries, rows)
    coming = [entry for entry in profile_life.standing(entries) if entry.at > now]
    planned = [rows[entry.number] for entry in coming if entry.number is not None]
    held, before = profile_life.in_force(entries, now), profile_life.before(path, now)
    current = rows[held.number] if held and held.number is not None else None
    back = _way(rows[before], [*([current] if current else []), *planned], now) if before is not None else None
    return Decided(entries, path, planned, back, _way(current, planned, now) if coming else None)


def _way(to: Version | None, instead: Iterable[Version], now: datetime) -> Way:
    known = lists(now)
    others = [readable(row, known) for row in instead]
    exchange = Exchange(readable(to, known) if to else None, tuple(each for each in others if each is not None))
    return Way(to, exchange, None in others or exchange.may_lower(localdate(now)))


def _returns_joined(entries: Iterable[EntryIntoForce], rows: dict[int, Version]) -> list[EntryIntoForce]:
    """Count a version that says what an earlier one said as that one."""
    made = []
    for entry in entries:
        row = rows.get(entry.number or 0)
        earlier = (number for number in sorted(rows) if row and number < row.number and _same(rows[number], row))
        made.append(replace(entry, number=next(earlier, entry.number)))
    return made


def _same(one: Version, other: Version) -> bool:
    """Tell whether two versions say the same, signatures aside."""
    return bool(one.digest) and one.digest == other.digest and said_by(one) == said_by(other)


def said_by(row: Version) -> dict[str, object]:
    """Give the fields of the text of a version, signatures and empty ones aside."""
    fields = parse_yaml(row.text, row.code)
    return {name: value for name, value in fields.items() if value and name not in SIGNATURES}
