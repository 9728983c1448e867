"""Reference unit values: what peers declared for the same goods, as known when the month opened.

A reference is a reason to ask, never a value to set (WTO Agreement on Customs Valuation; WCO guidelines on the use of
valuation databases as a risk assessment tool): a difference is not by itself an indicator of a wrong value.

The scale is the interquartile range ÷ 1.349, which estimates the same spread as 1.4826 × MAD on a normal law, because
quantiles allow the trader's own declarations to be left out exactly.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import KeyCodes
from darvoza.methods.leave_out import quantiles_of_others

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEVELS: tuple[tuple[str, ...], ...] = (("hs", "origin"), ("hs6", "origin"), ("hs6",), ("hs4",))
"""Cells of peers, from the nearest to the widest; the first with enough peers is used."""

MIN_PEERS = 30
"""Fewest peers of a reference."""

MIN_SPREAD = 0.15
"""Smallest spread of the logarithm: below it, differences are rounding and packing, not price."""

WINDOW_DAYS = 365
"""How far back peers are taken from."""

IQR_OF_NORMAL = 1.349


def reference_facts(everything: pl.DataFrame, first: int) -> pl.DataFrame:
    """Give the reference facts of the rows from `first` on.

    Each row is compared with declarations lodged in the year before the first day of its own month; the importer's
    own declarations are left out.

    Parameters
    ----------
    everything
        Past and present goods items, with ``unit_value`` (Float64, null unknown).
    first
        Row where the present begins.
    """
    numbers = everything.select(
        pl.col("unit_value").log().alias("x"),
        pl.col("lodged_at").dt.epoch("d").alias("day"),
        pl.col("lodged_at").dt.truncate("1mo").dt.epoch("d").alias("month"),
    )
    x, day = numbers["x"].fill_null(np.nan).to_numpy(), numbers["day"].to_numpy()
    month = numbers["month"].to_numpy()[first:]
    codes = KeyCodes(everything)
    cells = [codes.of(*fields) for fields in LEVELS]
    owners = codes.of("importer_id") + 1
    by_value = np.argsort(x, kind="stable")[: int(np.isfinite(x).sum())]
    found = np.full((month.size, 4), np.nan)
    for opened in np.unique(month):
        peers = by_value[(day[by_value] < opened) & (day[by_value] >= opened - WINDOW_DAYS)]
        rows = np.flatnonzero(month == opened)
        found[rows] = _with_back_off(x, cells, owners, peers=peers, asked=rows + first)
    return _as_facts(found, x[first:])


def _with_back_off(x: Floats, cells: list[Ints], owners: Ints, *, peers: Ints, asked: Ints) -> Floats:
    """Give count and quartiles from the nearest cell with enough peers, shape ``(n, 4)``, NaN where none has."""
    answer = np.full((asked.size, 4), np.nan)
    open_ = np.arange(asked.size)
    for cell in cells:
        known = peers[cell[peers] >= 0]
        if not open_.size or not known.size:
            continue
        questions = (np.maximum(cell[asked[open_]], 0), owners[asked[open_]])
        count, quartiles = quantiles_of_others(x[known], cell[known], owners[known], asked=questions)
        enough = (count >= MIN_PEERS) & (cell[asked[open_]] >= 0)
        answer[open_[enough]] = np.column_stack([count, quartiles])[enough]
        open_ = open_[~enough]
    return answer


def _as_facts(found: Floats, x: Floats) -> pl.DataFrame:
    """Turn count and log quartiles into the reference facts."""
    count, low, middle, high = found.T
    spread = np.maximum((high - low) / IQR_OF_NORMAL, MIN_SPREAD)
    return pl.DataFrame(
        {
            "reference_unit_value": np.exp(middle),
            "reference_low": np.exp(low),
            "reference_count": count,
            "unit_value_z": (x - middle) / spread,
        }
    ).with_columns(pl.all().fill_nan(None))
