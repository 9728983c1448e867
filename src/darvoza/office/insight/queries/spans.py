"""The figures of some months, out of those of all."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from darvoza.flow.oversight.estimate_records import Estimates
from darvoza.office.insight.periods import Period
from darvoza.office.insight.records import Checks, Declared, Duty, Examined, Figures, Load, Overridden, Span

Row = TypeVar("Row", Declared, Checks, Examined, Load, Duty, Overridden)


def in_period(figures: Figures, period: Period) -> Figures:
    """Give the figures of what was lodged in a period; of overrides and rosters, of what happened in it.

    Counts are added up. Estimates and release times are not: they are those made of the month, quarter or year that the period
    is, and of a period that is none of them there are none but those of its months.
    """
    if period.whole:
        return figures
    span = next((each for each in figures.spans or () if each.name == period.span), None)
    return replace(
        figures,
        declared=_of(figures.declared, period),
        checks=_of(figures.checks, period),
        examined=_of(figures.examined, period),
        load=_of(figures.load, period),
        duties=_of(figures.duties, period),
        overridden=_of(figures.overridden, period),
        releases=span.releases if span else (),
        estimates=_estimates(figures.estimates, span, period) if figures.estimates else None,
    )


def _of(rows: Iterable[Row], period: Period) -> tuple[Row, ...]:
    return tuple(row for row in rows if period.holds(row.month))


def _estimates(made: Estimates, span: Span | None, period: Period) -> Estimates:
    """Give the estimates of a period; what is known of all months alone is left out."""
    months = (one for one in made.of("month") if period.holds(one.group))
    return replace(uncounted(made), groups=(*(span.groups if span else ()), *months), lifts=(), helped=None)


def uncounted(made: Estimates) -> Estimates:
    """Leave out of estimates what is counted of all posts and months together, and of no part of them."""
    return replace(made, outstanding=None, unmeasured=None)
