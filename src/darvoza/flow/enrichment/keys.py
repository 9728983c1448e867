"""The keys whose history is kept: those who trade, where, what, and combinations of these."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.methods.asof import LARGEST_CODE

Codes = NDArray[np.int64]

FEW = 5_000
"""Rows up to which values are numbered one by one."""

PAIR_BITS = 31
"""Binary digits of the second number of a pair."""

MICRO = pl.Decimal(38, 6)
"""Amounts to the sixth decimal."""


def _whole(name: str) -> pl.Expr:
    """Give an amount in whole millionths; one of nine million million or more is unknown."""
    return pl.col(name).cast(MICRO).to_physical().cast(pl.Int64, strict=False)


MADE: Mapping[str, pl.Expr] = {
    "hs6": pl.col("hs").str.slice(0, 6),
    "hs4": pl.col("hs").str.slice(0, 4),
    "entry_post": pl.coalesce("border_post", "post"),
    "whole_mass": _whole("net_mass"),
    "whole_value": _whole("customs_value"),
}
"""Fields made from others for the sake of keys; goods enter where they crossed the border, or else where they are declared."""

AMOUNTS = frozenset({"whole_mass", "whole_value"})
"""Fields that are numbers."""

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
    book
        Numbers of values that are shared with other frames; without one, values are numbered as they come.
    """

    def __init__(self, items: pl.DataFrame, book: "Codebook | None" = None) -> None:
        self._items, self._book = items, book
        self._single: dict[str, Codes] = {}

    def of(self, *fields: str) -> Codes:
        """Give the code of the key made of these fields, one a row, shape ``(n,)``; without fields all have the same."""
        if not fields:
            return np.zeros(self._items.height, dtype=np.int64)
        return reduce(paired, [self._small(name) for name in fields])

    def over(self, items: pl.DataFrame) -> "KeyCodes":
        """Give the codes over another frame, numbered by the same book if there is one."""
        return KeyCodes(items, self._book)

    def prepare(self, fields: Iterable[str]) -> None:
        """Code single fields ahead, so that keys can afterwards be asked for from several threads."""
        for name in sorted(fields):
            self.single(name)

    def single(self, name: str) -> Codes:
        """Give the number of each value of a field: that of the book, or the amount itself; -1 unknown."""
        if name not in self._single:
            made = MADE.get(name)
            column = self._items.get_column(name) if made is None else self._items.select(made.alias(name)).to_series()
            self._single[name] = _read(column) if name in AMOUNTS else self._numbered(column)
        return self._single[name]

    def _numbered(self, column: pl.Series) -> Codes:
        return codes_of(column) if self._book is None else self._book.numbers(column)

    def _small(self, name: str) -> Codes:
        return dense(self.single(name)) if name in AMOUNTS else self.single(name)


class Codebook:
    """The number of every value of every field that was ever met: frames that are coded by one book can be compared."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}

    def numbers(self, column: pl.Series) -> Codes:
        """Give the number of each value of a column of texts, -1 unknown; new ones are entered."""
        known = self._numbers.setdefault(column.name, {})
        if column.len() > FEW:
            coded = column.cast(pl.Categorical(pl.Categories.random()))
            different = coded.unique().drop_nulls()
            places = np.full(int(different.to_physical().max() or 0) + 2, -1, dtype=np.int64)  # type: ignore[arg-type]
            places[different.to_physical().to_numpy()] = _entered(known, different.cast(pl.String).to_list())
            return np.asarray(places[coded.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()])
        return np.array(_entered(known, column.to_list()), dtype=np.int64)


def _entered(known: dict[str, int], values: Iterable[str | None]) -> list[int]:
    return [-1 if value is None else known.setdefault(value, len(known)) for value in values]


def _read(column: pl.Series) -> Codes:
    return np.asarray(column.fill_null(-1).to_numpy())


class KeyFinder:
    """Finds the codes that keys have in one frame, from the numbers of their parts.

    Parameters
    ----------
    codes
        The codes of the frame, numbered by a book.
    fields
        The fields that make the key.

    Attributes
    ----------
    codes
        Code of the key of each row, -1 unknown, shape ``(n,)``.
    """

    def __init__(self, codes: KeyCodes, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self._met: list[Codes] = []
        made = codes.of() if not fields else self._part(codes, fields[0], meet=True)
        for name in fields[1:]:
            made = self._numbered(_pair(made, self._part(codes, name, meet=True)), meet=True)
        self.codes = made

    def find(self, codes: KeyCodes, first: int) -> Codes:
        """Give the code that the key of each row from `first` has here; `ABSENT` where it has none."""
        if not self._fields:
            return codes.of()[first:]
        met = iter(self._met)
        made = self._part(codes, self._fields[0], met=met)[first:]
        for name in self._fields[1:]:
            made = self._numbered(_pair(made, self._part(codes, name, met=met)[first:]), met=met)
        return np.where(made < 0, ABSENT, made)

    def _part(self, codes: KeyCodes, name: str, *, met: Iterator[Codes] | None = None, meet: bool = False) -> Codes:
        """Give the number of each value of a field; amounts are numbered among those of the frame."""
        single = codes.single(name)
        return self._numbered(single, met=met, meet=meet) if name in AMOUNTS else single

    def _numbered(self, values: Codes, *, met: Iterator[Codes] | None = None, meet: bool = False) -> Codes:
        """Number values among those of the frame, -1 for others."""
        if meet:
            self._met.append(np.unique(values[values >= 0]))
        known = self._met[-1] if met is None else next(met)
        if not known.size:
            return np.full(values.size, -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(known, values), known.size - 1)
        return np.where(known[places] == values, places, -1)


ABSENT = LARGEST_CODE - 1
"""Code of a key that a frame does not have."""


def _pair(left: Codes, right: Codes) -> Codes:
    """Join two numbers below `LARGEST_CODE` into one; unknown if either is."""
    return np.where((left >= 0) & (right >= 0), left << PAIR_BITS | right, -1)


def codes_of(column: pl.Series) -> Codes:
    """Number the different texts of a column, unknown ones -1."""
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
