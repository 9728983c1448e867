"""Where each trader's goods stand in a sampling plan, replayed from what is known of them.

A stream is one importer, one heading and one origin. Only a census or a draw counts towards fewer examinations: a
result counts when everything was examined, or when it was drawn with no more than the fraction of the plan. What was
examined for another reason tells nothing about the rest when it passes, and counts in full when it fails.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.states import Arrival, Basis, Event, Mode, Plan, PlanState, Result, advance, fraction

KEY = ("importer_id", "heading", "origin")
"""What tells one stream of goods from another."""

RESULT_DELAY = timedelta(days=7)
"""A result without a date of its own counts as known so long after lodging."""

ROUNDING = 1e-9
SCHEMA = {
    "plan": pl.String,
    **dict.fromkeys(KEY, pl.String),
    "fraction": pl.Float64,
    "mode": pl.String,
    "run": pl.Int64,
    "consignments": pl.Int64,
    "examined": pl.Int64,
    "failures": pl.Int64,
    "last": pl.Date,
}


def the_plan(
    fractions: tuple[float, ...], clearances: tuple[int, ...], *, memory: int = 0, validity: int | None = None
) -> Plan:
    """Give the rule of a plan: continuous where there are two fractions, a ladder where there are more.

    Raises
    ------
    SettingsError
        When the numbers make no plan.
    """
    if len(fractions) == 2 and len(clearances) == 1 and fractions[0] == 1:
        variant = Variant.CSP2 if memory else Variant.CSP1
        return ContinuousPlan(clearances[0], fractions[1], variant, memory=memory or None, validity=validity)
    return Ladder(fractions, clearances, validity=validity)


def plan_states(items: pl.DataFrame, plan: Plan, *, code: str, day: date) -> pl.DataFrame:
    """Replay a plan over the goods it is about.

    Parameters
    ----------
    items
        Canonical goods items in the scope of the plan, with their outcomes; nothing lodged or known on the day or later
        is looked at.
    plan, code
        The rule, and the code of the plan.
    day
        The day on which the states are asked for.

    Returns
    -------
    pl.DataFrame
        One row a stream: ``plan``, ``importer_id``, ``heading``, ``origin``, ``fraction`` to examine on the day, ``mode``,
        ``run`` of passes, ``consignments``, ``examined``, ``failures``, ``last`` day heard of.
    """
    rows = [
        (code, *key, *_replayed(list(events), plan, day))
        for key, events in _streams(_consignments(items, day))
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _consignments(items: pl.DataFrame, day: date) -> pl.DataFrame:
    """Give one row a stream and declaration, in order of lodging."""
    start = datetime.combine(day, time(), UTC)
    result_at = pl.col("result_at").fill_null(pl.col("lodged_at") + RESULT_DELAY)
    known = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null() & (result_at < start)
    return (
        items.filter(pl.col("lodged_at") < start)
        .with_columns(heading=pl.col("hs").str.head(4))
        .group_by(*KEY, "declaration_id")
        .agg(
            pl.col("lodged_at").first(),
            known.any().alias("known"),
            (known & pl.col("finding").fill_null(value=False)).any().alias("failed"),
            pl.col("inclusion_probability").cast(pl.Float64).max().alias("probability"),
        )
        .sort(*KEY, "lodged_at", "declaration_id")
    )


def _streams(
    consignments: pl.DataFrame,
) -> Iterator[tuple[tuple[str, ...], list[tuple[date, bool, bool, float | None]]]]:
    """Give each stream with its consignments in order."""
    kept: list[tuple[date, bool, bool, float | None]] = []
    key: tuple[str, ...] | None = None
    for row in consignments.select(*KEY, pl.col("lodged_at").dt.date(), "known", "failed", "probability").iter_rows():
        if key is not None and row[:3] != key:
            yield key, kept
            kept = []
        key = row[:3]
        kept.append(row[3:])
    if key is not None:
        yield key, kept


def _replayed(
    consignments: list[tuple[date, bool, bool, float | None]], plan: Plan, day: date
) -> tuple[float, str, int, int, int, int, date | None]:
    """Bring a stream from its start to the day."""
    state = plan.start()
    for lodged_on, known, failed, probability in consignments:
        event = _event(state, plan, lodged_on, known=known, failed=failed, probability=probability)
        state = advance(state, event, plan=plan)
    known_count = sum(known for _, known, _, _ in consignments)
    failures = sum(failed for _, _, failed, _ in consignments)
    share = fraction(state, plan=plan, day=day)
    return share, state.mode.value, state.run, len(consignments), known_count, failures, state.last


def _event(state: PlanState, plan: Plan, day: date, *, known: bool, failed: bool, probability: float | None) -> Event:
    """Say what a consignment was to its stream."""
    if not known:
        return Arrival(day)
    share = fraction(state, plan=plan, day=day)
    if share >= 1 or state.mode is Mode.CENSUS:
        basis = Basis.CENSUS
    elif probability is not None and probability <= share + ROUNDING:
        basis = Basis.RANDOM
    else:
        basis = Basis.TARGETED
    return Result(passed=not failed, basis=basis, day=day)
