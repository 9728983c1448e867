"""A map of posts drawn from outlines that are here: no tiles, nothing asked of anybody."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

OUTLINES = Path(__file__).parent / "outlines.json"
WIDE = 800.0
MARGIN, LEAST = 1.5, 4.0
"""Degrees around the outermost posts, and the least a map spans."""

POLAR = 75.0
"""Degrees of latitude beyond which a post is drawn at this parallel: nearer to a pole the map would be all height."""

LARGEST, SMALLEST = 22.0, 3.0
"""Radius of the busiest post and of the least busy one; areas are in proportion between them."""

NAME, LINE = 62.0, 15.0
"""Room for a name: how wide, how high."""

STEP = 1.2
"""Distance on the drawing below which the next point of an outline is left out."""

Points = list[tuple[float, float]]


class Place(NamedTuple):
    """Where a post lies, in degrees."""

    code: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A post on the map; `left` when its name ends where its text is, for want of room on the right."""

    code: str
    name: str
    x: str
    y: str
    radius: str
    text_x: str
    text_y: str
    left: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A map: its size, the lines of coasts and borders, the posts."""

    wide: str
    high: str
    outlines: tuple[str, ...]
    spots: tuple[Spot, ...]


class _View(NamedTuple):
    """What part of the world is shown: degrees from west to east and south to north, and units a degree."""

    west: float
    south: float
    east: float
    north: float

    @property
    def squeeze(self) -> float:
        """How much shorter a degree of longitude is there than one of latitude."""
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def unit(self) -> float:
        return WIDE / (self.east - self.west)

    @property
    def high(self) -> float:
        return (self.north - self.south) * self.unit / self.squeeze

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Place a point: equal distances along the parallel in the middle."""
        return (longitude - self.west) * self.unit, (self.north - latitude) * self.unit / self.squeeze


def draw_map(places: Iterable[Place], weights: Mapping[str, float]) -> Map | None:
    """Draw the posts that have a place, the area of each by its weight; nothing when none has.

    Parameters
    ----------
    places
        Where posts lie.
    weights
        How much each weighs, such as its declarations; a post without weight is not drawn.
    """
    shown = [
        place._replace(latitude=min(max(place.latitude, -POLAR), POLAR))
        for place in places
        if weights.get(place.code, 0) > 0
    ]
    if not shown:
        return None
    view = _view(shown)
    most = max(weights[place.code] for place in shown)
    spots = tuple(_spots(shown, view, {place.code: weights[place.code] / most for place in shown}))
    return Map(f"{WIDE:.0f}", f"{view.high:.0f}", tuple(_paths(view)), spots)


def _view(places: list[Place]) -> _View:
    """Give the part of the world that holds all places, with room around them."""
    west, east = _span([place.longitude for place in places])
    south, north = _span([place.latitude for place in places])
    return _View(west, south, east, north)


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min(values) - MARGIN, max(values) + MARGIN
    room = max(LEAST - (high - low), 0.0) / 2
    return low - room, high + room


def _spots(places: list[Place], view: _View, shares: Mapping[str, float]) -> Iterator[Spot]:
    """Place the posts, the largest below; names of near posts step aside."""
    taken: list[tuple[float, float]] = []
    for place in sorted(places, key=lambda one: (-shares[one.code], one.code)):
        x, y = view.at(place.longitude, place.latitude)
        radius = max(LARGEST * math.sqrt(shares[place.code]), SMALLEST)
        text_x, text_y, left = _free(x, y + 4, radius + 4, taken)
        taken.append((text_x - NAME if left else text_x, text_y))
        ends = f"{text_x:.1f}", f"{text_y:.1f}"
        yield Spot(place.code, place.name, f"{x:.1f}", f"{y:.1f}", f"{radius:.1f}", *ends, left)


def _free(x: float, y: float, away: float, taken: list[tuple[float, float]]) -> tuple[float, float, bool]:
    """Find room for a name: right, left, then lower and lower; whether it ends there rather than begins."""
    for lower in range(20):
        for left in (False, True):
            begin = x - away - NAME if left else x + away
            free = all(abs(begin - at) >= NAME or abs(y + LINE * lower - beside) >= LINE for at, beside in taken)
            if free and begin >= 0 and begin + NAME <= WIDE:
                return (begin + NAME if left else begin), y + LINE * lower, left
    return x + away, y, False


@lru_cache(maxsize=1)
def _outlines() -> dict[str, Any]:
    return dict(json.loads(OUTLINES.read_text(encoding="utf-8")))


def _paths(view: _View) -> Iterator[str]:
    """Give the outlines within the view; fine ones where there are any, else those of the whole world."""
    kept = _outlines()
    west, east, south, north = kept["fine_box"]
    fine = west <= view.west and view.east <= east and south <= view.south and view.north <= north
    for flat in kept["fine" if fine else "coarse"]:
        line = list(zip(flat[::2], flat[1::2], strict=True))
        for part in _within(line, view):
            yield _path([view.at(*point) for point in part])


def _within(line: Points, view: _View) -> Iterator[Points]:
    """Cut a line where it leaves the view; one point beyond the edge is kept, so that it reaches it."""
    part: Points = []
    for before, point in zip([line[0], *line], line, strict=False):
        if view.west <= point[0] <= view.east and view.south <= point[1] <= view.north:
            if not part and before != point and abs(before[0] - point[0]) < 180:
                part.append(before)
            part.append(point)
        elif part:
            yield [*part, point] if abs(part[-1][0] - point[0]) < 180 else part
            part = []
    if len(part) > 1:
        yield part


def _path(points: Points) -> str:
    """Write a line as a path takes it, without points that nobody would see."""
    kept = [points[0]]
    for point in points[1:-1]:
        if math.dist(point, kept[-1]) >= STEP:
            kept.append(point)
    kept.append(points[-1])
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in kept)
