"""Results held against the journal: what stands of a result is what was recorded, by the digests that the journal keeps of it.

Of results that were recorded before the journal kept digests it tells only that they were: those are counted as not attested.
It tells of each of them once, of those of loaded files by their number, so that none can be slipped in among them unseen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from darvoza.domain.casework import CaseMove, ItemResult
from darvoza.domain.journal import EntryKind
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import EACH, RESULTS
from darvoza.office.registry.mapping import finding_row, told_of_result
from darvoza.office.registry.models import Declaration, Finding, Order, Result
from darvoza.office.registry.plain import revived

BATCH: Final = 500

KINDS: Final = (EntryKind.FINDING.value, EntryKind.OVERRIDE.value)
"""Entries that tell of results; that a finding is taken back is told as an override."""

COLUMNS: Final = ("found", "areas", "additional_duty", "seized")
"""What stands of a finding in columns of its own beside what was said."""

CENT: Final = Decimal("0.01")
"""Columns of amounts are rounded."""

_FROM_FILES: Final = "results taken in"


@dataclass(slots=True)
class Heard:
    """What the journal tells of the results of one order.

    Attributes
    ----------
    results
        What it keeps of each, by its number; the last word counts.
    before
        How many entries may tell of results without a digest of them: of before, or erased since.
    """

    results: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    before: int = 0


@dataclass(slots=True)
class ResultsHeld:
    """How the results of a declaration stand beside the journal.

    Attributes
    ----------
    attested
        Results that are as the journal tells.
    before
        Results of which it tells only that they were recorded.
    strange
        Results of which it tells nothing by their order: they may have come with a file.
    differences
        What differs.
    """

    attested: int = 0
    before: int = 0
    strange: list[Difference] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def heard_of(rows: Iterable[Declaration]) -> dict[str, Heard]:
    """Give what the journal tells of the results of declarations, by the names of their orders.

    Parameters
    ----------
    rows
        Declarations with their orders and decisions at hand.
    """
    names = sorted({name for row in rows for name in _orders_of(row)})
    heard: dict[str, Heard] = {}
    for start in range(0, len(names), BATCH):
        entries = Entry.objects.filter(subject__in=names[start : start + BATCH], kind__in=KINDS).order_by("sequence")
        for subject, kind, body in entries.values_list("subject", "kind", "body"):
            _hear(heard.setdefault(subject, Heard()), kind, body)
    return heard


def _orders_of(row: Declaration) -> set[str]:
    """Name the orders of a declaration: those that are there, and those that its decisions may have given."""
    given = {f"{row.declaration_id}:{each.agency}:{each.act}" for each in row.decisions.all()}
    return given | {order.order_id for order in row.orders.all()}


def _hear(heard: Heard, kind: str, body: Mapping[str, Any] | None) -> None:
    if body is None:
        heard.before += 1
    elif RESULTS in body:
        heard.results |= {told["number"]: told for told in body[RESULTS]}
    elif kind == EntryKind.FINDING.value:
        heard.before += body.get("what") != "photo"
    else:
        heard.before += body.get("what") == CaseMove.CONFIRM_LOWERING.value


def results_held(row: Declaration, heard: Mapping[str, Heard]) -> ResultsHeld:
    """Hold the results of a declaration against the journal.

    Parameters
    ----------
    row
        A declaration with its orders, their results and findings, and its decisions at hand.
    heard
        What the journal tells, by the names of orders.
    """
    held = ResultsHeld()
    orders = {order.order_id: order for order in row.orders.all()}
    for name in sorted(_orders_of(row)):
        order = orders.get(name)
        rows = {each.number: each for each in order.results.all()} if order else {}
        _hold(Difference(row.declaration_id, _act(name), "", None, None), rows, heard.get(name, Heard()), held)
    return held


def _hold(of: Difference, rows: Mapping[int, Result], heard: Heard, held: ResultsHeld) -> None:
    """Hold the results of one order against the journal; what differs is told of that declaration and act."""
    left, first = heard.before, min(heard.results, default=None)
    for number in sorted(rows.keys() | heard.results.keys()):
        unknown = of._replace(field=f"result {number}", register="a result")
        if number in rows and number in heard.results:
            found = list(_differences(of, rows[number], heard.results[number]))
            held.differences += found
            held.attested += not found
        elif number not in rows:
            held.differences.append(unknown._replace(journal="a result", register=None))
        elif first is not None and number > first:  # whoever keeps digests keeps them of all that follows
            held.differences.append(unknown)
        elif left:
            left, held.before = left - 1, held.before + 1
        else:
            held.strange.append(unknown)


def _act(order: str) -> str:
    return " ".join(order.rsplit(":", 2)[1:])


def _differences(of: Difference, row: Result, told: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare a result with the digests that the journal keeps of it, and the columns of its findings with what they say."""
    now, where = told_of_result(row), f"result {row.number}"

    def other(name: str, journal: object, register: object) -> Difference:
        return of._replace(field=f"{where}: {name}", journal=journal, register=register)

    if now["digest"] != told["digest"]:
        yield other("by whom, when, words or act", told["digest"], now["digest"])
    then, stands = ({each["item"]: each for each in side["items"]} for side in (told, now))
    for item in sorted(then.keys() | stands.keys()):
        one, another = then.get(item), stands.get(item)
        if one is None or another is None or any(one[name] != another.get(name) for name in one):
            yield other(f"finding on item {item}", _short(one), _short(another))
    for finding in row.findings.all():
        for name, said, stood in _beside(finding):
            yield other(f"{name} of item {finding.item}", said, stood)


