"""When goods items were lodged and replaced, and when results on them became known, in seconds."""

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.methods.fading import changes

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY = 86_400
"""Seconds."""

RESULT_DELAY_DAYS = 7
"""A result without a date of its own counts as known this many days after lodging."""

MICROSECONDS = 1_000_000
"""So many make a second."""

NEVER = np.iinfo(np.int64).max
"""No moment at all."""


class Versions(NamedTuple):
    """How the versions of declarations follow one another, item by item.

    Attributes
    ----------
    replaced
        When a later version was lodged; `NEVER` where none was.
    several
        Whether the declaration has several versions.
    opens
        Whether it is the version of the declaration that came first.
    """

    replaced: Ints
    several: Flags
    opens: Flags

    @classmethod
    def of(cls, stated: Ints, **of_item: Ints) -> Self:
        """Compare versions; `of_item` gives ``declaration``, ``version`` and ``lodged`` of every item."""
        starts = np.flatnonzero(changes(stated))
        if pl.Series(of_item["declaration"][starts]).n_unique() == starts.size:
            return cls(np.full(stated.size, NEVER), np.zeros(stated.size, dtype=bool), np.ones(stated.size, dtype=bool))
        states = pl.DataFrame({name: values[starts] for name, values in of_item.items()})
        same = ["declaration", "version"]
        versions = states.group_by(same).agg(pl.col("lodged").min()).sort(same)
        versions = versions.with_columns(
            # the moment from which any later version is known, however they are numbered
            after=pl.col("lodged").reverse().cum_min().reverse().shift(-1).over("declaration"),
            several=pl.len().over("declaration") > 1,
        ).with_columns(replaced=pl.max_horizontal("after", pl.when(pl.col("after").is_not_null()).then("lodged")))
        told = states.join(versions, on=same, how="left", maintain_order="left")
        replaced, several = told.get_column("replaced").fill_null(NEVER), told.get_column("several")
        opens = states.select((pl.col("version") == pl.col("version").first()).over("declaration")).to_series()
        return cls(*(told.to_numpy()[stated] for told in (replaced, several, opens)))


LODGED: Mapping[str, pl.Expr] = {
    "version": pl.col("version").fill_null(1).cast(pl.Int64),
    "lodged": pl.col("lodged_at").dt.epoch("s"),
}
"""Versions, and moments of lodging [s], as they are read off goods items."""


def lodged_of_few(items: pl.DataFrame) -> tuple[Ints, Ints]:
    """Read moments and versions off few goods items: the same, without expressions."""
    version = [1 if number is None else number for number in items.get_column("version").to_list()]
    return items.get_column("lodged_at").cast(pl.Int64).to_numpy() // MICROSECONDS, np.array(version, dtype=np.int64)


RESULTS: Mapping[str, pl.Expr] = {
    "known": pl.coalesce(
        pl.col("result_at").dt.epoch("s"), pl.col("lodged_at").dt.epoch("s") + RESULT_DELAY_DAYS * DAY
    ),
    "examined": pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null(),
    "finding": pl.col("finding").fill_null(value=False),
}
"""Results, and when they became known."""


def months_of(moments: Ints) -> Ints:
    """Give the months of moments [s], by their first days since 1970."""
    months = moments.astype("datetime64[s]").astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def counts_once(items: pl.DataFrame, declaration: Ints, version: Ints, *, lodged: Ints, known: Ints) -> Flags:
    """Tell which results count: one noted on several versions belongs to the one that stood when it became known."""
    told = pl.DataFrame({"declaration": declaration, "version": version, "lodged": lodged, "known": known})
    told = told.with_columns(items.get_column("item"), items.get_column("result_at"))
    same = ["declaration", "item", "result_at"]
    stood = pl.col("version").filter(pl.col("lodged") <= pl.col("known").min()).max()
    belongs = stood.fill_null(pl.col("version").min()).over(same)
    return told.select(pl.col("version") == belongs).to_series().to_numpy()
