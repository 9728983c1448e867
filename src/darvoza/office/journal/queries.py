"""What can be asked of the journal."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils.timezone import make_aware

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.journal.checking import Fault, verify_tail
from darvoza.flow.journal.checking import verify as verify_entries
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.sealing.hash_chain import START, Link
from darvoza.office.journal.keeping import WORK_AT_LEAST
from darvoza.office.journal.mapping import as_entry
from darvoza.office.journal.models import End, Entry
from darvoza.office.shell.paging import MOST, BoundedPaginator
from darvoza.office.shell.words import KINDS
from darvoza.progress import OnProgress, counted, unheard

PER_PAGE = 50
KEY_OF: Final = "key of "
"""How the names of keys of days begin."""


class Verified(NamedTuple):
    """What a check of the journal came to.

    Attributes
    ----------
    entries, erased
        How many entries there are, and how many of them have lost their body in good order.
    head, root
        Head of the last entry and root of the tree over all, to be compared with what other agencies keep.
    faults
        What does not hold; empty when everything does.
    """

    entries: int
    erased: int
    head: str
    root: str
    faults: tuple[Fault, ...]


def search(words: str, page: int = 1, *, day: date | None = None) -> Page[Entry]:
    """Give a page of the entries to which every word belongs, newest first.

    A word is who did it, a part of the kind as the page or the journal writes it, or the subject from its beginning: what an
    index can find. Only the entries of a day of the office are given where one is named.
    """
    branches = [_branches(word) for word in words.split()]
    if day is None and len(branches) == 1 and len(branches[0]) > 1:
        found = BoundedPaginator(_newest(branches[0]), PER_PAGE).get_page(page)
        found.object_list = list(Entry.objects.filter(pk__in=found.object_list))
        return found
    rows: QuerySet[Entry] = _of_day(day) if day else Entry.objects.all()
    for ways in branches:
        rows = rows.filter(reduce(or_, ways)) if ways else rows.none()
    return BoundedPaginator(rows, PER_PAGE).get_page(page)


def _branches(word: str) -> list[Q]:
    """Give the ways in which a word occurs at all; each is one walk along an index."""
    part = word.lower()
    ways = [Q(kind=kind.value) for kind in EntryKind if part in kind.value or part in str(KINDS[kind]).lower()]
    ways += [Q(actor=name) for name in {word, word.lower()}]
    ways.append(Q(subject__gte=word, subject__lt=f"{word}\U0010ffff"))
    return [way for way in ways if Entry.objects.filter(way).exists()]


def _of_day(day: date) -> QuerySet[Entry]:
    """Give the entries of a day, by the clock of the office."""
    start, end = (make_aware(datetime.combine(each, time.min)) for each in (day, day + timedelta(days=1)))
    return Entry.objects.filter(at__gte=start, at__lt=end)


def _newest(ways: Iterable[Q]) -> list[int]:
    """Give the numbers of the newest entries that are met in one of some ways, as many as are ever shown and one more."""
    some: set[int] = set()
    for way in ways:
        numbers = Entry.objects.filter(way).order_by("-sequence").values_list("sequence", flat=True)
        some.update(numbers[: MOST + 1])
    return sorted(some, reverse=True)


def entries_on(subject: str) -> list[JournalEntry]:
    """Give what was done to one thing, oldest first."""
    return [as_entry(row) for row in Entry.objects.filter(subject=subject).order_by("sequence")]


def entries_on_each(subjects: Collection[str]) -> list[JournalEntry]:
    """Give what was done to some things, newest first."""
    return [as_entry(row) for row in Entry.objects.filter(subject__in=subjects).order_by("-sequence")]


def verify(on_progress: OnProgress = unheard) -> Verified:
    """Recompute the whole journal, and compare its end with what was kept of it.

    Parameters
    ----------
    on_progress
        Told how many entries were read.
    """
    end = End.objects.first()
    number, head = (end.number, end.head) if end else (START.number, START.head)
    found = verify_entries(counted(every_entry(), on_progress))
    last = Entry.objects.order_by("-sequence").values_list("sequence", "head").first() or (START.number, START.head)
    faults = found.faults
    if last != (number, head):
        faults = (*faults, Fault(last[0] + 1, max(number, last[0] + 1), "the end that was kept is another"))
    return Verified(found.entries, found.erased, head, found.root, faults)


def ending() -> tuple[Link, datetime | None]:
    """Give the end of the journal as it was kept, and the moment of the last entry; nothing when there is none."""
    end = End.objects.first()
    at = Entry.objects.order_by("-sequence").values_list("at", flat=True).first()
    return (Link(end.number, end.head) if end else START), at


def has_entry(number: int, head: str) -> bool:
    """Tell whether the journal has an entry of a number and a head; a journal is known by any of its entries."""
    return Entry.objects.filter(sequence=number, head=head).exists()


def tail_faults(count: int) -> tuple[Fault, ...]:
    """Recompute the last entries, and compare the last of them with the end that was kept."""
    end, _ = ending()
    entries = [as_entry(row) for row in Entry.objects.order_by("-sequence")[:count]][::-1]
    last = Link(entries[-1].sequence, entries[-1].head) if entries else START
    before = Link(entries[0].sequence - 1, entries[0].previous) if entries else START
    faults = verify_tail(entries, before)
    if last != end:
        faults = (*faults, Fault(last.number + 1, max(end.number, last.number + 1), "the end that was kept is another"))
    return faults


def written_since(number: int, kinds: Iterable[EntryKind]) -> int:
    """Count the entries of some kinds after the entry of a number."""
    return Entry.objects.filter(kind__in=list(kinds), sequence__gt=number).count()


def every_entry(since: int = 0) -> Iterator[JournalEntry]:
    """Walk the entries after a number, as they are when the first is asked for, without holding them all."""
    for row in Entry.objects.filter(sequence__gt=since).order_by("sequence").iterator(chunk_size=2000):
        yield as_entry(row)


def key_subject(day: date) -> str:
    """Give the name under which the key of a day stands in the journal."""
    return f"{KEY_OF}{day.isoformat()}"


def day_of_key(subject: str) -> date:
    """Give the day whose key stands in the journal under a name."""
    return date.fromisoformat(subject.removeprefix(KEY_OF))


def keys_told(kind: EntryKind) -> dict[str, str]:
    """Give the commitments of days that entries of a kind tell, by subject: of each day the last."""
    return {name: str(body["commitment"]) for name, _, body in _of_keys(kind) if body}


def committed_to(days: Collection[date]) -> dict[date, str]:
    """Give the commitments to the keys of some days that were there before the day; a later one binds nobody."""
    named = {key_subject(day): day for day in days}
    told = _of_keys(EntryKind.KEY_COMMITMENT).filter(subject__in=list(named))
    found = ((named[name], at, body) for name, at, body in told if body)
    return {day: str(body["commitment"]) for day, at, body in found if at.astimezone(UTC).date() < day}


def days_of_other_keys(ring: KeyRing, days: Collection[date]) -> list[date]:
    """Give those of some days that were committed to, and with another key than a ring makes."""
    return sorted(day for day, told in committed_to(days).items() if ring.commitment(day) != told)


def _of_keys(kind: EntryKind) -> QuerySet[Entry, tuple[str, datetime, dict[str, Any] | None]]:
    """Give subject, moment and body of the entries that tell of keys of days, the first one first."""
    rows = Entry.objects.filter(kind=kind.value, subject__startswith=KEY_OF)
    return rows.order_by("sequence").values_list("subject", "at", "body")


def days_revealed(days: Collection[date], *, before: datetime | None = None) -> set[date]:
    """Give those of some days whose keys were revealed, or were so before a moment."""
    named = {key_subject(day): day for day in days}
    told = Entry.objects.filter(kind=EntryKind.KEY_REVEAL.value, subject__in=list(named))
    if before is not None:
        told = told.filter(at__lt=before)
    return {named[subject] for subject in told.values_list("subject", flat=True)}


def moments_of_revealing(days: Collection[date]) -> dict[date, datetime]:
    """Give when the keys of some days were revealed, of those whose keys were."""
    named = {key_subject(day): day for day in days}
    told = Entry.objects.filter(kind=EntryKind.KEY_REVEAL.value, subject__in=list(named)).order_by("-at")
    return {named[subject]: at for subject, at in told.values_list("subject", "at")}


def days_of_keys() -> dict[EntryKind, set[str]]:
    """Give the commitments that the journal knows: of keys committed to, and of keys that were told."""
    told: dict[EntryKind, set[str]] = {EntryKind.KEY_COMMITMENT: set(), EntryKind.KEY_REVEAL: set()}
    for kind, commitments in told.items():
        for body in Entry.objects.filter(kind=kind.value).values_list("body", flat=True):
            commitments.update(str(value) for name, value in (body or {}).items() if name == "commitment")
    return told


def erased_early(written: Mapping[int, datetime]) -> set[int]:
    """Give those of some entries without a body that were erased before their shortest time was over.

    Those of which no entry says that they were erased are a fault of the journal itself, which `verify` finds.

    Parameters
    ----------
    written
        When each entry was written, by its number.
    """
    early: set[int] = set()
    erasures = Entry.objects.filter(kind=EntryKind.ERASURE.value).values_list("at", "body")
    for at, body in erasures.iterator() if written else ():
        told = (number for number in (body or {}).get("erased", ()) if number in written)
        early |= {number for number in told if at - written[number] < WORK_AT_LEAST}
    return early
