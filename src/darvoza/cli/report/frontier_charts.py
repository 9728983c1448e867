"""The plot of the frontier: a curve within its band, the selection that was made on it, and the line of chance."""

from markupsafe import Markup

from darvoza.flow.oversight.frontier import Point, PostFrontier
from darvoza.methods.detection import Span

LEFT, TOP, SIDE, HIGH = 44.0, 12.0, 300.0, 210.0
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def plot(one: PostFrontier, kind: str, *, label: str) -> Markup:
    """Draw share detected against share examined, both from 0 to 1.

    Parameters
    ----------
    one
        The frontier of a post.
    kind
        ``findings`` or ``money``.
    label
        What it shows, for those who do not see it.
    """
    known = [(point.examined, span) for point in one.points if (span := _span(point, kind))]
    line = " ".join(_at(x, span.value) for x, span in known)
    band = " ".join([*(_at(x, span.high) for x, span in known), *(_at(x, span.low) for x, span in reversed(known))])
    grid = "".join(_line(tick) for tick in TICKS)
    named = Markup('role="img" aria-label="{}"').format(label)
    return Markup(  # noqa: S704 - numbers and fixed words; the label is escaped above  # nosec B704
        f'<svg class="curve" viewBox="0 0 {LEFT + SIDE + 16:.0f} {TOP + HIGH + 46:.0f}" {named}>{grid}'
        f'<line class="chance" x1="{_x(0):.1f}" y1="{_y(0):.1f}" x2="{_x(1):.1f}" y2="{_y(1):.1f}"/>'
        f'<polygon class="area" points="{band}"/><polyline class="line" points="{line}"/>{_now(one.now, kind)}'
        f'<text x="{_x(0.5):.1f}" y="{TOP + HIGH + 38:.0f}" text-anchor="middle">share examined</text>'
        f'<text x="{_x(0.6):.1f}" y="{_y(0.5):.1f}" class="quiet">by chance</text></svg>'
    )


def _now(point: Point, kind: str) -> str:
    """The selection that was made, with its interval."""
    span = _span(point, kind)
    if span is None:
        return ""
    x = _x(point.examined)
    return (
        f'<line class="now" x1="{x:.1f}" y1="{_y(span.low):.1f}" x2="{x:.1f}" y2="{_y(span.high):.1f}"/>'
        f'<circle class="now" cx="{x:.1f}" cy="{_y(span.value):.1f}" r="4.5"/>'
    )


def _span(point: Point, kind: str) -> Span | None:
    return point.findings if kind == "findings" else point.money


def _at(x: float, y: float) -> str:
    return f"{_x(x):.1f},{_y(y):.1f}"


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + HIGH * (1 - share)


def _line(tick: float) -> str:
    return (
        f'<line class="grid" x1="{_x(0):.1f}" y1="{_y(tick):.1f}" x2="{_x(1):.1f}" y2="{_y(tick):.1f}"/>'
        f'<text x="{LEFT - 6:.0f}" y="{_y(tick) + 4:.1f}" text-anchor="end">{tick:.0%}</text>'
        f'<text x="{_x(tick):.1f}" y="{TOP + HIGH + 18:.0f}" text-anchor="middle">{tick:.0%}</text>'
    )
