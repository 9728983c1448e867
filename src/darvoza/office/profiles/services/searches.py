"""Searches that are kept under a name, for everybody of an agency."""

from datetime import datetime
from typing import Any

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.errors import ProfileRefused
from darvoza.flow.assessment.sentence import parse
from darvoza.office.journal.services import record
from darvoza.office.profiles.models import Search
from darvoza.office.profiles.queries import lists

LONGEST = 120


def keep(person: Any, name: str, sentence: str, *, now: datetime) -> Search:  # noqa: ANN401 - a person, placed
    """Keep a sentence under a name; what was kept under it by the agency before gives way.

    Raises
    ------
    ProfileRefused
        There is no name, or it is too long.
    SentenceError
        The sentence cannot be read.
    """
    if not 0 < len(name) <= LONGEST:
        raise ProfileRefused(field="name", expected=f"a name of at most {LONGEST} characters", got=name)
    parse(sentence, lists(now))
    with transaction.atomic():
        row, _new = Search.objects.update_or_create(
            agency=person.agency, name=name, defaults={"by": person.username, "sentence": sentence, "saved_at": now}
        )
        told = {"what": "search kept", "name": name, "sentence": sentence}
        record(EntryKind.PROFILE_CHANGE, "searches", told, by=person.username, now=now)
    return row


def forget(person: Any, name: str, *, now: datetime) -> None:  # noqa: ANN401 - as above
    """Forget what the agency kept under a name.

    Raises
    ------
    ProfileRefused
        There is no such search.
    """
    with transaction.atomic():
        gone, _kinds = Search.objects.filter(agency=person.agency, name=name).delete()
        if not gone:
            raise ProfileRefused(field="name", expected="a search of your agency", got=name)
        record(
            EntryKind.PROFILE_CHANGE,
            "searches",
            {"what": "search forgotten", "name": name},
            by=person.username,
            now=now,
        )
