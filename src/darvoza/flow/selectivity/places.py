"""Where and when declarations are lodged, and what each post can do that day: off columns, or off rows where few."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import CapacityUnit, PostCapacity

Saying: TypeAlias = Callable[[str, date], PostCapacity | None]
"""Says what a plan states for a post on a day."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Where: TypeAlias = pl.DataFrame | Sequence[tuple[str, datetime]]
"""Post and moment of lodging of declarations, in order: columns ``post`` and ``lodged_at``, or rows where they are few."""

_SIXTY = pl.Series(range(60), dtype=pl.Int8)
_OF_MINUTES: Final = (_SIXTY / 60).to_list()
_OF_SECONDS: Final = (_SIXTY / 3600).to_list()
"""Minutes and seconds as parts of an hour, to the last bit as columns divide them."""

NOT_STATED = -1


class Places(NamedTuple):
    """Declarations by place and time, as arrays of shape ``(n,)``.

    Attributes
    ----------
    posts
        Codes of the posts.
    days, hours
        Ordinal day since 1970 and hour of the day in [0, 24), both UTC.
    """

    posts: NDArray[np.str_]
    days: Ints
    hours: Floats

    def take(self, rows: Ints) -> "Places":
        """Give some of them."""
        return self if rows.size == self.days.size else Places(self.posts[rows], self.days[rows], self.hours[rows])


class Stated(NamedTuple):
    """What a plan states for declarations: its rows, and which of them counts for each, `NOT_STATED` where none does."""

    rows: tuple[PostCapacity, ...]
    codes: Ints

    def take(self, rows: Ints) -> "Stated":
        """Give what counts for some of the declarations, each of which has a row."""
        return Stated(self.rows, self.codes[rows])

    @property
    def amounts(self) -> Floats:
        """How much, in the unit of the row."""
        return np.array([row.amount for row in self.rows], dtype=np.float64)[self.codes]

    def counted_in(self, unit: CapacityUnit) -> NDArray[np.bool_]:
        """Tell which are counted in a unit."""
        return np.array([row.unit is unit for row in self.rows], dtype=np.bool_)[self.codes]


def places_of(where: Where) -> Places:
    """Write where and when declarations are lodged as numbers."""
    if isinstance(where, pl.DataFrame):
        moments = where.get_column("lodged_at")
        hours = moments.dt.hour().cast(pl.Float64) + moments.dt.minute() / 60 + moments.dt.second() / 3600
        posts = where.get_column("post").to_numpy().astype(str)
        return Places(posts, moments.dt.epoch("d").cast(pl.Int64).to_numpy(), hours.to_numpy())
    return Places(
        np.array([post for post, _ in where], dtype=np.str_),
        np.array([moment.toordinal() - _EPOCH for _, moment in where], dtype=np.int64),
        np.array([at.hour + _OF_MINUTES[at.minute] + _OF_SECONDS[at.second] for _, at in where], dtype=np.float64),
    )


_EPOCH: Final = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a day, not a moment


def stated_for(where: Where, saying: Saying) -> Stated:
    """Find what a plan states for each declaration: for its post, on its day.

    Parameters
    ----------
    where
        The declarations.
    saying
        Says what it states.
    """
    if not isinstance(where, pl.DataFrame):
        return Stated(*_coded(saying(post, moment.date()) for post, moment in where))
    days = where.select("post", pl.col("lodged_at").dt.date().alias("day"))
    different = days.unique()
    rows, codes = _coded(saying(post, day) for post, day in different.iter_rows())
    table = different.with_columns(pl.Series("code", codes, dtype=pl.Int64))
    found = days.join(table, on=["post", "day"], how="left", maintain_order="left").get_column("code")
    return Stated(rows, found.fill_null(NOT_STATED).to_numpy())


def _coded(found: Iterable[PostCapacity | None]) -> tuple[tuple[PostCapacity, ...], Ints]:
    """Name each row of a plan by a number."""
    rows: dict[PostCapacity, int] = {}
    codes = [NOT_STATED if row is None else rows.setdefault(row, len(rows)) for row in found]
    return tuple(rows), np.array(codes, dtype=np.int64)
