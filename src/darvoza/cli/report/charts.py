"""Charts drawn as SVG on the server: shapes only for bars, with axes for the curve; colours come from the page.

Bars hold no text, because text inside a scaled picture becomes too small on a phone: the table around them says the
numbers. The markup is built from numbers alone and is safe to insert as it is.
"""

from collections.abc import Sequence

from markupsafe import Markup

WIDTH = 100.0


def bar(share: float, *, kind: str) -> Markup:
    """A horizontal bar from 0 to 1, decoration beside a number that says the same.

    Examples
    --------
    >>> print(bar(0.5, kind="plain"))
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="plain" width="50.00" height="10"/></svg>
    """
    return _svg("bar", f'<rect class="{kind}" width="{_clipped(share):.2f}" height="10"/>')


def bullet(share: float, *, needed: float, mark: float) -> Markup:
    """A bar, a thinner bar within it, and a mark across: what is used, what of it was demanded, what there is."""
    inside = (
        f'<rect class="used" width="{_clipped(share):.2f}" height="10"/>'
        f'<rect class="needed" y="3" width="{_clipped(needed):.2f}" height="4"/>'
        f'<rect class="mark" x="{min(_clipped(mark), WIDTH - 1):.2f}" width="1" height="10"/>'
    )
    return _svg("bar", inside)


def stack(shares: Sequence[tuple[str, float]], *, label: str) -> Markup:
    """One bar divided into parts, each with the class of its name; `label` says it in words.

    Parameters
    ----------
    shares
        Pairs of class name and share; the shares add up to 1.
    label
        What the bar shows, for those who do not see it.
    """
    at, parts = 0.0, []
    for kind, share in shares:
        parts.append(f'<rect class="{kind}" x="{at:.3f}" width="{WIDTH * share:.3f}" height="10"/>')
        at += WIDTH * share
    named = Markup('role="img" aria-label="{}"').format(label)
    return _svg("stack", "".join(parts), named=named)


def _clipped(share: float) -> float:
    return WIDTH * min(max(share, 0.0), 1.0)


def _svg(kind: str, inside: str, *, named: str = 'aria-hidden="true"') -> Markup:
    track = '<rect class="track" width="100" height="10"/>'
    frame = f'<svg class="{kind}" viewBox="0 0 100 10" preserveAspectRatio="none" {named}>{track}{inside}</svg>'
    return Markup(frame)  # noqa: S704 - numbers and the class names of this package; labels are escaped above  # nosec B704


LEFT, TOP, SIDE, HIGH = 44.0, 12.0, 300.0, 210.0


def curve(examined: Sequence[float], found: Sequence[float], *, label: str) -> Markup:
    """A gains curve with its axes: share found against share examined, and the line of chance.

    Parameters
    ----------
    examined, found
        The points, each from 0 to 1, of one length.
    label
        What the curve shows, for those who do not see it.
    """
    points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in zip(examined, found, strict=True))
    grid = "".join(_line(tick) for tick in (0.0, 0.25, 0.5, 0.75, 1.0))
    area = f"{_x(0):.1f},{_y(0):.1f} {points} {_x(1):.1f},{_y(0):.1f}"
    named = Markup('role="img" aria-label="{}"').format(label)
    return Markup(  # noqa: S704 - numbers and fixed words; the label is escaped above  # nosec B704
        f'<svg class="curve" viewBox="0 0 {LEFT + SIDE + 16:.0f} {TOP + HIGH + 46:.0f}" {named}>{grid}'
        f'<line class="chance" x1="{_x(0):.1f}" y1="{_y(0):.1f}" x2="{_x(1):.1f}" y2="{_y(1):.1f}"/>'
        f'<polygon class="area" points="{area}"/><polyline class="line" points="{points}"/>'
        f'<text x="{_x(0.5):.1f}" y="{TOP + HIGH + 38:.0f}" text-anchor="middle">share examined, highest score first</text>'
        f'<text x="{_x(0.6):.1f}" y="{_y(0.5):.1f}" class="quiet">by chance</text></svg>'
    )


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + HIGH * (1 - share)


def _line(tick: float) -> str:
    """One line of the grid with its number at the left, and the number below the axis."""
    return (
        f'<line class="grid" x1="{_x(0):.1f}" y1="{_y(tick):.1f}" x2="{_x(1):.1f}" y2="{_y(tick):.1f}"/>'
        f'<text x="{LEFT - 6:.0f}" y="{_y(tick) + 4:.1f}" text-anchor="end">{tick:.0%}</text>'
        f'<text x="{_x(tick):.1f}" y="{TOP + HIGH + 18:.0f}" text-anchor="middle">{tick:.0%}</text>'
    )
