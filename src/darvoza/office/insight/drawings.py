"""Curves and points in a frame with axes, as places on a drawing; text, because a decimal comma is no place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from darvoza.office.insight.scales import Tick

LEFT, TOP, SIDE, HIGH = 52.0, 10.0, 420.0, 260.0
PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """A point with the interval above and below it."""

    x: str
    y: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Axes from 0 to the given ends.

    Attributes
    ----------
    right, top
        Where the axes end; above 0.
    """

    right: float = 1.0
    top: float = 1.0

    def x(self, value: float) -> str:
        """Place a value across."""
        return f"{LEFT + SIDE * min(max(value / self.right, 0.0), 1.0):.1f}"

    def y(self, value: float) -> str:
        """Place a value upwards."""
        return f"{TOP + HIGH * (1 - min(max(value / self.top, 0.0), 1.0)):.1f}"

    def line(self, points: Iterable[tuple[float, float]]) -> str:
        """Give points as a line takes them.

        Examples
        --------
        >>> Frame().line([(0, 0), (1, 1)])
        '52.0,270.0 472.0,10.0'
        """
        return " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)

    def band(self, points: Sequence[tuple[float, float, float]]) -> str:
        """Give the surface between the lower and the upper limits of a line, as a polygon takes it."""
        upper = [(x, high) for x, _, high in points]
        lower = [(x, low) for x, low, _ in reversed(points)]
        return self.line([*upper, *lower])

    def dot(self, x: float, value: float, low: float, high: float) -> Dot:
        """Place a point with its interval."""
        return Dot(self.x(x), self.y(value), self.y(low), self.y(high))

    @property
    def ups(self) -> tuple[Tick, ...]:
        """Lines of the grid, upwards."""
        return tuple(Tick(self.y(self.top * part), self.top * part) for part in PARTS)

    @property
    def acrosses(self) -> tuple[Tick, ...]:
        """Lines of the grid, across."""
        return tuple(Tick(self.x(self.right * part), self.right * part) for part in PARTS)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a frame shows.

    Attributes
    ----------
    line, band, aside
        A curve, the band of its interval, and a second line to compare it with; empty when there is none.
    dots
        Points with their intervals.
    shares
        Whether the axes are shares; else plain numbers.
    """

    frame: Frame
    line: str = ""
    band: str = ""
    aside: str = ""
    dots: tuple[Dot, ...] = ()
    shares: bool = True
