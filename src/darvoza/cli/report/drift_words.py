"""Drift in words: the verdict first, then where and since when, then what to do; every figure with its n."""

from collections.abc import Iterator

from darvoza.cli.report.numerals import number, percent
from darvoza.flow.oversight.drift_records import (
    Alarm,
    CalibrationMonth,
    Chart,
    Drift,
    Expectation,
    ModelState,
    NewcomerMonth,
    Watch,
)
from darvoza.methods.recalibration import LEAST_SLOPE
from darvoza.methods.weighted_mean import Mean

SHOWN = 20
"""Most charts told on the terminal."""

VERDICTS = {
    "fall back": "the model in use is unfit",
    "refit": "the model in use no longer says what is true",
    "watch": "results lie apart from what was stated, no chart alarms",
    "keep": "nothing speaks against the model in use",
    "too few": "too few results to judge the model in use",
}
WHAT_TO_DO = {
    "fall back": "take the model out of use: `darvoza model revert`, or assess without --model, so that profiles and chance select; then learn anew",
    "refit": "look at what was found where the alarm is, write a profile or an alert if it is a scheme, and learn anew with these results",
    "watch": "look again when more results are in",
    "keep": "nothing",
    "too few": "wait, or raise the random floor: below 30 results or 10 findings there is no number",
}
WHY = {
    "slope": f"its calibration slope lies below {LEAST_SLOPE:g} beyond chance",
    "worse-than-base-rate": "it foretells results worse than their base rate, beyond chance",
    "alarm": "a chart alarmed while it was in use",
    "above": "more was found than stated, beyond chance",
    "below": "less was found than stated, beyond chance",
}
WHY_NOT = {
    "too few": "too few results",
    "incomplete": "results are still coming in",
}
FIELDS = {"p": "score", "value": "customs value", "post": "post", "channel": "likeliest channel", "chapter": "HS chapter",
          "origin": "origin"}  # fmt: skip
BASES = {
    "all": "all",
    "green": "likely green",
    "blue": "likely blue",
    "yellow": "likely yellow",
    "red": "likely red",
}


def headline(found: Drift) -> str:
    """The verdict in one sentence."""
    said = VERDICTS[found.model.verdict]
    return f"{said[0].upper()}{said[1:]}: {number(found.results)} results of the random floor, {number(found.findings)} findings."


def named(chart: Chart) -> str:
    """Name a chart.

    Examples
    --------
    >>> named(Chart("chapter", "39", 40, 2, 1.5)), named(Chart("channel", "green", 40, 2, 1.5))
    ('HS chapter 39', 'goods likely to go green')
    """
    if chart.by == "chapter":
        return f"HS chapter {chart.group}"
    return "all goods" if chart.by == "all" else f"goods likely to go {chart.group}"


def told(alarm: Alarm) -> str:
    """Tell an alarm."""
    ratio = alarm.findings / alarm.expected
    return (
        f"since {alarm.since:%Y-%m-%d}, alarm on {alarm.raised:%Y-%m-%d}: {alarm.findings} findings in "
        f"{number(alarm.results)} results where {alarm.expected:.1f} were expected, {ratio:.1f} times as many "
        f"({alarm.low:.1f} to {alarm.high:.1f})"
    )


def why(model: ModelState) -> str:
    """Say why the verdict is what it is."""
    return "; ".join(WHY[code] for code in model.why)


def in_use(found: Drift) -> Iterator[str]:
    """Tell the state of the model in use: verdict, reasons, slope, and what to do."""
    model = found.model
    yield f"\nmodel {model.digest[:16] or 'without digest'}: {VERDICTS[model.verdict]}"
    if model.why:
        yield f"  because {why(model)}"
    yield f"  calibration slope {slope(model)} on {model.results:,} results of the random floor; 1 is right"
    yield f"  what to do: {WHAT_TO_DO[model.verdict]}"


