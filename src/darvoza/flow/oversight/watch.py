"""The watch over profiles, kept as declarations come: what a few of them are held against is found at once.

It is the breaker's rule (`darvoza.flow.oversight.breaker.restrain`) once more, for few declarations after many: counts
are looked up in ordered lists instead of being made anew of everything within the window.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, Self

import polars as pl

from darvoza.domain.selection import FloorKind, PlacedFloor
from darvoza.flow.oversight.breaker import DAY, Asked, AskedOnce, Asking, Ceiling, Watched

LATELY: Final = 2_000
"""Declarations that lie beside the columns as rows before they are put into columns."""

SECOND: Final = 1_000_000
"""A second [µs]."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONG_AGO: Final = -(2**62)

Moments = list[int]
"""Moments in order [µs since 1970]."""

_NONE: Final[Moments] = []


class Watch:
    """What profiles asked for before; to be used by one thread at a time.

    Parameters
    ----------
    watched
        What they asked for until now.
    days
        For how many days it counts.
    """

    def __init__(self, watched: "Watched | Watch", *, days: int) -> None:
        self._parts = [Watched(watched.declarations, watched.floors).in_order()]
        self._beside: list[Asked] = []
        self._lately = 0
        self._days = days
        self._counts: _Counts | None = None

    @property
    def declarations(self) -> pl.DataFrame:
        """As in `Watched`."""
        return self.told().declarations

    @property
    def floors(self) -> pl.DataFrame:
        """As in `Watched`."""
        return self.told().floors

    def told(self) -> Watched:
        """Give everything that still counts in columns, in order of lodging."""
        if self._beside or len(self._parts) > 1:
            self._put_away()
            whole = self._parts[0]
            for part in self._parts[1:]:
                whole = whole.followed_by(part)
            self._parts = [whole.lately(self._days).in_order()]
        return self._parts[0]

    def enter(self, asked: Watched | Asked, *, days: int) -> None:
        """Note what profiles asked for of declarations that were decided.

        Parameters
        ----------
        asked
            What they asked for.
        days
            For how many days it counts.
        """
        self._days = days
        if isinstance(asked, Watched) and asked.declarations.height > LATELY:
            self._put_away()
            self._parts.append(asked)
            self._counts = None
            return
        rows = asked.as_rows() if isinstance(asked, Watched) else asked
        if self._counts is not None:
            self._counts.enter(rows, days=days)
        self._beside.append(rows)
        self._lately += len(rows.declarations)
        if self._lately > LATELY:
            self._put_away()

    def _put_away(self) -> None:
        """Put what lies beside into columns of its own, and leave out those of which nothing counts any more."""
        if self._beside:
            self._parts.append(_together(self._beside).as_columns())
            self._beside, self._lately = [], 0
        if self._counts is not None and len(self._parts) > 1:
            horizon = self._counts.horizon
            self._parts = [self._parts[0], *(part for part in self._parts[1:] if _latest(part) > horizon)]

    def restrained(
        self,
        floors: Sequence[PlacedFloor],
        declarations: Sequence[tuple[str, datetime]],
        *,
        ceiling: Ceiling,
        random_floor: float,
    ) -> list[PlacedFloor]:
        """Lower the floors of profiles that ran away; it counts for nothing that comes later until it is entered.

        Parameters
        ----------
        floors
            Floors of profiles, those of one source in order of their declarations.
        declarations
            Post and moment of lodging of each declaration, in order of lodging.
        ceiling, random_floor
            As for `darvoza.flow.oversight.breaker.restrain`.
        """
        if ceiling.share == 1:
            return list(floors)
        if self._counts is None:
            self._counts = _Counts.of(self.told())
        return list(self._counts.slowed(floors, declarations, ceiling, random_floor))


