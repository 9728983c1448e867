"""The figures made anew out of the register, and kept: gather, work out, record."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import islice

import polars as pl
from django.db import transaction
from django.utils import timezone

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act
from darvoza.flow.oversight.estimates import estimates_of, span_estimates
from darvoza.flow.oversight.examinations import Examinations, examinations, settled
from darvoza.flow.oversight.release_times import release_times
from darvoza.office.desk.queries.post import act_hours
from darvoza.office.insight.models import Check, Reckoning
from darvoza.office.insight.periods import spanning, spans_of
from darvoza.office.insight.queries import columns
from darvoza.office.insight.queries.gone import deleted
from darvoza.office.insight.records import (
    EVERYBODY,
    OFFICER,
    Checks,
    Declared,
    DrawDay,
    Duty,
    Examined,
    Figures,
    Load,
    Overridden,
    Span,
)
from darvoza.office.journal.queries import ending
from darvoza.office.shell.writing import count_anew

BATCH = 1_000
MOST_REASONS = 20
"""Reasons that are told of each post, month and kind of departure."""
_MONTH = pl.col("lodged_at").dt.strftime("%Y-%m").alias("month")


_ONLY = 1
"""Figures stand in one row, which is held while they are written: of two who make them, the second waits."""


def reckon(*, now: datetime) -> Reckoning:
    """Make the figures anew; those before them go.

    They are worked out before anything is written: a register of a million declarations takes minutes, and while it is
    read nobody else has to wait. Orders are read before decisions, so that no order is without its decision.

    Parameters
    ----------
    now
        The moment that is written beside them.
    """
    began = time.monotonic()
    entries = ending()[0].number
    ordered = _checks()
    decided = columns.decisions()
    checks = _based(ordered, decided)
    plain = _figures(checks, decided).plain()
    with transaction.atomic():
        empty = {"made_at": now, "entries": entries, "seconds": 0.0, "figures": plain}
        row, _ = Reckoning.objects.select_for_update().get_or_create(pk=_ONLY, defaults=empty)
        Check.objects.all().delete()
        _keep(checks)
        count_anew(Check)
        row.made_at, row.entries, row.figures = now, entries, plain
        row.seconds = time.monotonic() - began
        row.save()
    return row


def _figures(checks: pl.DataFrame, decided: pl.DataFrame) -> Figures:
    """Work everything out; what was cancelled before any check of it was drawn, and nothing else."""
    drawn, declared = decided, columns.declared()
    decided = _without(drawn, columns.uncounted())
    ordered = _without(decided, columns.unbound())
    examined = _examinations(ordered, decided) if decided.height else None
    counted, released = _declared(declared, decided), _released(checks)
    return Figures(
        declared=counted,
        checks=_counted(checks),
        examined=_examined(checks, declared),
        load=_load(ordered, checks),
        releases=release_times(released),
        draws=_draws(drawn),
        duties=_duties(checks),
        overridden=_overridden(columns.overrides()),
        estimates=estimates_of(examined, decided, titles=columns.titles()) if examined else None,
        spans=tuple(_spans((row.month for row in counted), examined, released)),
        deleted=deleted(),
    )


def _without(rows: pl.DataFrame, declarations: pl.Series) -> pl.DataFrame:
    return rows.filter(~pl.col("declaration_id").is_in(declarations.implode()))


def _examinations(ordered: pl.DataFrame, decided: pl.DataFrame) -> Examinations:
    """Give what is estimated from: of what only another system decides, no sample that is drawn here can say anything."""
    gone = columns.called_off()
    known = pl.col("examined") & pl.col("declaration_id").is_in(columns.examined().implode())
    made = examinations(_without(ordered, gone), _without(columns.items(), gone).with_columns(examined=known))
    elsewhere = decided.get_column("declaration_id").n_unique() - ordered.get_column("declaration_id").n_unique()
    return settled(replace(made, unmeasured=made.unmeasured + elsewhere))


def _spans(months: Iterable[str], examined: Examinations | None, released: pl.DataFrame) -> Iterator[Span]:
    """Estimate and measure every month, quarter and year by itself: neither an interval nor a median can be added up."""
    known = set(months)
    by_month = released.with_columns(_MONTH)
    for name in (name for names in spans_of(known) for name in names):
        own = [month for month in known if spanning(name).holds(month)]
        groups = span_estimates(examined, own) if examined else ()
        yield Span(name, groups, release_times(by_month.filter(pl.col("month").is_in(own)).drop("month")))


def _checks() -> pl.DataFrame:
    """Give one row a check: what was ordered, on what basis, what came of it."""
    found = columns.found().with_columns(known=pl.lit(value=True))
    recorded = pl.col("recorded") & pl.col("known").fill_null(value=False)
    return (
        columns.orders()
        .join(found, on="key", how="left", maintain_order="left")
        .with_columns(_MONTH, checked=recorded)
        .with_columns(
            found=pl.col("checked") & pl.col("found").fill_null(value=False),
            recovered=pl.when("checked").then(pl.col("recovered").fill_null(0.0)).otherwise(0.0),
            unstated=pl.col("checked") & pl.col("unstated").fill_null(value=False),
        )
    )


def _based(checks: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Add the basis; a check that no decision stands behind was opened by an officer, and so was an act that none asked for."""
    bases = decided.filter("selected").select("decision_id", "basis", asked="act")
    joined = checks.join(bases, on="decision_id", how="left", maintain_order="left")
    opened = pl.col("asked").ne_missing(pl.col("act"))
    return joined.with_columns(pl.col("basis").fill_null(OFFICER), opened=opened)