def slope(line: CalibrationMonth | ModelState) -> str:
    """A calibration slope with its interval, or why there is none."""
    known = line.line if isinstance(line, CalibrationMonth) else line.slope
    if known is None:
        return WHY_NOT[(line.why_not if isinstance(line, CalibrationMonth) else None) or "too few"]
    return f"{known.slope:.2f} ({known.low:.2f} to {known.high:.2f})"


def share(mean: Mean | None) -> str:
    """A share with its interval."""
    return f"{percent(mean.value)} ({percent(mean.low)} to {percent(mean.high)})" if mean else "too few"


def part(one: Expectation) -> str:
    """Name a set of results."""
    name = BASES.get(one.group, one.group) if one.sample == "random" else f"selected by {one.group}"
    return f"random floor, {name}" if one.sample == "random" else name


def settings(watch: Watch) -> str:
    """Say at what price alarms come."""
    return (
        f"{watch.false_alarms:g} false alarms a year over all charts together; looked for: odds {watch.odds_ratio:g} times "
        "those stated"
    )


def summary(found: Drift, watch: Watch) -> Iterator[str]:
    """Tell it on the terminal."""
    yield (
        f"{found.declarations:,} declarations, {found.start:%Y-%m-%d} to {found.end:%Y-%m-%d}; random floor: "
        f"{found.results:,} results, {found.findings:,} findings"
    )
    yield from of_the_draw(found)
    if found.aside:
        yield f"{found.aside:,} results left aside: the run did not draw them, or with what chance they were come by is not known"
    yield from in_use(found)
    yield f"\ncharts ({settings(watch)})"
    yield from _charts(found)
    yield "\nhit rate beside what was stated (95 %)"
    for one in found.expectations:
        yield f"  {part(one):<28} {one.results:>6,} results  {share(one.rate):<28} stated {percent(one.stated)}  {one.verdict}"
    yield from _secondary(found)


def of_the_draw(found: Drift) -> Iterator[str]:
    """Say which results the run drew itself, which follow another chance, and how many are still to come."""
    if found.foreign:
        yield (
            f"{found.foreign:,} of these results were not drawn by the run, whose chance asked for {found.drawn:,}: they were come "
            "by under another policy, and count with the chance that stands beside them"
        )
    if found.share_known < 1:
        yield f"{found.share_known:.0%} of {found.owed:,} that the run drew by chance have a result; the rest is still to come"


def _charts(found: Drift) -> Iterator[str]:
    alarmed = [chart for chart in found.charts if chart.alarms]
    for chart in alarmed[:SHOWN]:
        more = f"; and {len(chart.alarms) - 1} more since" if len(chart.alarms) > 1 else ""
        yield f"  ALARM  {named(chart)}: {told(chart.alarms[0])}{more}"
    if len(alarmed) > SHOWN:
        yield f"  … and {len(alarmed) - SHOWN} more in the report"
    few = sum(chart.why_not is not None for chart in found.charts)
    quiet = len(found.charts) - few - len(alarmed)
    yield f"  {quiet} quiet, {few} with too few results to draw"


def _secondary(found: Drift) -> Iterator[str]:
    """Tell what declarations alone show."""
    newest: NewcomerMonth | None = found.newcomers[-1] if found.newcomers else None
    new = f"{share(newest.share)} of {newest.declarations:,} in {newest.month}" if newest else "only one month"
    yield f"\nimporters not seen in an earlier month: {new}"
    most = max(found.moved, key=lambda one: one.moved_by, default=None)
    if most:
        yield (
            f"most moved of what is declared: {FIELDS[most.field]}, stability index {most.moved_by:.3f} "
            f"(by chance up to {most.by_chance:.3f}; 0.1 is watched, 0.25 has moved)"
        )
    yield from compared_among(found)


def compared_among(found: Drift) -> Iterator[str]:
    """Say of how many declarations the goods are known, where it is not of all."""
    if found.declared < found.declarations:
        yield (
            f"goods of {found.declared:,} of {found.declarations:,} declarations are in the files of results; customs value, HS chapter "
            "and origin are compared among these alone"
        )
