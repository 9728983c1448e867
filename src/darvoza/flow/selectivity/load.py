"""The load of posts: what each could do each day, and what was asked of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import ANY_POST, EXAMINATION, CapacityUnit, Duty
from darvoza.domain.codes import Act, Agency
from darvoza.flow.selectivity.places import Places, Stated

Floats = NDArray[np.float64]

LOAD_COLUMNS = (
    "agency",
    "act",
    "post",
    "day",
    "unit",
    "stated_for",
    "declarations",
    "cost",
    "capacity",
    "demanded",
    "floors",
    "expected",
    "overload",
    "overloaded",
)
"""Columns of the load of each post and day."""


class Demand(NamedTuple):
    """What was demanded under one duty, declaration by declaration; arrays of shape ``(n,)``.

    Attributes
    ----------
    duty
        Which act of which agency.
    places, stated
        Where and when, and what the post can do.
    costs
        What the act costs.
    named, floors, given
        Largest floor of law, alerts, profiles and plans; the same with chance; the floor of the score.
    """

    duty: Duty
    places: Places
    stated: Stated
    costs: Floats
    named: Floats
    floors: Floats
    given: Floats


def load_of(demands: Sequence[Demand]) -> pl.DataFrame:
    """Reckon the load: `LOAD_COLUMNS`, one row for each duty, post and day."""
    return pl.concat(map(_of_duty, demands)).sort("post", "day", "agency", "act")


def _of_duty(demand: Demand) -> pl.DataFrame:
    """Record what each post could do each day, and what was asked of it."""
    duty, places, stated, costs, named, floors, given = demand
    table = pl.DataFrame(
        [(row.amount, row.unit.value, row.post) for row in stated.rows],
        schema={"amount": pl.Float64, "unit": pl.String, "stated_for": pl.String},
        orient="row",
    )
    whole = table[stated.codes].with_columns(
        post=pl.Series(places.posts, dtype=pl.String),
        day=pl.Series(places.days, dtype=pl.Int64).cast(pl.Int32).cast(pl.Date),
        demanded=pl.Series(named * costs),
        floors=pl.Series(floors * costs),
        expected=pl.Series(np.maximum(floors, given) * costs),
        cost=pl.Series(costs),
    )
    sums = [pl.col(name).sum().round(6) for name in ("demanded", "floors", "expected")]
    shared = pl.col("unit") == CapacityUnit.SHARE.value
    counted = (
        whole.group_by("post", "day")
        .agg(
            pl.col("unit", "amount", "stated_for").first(),
            pl.len().alias("declarations"),
            *sums,
            pl.col("cost").mean(),
        )
        .with_columns(
            capacity=pl.when(shared).then(pl.col("amount") * pl.col("declarations")).otherwise(pl.col("amount"))
        )
        .with_columns(overload=(pl.col("floors") - pl.col("capacity")).clip(lower_bound=0.0).round(6))
        # less than one act over is the fraction that a draw makes whole anyway
        .with_columns(overloaded=pl.col("overload") >= pl.col("cost"))
    )
    return counted.select(
        pl.lit(duty.agency.value).alias("agency"), pl.lit(duty.act.value).alias("act"), *LOAD_COLUMNS[2:]
    )


def capacity_by_post(load: pl.DataFrame) -> dict[str, float]:
    """Give the examinations by customs that each post could do over all days of a record.

    Parameters
    ----------
    load
        The record of each post and day.
    """
    examined = load.filter(agency=EXAMINATION.agency.value, act=EXAMINATION.act.value)
    acts = examined.group_by("post").agg((pl.col("capacity") / pl.col("cost")).sum()).sort("post")
    return dict(acts.iter_rows())


def unnamed_posts(load: pl.DataFrame) -> Iterator[tuple[Duty, str, bool]]:
    """Name the posts that a plan does not name: the duty, the post, and whether its row for ``*`` stood in.

    Parameters
    ----------
    load
        The record of each post and day.
    """
    strange = load.filter(pl.col("stated_for") != pl.col("post")).select("agency", "act", "post", "stated_for").unique()
    for agency, act, post, stated_for in strange.sort("agency", "act", "post", "stated_for").iter_rows():
        yield Duty(Agency(agency), Act(act)), post, stated_for == ANY_POST