def _declared(declared: pl.DataFrame, decided: pl.DataFrame) -> tuple[Declared, ...]:
    """Count declarations: all, and of each agency those it decided on."""
    mine = decided.unique(["agency", "declaration_id"], keep="first", maintain_order=True)
    every = declared.select("post", "lodged_at", "channel", agency=pl.lit(EVERYBODY))
    whole = pl.concat([every, mine.select("post", "lodged_at", "channel", "agency")])
    keys = ("agency", "post", "month", "channel")
    counted = whole.with_columns(_MONTH).group_by(keys).len("declarations")
    return tuple(Declared(*row) for row in counted.sort(keys).iter_rows())


def _counted(checks: pl.DataFrame) -> tuple[Checks, ...]:
    keys = ("agency", "post", "month", "channel", "basis")
    counts = (pl.len(), pl.col("checked").sum(), pl.col("found").sum())
    sums = (*counts, pl.col("recovered").sum().round(2), pl.col("unstated").sum())
    return tuple(Checks(*row) for row in checks.group_by(keys).agg(*sums).sort(keys).iter_rows())


def _examined(checks: pl.DataFrame, declared: pl.DataFrame) -> tuple[Examined, ...]:
    """Count the declarations of which an agency has a result, once each, where they were declared: goods may be checked elsewhere."""
    keys = ("agency", "post", "month")
    results = checks.filter("checked").select("agency", "declaration").unique()
    counted = results.join(declared, on="declaration").with_columns(_MONTH).group_by(keys).len("declarations")
    return tuple(Examined(*row) for row in counted.sort(keys).iter_rows())


def _load(decided: pl.DataFrame, checks: pl.DataFrame) -> tuple[Load, ...]:
    """Set what was to be expected of each act at each post beside what was drawn, opened by officers, and done.

    It is expected at the post that was declared; what was drawn is to be done, like what was done, where the goods are.
    """
    keys = ("agency", "post", "act", "month")
    told = decided.with_columns(_MONTH)
    expected = told.group_by(keys).agg(expected=pl.col("probability").sum().round(6))
    there = told.filter("selected").join(checks.select("decision_id", there="post"), on="decision_id", how="left")
    drawn = there.with_columns(post=pl.coalesce("there", "post")).group_by(keys).agg(pl.len().alias("drawn"))
    made = checks.group_by(keys).agg(opened=pl.col("opened").sum(), done=pl.col("checked").sum())
    both = expected.join(drawn, on=keys, how="full", coalesce=True)
    rows = both.join(made, on=keys, how="full", coalesce=True).fill_null(0).sort(keys)
    return tuple(Load(*row) for row in rows.select(Load._fields).iter_rows())


