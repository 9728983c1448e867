"""Whether the score still says what is true, by the results of the random floor.

Every result that chance alone asked for is set beside the probability stated of it before. Cumulative sums of these add
the evidence up, over all, by channel and by chapter, so that an alarm says where. The false alarms a year that are
accepted are shared out: a third each to the whole, to the channels and to the chapters, in equal parts among their
charts; whatever the number of charts, all together keep the rate.

The rule on the model in use, by its own results on the random floor:

1. **Fall back** when its calibration slope lies beyond chance below 0.5, or its log loss beyond chance above that of the
   base rate: it says less than nothing, and profiles, smoothed rates or the model before it select better.
2. **Refit** when a chart alarmed while it was in use.
3. **Watch** when findings lie above or below what was stated by the 95 % interval: looked at every month, it is wrong
   about every second year, so that it moves nobody by itself.
4. **Keep** otherwise; **too few** with under 30 results or 10 findings.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.errors import UnfitModel
from darvoza.flow.oversight.drift_declared import moved, newcomers
from darvoza.flow.oversight.drift_records import (
    INCOMPLETE,
    TOO_FEW,
    Alarm,
    CalibrationMonth,
    Chart,
    Drift,
    Expectation,
    ModelState,
    Watch,
)
from darvoza.flow.oversight.drift_sample import FloorSample, floor_sample
from darvoza.methods.drift.cusum import cusum, likeliest_start, likelihood_ratio_steps
from darvoza.methods.drift.run_length import steps_of, threshold_for
from darvoza.methods.intervals import garwood, wilson
from darvoza.methods.recalibration import LEAST_SLOPE, Recalibration, recalibration
from darvoza.methods.weighted_mean import Mean, log_losses, weighted_mean

Floats = NDArray[np.float64]

FEWEST_FINDINGS = 10
"""Findings below which no calibration is given."""

NEARLY_ALL = 0.95
"""Share of what chance asked for whose result must be known; below it, those known may be a choice."""

KINDS = ("all", "channel", "chapter")
ALL = "all"
_CERTAIN = 1e-4  # what was stated as more certain than this counts as this
_YEAR = 365.25 * 86_400


def drift(decisions: pl.DataFrame, items: pl.DataFrame, *, watch: Watch) -> Drift:
    """Look for drift in decided declarations and their results.

    Parameters
    ----------
    decisions
        One row per declaration, agency and act, as runs write them, decided with a score.
    items
        Canonical goods items of the same declarations, with outcomes as far as they are known.
    watch
        How it is watched for.

    Raises
    ------
    OutputError
        When nothing was decided with a score, or a column is missing.
    """
    sample = floor_sample(decisions, items)
    rows = sample.declarations
    seen, owed = sample.results, sample.drawn.filter("of_run")
    made = tuple(charts(seen, watch))
    return Drift(
        start=_moment(rows, 0),
        end=_moment(rows, -1),
        declarations=rows.height,
        drawn=sample.drawn.height,
        results=seen.height,
        findings=int(seen.get_column("found").sum()),
        foreign=seen.filter(~pl.col("own")).height,
        declared=int(rows.get_column("declared").sum()),
        aside=sample.aside,
        owed=owed.height,
        share_known=_share_known(owed),
        model=model_state(sample, made, watch),
        charts=made,
        months=tuple(_months(sample, watch)),
        expectations=tuple(_expectations(sample, watch)),
        newcomers=newcomers(rows),
        moved=moved(rows),
    )


def _moment(rows: pl.DataFrame, place: int) -> datetime:
    value = rows.get_column("lodged_at")[place]
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value


def _share_known(owed: pl.DataFrame) -> float:
    """Give the share known of what u asked for; all, where the results are not the run's own: then u asked nobody."""
    return 1.0 if owed.is_empty() else float(owed["known"].sum() / owed.height)


def charts(results: pl.DataFrame, watch: Watch) -> Iterator[Chart]:
    """Draw the chart of the whole, of each channel, of each chapter, the largest first; small ones are named last.

    Parameters
    ----------
    results
        Results of the random floor in the order in which they became known: ``known_at, lodged_at, p, found, channel,
        chapter``.
    watch
        How drift is watched for.
    """
    years = _years(results)
    for kind in KINDS:
        named = results.with_columns(group=pl.lit(ALL) if kind == ALL else pl.col(kind).fill_null("not said"))
        parts = {str(name): part for (name,), part in named.partition_by("group", as_dict=True).items()}
        order = sorted(parts, key=lambda name: (-parts[name].height, name))
        drawn = sum(part.height >= watch.fewest for part in parts.values())
        for name in order:
            part = parts[name]
            if part.height < watch.fewest:
                findings, expected = int(part["found"].sum()), float(part["p"].sum())
                yield Chart(kind, name, part.height, findings, expected, why_not=TOO_FEW)
            else:
                accepted = watch.false_alarms / len(KINDS) / drawn
                yield _chart(kind, name, part, run_length=part.height / years / accepted, watch=watch)


def _years(results: pl.DataFrame) -> float:
    """Give how long results came in [years], at least a day."""
    if results.is_empty():
        return 1.0
    first, last = results.get_column("known_at")[0], results.get_column("known_at")[-1]
    return float(max((last - first).total_seconds(), 86_400.0) / _YEAR)


