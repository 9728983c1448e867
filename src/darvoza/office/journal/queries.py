"""What can be asked of the journal."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from darvoza.office.journal.chain import BEGINNING, Line, first_broken
from darvoza.office.journal.mapping import as_line
from darvoza.office.journal.models import Entry, Head

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds.

    Attributes
    ----------
    entries
        How many there are.
    broken
        Number of the first entry that does not fit; ``None`` when all do.
    head
        Digest of the last entry, to be compared with what other agencies keep.
    """

    entries: int
    broken: int | None
    head: str


def search(words: str, page: int = 1) -> Page[Entry]:
    """Give a page of the entries in which every word occurs as who, what or to what, newest first."""
    rows: QuerySet[Entry] = Entry.objects.all()
    for word in words.split():
        rows = rows.filter(Q(by__iexact=word) | Q(action__icontains=word) | Q(subject__icontains=word))
    return Paginator(rows, PER_PAGE).get_page(page)


def entries_on(subject: str) -> list[Line]:
    """Give what was done to one thing, oldest first."""
    return [as_line(entry) for entry in Entry.objects.filter(subject=subject).order_by("number")]


def verify() -> Verdict:
    """Recompute the whole chain, and compare its end with what was kept of it."""
    head = Head.objects.first()
    number, end = (head.number, head.digest) if head else (0, BEGINNING)
    broken = first_broken(_chain())
    count = Entry.objects.count()
    last = Entry.objects.filter(number=number).values_list("digest", flat=True).first() or BEGINNING
    if broken is None and (count != number or last != end):
        broken = min(count, number) + 1
    return Verdict(count, broken, end)


def _chain() -> Iterator[tuple[Line, str]]:
    """Walk the entries from the first, without holding them all."""
    for entry in Entry.objects.order_by("number").iterator(chunk_size=2000):
        yield as_line(entry), entry.digest