def _duties(checks: pl.DataFrame) -> tuple[Duty, ...]:
    """Set the hours on duty beside the hours of the checks recorded on the same days, by the clock of the office."""
    rosters, keys = columns.rosters(), ("agency", "post", "day")
    zone = timezone.get_default_timezone_name()
    done = checks.filter("checked").with_columns(day=pl.col("recorded_at").dt.convert_time_zone(zone).dt.date())
    takes = {pair: act_hours(*pair) for pair in done.select("agency", "act").unique().iter_rows()}
    hours = pl.Series([takes[pair] for pair in done.select("agency", "act").iter_rows()], dtype=pl.Float64)
    worked = done.with_columns(worked=hours).group_by(keys).agg(pl.col("worked").sum())
    days = rosters.join(worked, on=keys, how="left").with_columns(pl.col("worked").fill_null(0.0))
    by = ("agency", "post", "month")
    sums = (
        days.with_columns(month=pl.col("day").dt.strftime("%Y-%m"))
        .group_by(by)
        .agg(pl.len().alias("days"), pl.col("hours").sum(), pl.col("worked").sum().round(6))
    )
    return tuple(Duty(*row) for row in sums.sort(by).select(Duty._fields).iter_rows())


def _overridden(overrides: pl.DataFrame) -> tuple[Overridden, ...]:
    """Count the departures from what was decided, by post, month, kind and reason.

    People write a reason anew each time. Of each post, month and kind the most frequent are told, and the others together.
    """
    within = ("agency", "post", "month", "move")
    counted = overrides.with_columns(month=pl.col("at").dt.strftime("%Y-%m")).group_by(*within, "reason").len("times")
    ranked = counted.sort("times", "reason", descending=[True, False]).with_columns(
        reason=pl.when(pl.int_range(pl.len()).over(within) < MOST_REASONS).then("reason").otherwise(pl.lit(""))
    )
    told = ranked.group_by(*within, "reason").agg(pl.col("times").sum()).sort(*within, "reason")
    return tuple(Overridden(*row) for row in told.iter_rows())


def _draws(decided: pl.DataFrame) -> tuple[DrawDay, ...]:
    """Count what was decided with the key of each day, the latest first."""
    keys = ("key_day", "commitment")
    counted = decided.group_by(keys).agg(pl.len(), pl.col("fingerprint").n_unique(), pl.col("selected").sum())
    rows = counted.sort(keys, descending=[True, False]).iter_rows()
    return tuple(DrawDay(day.isoformat(), *counts) for day, *counts in rows)


def _released(checks: pl.DataFrame) -> pl.DataFrame:
    """Give when all results on each consignment that waited for a check were in; audits are made after release.

    What was found in one of them holds the goods.
    """
    stand = ~pl.col("declaration").is_in(columns.never_released().implode())
    waited = checks.filter(stand, pl.col("act") != Act.AUDIT.value, pl.col("state") != CaseState.WITHDRAWN.value)
    return waited.group_by("declaration", maintain_order=True).agg(
        pl.col("post", "channel", "lodged_at").first(),
        released_at=pl.when(pl.col("checked").all()).then(pl.col("recorded_at").max()),
        held=pl.col("found").any(),
    )


def _keep(checks: pl.DataFrame) -> None:
    """Write the checks, a batch at a time."""
    rows = _rows(checks)
    while batch := list(islice(rows, BATCH)):
        Check.objects.bulk_create(batch)


def _rows(checks: pl.DataFrame) -> Iterator[Check]:
    same = ("agency", "post", "act", "channel", "basis", "lodged_at", "recorded_at", "checked", "found")
    for row in checks.iter_rows(named=True):
        recovered = None if row["unstated"] else Decimal(f"{row['recovered']:.2f}")
        yield Check(declaration_id=row["declaration"], recovered=recovered, **{name: row[name] for name in same})
