"""Charts of drift as SVG in the page: the sum over time, its threshold, and calibration slopes month by month."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from darvoza.cli.report.numerals import number
from darvoza.flow.oversight.drift_records import Alarm, CalibrationMonth, Chart

LEFT, TOP, SIDE, HIGH = 34.0, 10.0, 310.0, 96.0
POINTS = 300
"""Most points of a line; of those between, the highest is kept."""

SLOPES = (0.0, 2.0)
"""Calibration slopes between which the chart reaches; what lies beyond is drawn at its edge."""


class _Frame(NamedTuple):
    """What the chart spans: from when to when [s], and up to what height."""

    first: float
    last: float
    top: float

    def x(self, moment: datetime) -> float:
        return LEFT + SIDE * (moment.timestamp() - self.first) / max(self.last - self.first, 1.0)

    def y(self, value: float) -> float:
        return TOP + HIGH * (1 - value / self.top)


def plot(chart: Chart, start: datetime, end: datetime) -> Markup:
    """Draw one chart between two moments.

    Parameters
    ----------
    chart
        A chart that was drawn.
    start, end
        What the axis spans.
    """
    top = max(chart.threshold * 1.25, max(chart.values) * 1.05)
    frame = _Frame(start.timestamp(), end.timestamp(), top)
    line = " ".join(f"{frame.x(moment):.1f},{frame.y(value):.1f}" for moment, value in _thinned(chart))
    marks = "".join(
        f'<circle class="alarm" cx="{frame.x(alarm.raised):.1f}" cy="{frame.y(chart.values[place]):.1f}" r="4"/>'
        for alarm, place in _places(chart)
    )
    limit = frame.y(chart.threshold)
    said = f"{len(chart.alarms)} alarms" if chart.alarms else "quiet"
    label = Markup('role="img" aria-label="{}"').format(
        f"{chart.by} {chart.group}: {number(chart.results)} results, {said}"
    )
    return Markup(  # noqa: S704 - numbers and fixed words; the label is escaped above  # nosec B704
        f'<svg class="curve" viewBox="0 0 {LEFT + SIDE + 8:.0f} {TOP + HIGH + 22:.0f}" {label}>'
        f'<line class="grid" x1="{LEFT}" y1="{frame.y(0):.1f}" x2="{LEFT + SIDE}" y2="{frame.y(0):.1f}"/>'
        f'<line class="chance" x1="{LEFT}" y1="{limit:.1f}" x2="{LEFT + SIDE}" y2="{limit:.1f}"/>'
        f'<text x="{LEFT - 4}" y="{limit + 4:.1f}" text-anchor="end">{chart.threshold:.1f}</text>'
        f'<text x="{LEFT - 4}" y="{frame.y(0) + 4:.1f}" text-anchor="end">0</text>'
        f'<polyline class="line" points="{line}"/>{marks}'
        f'<text x="{LEFT}" y="{TOP + HIGH + 18:.0f}">{start:%Y-%m-%d}</text>'
        f'<text x="{LEFT + SIDE}" y="{TOP + HIGH + 18:.0f}" text-anchor="end">{end:%Y-%m-%d}</text></svg>'
    )


def _places(chart: Chart) -> Iterator[tuple[Alarm, int]]:
    """Give each alarm with the place of the result that raised it."""
    place = 0
    for alarm in chart.alarms:
        while chart.known_at[place] < alarm.raised or chart.values[place] < chart.threshold:
            place += 1
        yield alarm, place
        place += 1


def _thinned(chart: Chart) -> Iterator[tuple[datetime, float]]:
    """Give as many points as a line can show: of each stretch its highest, and the last of all."""
    stride = -(-len(chart.values) // POINTS)
    for first in range(0, len(chart.values), stride):
        stretch = range(first, min(first + stride, len(chart.values)))
        best = max(stretch, key=chart.values.__getitem__)
        yield chart.known_at[best], chart.values[best]
    yield chart.known_at[-1], chart.values[-1]


def slopes(months: tuple[CalibrationMonth, ...], least: float) -> Markup:
    """Draw the calibration slope of each month with its interval; a month without one has none.

    Parameters
    ----------
    months
        The months, in order.
    least
        The slope below which a model is unfit.
    """
    wide = SIDE / max(len(months), 1)
    drawn = "".join(_month(month, LEFT + wide * (place + 0.5)) for place, month in enumerate(months))
    levels = "".join(
        f'<line class="{kind}" x1="{LEFT}" y1="{_height(value):.1f}" x2="{LEFT + SIDE}" y2="{_height(value):.1f}"/>'
        f'<text x="{LEFT - 4}" y="{_height(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for kind, value in (("grid", SLOPES[0]), ("chance", least), ("grid", 1.0), ("grid", SLOPES[1]))
    )
    ends = f"{months[0].month}", f"{months[-1].month}"
    return Markup(  # noqa: S704 - numbers, months and fixed words  # nosec B704
        f'<svg class="curve" viewBox="0 0 {LEFT + SIDE + 8:.0f} {TOP + HIGH + 22:.0f}" role="img" '
        f'aria-label="Calibration slope by month; the table below holds the same">{levels}{drawn}'
        f'<text x="{LEFT}" y="{TOP + HIGH + 18:.0f}">{ends[0]}</text>'
        f'<text x="{LEFT + SIDE}" y="{TOP + HIGH + 18:.0f}" text-anchor="end">{ends[1]}</text></svg>'
    )


def _month(month: CalibrationMonth, x: float) -> str:
    if month.line is None:
        return ""
    low, high = _height(month.line.low), _height(month.line.high)
    return (
        f'<line class="now" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>'
        f'<circle class="now" cx="{x:.1f}" cy="{_height(month.line.slope):.1f}" r="4"/>'
    )


def _height(slope: float) -> float:
    low, high = SLOPES
    return TOP + HIGH * (1 - (min(max(slope, low), high) - low) / (high - low))
