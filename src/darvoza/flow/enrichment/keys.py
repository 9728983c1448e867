"""The keys whose history is kept: those who trade, where, what, and combinations of these."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import reduce
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fields import TRADERS
from darvoza.domain.folding import LOOK_ALIKE, folded_number, folded_trader
from darvoza.methods.asof import LARGEST_CODE

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

FEW = 5_000
"""Rows up to which values are numbered one by one."""

ONE_BY_ONE = 1_000
"""Rows up to which fields are made of others without expressions, where frames share their numbers."""

MICRO = pl.Decimal(38, 6)
"""Amounts to the sixth decimal."""


def _whole(name: str) -> pl.Expr:
    """Give an amount in whole millionths, -1 unknown; one of nine million million or more is."""
    return pl.col(name).cast(MICRO).to_physical().cast(pl.Int64, strict=False).fill_null(-1)


def _folded(name: str) -> pl.Expr:
    """Give a number as numbers are compared, see `folded_number`; unknown where it has neither letter nor digit."""
    letters = pl.col(name).str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return letters.str.replace_many(list(LOOK_ALIKE), list(LOOK_ALIKE.values())).replace("", None)


MADE: Mapping[str, pl.Expr] = {
    "hs6": pl.col("hs").str.slice(0, 6),
    "hs4": pl.col("hs").str.slice(0, 4),
    "entry_post": pl.coalesce("border_post", "post"),
    "whole_mass": _whole("net_mass"),
    "whole_value": _whole("customs_value"),
    "vehicle_id": _folded("vehicle_id"),
}
"""Fields made from others for the sake of keys; goods enter where they crossed the border, or else where they are declared.

