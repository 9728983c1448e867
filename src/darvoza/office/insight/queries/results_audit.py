"""Results held against the journal: what stands of a result is what was recorded, by the digests that the journal keeps of it.

Of results that were recorded before the journal kept digests it tells only that they were: those are counted as not attested.
It tells of each of them once, of those of loaded files by their number alone: there may be no more than came. Where some of
these were let go with their declarations, one that was slipped in can stand in their place, and nothing shows it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, Q

from darvoza.domain.casework import ItemResult
from darvoza.domain.journal import EntryKind
from darvoza.flow.inspection.goods import digest_without_papers
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.gone import LetGo, let_go
from darvoza.office.insight.queries.hearing import KINDS, Heard, act_of, orders_of, subjects
from darvoza.office.journal.models import Entry
from darvoza.office.registry.attested import EACH, ORDER, RESULTS, RESULTS_SUBJECT, declaration_of
from darvoza.office.registry.mapping import GOODS, finding_row, told_of_result
from darvoza.office.registry.models import Declaration, Finding, Order, Result
from darvoza.office.registry.plain import revived

COLUMNS: Final = ("found", "areas", "additional_duty", "seized")
"""What stands of a finding in columns of its own beside what was said."""

CENT: Final = Decimal("0.01")
"""Columns of amounts are rounded."""

_FROM_FILES: Final = "results taken in"


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
    for name in sorted(orders_of(row)):
        order = orders.get(name)
        rows = {each.number: each for each in order.results.all()} if order else {}
        _hold(Difference(row.declaration_id, act_of(name), "", None, None), rows, heard.get(name, Heard()), held)
    return held


def _hold(of: Difference, rows: Mapping[int, Result], heard: Heard, held: ResultsHeld) -> None:
    """Hold the results of one order against the journal; what differs is told of that declaration and act."""
    left, first = heard.before, min(heard.results, default=None)
    for number in sorted(rows.keys() | heard.results.keys()):
        unknown = of._replace(field=f"result {number}", register="a result")
        if number in rows and number in heard.results:
            found = list(_differences(of, rows[number], heard.results[number], cut=heard.cut))
            if number in heard.broken:
                found.append(
                    of._replace(field=f"result {number}: what was kept before it was told again", journal="another")
                )
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


def _differences(of: Difference, row: Result, told: Mapping[str, Any], *, cut: bool) -> Iterator[Difference]:
    """Compare a result with the digests that the journal keeps of it, and the columns of its findings with what they say.

    Where identities were erased, the goods that a word was given on are compared by what is left of them.
    """
    now, where = told_of_result(row), f"result {row.number}"

    def other(name: str, journal: object, register: object) -> Difference:
        return of._replace(field=f"{where}: {name}", journal=journal, register=register)

    if now["digest"] != told["digest"]:
        yield other("by whom, when, words or act", told["digest"], now["digest"])
    then, stands = ({each["item"]: each for each in side["items"]} for side in (told, now))
    left = _cut_short(row) if cut else set[int]()
    for item in sorted(then.keys() | stands.keys()):
        one, another = then.get(item), stands.get(item)
        if one is None or another is None or any(one[name] != another.get(name) for name in _held(one, item in left)):
            yield other(f"finding on item {item}", _short(one), _short(another))
    for finding in row.findings.all():
        for name, said, stood in _beside(finding):
            yield other(f"{name} of item {finding.item}", said, stood)


def _cut_short(row: Result) -> set[int]:
    """Name the items of whose goods only that part is left that is made of no papers."""
    goods = {finding.item: finding.record.get(GOODS) for finding in row.findings.all()}
    return {item for item, said in goods.items() if said and said == digest_without_papers(said)}


def _held(told: Mapping[str, Any], cut: bool) -> Iterator[str]:  # noqa: FBT001 - asked for each item
    """Name what the register is to tell of an item as the journal does."""
    return (name for name in told if not (cut and name == GOODS))


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
    entries = Entry.objects.filter(kind=EntryKind.FINDING.value, subject__startswith=RESULTS_SUBJECT)
    number = 0
    for body in entries.values_list("body", flat=True):
        if body is None:
            return float("inf")
        number += int(body["results"]) if body.get("what") == _FROM_FILES and EACH not in body else 0
    return number


def orders_gone() -> Iterator[Difference]:
    """Give the orders of which only the journal tells, though their declaration is there.

    Those of orders that a decision gave are held with their declaration. What is told of an earlier declaration, which was deleted
    because its time was over, is of no order of one that came under its reference since.
    """
    expired = let_go()
    results = Q(body__has_key=RESULTS) & ~Q(body__results=[])
    for names in subjects(Entry.objects.filter(results | Q(body__has_key=ORDER), kind__in=KINDS)):
        yield from _gone(names, expired)


def _gone(names: list[str], expired: LetGo) -> Iterator[Difference]:
    there = set(Order.objects.filter(order_id__in=names).values_list("order_id", flat=True))
    left = {name: declaration_of(name) for name in names if name not in there}
    rows = Declaration.objects.filter(declaration_id__in=set(left.values())).prefetch_related("decisions", "orders")
    known = {row.declaration_id: orders_of(row) for row in rows}
    gone = {name: each for name, each in left.items() if each in known and name not in known[each]}
    told = Entry.objects.filter(subject__in=list(gone), kind__in=KINDS).order_by().values_list("subject")
    last = dict(told.annotate(last=Max("sequence")))
    for name, declaration in gone.items():
        if last.get(name, 0) > expired.until(declaration):
            yield Difference(declaration, act_of(name), "order", "an order", None)
