"""How long an act takes on a declaration, and by when its goods are to be seen: by what is in it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import PERISHABLE_HOURS, CapacityPlan, CapacityUnit, Duty
from darvoza.domain.sps.queue import Urgency
from darvoza.flow.fact_table import FactTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HOUR = 3_600_000_000
"""An hour [µs]."""

_PRESSING = (Urgency.OTHER.value, Urgency.PERISHABLE.value, Urgency.LIVE.value)
"""How pressing goods are that keep, that spoil, that live."""

FEW = 256
"""Codes up to which each is looked up alone."""

LIVE = ("01", "0301")
"""Beginnings of the commodity codes of live animals and live fish."""


def by_code(codes: pl.Series, hours: Iterable[tuple[str, float]]) -> Floats:
    """Look hours up by the beginning of commodity codes.

    Parameters
    ----------
    codes
        Commodity codes, shape ``(m,)``.
    hours
        Beginnings and hours, the one that decides first; an empty beginning, for all the rest, is among them.

    Examples
    --------
    >>> by_code(pl.Series(["870323", "080810"]), [("8703", 1.0), ("", 2.0)]).tolist()
    [1.0, 2.0]
    """
    if codes.len() <= FEW:
        stated = list(hours)
        return np.array([_hours(code or "", stated) for code in codes.to_list()])
    found = np.full(len(codes), np.nan)
    for beginning, value in hours:
        here = codes.str.starts_with(beginning).fill_null(value=not beginning).to_numpy()
        found[here & np.isnan(found)] = value
    return found


def _hours(code: str, hours: Iterable[tuple[str, float]]) -> float:
    return next((value for beginning, value in hours if code.startswith(beginning)), np.nan)


def hours_of(items: pl.DataFrame, starts: Ints, plan: CapacityPlan) -> dict[Duty, Floats]:
    """Give how long each duty that is counted in hours takes on each declaration: as long as on its longest item.

    Parameters
    ----------
    items
        Goods items with ``hs``, rows of a declaration next to each other.
    starts
        First row of each declaration, shape ``(n,)``.
    plan
        What posts can do.
    """
    counted = {row.duty for row in plan.rows if row.unit is CapacityUnit.HOURS}
    codes = items.get_column("hs")
    return {duty: np.maximum.reduceat(by_code(codes, plan.hours(duty)), starts) for duty in counted if starts.size}


def deadlines_of(facts: FactTable, starts: Ints, plan: CapacityPlan) -> Floats:
    """Give within how many hours of lodging each declaration is to be seen: as soon as its most pressing item.

    Parameters
    ----------
    facts
        Goods items with ``hs`` and ``perishable``, rows of a declaration next to each other.
    starts
        First row of each declaration, shape ``(n,)``.
    plan
        What posts can do, with its deadlines.
    """
    if not starts.size:
        return np.empty(0)
    hours = by_code(facts.get_column("hs"), plan.deadline_hours())
    if facts.height <= FEW:
        spoils = np.array(list(map(bool, facts.values("perishable"))))
    else:
        spoils = facts.get_column("perishable").fill_null(value=False).to_numpy()
    return np.asarray(np.minimum.reduceat(np.where(spoils, np.minimum(hours, PERISHABLE_HOURS), hours), starts))


def pressing_columns(facts: FactTable, lodged_at: pl.Series, starts: Ints, plan: CapacityPlan) -> pl.DataFrame:
    """Write by when each declaration is to be seen, and how pressing its most pressing item is.

    Parameters
    ----------
    facts
        Goods items with ``hs`` and ``perishable``, rows of a declaration next to each other.
    lodged_at
        When each declaration was lodged.
    starts, plan
        As for `deadlines_of`.

    Returns
    -------
    pl.DataFrame
        ``deadline`` and ``urgency``, one row a declaration. That a cold chain is broken nobody declares; an officer sees it.
    """
    hours = pl.Series("deadline", deadlines_of(facts, starts, plan), dtype=pl.Float64)
    rank = facts.select(("hs", "perishable")).select(
        pl.when(pl.any_horizontal(pl.col("hs").str.starts_with(code) for code in LIVE)).then(2)
        .when("perishable").then(1).otherwise(0).cast(pl.Int64)
    ).to_series().to_numpy()  # fmt: skip
    names = pl.Series(_PRESSING)
    most = np.maximum.reduceat(rank, starts) if starts.size else rank[:0]
    deadline = lodged_at + (hours * _HOUR).cast(pl.Int64).cast(pl.Duration("us"))
    return pl.DataFrame([deadline.alias("deadline"), names.gather(pl.Series(most)).alias("urgency")])


def pressing_rows(
    facts: FactTable, moments: Sequence[datetime], starts: Ints, plan: CapacityPlan
) -> Iterator[dict[str, object]]:
    """Say the same of few declarations, row by row.

    Parameters
    ----------
    facts, starts, plan
        As for `pressing_columns`.
    moments
        When each declaration was lodged.
    """
    rank = [
        2 if code and code.startswith(LIVE) else int(bool(spoils))
        for code, spoils in zip(facts.values("hs"), facts.values("perishable"), strict=True)
    ]
    most = np.maximum.reduceat(np.array(rank), starts).tolist() if starts.size else []
    for moment, hours, pressing in zip(moments, deadlines_of(facts, starts, plan).tolist(), most, strict=True):
        yield {"deadline": moment + timedelta(microseconds=int(hours * _HOUR)), "urgency": _PRESSING[pressing]}
