"""Where numbers lie on a drawing; text, because a decimal comma is no place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from darvoza.flow.oversight.estimate_records import Limits

NICE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Shares at which an axis may end."""

WIDE, DOT = 200.0, 5.0
LEFT, TOP, SIDE, HIGH = 48.0, 10.0, 560.0, 150.0


def axis_end(highest: Iterable[float]) -> float:
    """Give the least of `NICE` that holds every share.

    Examples
    --------
    >>> axis_end([0.031, 0.12]), axis_end([])
    (0.2, 0.01)
    """
    reach = max(highest, default=0.0)
    return next((end for end in NICE if end >= reach), NICE[-1])


@dataclass(frozen=True, slots=True)
class Whisker:
    """A value between its limits on a line of its own, as places along it."""

    low: str
    value: str
    high: str


def whisker(limits: Limits | None, end: float) -> Whisker | None:
    """Place a value and its limits on a line from 0 to an end; without an upper limit it reaches that end.

    Examples
    --------
    >>> whisker(Limits(0.1, 0.05, 0.2), 0.2)
    Whisker(low='52.5', value='100.0', high='195.0')
    """
    if limits is None:
        return None
    high = end if limits.high is None else limits.high
    return Whisker(*(_along(value, end) for value in (limits.low, limits.value, high)))


def _along(value: float, end: float) -> str:
    return f"{DOT + (WIDE - 2 * DOT) * min(max(value / end, 0.0), 1.0):.1f}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: where it lies, and what it stands for."""

    place: str
    value: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a series between its limits; `label` stands below it when there is room."""

    x: str
    y: str
    low: str
    high: str
    label: str


@dataclass(frozen=True, slots=True)
class Series:
    """Values over time with their limits, and the grid behind them."""

    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    labels: tuple[tuple[str, str], ...]


MOST_LABELS = 12


def series(values: Sequence[tuple[str, Limits | None]]) -> Series:
    """Draw values over time, evenly spaced; what has no value leaves a gap.

    Parameters
    ----------
    values
        Label and value, in order.
    """
    known = [one for _, one in values if one is not None]
    end = axis_end(one.value if one.high is None else one.high for one in known)
    step = SIDE / max(len(values), 1)
    places = [LEFT + step * (at + 0.5) for at in range(len(values))]
    every = -(-len(values) // MOST_LABELS)
    return Series(
        ticks=tuple(Tick(_up(end * part, end), end * part) for part in (0.0, 0.5, 1.0)),
        marks=tuple(
            Mark(
                f"{x:.1f}",
                _up(one.value, end),
                _up(one.low, end),
                _up(end if one.high is None else one.high, end),
                label,
            )
            for x, (label, one) in zip(places, values, strict=True)
            if one is not None
        ),
        labels=tuple(
            (f"{x:.1f}", label)
            for at, (x, (label, _)) in enumerate(zip(places, values, strict=True))
            if at % every == 0
        ),
    )


def _up(value: float, end: float) -> str:
    return f"{TOP + HIGH * (1 - min(max(value / end, 0.0), 1.0)):.1f}"
