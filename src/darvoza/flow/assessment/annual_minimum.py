"""Least shares of a calendar year: where each stands, and the floors that bring what is owed.

A frequency that the law sets for a year falls short in half of all years when every consignment is drawn with that
share itself. What is owed is therefore put under the consignments still to come.

A minimum is one of a service and an act, on imports: only results that name both count towards it. That something was
examined says neither by whom nor how, so it is told, and not counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

import polars as pl

from darvoza.domain.codes import Flow
from darvoza.domain.profile import RiskProfile, Treatment, Validity
from darvoza.domain.sps.measure import Measure
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.tables import read_table
from darvoza.methods.plans.quota import Quota, quota

SCHEMA: Final = {
    "profile": pl.String, "day": pl.Date, "share": pl.Float64, "arrived": pl.Int64, "taken": pl.Int64, "expected": pl.Int64,
    "unnamed": pl.Int64,
}  # fmt: skip
RESULTS: Final[dict[str, pl.DataType]] = {
    "declaration_id": pl.String(), "item": pl.Int64(), "agency": pl.String(), "act": pl.String(),
    "result_at": pl.Datetime("us", "UTC"),
}  # fmt: skip
"""Columns of results that are looked at: one row an act of a service on a goods item."""

NO_RESULTS: Final = pl.DataFrame(schema=RESULTS)
ROUNDING: Final = Decimal("0.000001")
COUNTS: Final = "quotas.parquet"
OWED: Final = ":owed"
"""What the code of a profile ends with that brings what is owed."""


def yearly(measures: Iterable[Measure]) -> tuple[tuple[RiskProfile, int], ...]:
    """Give the profiles of measures with a least share of the year, on imports, each with the consignments a year brings.

    One whose scope holds no imports was kept of what decided before such scopes were refused: it means what it meant.
    """
    counted = [_on_imports(measure) for measure in measures if measure.yearly is not None]
    return tuple((profile, one.yearly or 0) for one in counted for profile in measure_profiles([one]))


def _on_imports(measure: Measure) -> Measure:
    """Give a measure for the imports in its scope; as it is where that holds none."""
    imports, flows = Flow.IMPORT.value, measure.scope.flows
    return (
        replace(measure, scope=replace(measure.scope, flows=(imports,))) if not flows or imports in flows else measure
    )


def counts(
    items: pl.DataFrame,
    facts: pl.DataFrame,
    measures: Iterable[Measure],
    *,
    day: date,
    results: pl.DataFrame = NO_RESULTS,
) -> pl.DataFrame:
    """Count what was imported and what was examined in the calendar year of a day, before it.

    Parameters
    ----------
    items, facts
        Canonical goods items with ``examined``, and their facts, row by row; where the direction is unknown it is import.
    measures
        The measures; those without a least share of the year are passed over.
    day
        The day on which it is asked; what was lodged, or resulted, on it or later is not counted.
    results
        The columns of `RESULTS`; only an act of the service of a measure counts towards the share of that act.

    Returns
    -------
    pl.DataFrame
        One row a profile of a measure: ``profile``, ``day``, ``share``, consignments ``arrived``, ``taken``,
        ``expected`` until the end of the year, and ``unnamed``: examined, by an act or service that nobody named.
    """
    asked = yearly(measures)
    start, end = datetime(day.year, 1, 1, tzinfo=UTC), datetime(day.year, day.month, day.day, tzinfo=UTC)
    this_year = items.get_column("lodged_at").is_between(start, end, closed="left")
    counted = this_year & (items.get_column("flow").fill_null(Flow.IMPORT.value) == Flow.IMPORT.value)
    facts, items = facts.filter(counted), items.filter(counted)
    matches = ColumnsExecutor([profile for profile, _ in asked]).match(facts)
    held = items[matches.rows].select("declaration_id", "item", examined=pl.col("examined").fill_null(value=False))
    held = held.with_columns(place=pl.Series(matches.profiles.astype("int64")))
    held = held.join(_acts(asked, results, end), on=("place", "declaration_id", "item"), how="left")
    one = held.group_by("place", "declaration_id").agg(pl.col("taken").any(), pl.col("examined").any())
    sums = one.group_by("place").agg(
        pl.len(), pl.col("taken").sum(), (pl.col("examined") & ~pl.col("taken")).sum().alias("unnamed")
    )
    known = {place: came for place, *came in sums.iter_rows()}
    rows = [
        (profile.code, day, float(profile.treatment.share), arrived, taken, max(year - arrived, 0), unnamed)
        for place, (profile, year) in enumerate(asked)
        for arrived, taken, unnamed in (known.get(place, (0, 0, 0)),)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _acts(asked: Iterable[tuple[RiskProfile, int]], results: pl.DataFrame, end: datetime) -> pl.DataFrame:
    """Give the goods items on which the service of a profile carried out its act before a moment, each once."""
    wanted = [(place, each.agency.value, each.treatment.act.value) for place, (each, _) in enumerate(asked)]
    schema = {"place": pl.Int64, "agency": pl.String, "act": pl.String}
    done = results.filter(pl.col("result_at") < end).join(
        pl.DataFrame(wanted, schema=schema, orient="row"), on=("agency", "act")
    )
    return done.select("place", "declaration_id", "item", taken=pl.lit(value=True)).unique()


def stands(row: dict[str, object]) -> Quota:
    """Say where one row of `counts` stands.

    Examples
    --------
    >>> stands({"share": 0.15, "arrived": 400, "taken": 40, "expected": 200})
    Quota(owed=20, needed=50, floor=0.25, attainable=True)
    """
    share, (arrived, taken, expected) = row["share"], (row[name] for name in ("arrived", "taken", "expected"))
    return quota(float(share), arrived=int(arrived), taken=int(taken), expected=int(expected))  # type: ignore[arg-type, call-overload]


def read_counts(directory: Path) -> pl.DataFrame:
    """Read the counts of a directory.

    Raises
    ------
    OutputError
        When the directory does not hold readable counts.
    """
    return read_table(directory / COUNTS, "the counts that `darvoza sps quotas` wrote")


def owed_profiles(measures: Iterable[Measure], counted: pl.DataFrame) -> tuple[RiskProfile, ...]:
    """Give the profiles that bring what is owed, from the day of the count to the end of its year.

    They stand beside the profiles of the measures, whose own share stays the least; where nothing is owed there is none.

    Parameters
    ----------
    measures
        The measures.
    counted
        What `counts` gave.
    """
    known = {row["profile"]: row for row in counted.iter_rows(named=True)}
    return tuple(_owed(measures, known))


def _owed(measures: Iterable[Measure], known: dict[str, dict[str, object]]) -> Iterator[RiskProfile]:
    for profile, _ in yearly(measures):
        row = known.get(profile.code)
        if row is None:
            continue
        quota_ = stands(row)
        day, last = cast("date", row["day"]), profile.valid.end or date.max
        validity = Validity(max(day, profile.valid.start or day), min(date(day.year, 12, 31), last))
        floor = Decimal(quota_.floor).quantize(ROUNDING)
        if floor <= profile.treatment.share or validity.end < validity.start:  # type: ignore[operator]
            continue
        told = f"{profile.title}: {row['taken']} of {row['arrived']} examined in {day.year}, {quota_.owed} owed"
        yield replace(
            profile,
            code=f"{profile.code}{OWED}",
            title=told,
            treatment=Treatment(profile.treatment.act, floor),
            valid=validity,
        )
