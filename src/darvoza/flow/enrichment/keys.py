"""The keys whose history is kept: those who trade, where, what, and pairs of these."""

from collections.abc import Iterable
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.int64]

HS6, HS4 = pl.col("hs").str.slice(0, 6).alias("hs6"), pl.col("hs").str.slice(0, 4).alias("hs4")

KEYS: dict[str, tuple[str, ...]] = {
    "importer": ("importer_id",),
    "exporter": ("exporter_id",),
    "declarant": ("declarant_id",),
    "post": ("post",),
    "hs6": ("hs6",),
    "hs4": ("hs4",),
    "origin": ("origin",),
    "hs6_origin": ("hs6", "origin"),
    "importer_hs4": ("importer_id", "hs4"),
    "importer_origin": ("importer_id", "origin"),
    "declarant_post": ("declarant_id", "post"),
    "vehicle": ("vehicle_id",),
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
        self._items = items.with_columns(HS6, HS4)
        self._single: dict[str, Codes] = {}

    def of(self, *fields: str) -> Codes:
        """Give the code of the key made of these fields, one a row, shape ``(n,)``."""
        return reduce(_paired, [self._field(name) for name in fields])

    def prepare(self, fields: Iterable[str]) -> None:
        """Code single fields ahead, so that keys can afterwards be asked for from several threads."""
        for name in sorted(fields):
            self._field(name)

    def _field(self, name: str) -> Codes:
        if name not in self._single:
            column = self._items.get_column(name)
            codes = column.cast(pl.Categorical).to_physical().cast(pl.Int64)
            self._single[name] = _dense(codes.fill_null(-1).to_numpy())
        return self._single[name]


def _dense(codes: Codes) -> Codes:
    """Renumber codes from 0 without gaps, -1 staying -1; small codes keep composites within 64 bits."""
    known = codes >= 0
    dense = np.full(codes.size, -1, dtype=np.int64)
    dense[known] = np.unique(codes[known], return_inverse=True)[1]
    return dense


def _paired(left: Codes, right: Codes) -> Codes:
    """Join two codes into one; unknown if either is."""
    known = (left >= 0) & (right >= 0)
    pair = left * (int(right.max(initial=0)) + 1) + right
    return _dense(np.where(known, pair, -1))
