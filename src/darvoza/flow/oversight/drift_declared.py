"""What can be seen in declarations alone: newcomers, and fields that move. Secondary: what is hidden moves no field."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.oversight.drift_records import Moved, NewcomerMonth
from darvoza.methods.drift.stability import stability
from darvoza.methods.intervals import wilson
from darvoza.methods.weighted_mean import Mean

Floats = NDArray[np.float64]

NUMBERS, WORDS = ("p", "value"), ("post", "channel", "chapter", "origin")
OF_GOODS = frozenset({"value", "chapter", "origin"})
"""Fields of goods items, known where these are there; all others stand in the decision."""

TENTHS = 10
SEVERAL = 20
"""Declarations in the first half below which a class is put together with others."""


def newcomers(declarations: pl.DataFrame) -> tuple[NewcomerMonth, ...]:
    """Give month by month the share of declarations whose importer came in no earlier month; not for the first.

    Parameters
    ----------
    declarations
        One row each: ``month``, ``importer``.
    """
    first = declarations.group_by("importer").agg(first=pl.col("month").min())
    named = declarations.filter(pl.col("importer").is_not_null()).join(first, on="importer", how="left")
    months = (
        named.group_by("month").agg(pl.len(), new=(pl.col("month") == pl.col("first")).sum()).sort("month").rows()[1:]
    )
    return tuple(NewcomerMonth(month, n, _share(new, n)) for month, n, new in months)


def _share(part: int, whole: int) -> Mean:
    low, high = wilson(part, whole)
    return Mean(part / whole, float(low), float(high))


def moved(declarations: pl.DataFrame) -> tuple[Moved, ...]:
    """Compare the second half of the period with the first, field by field.

    Parameters
    ----------
    declarations
        One row each in order of lodging: ``lodged_at, p, value, post, channel, chapter, origin, declared``. Where the goods
        are not there, what was declared of them is not compared: else every gap in a file would be a field that moved.
    """
    times = declarations.get_column("lodged_at")
    middle = times[0] + (times[-1] - times[0]) / 2
    found = {
        shift.field: shift
        for rows, wanted in ((declarations, False), (declarations.filter("declared"), True))
        for shift in _moved(rows, (rows.get_column("lodged_at") > middle).to_numpy(), of_goods=wanted)
    }
    return tuple(found[name] for name in (*NUMBERS, *WORDS) if name in found)


def _moved(declarations: pl.DataFrame, late: NDArray[np.bool_], *, of_goods: bool) -> Iterator[Moved]:
    if not late.any() or late.all():
        return
    for name in (*NUMBERS, *WORDS):
        if (name in OF_GOODS) is not of_goods:
            continue
        column = declarations.get_column(name)
        classes = _tenths(column, late) if name in NUMBERS else _classes(column, late)
        number = int(classes.max()) + 1
        before, now = (np.bincount(classes[rows], minlength=number) for rows in (~late, late))
        if number > 1:
            shift = stability(before, now)
            yield Moved(name, int(before.sum()), int(now.sum()), shift.moved_by, shift.by_chance)


def _tenths(column: pl.Series, late: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the tenth of the first half that each value lies in."""
    values = column.cast(pl.Float64).fill_null(0.0).to_numpy()
    cuts = np.unique(np.quantile(values[~late], np.linspace(0, 1, TENTHS + 1)[1:-1]))
    return np.searchsorted(cuts, values, side="right").astype(np.int64)


def _classes(column: pl.Series, late: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number the values; those that were rare in the first half are one class."""
    codes = column.cast(pl.String).fill_null("").rank("dense").cast(pl.Int64).to_numpy() - 1
    common = np.bincount(codes[~late], minlength=int(codes.max()) + 1) >= SEVERAL
    numbers = np.where(common, np.cumsum(common) - 1, int(common.sum()))
    return np.asarray(numbers[codes], dtype=np.int64)
