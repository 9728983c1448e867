"""What the journal tells of declarations, of their orders and of the results of these, gathered for the register to be held against."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from darvoza.domain.casework import CaseMove
from darvoza.domain.journal import EntryKind
from darvoza.methods.sealing.canonical_json import digest
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import (
    DECLARED,
    ERASED,
    ORDER,
    ORDERS,
    RESULTS,
    RETENTION,
    WAS,
    declaration_of,
    within,
)
from darvoza.office.registry.models import Declaration

BATCH: Final = 500

KINDS: Final = (EntryKind.FINDING.value, EntryKind.OVERRIDE.value, EntryKind.ORDER.value)
"""Entries that tell of orders and their results; that a finding is taken back is told as an override."""

_ON_DECLARATIONS: Final = (EntryKind.DECISION.value, EntryKind.ORDER.value)

NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
"""No declaration came again."""

_ARRIVED: Final = "arrived"
_CANCELLED: Final = "cancelled"
_RETURNED: Final = "returned"

_FIRST: Final = (None, 1)
"""Revisions that can be the first; what came with a run or from a post has none."""


class Told(NamedTuple):
    """What an entry says of an order: the number of the entry, and what the journal keeps."""

    sequence: int
    order: Mapping[str, str]


class Arrival(NamedTuple):
    """What an entry says of where and when goods arrived, to the millisecond; with the number of the entry."""

    sequence: int
    post: str
    at: datetime


@dataclass(slots=True)
class DeclarationHeard:
    """What the journal tells of one declaration.

    Attributes
    ----------
    orders
        What it keeps of orders that were given with it, or moved when it arrived, by their names, rising.
    declared
        Digests of what was declared, each with the number of the entry from which on it was, rising.
    whole
        Whether every order has its entry: the first that was decided on it tells of orders.
    erased
        Number of the last entry on it that was erased; 0 where none was.
    beginnings
        How often it may have been decided for the first time: more than once where it was deleted and came again.
    arrived
        The last entry on its arrival; nothing where there is none.
    cancelled
        Whether what was decided last is that it is cancelled.
    """

    orders: dict[str, list[Told]] = field(default_factory=dict)
    declared: list[tuple[int, str]] = field(default_factory=list)
    whole: bool | None = None
    erased: int = 0
    beginnings: int = 0
    arrived: Arrival | None = None
    cancelled: bool = False

    def hear(self, subject: str, sequence: int, kind: str, body: Mapping[str, Any] | None) -> None:
        """Take in an entry on the declaration, its subject."""
        if body is None:
            self.erased = sequence
            return
        if kind == EntryKind.DECISION.value and not _refused(body):
            self._decided(body)
        if kind == EntryKind.ORDER.value and body.get("what") == _ARRIVED:
            self.arrived = Arrival(sequence, body["post"], datetime.fromisoformat(body["at"]))
        for name, told in body.get(ORDERS, {}).items():
            self.orders.setdefault(f"{subject}:{name}", []).append(Told(sequence, told))
        if DECLARED in body:
            self.declared.append((sequence, body[DECLARED]))

    def _decided(self, body: Mapping[str, Any]) -> None:
        if self.whole is None:
            self.whole = ORDERS in body and not self.erased
        self.beginnings += body.get("revision") in _FIRST
        if "acts" in body:
            self.cancelled = body.get("what") == _CANCELLED


def _refused(body: Mapping[str, Any]) -> bool:
    """Tell whether nothing was taken in of what a post decided; it may have named what was no declaration yet, or another's."""
    return body.get("what") == _RETURNED and "acts" not in body


def heard_on_declarations(names: Iterable[str], since: Mapping[str, int] = NOTHING) -> dict[str, DeclarationHeard]:
    """Give what the journal tells of the orders and the goods of declarations, by their references.

    Parameters
    ----------
    since
        Of declarations that came again under their references, the entries up to which others are told of.
    """
    heard: dict[str, DeclarationHeard] = {}
    entries = Entry.objects.filter(subject__in=list(names), kind__in=_ON_DECLARATIONS).order_by("sequence")
    for subject, sequence, kind, body in entries.values_list("subject", "sequence", "kind", "body"):
        if sequence > since.get(subject, 0):
            heard.setdefault(subject, DeclarationHeard()).hear(subject, sequence, kind, body)
    return heard


