"""Named lists held against the journal: every state of each holds the codes that two people put in use, or that came with files."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from darvoza.domain.journal import EntryKind
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.journal.models import Entry
from darvoza.office.profiles.models import CodeList
from darvoza.office.profiles.services.files import TAKEN_IN_LISTS

BATCH: Final = 20
"""States that are in memory together: a list may have a hundred thousand codes."""

SUBJECT: Final = "list "
PUT: Final = ("approve", "rolled back")
"""What an entry on a list tells when a state of it comes into use."""


@dataclass(slots=True)
class ListsHeld:
    """How the named lists stand.

    Attributes
    ----------
    attested
        States that hold the codes of which the journal tells.
    unattested
        States taken in from files before the journal told of each list.
    differences
        What differs.
    """

    attested: int = 0
    unattested: int = 0
    differences: list[Difference] = field(default_factory=list)


class _State(NamedTuple):
    """A state of a list, by the digest of all its codes."""

    name: str
    digest: str


def lists_held() -> ListsHeld:
    """Hold the codes of every state of every named list against the digests that the journal keeps of them."""
    held, told, since = ListsHeld(), _told(), _told_since()
    for row in CodeList.objects.order_by("pk").iterator(chunk_size=BATCH):
        state = _State(row.name, _digest(row.values))
        if told[state] > 0:
            told[state] -= 1
            held.attested += 1
        elif not row.by and state.digest == row.digest and (since is None or row.taken_in_at < since):
            held.unattested += 1
        else:
            held.differences.append(Difference(SUBJECT + row.name, "", f"codes, state {row.pk}", None, state.digest))
    for state in told.elements():
        held.differences.append(Difference(SUBJECT + state.name, "", "codes", state.digest, None))
    return held


def _digest(values: list[str]) -> str:
    """Give the digest of codes as a named list has it."""
    return hashlib.sha256("\n".join(sorted(set(values))).encode()).hexdigest()


def _told() -> Counter[_State]:
    """Count the states that the journal tells of."""
    entries = Entry.objects.filter(kind=EntryKind.LIST_CHANGE.value, subject__startswith=SUBJECT, body__what__in=PUT)
    signed = entries.values_list("subject", "body__digest")
    told = Counter(_State(subject.removeprefix(SUBJECT), digest) for subject, digest in signed)
    told.update(_State(one["name"], one["digest"]) for _, lists in _taken_in() for one in lists)
    return told


def _taken_in() -> Iterator[tuple[datetime, list[dict[str, Any]]]]:
    """Give what was taken in from files, since the journal tells of each list."""
    entries = Entry.objects.filter(kind=EntryKind.PROFILE_CHANGE.value, body__what="taken in").order_by("sequence")
    for at, body in entries.values_list("at", "body"):
        if body and TAKEN_IN_LISTS in body:
            yield at, body[TAKEN_IN_LISTS]


def _told_since() -> datetime | None:
    """Give from when on the journal tells of each list that is taken in."""
    return next((at for at, _ in _taken_in()), None)
