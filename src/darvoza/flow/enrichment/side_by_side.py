"""Columns put into a frame: those of few rows all at once, for each by itself costs more than what it holds."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEW = 10_000
"""Rows up to which columns are put into a frame at once."""


def numbers_of(columns: dict[str, Floats]) -> pl.DataFrame:
    """Give columns as numbers, unknown where they are not; each is taken out when it is put in, so that none is held twice.

    Examples
    --------
    >>> numbers_of({"net": np.array([1.5, np.nan]), "gross": np.array([2.0, 3.0])}).rows()
    [(1.5, 2.0), (None, 3.0)]
    """
    return _frame(columns, flags=False)


def flags_of(columns: dict[str, Floats]) -> pl.DataFrame:
    """Give columns as flags, true where they are not 0, unknown where they are no numbers.

    Examples
    --------
    >>> flags_of({"new": np.array([1.0, np.nan, 0.0])})["new"].to_list()
    [True, None, False]
    """
    return _frame(columns, flags=True)


def _frame(columns: dict[str, Floats], *, flags: bool) -> pl.DataFrame:
    if not columns:
        return pl.DataFrame()
    names, height = list(columns), next(iter(columns.values())).size
    if height > FEW:
        return pl.DataFrame([_read(columns.pop(name), flags=flags).alias(name) for name in names])
    rows = np.concatenate(list(columns.values())).reshape(len(names), height).T
    together = _read(rows.ravel(), flags=flags).reshape((height, len(names)))
    return together.arr.to_struct(fields=names).struct.unnest()


def _read(values: Floats, *, flags: bool) -> pl.Series:
    read = pl.Series(values, nan_to_null=True)
    return read != 0 if flags else read