def _chart(by: str, group: str, rows: pl.DataFrame, *, run_length: float, watch: Watch) -> Chart:
    """Draw one chart with the threshold that keeps its part of the false alarms."""
    p = _stated(rows)
    found = rows.get_column("found").to_numpy().astype(np.float64)
    length = max(run_length, 2.0)
    threshold = threshold_for(steps_of(p, odds_ratio=watch.odds_ratio), length)
    path = cusum(likelihood_ratio_steps(found, p, odds_ratio=watch.odds_ratio), threshold=threshold)
    return Chart(
        by=by,
        group=group,
        results=rows.height,
        findings=int(found.sum()),
        expected=float(p.sum()),
        run_length=length,
        threshold=threshold,
        known_at=tuple(rows.get_column("known_at").to_list()),
        values=tuple(path.values.tolist()),
        alarms=tuple(_alarms(rows, p, found, [-1, *path.alarms.tolist()])),
    )


def _stated(rows: pl.DataFrame) -> Floats:
    return np.asarray(np.clip(rows.get_column("p").cast(pl.Float64).to_numpy(), _CERTAIN, 1 - _CERTAIN))


def _alarms(rows: pl.DataFrame, p: Floats, found: Floats, ends: list[int]) -> Iterator[Alarm]:
    """Describe each alarm by the results from its likeliest start on, but after the alarm before."""
    for before, end in itertools.pairwise(ends):
        start = before + 1 + likeliest_start(found[before + 1 : end + 1], p[before + 1 : end + 1])
        yield _alarm(rows[start : end + 1], p[start : end + 1])


def _alarm(rise: pl.DataFrame, p: Floats) -> Alarm:
    findings, expected = int(rise.get_column("found").sum()), float(p.sum())
    low, high = garwood(findings)
    since, raised = rise.get_column("lodged_at")[0], rise.get_column("known_at")[-1]
    return Alarm(since, raised, rise.height, findings, expected, float(low) / expected, float(high) / expected)


def _months(sample: FloorSample, watch: Watch) -> Iterator[CalibrationMonth]:
    """Calibrate what was lodged in each month, where its results are there."""
    for month in sample.declarations.get_column("month").unique(maintain_order=True):
        rows = sample.results.filter(month=month)
        owed = sample.drawn.filter("of_run", month=month)
        open_yet = bool(owed["known"].sum() < NEARLY_ALL * owed.height)
        line = None if open_yet else _line(rows, watch)
        why_not = INCOMPLETE if open_yet else TOO_FEW if line is None else None
        findings, expected = int(rows["found"].sum()), float(_stated(rows).sum())
        yield CalibrationMonth(str(month), rows.height, findings, expected, line, why_not)


def _line(rows: pl.DataFrame, watch: Watch) -> Recalibration | None:
    """Give the calibration of results, ``None`` where they are too few or say nothing."""
    found = rows.get_column("found").to_numpy().astype(np.bool_)
    if found.size < watch.fewest or min(found.sum(), (~found).sum()) < FEWEST_FINDINGS:
        return None
    try:
        return recalibration(_stated(rows), found, weights=rows.get_column("weight").to_numpy())
    except UnfitModel:
        return None


def _expectations(sample: FloorSample, watch: Watch) -> Iterator[Expectation]:
    """Set hit rates beside what was stated: the random floor by channel, then what was selected, by its basis."""
    yield _expectation("random", ALL, sample.results, watch)
    for (channel,), part in sorted(sample.results.partition_by("channel", as_dict=True).items(), key=str):
        yield _expectation("random", str(channel), part, watch)
    rest = sample.declarations.filter(pl.col("known") & pl.col("selected")).join(
        sample.results, on="declaration_id", how="anti"
    )
    for (basis,), part in sorted(rest.partition_by("basis", as_dict=True).items(), key=str):
        yield _expectation("selected", str(basis), part, watch)


def _expectation(sample: str, group: str, rows: pl.DataFrame, watch: Watch) -> Expectation:
    findings, n = int(rows["found"].sum()), rows.height
    stated = float(_stated(rows).mean()) if n else 0.0
    if n < watch.fewest:
        return Expectation(sample, group, n, findings, stated, None)
    low, high = wilson(findings, n)
    return Expectation(sample, group, n, findings, stated, Mean(findings / n, float(low), float(high)))


def model_state(sample: FloorSample, made: tuple[Chart, ...], watch: Watch) -> ModelState:
    """Apply the rule to the model of the latest decision.

    Parameters
    ----------
    sample
        The random floor.
    made
        The charts drawn over it.
    watch
        How drift is watched for.
    """
    used = sample.declarations.filter(model=sample.declarations.get_column("model")[-1])
    rows = sample.results.filter(model=used.get_column("model")[0])
    found = rows.get_column("found").to_numpy().astype(np.bool_)
    line, base = _line(rows, watch), None
    unfit: list[str] = []
    if line is not None:
        base = _against_base(_stated(rows), found, rows.get_column("weight").to_numpy())
        unfit += ["slope"] * (line.high < LEAST_SLOPE) + ["worse-than-base-rate"] * (base.low > 0)
    since = _moment(used, 0)
    alarmed = any(alarm.raised >= since for chart in made for alarm in chart.alarms)
    verdict = _expectation("random", ALL, rows, watch).verdict
    apart = [verdict] * (verdict in {"above", "below"})
    said = (
        "fall back" if unfit else "refit" if alarmed else "watch" if apart else TOO_FEW if line is None else "keep"
    )  # fmt: skip
    digest = str(used.get_column("model")[0])
    why = (*unfit, *(["alarm"] * alarmed), *apart)
    return ModelState(digest, rows.height, int(found.sum()), line, base, said, why)


def _against_base(p: Floats, found: NDArray[np.bool_], weights: Floats) -> Mean:
    """Mean log loss of what was stated minus that of the base rate of the same results."""
    base = np.full(p.size, np.average(found, weights=weights))
    apart = log_losses(p, found) - log_losses(base, found)
    return weighted_mean(apart, weights=weights, clusters=np.arange(p.size, dtype=np.int64))
