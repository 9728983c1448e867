"""Pictures of `benchmarks/drift.py`: delay against false alarms, and one year as three instruments see it."""

import math
from collections.abc import Mapping, Sequence
from html import escape

COLOURS = ("#9bb7c4", "#4f93a8", "#0b6e69", "#b3541e")
INK, QUIET, RULE, ALARM = "#1d2430", "#59606c", "#dddddd", "#b9433f"
LEFT, SIDE, HIGH = 64.0, 520.0, 240.0
PANEL, GAP = 96.0, 46.0


def _svg(wide: float, high: float, title: str, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13" fill="{INK}">'
        f'<rect width="{wide:.0f}" height="{high:.0f}" fill="#fff"/>{inside}</svg>\n'
    )


def curves(lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Draw mean weeks to the alarm against false alarms a year, one line for each random floor."""
    first, last = math.log(0.1), math.log(4.0)
    top = 5 * math.ceil(max(up for points in lines.values() for _, up in points) / 5)

    def at(across: float, up: float) -> tuple[float, float]:
        return LEFT + SIDE * (math.log(across) - first) / (last - first), 34 + HIGH * (1 - up / top)

    made = [
        f'<text x="{LEFT}" y="18" font-weight="600">Blind spot: weeks until the alarm, against false alarms a year</text>'
    ]
    for up in range(0, top + 1, 5):
        y = at(1, up)[1]
        made.append(f'<path d="M{LEFT} {y:.1f}h{SIDE}" stroke="{RULE}"/>')
        made.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{up}</text>')
    for across in (0.1, 0.25, 0.5, 1, 2, 4):
        x = at(across, 0)[0]
        made.append(f'<text x="{x:.1f}" y="{34 + HIGH + 18}" text-anchor="middle">{across:g}</text>')
    lowest = 0.0
    for (name, points), colour in zip(lines.items(), COLOURS, strict=False):
        places = [at(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        made += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        lowest = max(lowest + 16, places[-1][1])
        made.append(f'<text x="{LEFT + SIDE + 10}" y="{lowest + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    words = "false alarms a year that are accepted, over all charts together"
    made.append(f'<text x="{LEFT + SIDE / 2}" y="{34 + HIGH + 40}" text-anchor="middle" fill="{QUIET}">{words}</text>')
    return _svg(LEFT + SIDE + 80, 34 + HIGH + 52, "Weeks until the alarm, against false alarms a year", "".join(made))


def story(
    weeks: Sequence[int], change: int, *, moved: Sequence[float], hit: Sequence[float], stated: Sequence[float],
    chart: Sequence[float], limit: float, leaks: Sequence[float],
) -> str:  # fmt: skip
    """Draw one year four times: leakage, stability index, hit rate of the selected, and the chart."""
    panels = [
        ("True leakage, which nobody sees", [(leaks, ALARM)], None, "{:.0%}"),
        ("Stability index of the most moved field (watched from 0.1)", [(moved, COLOURS[1])], 0.1, "{:.2f}"),
        ("Hit rate of what the score selected; thin: as stated", [(hit, COLOURS[1]), (stated, QUIET)], None, "{:.0%}"),
        (
            "Chart of the random floor, ε = 2 %, of goods likely to go green; cut off above",
            [(chart, COLOURS[2])],
            limit,
            "{:.1f}",
        ),
    ]
    made = [_panel(place, weeks, change, panel) for place, panel in enumerate(panels)]
    title = "A year with a blind spot: leakage multiplies, and only the chart of the random floor sees it"
    return _svg(LEFT + SIDE + 24, len(panels) * (PANEL + GAP) + 20, title, "".join(made))


def _panel(
    place: int, weeks: Sequence[int], change: int,
    panel: tuple[str, Sequence[tuple[Sequence[float], str]], float | None, str],
) -> str:  # fmt: skip
    name, lines, limit, form = panel
    top = 1.1 * max(limit or 0.0, *(max(values) for values, _ in lines))
    top = min(top, 4 * limit) if limit else top
    down, span = 26 + place * (PANEL + GAP), weeks[-1] - weeks[0]

    def x(week: float) -> float:
        return LEFT + SIDE * (week - weeks[0]) / span

    def y(value: float) -> float:
        return down + PANEL * (1 - min(value, top) / top)

    made = [f'<text x="{LEFT}" y="{down - 8}" font-weight="600">{escape(name)}</text>']
    made.append(f'<path d="M{LEFT} {y(0):.1f}h{SIDE}" stroke="{RULE}"/>')
    made.append(f'<text x="{LEFT - 8}" y="{y(0) + 4:.1f}" text-anchor="end">0</text>')
    made.append(f'<text x="{LEFT - 8}" y="{y(top) + 10:.1f}" text-anchor="end">{form.format(top)}</text>')
    made.append(f'<path d="M{x(change):.1f} {down}v{PANEL}" stroke="{ALARM}" stroke-dasharray="2 3"/>')
    if limit is not None:
        made.append(f'<path d="M{LEFT} {y(limit):.1f}h{SIDE}" stroke="{QUIET}" stroke-dasharray="5 4"/>')
    for order, (values, colour) in enumerate(lines):
        path = " ".join(f"{x(week):.1f},{y(value):.1f}" for week, value in zip(weeks, values, strict=True))
        made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{1.2 if order else 2.2}"/>')
    made += [
        f'<text x="{x(week):.1f}" y="{down + PANEL + 15}" text-anchor="middle" fill="{QUIET}">week {week}</text>'
        for week in (change, weeks[-1])
    ]
    return "".join(made)
