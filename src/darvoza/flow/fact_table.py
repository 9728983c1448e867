"""Facts of goods items, column by column: each in the form in which it was made, until somebody asks for another.

Many are made as columns and looked at as columns. Of few, most facts are looked at row by row, or put into one matrix: to
make a column of each, and rows of these again, costs more than all that the facts hold.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Listed(NamedTuple):
    """Values in a list, and the type of the column they would make."""

    values: list[Any]
    type: pl.DataType


Column: TypeAlias = pl.Series | Listed | Floats
"""A column; numbers by themselves are unknown where they are NaN, and flags where the fact is one."""


class FactTable:
    """Facts of goods items.

    Parameters
    ----------
    columns
        The facts by name, in order.
    height
        Number of goods items.

    Examples
    --------
    >>> table = FactTable({"item": Listed([1, 2], pl.Int64()), "unit_value": np.array([0.5, np.nan])}, 2)
    >>> table.rows(["item", "unit_value"])
    [{'item': 1, 'unit_value': 0.5}, {'item': 2, 'unit_value': None}]
    >>> table.numbers(["item", "unit_value"]).tolist()
    [[1.0, 2.0], [0.5, nan]]
    """

    def __init__(self, columns: Mapping[str, Column], height: int) -> None:
        self._columns, self.height = columns, height
        self._values: dict[str, list[Any]] = {}

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "FactTable":
        """Take facts that were made as columns."""
        made = cls(dict(zip(frame.columns, frame.get_columns(), strict=True)), frame.height)
        made.__dict__["frame"] = frame
        return made

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the facts."""
        return tuple(self._columns)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All of them as columns."""
        return self.select(self._columns)

    def select(self, names: Iterable[str]) -> pl.DataFrame:
        """Give some facts as columns."""
        return pl.DataFrame([self.get_column(name) for name in names])

    def get_column(self, name: str) -> pl.Series:
        """Give one fact as a column."""
        held = self._columns[name]
        if isinstance(held, pl.Series):
            return held
        if isinstance(held, Listed):
            return pl.Series(name, held.values, dtype=held.type)
        made = pl.Series(name, held, nan_to_null=True)
        return made != 0 if _is_flag(name) else made

    def values(self, name: str) -> list[Any]:
        """Give one fact in Python's own values, ``None`` unknown; not to be changed."""
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def _read(self, name: str) -> list[Any]:
        held = self._columns[name]
        if isinstance(held, pl.Series):
            return held.to_list()
        if isinstance(held, Listed):
            return held.values
        return _plain(held, flags=_is_flag(name))

    def rows(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Give some facts row by row."""
        return [dict(zip(names, row, strict=True)) for row in zip(*map(self.values, names), strict=True)]

    def some(self, places: Ints, names: Collection[str]) -> Iterator[dict[str, Any]]:
        """Yield some facts of some rows."""
        held = [self._values_at(name, places) for name in names]
        return (dict(zip(names, row, strict=True)) for row in zip(*held, strict=True)) if held else ({} for _ in places)

    def _values_at(self, name: str, places: Ints) -> list[Any]:
        held = self._columns[name]
        if isinstance(held, np.ndarray):
            return _plain(held[places], flags=_is_flag(name))
        values = self.values(name)
        return [values[place] for place in places.tolist()]

    def numbers(self, names: Iterable[str]) -> Floats:
        """Give numbers and flags, NaN unknown, shape ``(names, n)``."""
        return np.array([self._number(name) for name in names])

    def _number(self, name: str) -> Floats:
        held = self._columns[name]
        if isinstance(held, pl.Series):
            return held.cast(pl.Float64).to_numpy()
        return np.array(held.values, dtype=np.float64) if isinstance(held, Listed) else held

    def at(self, rows: pl.Series) -> "FactTable":
        """Give some rows."""
        return self.of(self.frame[rows])


def _plain(numbers: Floats, *, flags: bool) -> list[Any]:
    """Give numbers or flags in Python's own values, ``None`` where they are NaN."""
    if flags:
        return [None if value != value else value != 0 for value in numbers.tolist()]  # noqa: PLR0124 - NaN
    return [None if value != value else value for value in numbers.tolist()]  # noqa: PLR0124 - NaN


def _is_flag(name: str) -> bool:
    return name in FACT and FACT[name].type is FactType.FLAG
