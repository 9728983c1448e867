"""Charts of the back-test page: a rate with its interval beside a mark, and columns over weeks."""

from collections.abc import Sequence

from markupsafe import Markup

from darvoza.cli.report.charts import WIDTH


def span(low: float, high: float, *, at: float, mark: float) -> Markup:
    """An interval from `low` to `high` with its middle, and a mark to compare with; all from 0 to 1.

    Examples
    --------
    >>> "track" in span(0.1, 0.3, at=0.2, mark=0.05)
    True
    """
    left, right, middle, line = (WIDTH * min(max(x, 0.0), 1.0) for x in (low, high, at, mark))
    return Markup(  # noqa: S704 - numbers alone  # nosec B704
        '<svg class="bar span" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"/>'
        f'<rect class="used" x="{left:.2f}" y="2.5" width="{max(right - left, 0.4):.2f}" height="5"/>'
        f'<rect class="needed" x="{min(max(middle - 0.6, 0), WIDTH - 1.2):.2f}" width="1.2" height="10"/>'
        f'<rect class="mark" x="{min(line, WIDTH - 0.6):.2f}" width="0.6" height="10"/></svg>'
    )


def columns(heights: Sequence[float], *, mark: float | None, label: str) -> Markup:
    """Upright columns, one a week, with a line across at `mark` where there is one.

    Parameters
    ----------
    heights
        Numbers of 0 or more.
    mark
        Where the line lies, in the unit of the heights; ``None`` for no line.
    label
        What the columns show, for those who do not see them.
    """
    top = max([*heights, mark or 0.0]) or 1.0
    step = WIDTH / max(len(heights), 1)
    parts = [
        f'<rect class="accent" x="{k * step + step * 0.1:.2f}" y="{30 * (1 - height / top):.2f}" '
        f'width="{step * 0.8:.2f}" height="{30 * height / top:.2f}"/>'
        for k, height in enumerate(heights)
    ]
    if mark is not None:
        parts.append(f'<rect class="mark" y="{min(30 * (1 - mark / top), 29.6):.2f}" width="100" height="0.4"/>')
    named = Markup('role="img" aria-label="{}"').format(label)
    return Markup(  # noqa: S704 - numbers alone; the label is escaped above  # nosec B704
        f'<svg class="columns" viewBox="0 0 100 30" preserveAspectRatio="none" {named}>'
        f'<rect class="track" width="100" height="30"/>{"".join(parts)}</svg>'
    )