def _short(told: Mapping[str, Any] | None) -> str | None:
    return " ".join(str(value) for name, value in told.items() if name != "item") if told else None


def _beside(row: Finding) -> Iterator[tuple[str, object, object]]:
    """Give the columns of a finding that stand otherwise than what was said: their names, what was said, what stands."""
    if row.item != row.record.get("item"):
        yield "item", row.record.get("item"), row.item
        return
    meant = finding_row(revived(ItemResult, row.record))
    for name in COLUMNS:
        said, stands = getattr(meant, name), getattr(row, name)
        if said != stands and not _rounded(said, stands):
            yield name, _plain(said), _plain(stands)


def _rounded(said: object, stands: object) -> bool:
    return isinstance(said, Decimal) and isinstance(stands, Decimal) and abs(said - stands) < CENT


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def from_files() -> float:
    """Give how many results came with files of which the journal tells only their number; without bound where it was erased."""
    entries = Entry.objects.filter(kind=EntryKind.FINDING.value, subject__startswith="results ")
    number = 0
    for body in entries.values_list("body", flat=True):
        if body is None:
            return float("inf")
        number += int(body["results"]) if body.get("what") == _FROM_FILES and EACH not in body else 0
    return number


def orders_gone() -> Iterator[Difference]:
    """Give the results of which only the journal tells, for their order is gone though their declaration is there.

    Those of orders that a decision gave are held with their declaration.
    """
    entries = Entry.objects.filter(kind__in=KINDS, body__has_key=RESULTS).order_by("subject")
    source = entries.exclude(body__results=[]).values_list("subject", flat=True).distinct().iterator(chunk_size=BATCH)
    batch: list[str] = []
    for name in source:
        batch.append(name)
        if len(batch) == BATCH:
            yield from _gone(batch)
            batch = []
    yield from _gone(batch)


def _gone(names: list[str]) -> Iterator[Difference]:
    there = set(Order.objects.filter(order_id__in=names).values_list("order_id", flat=True))
    left = {name: name.rsplit(":", 2)[0] for name in names if name not in there}
    rows = Declaration.objects.filter(declaration_id__in=set(left.values())).prefetch_related("decisions", "orders")
    known = {row.declaration_id: _orders_of(row) for row in rows}
    for name, declaration in left.items():
        if declaration in known and name not in known[declaration]:
            yield Difference(declaration, _act(name), "order", "a result", None)
