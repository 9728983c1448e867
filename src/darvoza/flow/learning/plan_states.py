"""Where each trader's goods stand in a sampling plan, replayed from what is known of them.

A stream is one importer, one heading and one origin. Only a census or a draw counts towards fewer examinations: a
result counts when everything was examined, or when it was drawn with no more than the fraction of the plan. What was
examined for another reason tells nothing about the rest when it passes, and counts in full when it fails.

Where the states of an earlier day are given, a stream goes on from there: what was lodged from that day on counts, and of
what was lodged before it, the results that became known from that day on.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from darvoza.flow.tables import read_table
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
    "memory": pl.Int64,
    "day": pl.Date,
}
STATES: Final = "states.parquet"


class Consignment(NamedTuple):
    """A consignment of a stream: when it was lodged, and what is known of it."""

    lodged_on: date
    known: bool
    failed: bool
    probability: float | None
    heard_on: date | None


class Stood(NamedTuple):
    """Where a stream stood when a day began, and what had come until then."""

    state: PlanState
    day: date | None = None
    consignments: int = 0
    examined: int = 0
    failures: int = 0

    def counts(self, one: Consignment) -> bool:
        """Tell whether a consignment says something that was not known then."""
        if self.day is None or one.lodged_on >= self.day:
            return True
        return one.heard_on is not None and one.heard_on >= self.day


def read_states(directory: Path) -> pl.DataFrame:
    """Read the states of a directory.

    Raises
    ------
    OutputError
        When the directory does not hold readable states.
    """
    return read_table(directory / STATES, "the states that `darvoza sps states` wrote")


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


def plan_states(
    items: pl.DataFrame,
    plan: Plan,
    *,
    code: str,
    day: date,
    until: datetime | None = None,
    since: pl.DataFrame | None = None,
) -> pl.DataFrame:
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
    until
        The moment before which something counts, in the place of the beginning of the day.
    since
        States of an earlier day, as this gives them, from which streams go on.

    Returns
    -------
    pl.DataFrame
        One row a stream: ``plan``, ``importer_id``, ``heading``, ``origin``, ``fraction`` to examine on the day, ``mode``,
        ``run`` of passes, ``consignments``, ``examined``, ``failures``, ``last`` day heard of, ``memory``, ``day``.
    """
    streams = {key: list(came) for key, came in _streams(_consignments(items, until or _midnight(day)))}
    stood = _stood(since, plan, code)
    rows = [
        (code, *key, *_replayed(streams.get(key, []), plan, day, stood.get(key, Stood(plan.start()))))
        for key in sorted({*streams, *stood}, key=lambda key: [part or "" for part in key])
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _stood(since: pl.DataFrame | None, plan: Plan, code: str) -> Mapping[tuple[str, ...], Stood]:
    """Give where the streams of a plan stood."""
    if since is None:
        return {}
    rungs = plan.fractions if isinstance(plan, Ladder) else ()
    return {
        tuple(row[name] for name in KEY): Stood(
            PlanState(
                Mode(row["mode"]),
                level=rungs.index(row["fraction"]) if row["fraction"] in rungs else 0,
                run=row["run"],
                memory=row["memory"],
                last=row["last"],
            ),
            *(row[name] for name in ("day", "consignments", "examined", "failures")),
        )
        for row in since.filter(pl.col("plan") == code).iter_rows(named=True)
    }


def _consignments(items: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """Give one row a stream and declaration, in order of lodging."""
    result_at = pl.col("result_at").fill_null(pl.col("lodged_at") + RESULT_DELAY)
    known = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null() & (result_at < until)
    return (
        items.filter(pl.col("lodged_at") < until)
        .with_columns(heading=pl.col("hs").str.head(4))
        .group_by(*KEY, "declaration_id")
        .agg(
            pl.col("lodged_at").first(),
            known.any().alias("known"),
            (known & pl.col("finding").fill_null(value=False)).any().alias("failed"),
            pl.col("inclusion_probability").cast(pl.Float64).max().alias("probability"),
            result_at.filter(known).max().dt.date().alias("heard_on"),
        )
        .sort(*KEY, "lodged_at", "declaration_id")
    )


def _streams(consignments: pl.DataFrame) -> Iterator[tuple[tuple[str, ...], list[Consignment]]]:
    """Give each stream with its consignments in order."""
    kept: list[Consignment] = []
    key: tuple[str, ...] | None = None
    told = consignments.select(*KEY, pl.col("lodged_at").dt.date(), "known", "failed", "probability", "heard_on")
    for row in told.iter_rows():
        if key is not None and row[:3] != key:
            yield key, kept
            kept = []
        key = row[:3]
        kept.append(Consignment(*row[3:]))
    if key is not None:
        yield key, kept


def _replayed(
    consignments: list[Consignment], plan: Plan, day: date, stood: Stood
) -> tuple[float, str, int, int, int, int, date | None, int, date]:
    """Bring a stream from where it stood to the day."""
    state = stood.state
    telling = [each for each in consignments if stood.counts(each)]
    for each in telling:
        state = advance(state, _event(state, plan, each), plan=plan)
    came = sum(stood.day is None or each.lodged_on >= stood.day for each in telling)
    counted = (
        stood.consignments + came,
        stood.examined + sum(each.known for each in telling),
        stood.failures + sum(each.failed for each in telling),
    )
    share = fraction(state, plan=plan, day=day)
    return share, state.mode.value, state.run, *counted, state.last, state.memory, day


def _event(state: PlanState, plan: Plan, one: Consignment) -> Event:
    """Say what a consignment was to its stream."""
    day = one.lodged_on
    if not one.known:
        return Arrival(day)
    share = fraction(state, plan=plan, day=day)
    if share >= 1 or state.mode is Mode.CENSUS:
        basis = Basis.CENSUS
    elif one.probability is not None and one.probability <= share + ROUNDING:
        basis = Basis.RANDOM
    else:
        basis = Basis.TARGETED
    return Result(passed=not one.failed, basis=basis, day=day)
