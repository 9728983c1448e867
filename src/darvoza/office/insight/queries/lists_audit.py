"""Named lists held against the journal: every state of each holds the codes that two people put in use, or that came with files.

It is in use from the moment they said, and behind those that were decided before it: of states that have begun the last counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from darvoza.domain.journal import EntryKind
from darvoza.domain.named_list import digest_of_codes
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.journal.models import Entry
from darvoza.office.profiles.models import CodeList
from darvoza.office.profiles.services.files import TAKEN_IN_LISTS

BATCH: Final = 20
"""States that are in memory together: a list may have a hundred thousand codes."""

SUBJECT: Final = "list "
PUT: Final = ("approve", "rolled back")
"""What an entry on a list tells when a state of it comes into use."""
FROM: Final = "in force from"
"""Where it tells from when; one that was put back is in use at once."""


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
    """A state of a list, by the digest of all its codes, and from when it is in use."""

    name: str
    digest: str
    start: datetime


def lists_held() -> ListsHeld:
    """Hold every state of every named list against what the journal keeps of it.

    Where something differs all of it is looked at once more: a list may have been approved in between.
    """
    held = _held()
    return _held() if held.differences else held


def _held() -> ListsHeld:
    held, told, early = ListsHeld(), _told(), _taken_in_early()
    last: dict[str, int] = {}
    for row in CodeList.objects.order_by("pk").iterator(chunk_size=BATCH):
        state = _State(row.name, digest_of_codes(sorted(set(row.values))), _whole(row.starts_at))
        of = Difference(SUBJECT + row.name, "", f"codes, state {row.pk}", None, state.digest)
        if entries := told[state]:
            number, before = entries.pop(0), last.get(row.name, 0)
            last[row.name] = max(number, before)
            held.attested += number > before
            if number < before:
                held.differences.append(of._replace(field=f"turn, state {row.pk}", journal=number, register=before))
        elif not row.by and state.digest == row.digest and early[row.taken_in_at] > 0:
            early[row.taken_in_at] -= 1
            held.unattested += 1
        else:
            held.differences.append(of._replace(field=f"{of.field}, from {row.starts_at.isoformat()}"))
    for state, entries in told.items():
        left = Difference(SUBJECT + state.name, "", f"codes, from {state.start.isoformat()}", state.digest, None)
        held.differences += [left] * len(entries)
    for moment, number in (+early).items():
        held.differences.append(Difference("lists", "", f"taken in at {moment.isoformat()}", f"{number} more", None))
    return held


def _whole(moment: datetime) -> datetime:
    """Give a moment in whole milliseconds, as a body of the journal has it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _told() -> defaultdict[_State, list[int]]:
    """Give the states that the journal tells of, each with the entries that do, rising."""
    entries = Entry.objects.filter(kind=EntryKind.LIST_CHANGE.value, subject__startswith=SUBJECT, body__what__in=PUT)
    told = defaultdict[_State, list[int]](list)
    for number, at, subject, body in entries.order_by("sequence").values_list("sequence", "at", "subject", "body"):
        said = body or {}  # never erased
        start = datetime.fromisoformat(said[FROM]) if FROM in said else at
        told[_State(subject.removeprefix(SUBJECT), said["digest"], _whole(start))].append(number)
    for number, at, lists in _taken_in():
        for one in lists:
            told[_State(one["name"], one["digest"], _whole(at))].append(number)
    for numbers in told.values():
        numbers.sort()
    return told


def _taken_in() -> Iterator[tuple[int, datetime, list[dict[str, Any]]]]:
    """Give what was taken in from files, since the journal tells of each list."""
    for number, at, body in _whole_sets():
        if TAKEN_IN_LISTS in body:
            yield number, at, body[TAKEN_IN_LISTS]


def _taken_in_early() -> Counter[datetime]:
    """Count, by their moments, the lists that were taken in before: of them the journal tells how many there were."""
    early = Counter[datetime]()
    for _, at, body in _whole_sets():
        early[at] += 0 if TAKEN_IN_LISTS in body else int(body["lists"])
    return early


def _whole_sets() -> Iterator[tuple[int, datetime, dict[str, Any]]]:
    entries = Entry.objects.filter(kind=EntryKind.PROFILE_CHANGE.value, body__what="taken in").order_by("sequence")
    for number, at, body in entries.values_list("sequence", "at", "body"):
        yield number, at, body or {}  # never erased