class _Counts:
    """When declarations were lodged at each post, and when profiles matched there.

    Attributes
    ----------
    lodged
        By post.
    met
        By post and source.
    latest, horizon
        The latest moment, and the one up to which nothing counts any more.
    """

    def __init__(self) -> None:
        self.lodged: defaultdict[str, Moments] = defaultdict(list)
        self.met: defaultdict[tuple[str, str], Moments] = defaultdict(list)
        self.latest = self.horizon = _LONG_AGO

    @classmethod
    def of(cls, watched: Watched) -> Self:
        """Count what was asked for."""
        made = cls()
        placed = watched.declarations.with_columns(pl.col("lodged_at").dt.epoch("us")).with_row_index("declaration")
        matches = watched.floors.filter(pl.col("kind") == FloorKind.PROFILE.value).join(placed, on="declaration")
        made.lodged.update(placed.group_by("post").agg(pl.col("lodged_at").sort()).iter_rows())
        for post, source, moments in matches.group_by("post", "source").agg(pl.col("lodged_at").sort()).iter_rows():
            made.met[post, source] = moments
        made.latest = max((moments[-1] for moments in made.lodged.values()), default=_LONG_AGO)
        return made

    def enter(self, asked: Asked, *, days: int) -> None:
        """Count what is asked for later, too."""
        moments = [_micros(moment) for _, moment in asked.declarations]
        for (post, _), moment in zip(asked.declarations, moments, strict=True):
            self._put(self.lodged[post], moment)
        for floor in asked.floors:
            if floor.kind == FloorKind.PROFILE:
                post, _ = asked.declarations[floor.declaration]
                self._put(self.met[post, floor.source], moments[floor.declaration])
        self.latest = max([self.latest, *moments])
        self.horizon = max(self.horizon, self.latest - days * DAY * SECOND)

    def slowed(
        self,
        floors: Iterable[PlacedFloor],
        declarations: Iterable[tuple[str, datetime]],
        ceiling: Ceiling,
        least: float,
    ) -> Iterator[PlacedFloor]:
        """Lower what ran away; each declaration is counted up to and with itself."""
        lodged, met = defaultdict[str, Moments](list), defaultdict[tuple[str, str], Moments](list)
        placed = []
        for post, moment in declarations:
            lodged[post].append(_micros(moment))
            placed.append((post, len(lodged[post])))
        for floor in floors:
            if floor.kind != FloorKind.PROFILE:
                yield floor
                continue
            post, upto = placed[floor.declaration]
            here, before, those = lodged[post], self.met.get((post, floor.source), _NONE), met[post, floor.source]
            those.append(here[upto - 1])
            # with so few matches the ceiling cannot have been exceeded
            if len(before) + len(those) <= ceiling.share * ceiling.fewest:
                yield floor
                continue
            opened = (here[upto - 1] // SECOND - ceiling.window_days * DAY + 1) * SECOND
            counted = self._since(opened, self.lodged.get(post, _NONE)) + upto - bisect_left(here, opened, 0, upto)
            share = (self._since(opened, before) + len(those) - bisect_left(those, opened)) / counted
            if counted < ceiling.fewest or share <= ceiling.share:
                yield floor
                continue
            lowered = floor.probability * ceiling.share / share
            yield floor._replace(probability=max(lowered, min(floor.probability, least)))

    def _put(self, moments: Moments, moment: int) -> None:
        """Put a moment among others; when half of them count no longer, those are taken out."""
        insort(moments, moment)
        if moments[len(moments) // 2] <= self.horizon:
            del moments[: bisect_right(moments, self.horizon)]

    def _since(self, opened: int, moments: Moments) -> int:
        """Count moments from one on."""
        return len(moments) - bisect_left(moments, max(opened, self.horizon + 1))


def _together(parts: Sequence[Asked]) -> Asked:
    """Put what was asked for of declarations after one another."""
    declarations: list[tuple[str, datetime]] = []
    floors: list[Asking] = []
    for part in parts:
        above = len(declarations)
        declarations += part.declarations
        floors += [AskedOnce(one.declaration + above, one.kind, one.source, one.probability) for one in part.floors]
    return Asked(declarations, floors)


def _latest(watched: Watched) -> int:
    """Give the last moment of lodging; of nothing, one long ago."""
    latest = watched.declarations.get_column("lodged_at").max()
    return _micros(latest) if isinstance(latest, datetime) else _LONG_AGO


def _micros(moment: datetime) -> int:
    passed = moment - _EPOCH
    return (passed.days * DAY + passed.seconds) * SECOND + passed.microseconds
