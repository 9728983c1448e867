"""Examples: the examined items of a replay, with what was known of them and what was found."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.learning.training import Examples

SLICES: dict[str, tuple[str, ...]] = {
    "HS × origin × trader never seen": ("hs", "origin", "importer_id"),
    "HS × route × tax × mass never seen": ("hs", "origin", "export_country", "tax_rate", "tax_type", "net_mass"),
}
"""Rows that the card states apart: a score may be remembering, not predicting."""


def examples_of(items: pl.DataFrame, facts: pl.DataFrame, features: NDArray[np.float32]) -> Examples:
    """Take the examined items, in order of lodging.

    Parameters
    ----------
    items, facts
        Goods items with their outcomes, and their facts, row by row.
    features
        Their vectors, shape ``(n, p)``.
    """
    seen = items.select(pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()).to_series()
    rows = np.flatnonzero(seen.to_numpy())
    examined = items[rows]
    probability = examined.get_column("inclusion_probability").cast(pl.Float64).fill_null(1.0).to_numpy()
    stakes = facts.get_column("stake")[rows].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return Examples(
        features=features[rows],
        findings=examined.get_column("finding").to_numpy(),
        weights=1.0 / probability,
        stakes=stakes,
        slices={name: _codes(examined, fields) for name, fields in SLICES.items()},
    )


def _codes(items: pl.DataFrame, fields: tuple[str, ...]) -> NDArray[np.int64]:
    """Number the different combinations of these fields."""
    text = items.select(pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in fields], separator="|"))
    codes: NDArray[np.int64] = text.to_series().cast(pl.Categorical).to_physical().cast(pl.Int64).to_numpy()
    return codes
