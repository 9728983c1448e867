"""What is asked of what posts brought back: in what it differs, for whoever may know of the declaration."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, QuerySet

from darvoza.domain.codes import Agency
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import PostError
from darvoza.flow.journal.export import read_entries
from darvoza.flow.post.differing import Difference, Differs
from darvoza.flow.post.results import result_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.scope import within
from darvoza.office.insight.ways import Reader
from darvoza.office.operations.differences import Shown, in_words
from darvoza.office.operations.models import PostEntry
from darvoza.office.registry.models import Order
from darvoza.office.registry.queries import declarations_for
from darvoza.office.shell.paging import BoundedPaginator

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Written:
    """What a post wrote down.

    Attributes
    ----------
    kind
        ``decision``, ``finding``, or another kind of entry.
    channel
        Of a decision: the channel.
    acts
        Agency and act of those that a decision asked for, or of the order of a result.
    found
        Of a result: the risk areas of what was found.
    """

    kind: str
    channel: str = ""
    acts: tuple[tuple[str, str], ...] = ()
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a record of a post that differs.

    Attributes
    ----------
    at, taken_at
        When the post wrote it down, and when it was taken in; the second is unknown of what an earlier version took in.
    reference
        The declaration; empty where it is of none.
    here
        Whether the reader may open the declaration.
    """

    at: datetime
    taken_at: datetime | None
    post: str
    number: int
    by: str
    reference: str
    here: bool
    wrote: Written
    shown: tuple[Shown, ...]


def differing(person: Reader, page: int = 1) -> tuple[Page[PostEntry], list[Line]]:
    """Give a page of the entries that differ, the newest first."""
    found = BoundedPaginator(_rows(person).order_by("-pk"), PER_PAGE).get_page(page)
    rows: list[PostEntry] = list(found.object_list)
    names = {row.declaration_id for row in rows} | {name for row in rows for name in _named(row)}
    seen = set(declarations_for(person).filter(declaration_id__in=names).values_list("declaration_id", flat=True))
    told = partial(in_words, seen=seen, details=_agencies(person), whole=_reads_all(person))
    return found, [_line(row, entry, seen, told) for row in rows for entry in read_entries([row.line.encode()])]


def _rows(person: Reader) -> QuerySet[PostEntry]:
    """Give what differs of what concerns a person: of the post, and of goods with which the agency has to do.

    Of results, those by orders of the agency. Customs have to do with every declaration, as in the register.
    """
    rows = PostEntry.objects.filter(within(person, agency=""), differs__isnull=False).exclude(line="")
    if person.agency:
        rows = rows.filter(agency__in=["", person.agency])
    if person.agency and person.agency != Agency.CUSTOMS:
        of = Order.objects.filter(declaration__declaration_id=OuterRef("declaration_id"), agency=person.agency)
        rows = rows.filter(Q(declaration_id="") | Exists(of))
    return rows


def _named(row: PostEntry) -> Iterator[str]:
    """Give the other declarations that are named where something differs."""
    for each in map(Difference.of, row.differs or ()):
        if each.how is Differs.SAME_GOODS:
            yield from str(each.values["references"]).split(", ")


def _agencies(person: Reader) -> Collection[str]:
    """Give the agencies of which a person may see why goods were chosen."""
    if not person.may(Permission.DECISION_READ):
        return ()
    return (person.agency,) if person.agency else tuple(Agency)


def _reads_all(person: Reader) -> bool:
    """Tell whether a person may see why goods were chosen, of every agency and at every post."""
    return person.may(Permission.DECISION_READ) and not person.agency and not person.post


def _line(row: PostEntry, entry: JournalEntry, seen: Collection[str], told: Callable[[Difference], Shown]) -> Line:
    shown = tuple(told(Difference.of(each)) for each in row.differs or ())
    here = row.declaration_id in seen
    rest = (entry.actor, row.declaration_id, here, _written(entry), shown)
    return Line(entry.at, row.taken_at, row.post, row.number, *rest)


def _written(entry: JournalEntry) -> Written:
    """Tell what stands in an entry; of one that cannot be read, only of what kind it is."""
    body: Any = entry.body or {}
    if entry.kind is EntryKind.FINDING:
        acts = tuple((agency, act) for _, agency, act in [entry.subject.rsplit(":", 2)] if entry.subject.count(":") > 1)
        try:
            areas = {area.value for item in result_of(entry).result.items for area in item.areas}
        except PostError:
            areas = set()
        return Written(entry.kind, acts=acts, found=tuple(sorted(areas)))
    if entry.kind is not EntryKind.DECISION:
        return Written(entry.kind)
    try:
        acts = tuple((str(each["agency"]), str(each["act"])) for each in body["acts"] if each["selected"])
        return Written(entry.kind, str(body["channel"]), acts)
    except (KeyError, TypeError):
        return Written(entry.kind)