@dataclass(slots=True)
class Heard:
    """What the journal tells of one order and its results.

    Attributes
    ----------
    results
        What it keeps of each, by its number; the last word counts.
    before
        How many entries may tell of results without a digest of them: of before, or erased since.
    told_at
        Numbers of the entries that told first of each result.
    broken
        Results of which an entry says that the journal kept something else until then than it did: they were changed before it.
    order
        What it keeps of the order, rising.
    erased
        Number of the last entry that was erased; 0 where none was.
    cut
        Whether the journal tells that identities were erased, and those of the declaration are: of the goods that a word was
        given on then only that part is left that is made of no papers.
    """

    results: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    before: int = 0
    told_at: dict[int, int] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    order: list[Told] = field(default_factory=list)
    erased: int = 0
    cut: bool = False


def heard_of(rows: Collection[Declaration], since: Mapping[str, int]) -> dict[str, Heard]:
    """Give what the journal tells of the results of declarations, by the names of their orders.

    Parameters
    ----------
    rows
        Declarations with their orders and decisions at hand.
    since
        Of declarations that came again under their references, the entries up to which others are told of.
    """
    names = sorted({name for row in rows for name in orders_of(row)})
    heard: dict[str, Heard] = {}
    for start in range(0, len(names), BATCH):
        entries = Entry.objects.filter(subject__in=names[start : start + BATCH], kind__in=KINDS).order_by("sequence")
        for subject, sequence, kind, body in entries.values_list("subject", "sequence", "kind", "body"):
            if sequence > since.get(declaration_of(subject), 0):
                _hear(heard.setdefault(subject, Heard()), sequence, kind, body)
    for row in _erased(rows):
        for name in orders_of(row):
            heard.setdefault(name, Heard()).cut = True
    return heard


def _erased(rows: Iterable[Declaration]) -> list[Declaration]:
    """Give those whose identities are erased, of which the journal tells that they may be: they were lodged before a day it names."""
    gone = [row for row in rows if row.importer_id == ERASED]
    until = _erased_until() if gone else None
    return [row for row in gone if until and row.lodged_at < until]


def _erased_until() -> datetime | None:
    """Give the moment before which identities were erased, as the journal tells; nothing where none were."""
    entries = Entry.objects.filter(kind=EntryKind.SETTINGS_CHANGE.value, subject=RETENTION)
    expired = entries.filter(body__what="expired", body__data="identities")
    moments = (body["before"] for body in expired.values_list("body", flat=True) if body)
    return max(map(datetime.fromisoformat, moments), default=None)


def orders_of(row: Declaration) -> set[str]:
    """Name the orders of a declaration: those that are there, and those that its decisions may have given."""
    given = {f"{row.declaration_id}:{each.agency}:{each.act}" for each in row.decisions.all()}
    return given | {order.order_id for order in row.orders.all()}


def _hear(heard: Heard, sequence: int, kind: str, body: Mapping[str, Any] | None) -> None:
    if body is None:
        heard.before += kind != EntryKind.ORDER.value
        heard.erased = sequence
        return
    if ORDER in body:
        heard.order.append(Told(sequence, body[ORDER]))
    if RESULTS in body:
        heard.broken |= {told["number"] for told in body[RESULTS] if WAS in told and not _goes_on(heard, told)}
        heard.results |= {told["number"]: told for told in body[RESULTS]}
        heard.told_at = dict.fromkeys((told["number"] for told in body[RESULTS]), sequence) | heard.told_at
    elif kind == EntryKind.ORDER.value:
        return
    elif kind == EntryKind.FINDING.value:
        heard.before += body.get("what") != "photo"
    else:
        heard.before += body.get("what") == CaseMove.CONFIRM_LOWERING.value


def _goes_on(heard: Heard, told: Mapping[str, Any]) -> bool:
    """Tell whether what an entry says was kept of a result is what was; where that was erased, nobody knows."""
    before = heard.results.get(told["number"])
    if before is None:
        return bool(heard.erased)
    return bool(told[WAS] == digest({name: value for name, value in before.items() if name != WAS}))


def subjects(entries: QuerySet[Entry]) -> Iterator[list[str]]:
    """Give what entries are on, each once, some at a time."""
    source = entries.order_by("subject").values_list("subject", flat=True).distinct().iterator(chunk_size=BATCH)
    while batch := list(islice(source, BATCH)):
        yield batch


def act_of(order: str) -> str:
    """Give agency and act as the name of an order has them."""
    return within(order).replace(":", " ")
