"""Where each trader's goods stand in a sampling plan, replayed from what is known of them.

A stream is one importer, one heading and one origin; the importer however his identifier is typed. Only a census or a draw counts towards fewer examinations: a
result counts when everything was examined, or when it was drawn with no more than the fraction of the plan. What was
examined for another reason tells nothing about the rest when it passes, and counts in full when it fails. How goods came to
be examined is decided by what was known when they were lodged (`darvoza.flow.learning.plan_streams`).

A consignment fails with the first of its goods items that fails, and passes when all that are in the scope of the plan were
examined and passed. Where a declaration was amended, a failure counts for every stream that any of its versions named, and
a pass for none but a stream that all versions named before the result: whoever changes the importer after goods were chosen
takes no failure away from the one, and no pass to the other.

Where the states of an earlier day are given, a stream goes on from there: what was lodged from that day on counts, and of
what was lodged before it, the results that became known from that day on. A failure that counted before that day and is
taken back after it still counts: only a replay from the beginning can take it out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.flow.learning.plan_streams import Consignment, Standing, Terms, Verdict, replayed
from darvoza.flow.tables import read_table, with_folded
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.states import Mode, Plan, PlanState

KEY = ("importer_id", "heading", "origin")
"""What tells one stream of goods from another."""

RESULT_DELAY = timedelta(days=7)
"""A result without a date of its own counts as known so long after lodging."""

ANY_TERMS = Terms()
MOMENT = pl.Datetime("us", "UTC")
SCHEMA: Mapping[str, pl.DataType] = {
    "plan": pl.String(),
    **dict.fromkeys(KEY, pl.String()),
    "fraction": pl.Float64(),
    "mode": pl.String(),
    "run": pl.Int64(),
    "consignments": pl.Int64(),
    "examined": pl.Int64(),
    "failures": pl.Int64(),
    "last": pl.Date(),
    "memory": pl.Int64(),
    "day": pl.Date(),
    "until": MOMENT,
    "counted": pl.Date(),
    "shares": pl.List(pl.Struct({"since": MOMENT, "fraction": pl.Float64()})),
}
STATES: Final = "states.parquet"
_KNOWN_LATER = ("until", "counted", "shares")
"""Columns that states of an older make do not have."""

_OPTIONAL = {"version": pl.Int64(), "net_mass": pl.Float64(), "superseded_at": MOMENT}

Key = tuple[str | None, ...]


class _Row(NamedTuple):
    """A goods item in one version, with one result of it."""

    key: Key
    name: str
    item: int
    version: int
    lodged_at: datetime
    superseded_at: datetime | None
    probability: float | None
    mass: float
    known_at: datetime | None
    failed: bool

    def stands(self, moment: datetime) -> bool:
        """Tell whether the version was the last one at a moment."""
        return self.lodged_at <= moment and (self.superseded_at is None or self.superseded_at > moment)


_NAME = _Row._fields.index("name")


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


def superseded(items: pl.DataFrame) -> pl.DataFrame:
    """Add ``superseded_at`` to goods items: when the next version of their declaration was lodged, null for the last."""
    first = items.group_by("declaration_id", version=pl.col("version").fill_null(1)).agg(pl.col("lodged_at").min())
    next_one = first.sort("declaration_id", "version").select(
        "declaration_id", "version", superseded_at=pl.col("lodged_at").shift(-1).over("declaration_id")
    )
    numbered = items.with_columns(_version=pl.col("version").fill_null(1))
    return numbered.join(
        next_one.rename({"version": "_version"}), on=["declaration_id", "_version"], how="left", maintain_order="left"
    ).drop("_version")


def plan_states(  # noqa: PLR0913 - the plan with its terms, and two ways to say when
    items: pl.DataFrame,
    plan: Plan,
    *,
    code: str,
    day: date,
    until: datetime | None = None,
    since: pl.DataFrame | None = None,
    terms: Terms = ANY_TERMS,
) -> pl.DataFrame:
    """Replay a plan over the goods it is about.

    Parameters
    ----------
    items
        Canonical goods items in the scope of the plan, with their outcomes, and ``superseded_at`` where declarations were
        amended; an item may stand in several rows, one for each result that was told of it. Nothing lodged or known on the
        day or later is looked at.
    plan, code
        The rule, and the code of the plan.
    day
        The day on which the states are asked for.
    until
        The moment before which something counts, in the place of the beginning of the day.
    since
        States of an earlier day, as this gives them, from which streams go on. Where the plan has changed since, a stream
        goes on with the lightest fraction that is no lighter than the one it had, and its run counts only where that is the
        same fraction, and never for a whole clearance. Of streams of one importer under two spellings the stricter
        goes on, and what was lodged before counts for it only where it fails.
    terms
        What the plan asks of a pass besides.

    Returns
    -------
    pl.DataFrame
        One row a stream: ``plan``, ``importer_id``, ``heading``, ``origin``, ``fraction`` to examine on the day, ``mode``,
        ``run`` of passes, ``consignments``, ``examined`` in full, ``failures``, ``last`` day heard of, ``memory``, ``day``,
        ``until``, ``counted`` (latest lodging of a pass that counted), ``shares`` (what was in force since when).
    """
    end = until or datetime.combine(day, time(), UTC)
    streams = _streams(_rows(items, end))
    stood = _stood(since, plan, code)
    made = []
    for key in sorted({*streams, *stood}, key=lambda key: [part or "" for part in key]):
        now = replayed(streams.get(key, []), plan, terms, stood.get(key, Standing(plan.start())), day=day)
        state = now.state
        made.append(
            (code, *key, float(plan.share(state)), state.mode.value, state.run, now.consignments, now.examined, now.failures,
             state.last, state.memory, day, end, now.counted,
             [{"since": moment, "fraction": float(share)} for moment, share in now.shares])
        )  # fmt: skip
    return pl.DataFrame(made, schema=SCHEMA, orient="row")


def _stood(since: pl.DataFrame | None, plan: Plan, code: str) -> Mapping[Key, Standing]:
    """Give where the streams of a plan stood."""
    if since is None:
        return {}
    older = [pl.lit(None, SCHEMA[name]).alias(name) for name in _KNOWN_LATER if name not in since.columns]
    rows = with_folded(since.filter(pl.col("plan") == code), "importer_id").with_columns(older)
    made: dict[Key, Standing] = {}
    for row in rows.iter_rows(named=True):
        key = tuple(row[name] for name in KEY)
        standing = Standing(
            _carried(plan, row),
            row["until"] or datetime.combine(row["day"], time(), UTC),
            tuple((share["since"], share["fraction"]) for share in row["shares"] or ()),
            row["counted"],
            *(row[name] for name in ("consignments", "examined", "failures")),
        )
        made[key] = _met(plan, made[key], standing) if key in made else standing
    return made


def _met(plan: Plan, one: Standing, other: Standing) -> Standing:
    """Give where a stream stands that was kept as two: of each thing the stricter, and what came to both.

    What was in force when older goods were lodged is let go: which of the two they were drawn under is not known any more, so
    that their passes count for nothing, and their failures in full.
    """
    states = (one.state, other.state)
    strict = max(states, key=lambda state: (plan.share(state), -state.run))
    return Standing(
        replace(strict, memory=max(state.memory for state in states), last=_latest(state.last for state in states)),
        one.until,
        counted=_latest((one.counted, other.counted)),
        consignments=one.consignments + other.consignments,
        examined=one.examined + other.examined,
        failures=one.failures + other.failures,
    )


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _carried(plan: Plan, row: Mapping[str, Any]) -> PlanState:
    """Give the state of a plan that a stream had earned, perhaps under other fractions of it."""
    share = row["fraction"]
    fractions, clearances, remembered = _rungs(plan)
    level = max((rung for rung, fraction in enumerate(fractions) if fraction >= share), default=0)
    most = clearances[level] - 1 if level < len(clearances) else 0
    return PlanState(
        Mode.CENSUS if fractions[level] == 1 else Mode.MONITOR,
        level=level if isinstance(plan, Ladder) else 0,
        run=min(row["run"], most) if fractions[level] == share else 0,
        memory=min(row["memory"], remembered),
        last=row["last"],
    )


def _rungs(plan: Plan) -> tuple[tuple[float, ...], tuple[int, ...], int]:
    """Give the fractions of a plan, the passes between them, and what it remembers of a failure."""
    if isinstance(plan, Ladder):
        return plan.fractions, plan.clearances, 0
    if isinstance(plan, ContinuousPlan):
        return (1.0, plan.monitored), (plan.clearance,), plan.remembered
    raise TypeError(plan)


def _rows(items: pl.DataFrame, end: datetime) -> Iterator[_Row]:
    """Give the rows of goods lodged before a moment, by declaration, with what was known of them."""
    more = [pl.lit(None, kind).alias(name) for name, kind in _OPTIONAL.items() if name not in items.columns]
    result_at = pl.col("result_at").fill_null(pl.col("lodged_at") + RESULT_DELAY)
    known = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null() & (result_at < end)
    told = (
        with_folded(items.filter(pl.col("lodged_at") < end), "importer_id")
        .with_columns(more)
        .select(
            "importer_id", pl.col("hs").str.head(4), "origin", "declaration_id", "item", pl.col("version").fill_null(1),
            "lodged_at", "superseded_at", pl.col("inclusion_probability").cast(pl.Float64),
            pl.col("net_mass").cast(pl.Float64).fill_null(0.0),
            pl.when(known).then(pl.max_horizontal(result_at, "lodged_at")),
            pl.col("finding").fill_null(value=False),
        )
        .sort("declaration_id", maintain_order=True)
    )  # fmt: skip
    for row in told.iter_rows():
        yield _Row(row[:3], *row[3:])


def _streams(rows: Iterable[_Row]) -> dict[Key, list[Consignment]]:
    """Give each stream with its consignments."""
    made: dict[Key, list[Consignment]] = {}
    for _, group in groupby(rows, key=itemgetter(_NAME)):
        versions = list(group)
        if len(versions) == 1 and versions[0].superseded_at is None:
            made.setdefault(versions[0].key, []).append(_whole(versions[0]))
            continue
        for key in dict.fromkeys(row.key for row in versions):
            made.setdefault(key, []).append(_consignment(key, versions))
    return made


def _whole(row: _Row) -> Consignment:
    """Give a declaration of one goods item of which at most one result was told, as most are."""
    told = () if row.known_at is None else (Verdict(row.known_at, not row.failed, row.mass),)
    return Consignment(row.name, row.lodged_at, row.probability, told)


def _consignment(key: Key, rows: list[_Row]) -> Consignment:
    """Give what a declaration was to one of its streams."""
    own = [row for row in rows if row.key == key]
    lodged_at = min(row.lodged_at for row in own)
    probability = max((row.probability for row in own if row.probability is not None), default=None)
    verdicts = {verdict.moment: verdict for verdict in _verdicts(own, rows, lodged_at)}
    return Consignment(own[0].name, lodged_at, probability, tuple(verdicts.values()))


def _verdicts(own: list[_Row], rows: list[_Row], lodged_at: datetime) -> Iterator[Verdict]:
    """Tell what was known of a consignment of a stream, each time that it changed."""
    items = {row.item for row in own}
    heard = ((row.known_at, row.failed, row.item) for row in rows if row.known_at is not None and row.item in items)
    # of two results of an item at one moment the one that was told last counts
    told = sorted(heard, key=itemgetter(0))
    latest: dict[int, bool] = {}
    said: bool | None = None
    for moment, group in groupby(told, key=lambda each: each[0]):
        latest.update((item, failed) for _, failed, item in group)
        verdict = False if any(latest.values()) else _passed(own, rows, latest, moment)
        # a pass is taken back by a failure only
        if verdict != said and not (said and verdict is None):
            said = verdict
            standing = {row.item: row.mass for row in own if row.stands(moment)}
            yield Verdict(max(moment, lodged_at), verdict, sum(standing.values()))


def _passed(own: list[_Row], rows: list[_Row], latest: Mapping[int, bool], moment: datetime) -> bool | None:
    """Tell whether all of a consignment that a stream is about had passed; ``None``: not all of it was examined."""
    standing = {row.item for row in own if row.stands(moment)}
    named = {row.version for row in rows if row.lodged_at <= moment}
    whole = bool(standing) and named <= {row.version for row in own} and standing <= set(latest)
    return True if whole else None
