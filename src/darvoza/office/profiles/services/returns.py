"""What an approver does at once: go back to what was in force before, or call off what is planned.

Each is one step of one person where nothing less is asked for than now, and than is planned. Otherwise the version that is to
be in force waits, put forward anew, for a second person like any other: nobody lowers alone.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, localtime

from darvoza.domain.journal import EntryKind
from darvoza.domain.profile_version import EntryIntoForce, ProfileState
from darvoza.errors import ProfileRefused
from darvoza.flow.assessment import profile_life
from darvoza.office.journal.services import record
from darvoza.office.profiles.mapping import version_record
from darvoza.office.profiles.models import Version
from darvoza.office.profiles.queries import version_for, versions_for
from darvoza.office.profiles.services.going_back import Way, decided
from darvoza.office.profiles.services.versions import begin, falling, fields_of, hold, put, submit


def roll_back(person: Any, code: str, number: int, *, reason: str, now: datetime) -> Version | None:  # noqa: ANN401 - a person, placed
    """Put at once in force again what was before, or ask a second person; `number` is the version the person expects.

    Returns
    -------
    Version
        What waits for a second person; nothing when the one before is in force again.

    Raises
    ------
    ProfileRefused
        It is not what two people had put in force before, it is one's own, not valid today, it waits already, or no reason is
        given.
    """
    with transaction.atomic():
        hold(code)
        row = version_for(person, code, number)
        if row is None:
            raise ProfileRefused(field="version", expected="a version that you may read", got=number)
        _own_agency(person, row)
        said = decided(code, now)
        if said.back is None or said.back.to is None or said.back.to.number != number:
            raise ProfileRefused(field="version", expected="what was in force before", got=number)
        way, by = said.back, person.username
        if way.two:
            return _asked(person, said.back.to, reason=reason, now=now, what="roll back")
        entry = profile_life.roll_back(
            said.path, version_record(row), way.exchange, by=by, reason=reason, now=localtime(now)
        )
        _done(entry, way, what="rolled back")
    return None


def call_off(person: Any, code: str, *, reason: str, now: datetime) -> Version | None:  # noqa: ANN401 - as above
    """Let what is planned fall, or ask a second person; what is in force stays so.

    Returns
    -------
    Version
        What waits for a second person; nothing when it is called off.

    Raises
    ------
    ProfileRefused
        Nothing is planned, it waits already, or no reason is given.
    """
    with transaction.atomic():
        hold(code)
        row = versions_for(person).filter(code=code).first()
        if row is None:
            raise ProfileRefused(field="planned", expected="a profile that you may read", got=code)
        _own_agency(person, row)
        said = decided(code, now)
        if said.off is None:
            raise ProfileRefused(field="planned", expected="what is to come in force", got="nothing")
        way = said.off
        if way.two:
            return _asked(
                person, way.to or said.planned[0], reason=reason, now=now, what="call off", ends=way.to is None
            )
        by = person.username
        entry = profile_life.call_off(said.entries, way.exchange, by=by, reason=reason, now=localtime(now))
        _done(entry, way, what="called off")
    return None


def _own_agency(person: Any, row: Version) -> None:  # noqa: ANN401 - as above
    if person.agency and row.agency != person.agency:
        raise ProfileRefused(field="agency", expected="a profile of your agency", got=row.code)


def _done(entry: EntryIntoForce, way: Way, *, what: str) -> None:
    """Keep what one person decided, and tell the journal, with what falls."""
    told = {"what": what, "version": entry.number, "reason": entry.reason, **falling(entry.code, entry.at, entry.at)}
    put(entry, way.to)
    subject = f"{entry.code} {entry.number}" if entry.number is not None else entry.code
    record(EntryKind.PROFILE_CHANGE, subject, told, by=entry.by, now=entry.at)


def _asked(person: Any, row: Version, *, reason: str, now: datetime, what: str, ends: bool = False) -> Version:  # noqa: ANN401
    """Put a version forward anew, as one that waits for a second person; one that is over asks for the end."""
    over = row.valid_to is not None and row.valid_to < localdate(now)
    ends = ends or over
    waiting = Version.objects.filter(code=row.code, state=ProfileState.SUBMITTED, digest=row.digest, ends=ends)
    if waiting.exists():
        raise ProfileRefused(field="waits", expected="a version that does not wait yet", got=row.code)
    made = begin(person, fields_of(row), now=now, ends=ends)
    submit(person, made, reason=reason, now=now, more={"asks to": what, "version": row.number})
    return made
