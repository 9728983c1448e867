"""The keys whose history is kept: those who trade, where, what, and combinations of these."""

from collections.abc import Iterable
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.methods.asof import LARGEST_CODE

Codes = NDArray[np.int64]

ENTRY = pl.coalesce("border_post", "post").alias("entry_post")
"""Where the goods crossed the border, or else where they are declared."""

MADE = (pl.col("hs").str.slice(0, 6).alias("hs6"), pl.col("hs").str.slice(0, 4).alias("hs4"), ENTRY)
"""Fields made from others for the sake of keys."""

KEYS: dict[str, tuple[str, ...]] = {
    "importer": ("importer_id",),
    "exporter": ("exporter_id",),
    "declarant": ("declarant_id",),
    "carrier": ("carrier_id",),
    "post": ("post",),
    "hs6": ("hs6",),
    "hs4": ("hs4",),
    "origin": ("origin",),
    "hs6_origin": ("hs6", "origin"),
    "importer_hs4": ("importer_id", "hs4"),
    "importer_origin": ("importer_id", "origin"),
    "exporter_importer": ("exporter_id", "importer_id"),
    "declarant_post": ("declarant_id", "post"),
    "vehicle": ("vehicle_id",),
    "route": ("origin", "export_country", "entry_post"),
}
"""Name of the history → the fields that make the key."""


class KeyCodes:
    """Integer codes of keys over one frame; a key with an unknown part has code -1.

    Parameters
    ----------
    items
        Goods items with the fields that the keys are made of.
    """

    def __init__(self, items: pl.DataFrame) -> None:
        self._items = items
        self._single: dict[str, Codes] = {}

    def of(self, *fields: str) -> Codes:
        """Give the code of the key made of these fields, one a row, shape ``(n,)``."""
        return reduce(paired, [self._field(name) for name in fields])

    def prepare(self, fields: Iterable[str]) -> None:
        """Code single fields ahead, so that keys can afterwards be asked for from several threads."""
        for name in sorted(fields):
            self._field(name)

    def _field(self, name: str) -> Codes:
        if name not in self._single:
            made = {each.meta.output_name(): each for each in MADE}
            column = self._items.select(made.get(name, pl.col(name))).to_series()
            self._single[name] = codes_of(column)
        return self._single[name]


def codes_of(column: pl.Series) -> Codes:
    """Number the different values of a column, unknown ones -1."""
    if column.dtype != pl.String:
        return np.asarray(column.rank("dense").cast(pl.Int64).fill_null(-1).to_numpy())
    # Categories of its own: those shared by the process would remember every text ever seen, and number with gaps.
    codes = column.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.Int64)
    return np.asarray(codes.fill_null(-1).to_numpy())


def dense(codes: Codes) -> Codes:
    """Renumber codes from 0 without gaps, -1 staying -1."""
    known = codes >= 0
    made = np.full(codes.size, -1, dtype=np.int64)
    made[known] = np.unique(codes[known], return_inverse=True)[1]
    return made


def paired(left: Codes, right: Codes) -> Codes:
    """Join two codes into one; unknown if either is. Codes are kept below the bound of event logs."""
    span = int(right.max(initial=0)) + 1
    pair = np.where((left >= 0) & (right >= 0), left * span + right, -1)
    return pair if (int(left.max(initial=0)) + 1) * span < LARGEST_CODE else dense(pair)
