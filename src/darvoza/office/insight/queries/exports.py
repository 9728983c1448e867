"""What an export holds: heads in English, so that programs find them, and plain values."""

from collections.abc import Iterator
from typing import Final

from darvoza.flow.oversight.estimate_records import Limits
from darvoza.office.accounts.scope import Placed
from darvoza.office.insight.queries.cases import MOST, Asked, checks_for, declarations_asked
from darvoza.office.insight.queries.figures import GroupLine, Overview, Scope, rate_of
from darvoza.office.insight.queries.measures import MEASURE_HEAD, measures
from darvoza.office.insight.tables import Cell

CASE_HEAD: Final[tuple[str, ...]] = ("declaration", "lodged at", "post", "channel", "agency", "act", "basis", "recorded at", "checked",
                    "found", "recovered")  # fmt: skip
DECLARED_HEAD: Final[tuple[str, ...]] = ("declaration", "lodged at", "post", "channel", "importer")
OF_HEAD: Final[tuple[str, ...]] = ("agency", "post", "from", "to", "as of")
FIGURE_HEAD: Final[tuple[str, ...]] = (*OF_HEAD, "table", "group", "declared", "ordered", "checked", "found", "leakage", "leakage low",
                      "leakage high", "why not", "hit rate", "hit rate low", "hit rate high", "recovered", "share checked",
                      "share stopped", "amount not stated", *MEASURE_HEAD)  # fmt: skip


def with_currency(
    head: tuple[str, ...], rows: list[tuple[Cell, ...]], currency: str
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Add a last column with the currency of what was recovered, where it is told and there is such a column."""
    if not currency or "recovered" not in head:
        return head, rows
    return (*head, "currency"), [(*row, currency) for row in rows]


def figure_rows(shown: Overview, scope: Scope, *, why: bool) -> Iterator[tuple[Cell, ...]]:
    """Give every figure of the page as a row, the leakage of the whole first: counts, then one row for each other measure.

    Each row begins with whose it is, of which months, and of which moment: agency, post (empty for all), first and last month
    (empty where there is no bound). Profiles are told only to whoever may know why something was chosen.
    """
    of: tuple[Cell, ...] = (scope.agency, scope.post, scope.period.first, scope.period.last, shown.made_at)
    width = len(FIGURE_HEAD) - len(OF_HEAD)
    for row in _counted(shown, scope):
        yield (*of, *row, *(None,) * (width - len(row)))
    blank = (None,) * (width - 2 - len(MEASURE_HEAD))
    for table, group, *measured in measures(shown, why=why):
        yield (*of, table, group, *blank, *measured)


def _no_estimate(scope: Scope) -> str:
    """Say why there is no leakage of the whole."""
    if not scope.customs:
        return "customs only"
    return "no estimate" if scope.period.whole or scope.period.span else "no month, quarter or year"


def _counted(shown: Overview, scope: Scope) -> Iterator[tuple[Cell, ...]]:
    """Give the rows of counts.

    A hit rate is always that of the counts in its row: that of the examinations from which leakage is estimated, which the
    draw asked for, has a row of its own.
    """
    whole = shown.whole
    leakage = whole.leakage if whole else None
    why = (whole.why_not if whole else _no_estimate(scope)) or ""
    checked, found = _sums(shown)
    declared = sum(line.declared for line in shown.channels)
    rate = _limits(rate_of(found, checked))
    yield ("all", "all", declared, shown.ordered, checked, found, *_limits(leakage), why, *rate, None)
    if whole:
        drawn = (whole.declarations, whole.examined, whole.known, whole.findings)
        yield (
            "estimated from",
            "physical",
            *drawn,
            *_limits(leakage),
            why,
            *_limits(whole.hit_rate),
            whole.recovered,
            None,
            None,
            whole.unstated,
        )
    for channel in shown.channels:
        yield (
            "channel", channel.channel, channel.declared, channel.ordered, channel.checked, channel.found
        )  # fmt: skip
    for basis in shown.bases:
        money = None if basis.recovered is None else round(basis.recovered, 2)
        numbers: tuple[Cell, ...] = (None, basis.ordered, basis.checked, basis.found)
        yield ("basis", basis.basis, *numbers, *(None,) * 4, *_limits(basis.rate), money, None, None, basis.unstated)
    yield from (_group("post", line) for line in shown.posts)
    yield from (_group("month", line) for line in shown.months)


def _sums(shown: Overview) -> tuple[int, int]:
    return sum(line.checked for line in shown.channels), sum(line.found for line in shown.channels)


def _group(table: str, line: GroupLine) -> tuple[Cell, ...]:
    made = line.estimate
    why = (made.why_not if made else None) or ""
    counts = (line.declared, line.ordered, line.checked, line.found)
    rates = (*_limits(made.leakage if made else None), why, *_limits(line.rate))
    return (table, line.group, *counts, *rates, None, line.examined, line.stopped)


def _limits(limits: Limits | None) -> tuple[float | None, float | None, float | None]:
    return (limits.value, limits.low, limits.high) if limits else (None, None, None)


def case_rows(person: Placed, asked: Asked, *, why: bool) -> Iterator[tuple[Cell, ...]]:
    """Give the cases behind a number, at most `MOST`; the basis only to whoever may know it."""
    if asked.which == "declared":
        declared = declarations_asked(person, asked)
        yield from declared.values_list("declaration_id", "lodged_at", "post", "channel", "importer_name")[:MOST]
        return
    for row in checks_for(person, asked)[:MOST]:
        basis, recovered = row.basis if why else "", None if row.recovered is None else float(row.recovered)
        kept = (row.declaration.declaration_id, row.lodged_at, row.post, row.channel, row.agency, row.act, basis)
        yield (*kept, row.recorded_at, str(row.checked), str(row.found), recovered)