A plate is typed anew at every crossing: a space or a letter of another alphabet makes it no other vehicle.
"""

AMOUNTS = frozenset({"whole_mass", "whole_value"})
"""Fields that are numbers."""

READ_AS: Mapping[str, pl.Expr] = {name: made.alias(name) for name, made in MADE.items()}

MEASURED: Mapping[str, pl.Expr] = {
    "customs_value": pl.col("customs_value").cast(pl.Float64).fill_null(np.nan),
    "unit_value": pl.col("unit_value").fill_null(np.nan),
    "log_unit_value": pl.col("unit_value").log().fill_null(np.nan).alias("log_unit_value"),
}
"""What is measured of goods items; NaN where unknown, and minus infinity the logarithm of nothing."""

MADE_OF_FEW: Mapping[str, Callable[[pl.DataFrame], list[Any]]] = {
    "hs6": lambda items: [code and code[:6] for code in items.get_column("hs").to_list()],
    "hs4": lambda items: [code and code[:4] for code in items.get_column("hs").to_list()],
    "entry_post": lambda items: [
        post if border is None else border
        for border, post in zip(
            items.get_column("border_post").to_list(), items.get_column("post").to_list(), strict=True
        )
    ],
    "whole_mass": lambda items: _whole_numbers(items.get_column("net_mass")),
    "whole_value": lambda items: _whole_numbers(items.get_column("customs_value")),
    "vehicle_id": lambda items: _folded_numbers(items.get_column("vehicle_id")),
    "importer_id": lambda items: _of_few_traders(items.get_column("importer_id")),
    "exporter_id": lambda items: _of_few_traders(items.get_column("exporter_id")),
    "declarant_id": lambda items: _of_few_traders(items.get_column("declarant_id")),
    "carrier_id": lambda items: _of_few_traders(items.get_column("carrier_id")),
}
"""The same fields, made without an expression; and identifiers of traders, folded as those of many goods items are."""


def _whole_numbers(amounts: pl.Series) -> list[int]:
    millionths = amounts.cast(MICRO).to_physical().cast(pl.Int64, strict=False).to_list()
    return [-1 if amount is None else amount for amount in millionths]


def _folded_numbers(numbers: pl.Series) -> list[str | None]:
    """Fold numbers of plain letters here; of others the rule for columns says what letters are."""
    listed: list[str | None] = numbers.to_list()
    if not all(number is None or number.isascii() for number in listed):
        return pl.DataFrame([numbers]).select(_folded(numbers.name)).to_series().to_list()
    return [(number and folded_number(number)) or None for number in listed]


def _of_traders(column: pl.Series) -> pl.Series:
    """Fold identifiers of traders, which goods taken in before they were folded have as they were typed."""
    odd = column.filter(~column.str.contains("^[A-Z0-9]*$")).unique().drop_nulls()
    return column.replace(odd, [folded_trader(each) for each in odd]) if odd.len() else column


def _of_few_traders(column: pl.Series) -> list[str | None]:
    return [trader and folded_trader(trader) for trader in column.to_list()]


def unit_values(items: pl.DataFrame) -> Floats:
    """Give the customs value per kilogram of each of few goods items, NaN unknown."""
    value, mass = (items.get_column(name).cast(pl.Float64).to_numpy() for name in ("customs_value", "net_mass"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((value >= 0) & (mass > 0), value / mass, np.nan)


MEASURED_OF_FEW: Mapping[str, Callable[[pl.DataFrame], Floats]] = {
    "customs_value": lambda items: items.get_column("customs_value").cast(pl.Float64).to_numpy(),
    "unit_value": unit_values,
    "log_unit_value": lambda items: logarithms(unit_values(items)),
}
"""The same measures, taken without an expression."""

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
    """Integer codes of keys over goods items, and what is measured of them; a key with an unknown part has code -1.

    Parameters
    ----------
    items
        Goods items with the fields that the keys are made of; a number of them of which only what is `told` is known.
    book
        Numbers of values that are shared with other frames; without one, values are numbered as they come.
    told
        Codes of single fields, and what is measured, as far as they are known; others are worked out.

    Attributes
    ----------
    height
        Number of goods items.
    """

    def __init__(self, items: pl.DataFrame | int, book: "Codebook | None" = None, told: "Told | None" = None) -> None:
        self._items, self._book = items, book
        self.height = items if isinstance(items, int) else items.height
        self._single, self._measured = told or Told({}, {})

    @property
    def items(self) -> pl.DataFrame:
        """The goods items; only their codes are known where rows were chosen or put together."""
        if isinstance(self._items, int):
            raise TypeError("only the codes of these goods items are known")
        return self._items

    def of(self, *fields: str) -> Codes:
        """Give the code of the key made of these fields, one a row, shape ``(n,)``; without fields all have the same."""
        if not fields:
            return np.zeros(self.height, dtype=np.int64)
        return reduce(paired, [self._small(name) for name in fields])

    def prepare(self, fields: Collection[str], measured: Collection[str] = (), **also: pl.Expr) -> pl.DataFrame:
        """Code and measure ahead, so that keys can afterwards be asked for from several threads.

        Parameters
        ----------
        fields
            Single fields that are coded.
        measured
            What is measured.
        also
            What else is asked of the goods items, by name.

        Returns
        -------
        pl.DataFrame
            What else was asked.
        """
        named = [name for name in fields if name not in self._single]
        if self._book is not None and self.height <= ONE_BY_ONE:
            self._prepare_few(named, [name for name in measured if name not in self._measured])
            return self.items.select(**also) if also else pl.DataFrame()
        made = [READ_AS[name] for name in named if name in READ_AS]
        numbers = [MEASURED[name] for name in measured if name not in self._measured]
        read = self.items.select(*made, *numbers, **also) if made or numbers or also else pl.DataFrame()
        for name in named:
            column = (read if name in READ_AS else self.items).get_column(name)
            self._enter(_of_traders(column) if name in TRADERS else column)
        for name in measured:
            if name not in self._measured:
                self._measured[name] = read.get_column(name).to_numpy()
        return read

    def _prepare_few(self, named: Collection[str], measured: Collection[str]) -> None:
        for name in named:
            made = MADE_OF_FEW.get(name)
            values = self.items.get_column(name).to_list() if made is None else made(self.items)
            self._single[name] = np.array(
                values if name in AMOUNTS or self._book is None else self._book.numbered(name, values), dtype=np.int64
            )
        self._measured |= {name: MEASURED_OF_FEW[name](self.items) for name in measured}

    def single(self, name: str) -> Codes:
        """Give the number of each value of a field: that of the book, or the amount itself; -1 unknown."""
        if name not in self._single:
            self.prepare({name})
        return self._single[name]

    def measured(self, name: str) -> Floats:
        """Give what is `MEASURED`, NaN where it is unknown."""
        if name not in self._measured:
            self.prepare((), {name})
        return self._measured[name]

    def listed(self, name: str, rows: Codes) -> tuple[Codes, Codes]:
        """Give the numbers of the values that lists of some rows hold, and the row of each."""
        if self.height <= FEW:
            those = self.items.get_column(name).to_list()
            held = [(row, one) for row in rows.tolist() for one in those[row] or ()]
            holding = np.array([row for row, _ in held], dtype=np.int64)
            values = pl.Series(name, [one for _, one in held], dtype=pl.String)
        else:
            lists = self.items.get_column(name).gather(rows)
            holding = np.repeat(rows, lists.list.len().fill_null(0).to_numpy())
            values = lists.explode(empty_as_null=False, keep_nulls=False)
        numbers = self._numbered(values)
        return holding[numbers >= 0], numbers[numbers >= 0]

    def followed_by(self, other: Self) -> Self:
        """Give what is coded and measured here over these items and others below them, numbered by the same book."""
        single = {name: np.concatenate((codes, other.single(name))) for name, codes in self._single.items()}
        measured = {name: np.concatenate((here, other.measured(name))) for name, here in self._measured.items()}
        return type(self)(self.height + other.height, self._book, Told(single, measured))

    def at(self, rows: Codes, **others: Codes) -> Self:
        """Give what is coded and measured here over chosen rows of these items, and other codes; nothing else is known."""
        single = {name: codes[rows] for name, codes in self._single.items()} | others
        return type(self)(
            rows.size, self._book, Told(single, {name: made[rows] for name, made in self._measured.items()})
        )

    def _enter(self, column: pl.Series) -> None:
        self._single[column.name] = column.to_numpy() if column.name in AMOUNTS else self._numbered(column)

    def _numbered(self, column: pl.Series) -> Codes:
        return codes_of(column) if self._book is None else self._book.numbers(column)

    def _small(self, name: str) -> Codes:
        return dense(self.single(name)) if name in AMOUNTS else self.single(name)


class Told(NamedTuple):
    """Codes of single fields, and what is measured."""

    single: dict[str, Codes]
    measured: dict[str, Floats]


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

    def numbered(self, name: str, values: Iterable[str | None]) -> list[int]:
        """Give the numbers of values of a field, one by one."""
        return _entered(self._numbers.setdefault(name, {}), values)


def _entered(known: dict[str, int], values: Iterable[str | None]) -> list[int]:
    return [-1 if value is None else known.setdefault(value, len(known)) for value in values]


def codes_of(column: pl.Series) -> Codes:
    """Number the different texts of a column, unknown ones -1."""
    # Categories of its own: those shared by the process would remember every text ever seen, and number with gaps.
    codes = column.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.Int64)
    return np.asarray(codes.fill_null(-1).to_numpy())


def logarithms(numbers: Floats) -> Floats:
    """Give natural logarithms, those of few one by one: to the last bit those of Polars, which NumPy's are not.

    Examples
    --------
    >>> logarithms(np.array([1.0, 0.0, np.nan])).tolist()
    [0.0, -inf, nan]
    """
    if numbers.size > FEW:
        return pl.Series(numbers).log().to_numpy()
    return np.array([math.log(number) if number > 0 else _no_logarithm(number) for number in numbers.tolist()])


def _no_logarithm(number: float) -> float:
    return -math.inf if number == 0 else math.nan


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
