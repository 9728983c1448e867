"""Columns of facts encoded for speed: texts as places in a sorted dictionary, numbers as floats with known exactness.

A sorted dictionary turns *starts with* into a range and every other test of a text into a table over the distinct
texts. Each column is encoded when it is first asked for, and its inverted index when it first serves as a guard.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.meaning import EXPECTED

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

GRID_LIMIT: Final = 1e9
GRID_SCALE: Final = 6
SPACE: Final = r"[\t-\r\x1c-\x20]+"


@dataclass(slots=True)
class Coded:
    """A column of texts over a sorted dictionary.

    Attributes
    ----------
    places
        For each row the place of its text in `words`, plus 1; 0 is unknown; shape ``(n_rows,)``.
    words
        The distinct texts, ascending; of facts that are texts, folded.
    """

    places: NDArray[np.int32]
    words: list[str]
    _order: Rows | None = None
    _starts: NDArray[np.int64] | None = None

    def place(self, word: str) -> int | None:
        """Find the place of a text, plus 1; ``None`` when no row holds it."""
        found = bisect_left(self.words, word)
        return found + 1 if found < len(self.words) and self.words[found] == word else None

    def span(self, prefix: str) -> tuple[int, int]:
        """Give the half-open range of places whose texts begin with a prefix."""
        first = bisect_left(self.words, prefix)
        last = bisect_left(self.words, prefix + "\U0010ffff", lo=first)
        return first + 1, last + 1

    def _index(self) -> tuple[Rows, NDArray[np.int64]]:
        if self._order is None or self._starts is None:
            counts = np.bincount(self.places, minlength=len(self.words) + 1)
            small = len(self.words) < np.iinfo(np.uint16).max
            keys = self.places.astype(np.uint16) if small else self.places  # 16 bits are sorted by radix
            self._order = np.argsort(keys, kind="stable")
            self._starts = np.concatenate(([0], np.cumsum(counts)))
        return self._order, self._starts

    def count(self, allowed: Mask) -> int:
        """Count the rows whose place is allowed; `allowed` has shape ``(n_words + 1,)``."""
        starts = self._index()[1]
        return int(np.diff(starts)[allowed].sum())

    def rows(self, allowed: Mask) -> Rows:
        """Give the rows whose place is allowed; `allowed` has shape ``(n_words + 1,)``."""
        order, starts = self._index()
        edges = np.flatnonzero(np.diff(np.concatenate(([0], allowed.view(np.int8), [0]))))
        slices = [order[starts[first] : starts[last]] for first, last in edges.reshape(-1, 2)]
        return np.concatenate(slices) if slices else np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of numbers or dates as floats.

    Attributes
    ----------
    values
        The numbers; NaN is unknown; shape ``(n_rows,)``.
    error
        Bound of the relative error of a value against the number it stands for; 0 when exact.
    grid
        Whether all are multiples of 10⁻⁶ below 10⁹. Two such numbers are equal, or ordered, exactly as the floats
        nearest to them are: neighbours on the grid are further apart than neighbouring floats.
    """

    values: Floats
    error: float
    grid: bool


class Encoded:
    """The facts of many goods items, encoded column by column on demand.

    Parameters
    ----------
    frame
        One row a goods item; columns named after facts, with ``declaration_id``, whose rows lie together.

    Raises
    ------
    InvalidValue
        ``declaration_id`` is missing, or its rows do not lie together.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.height = frame.height
        if "declaration_id" not in frame.columns:
            raise InvalidValue(field="declaration_id", expected="a column", got="none")
        identifiers = frame["declaration_id"]
        changes = (identifiers != identifiers.shift(1)).fill_null(value=True).to_numpy()
        self.starts: Rows = np.flatnonzero(changes)
        if len(self.starts) != identifiers.gather(self.starts).n_unique():
            hint = "sort the frame by declaration_id"
            raise InvalidValue(
                field="declaration_id", expected="rows of one declaration together", got="apart", hint=hint
            )
        self.declaration: Rows = np.cumsum(changes) - 1
        self.ends: Rows = np.append(self.starts[1:], self.height)
        self._shared: Rows | None = None
        self._taken: dict[str, NDArray[Any]] = {}
        self._coded: dict[str, Coded] = {}
        self._amounts: dict[str, Amounts] = {}
        self._flags: dict[str, NDArray[np.int8]] = {}

    def share(self, rows: Rows) -> None:
        """Keep what is taken of these rows, for several profiles will ask about them."""
        self._shared, self._taken = rows, {}

    def is_shared(self, rows: Rows) -> bool:
        """Tell whether rows are those being shared: the same array, not an equal one."""
        return rows is self._shared

    def taken(self, fact: str, rows: Rows) -> NDArray[Any]:
        """Give a column, encoded, at some rows: places of texts, floats of numbers, flags; not to be written to."""
        made = self._taken.get(fact) if rows is self._shared else None
        if made is None:
            made = self._whole(fact)[rows]
            if rows is self._shared:
                self._taken[fact] = made
        return made

    def _whole(self, fact: str) -> NDArray[Any]:
        kind = FACT[fact].type
        if kind in {FactType.NUMBER, FactType.DATE}:
            return self.amounts(fact).values
        return self.flags(fact) if kind is FactType.FLAG else self.coded(fact).places

    def series(self, fact: str) -> pl.Series:
        """Give the column of a fact as it came; a missing column is all unknown."""
        if fact in self.frame.columns:
            return self.frame[fact]
        return pl.Series(fact, [None], dtype=pl.Null).new_from_index(0, self.height)

    def _refuse(self, fact: str, series: pl.Series) -> InvalidValue:
        return InvalidValue(field=fact, expected=f"a column of {EXPECTED[FACT[fact].type]}", got=str(series.dtype))

    def known(self, fact: str) -> Mask:
        """Tell for each row whether a fact is known; shape ``(n_rows,)``."""
        kind = FACT[fact].type
        if kind in {FactType.NUMBER, FactType.DATE}:
            return ~np.isnan(self.amounts(fact).values)
        if kind is FactType.CODES:
            return self.codes(fact).is_not_null().to_numpy()
        return self.flags(fact) >= 0 if kind is FactType.FLAG else self.coded(fact).places > 0

    def codes(self, fact: str) -> pl.Series:
        """Give a column of sets of codes."""
        series = self.series(fact)
        if series.dtype == pl.Null:
            return series.cast(pl.List(pl.String))
        if series.dtype not in {pl.List(pl.String), pl.List(pl.Null)}:
            raise self._refuse(fact, series)
        return series

    def flags(self, fact: str) -> NDArray[np.int8]:
        """Give a column of flags: 1 true, 0 false, -1 unknown; shape ``(n_rows,)``."""
        if fact not in self._flags:
            series = self.series(fact)
            if series.dtype not in {pl.Boolean, pl.Null}:
                raise self._refuse(fact, series)
            self._flags[fact] = series.cast(pl.Int8).fill_null(-1).to_numpy()
        return self._flags[fact]

    def coded(self, fact: str) -> Coded:
        """Give a column of codes or texts over its dictionary."""
        if fact not in self._coded:
            series = self.series(fact)
            if series.dtype not in {pl.String, pl.Null, pl.Categorical} and not isinstance(series.dtype, pl.Enum):
                raise self._refuse(fact, series)
            self._coded[fact] = _coded(series.cast(pl.String), fold=FACT[fact].type is FactType.TEXT)
        return self._coded[fact]

    def amounts(self, fact: str) -> Amounts:
        """Give a column of numbers or dates as floats."""
        if fact not in self._amounts:
            self._amounts[fact] = self._as_amounts(fact)
        return self._amounts[fact]

    def _as_amounts(self, fact: str) -> Amounts:
        series = self.series(fact)
        is_date = FACT[fact].type is FactType.DATE
        if series.dtype == pl.Null:
            return Amounts(np.full(self.height, np.nan), 0.0, grid=True)
        if is_date != (series.dtype == pl.Date) or not (is_date or series.dtype.is_numeric()):
            raise self._refuse(fact, series)
        if is_date:
            series = series.to_physical()
        values = series.cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)
        values[np.isinf(values)] = np.nan
        if series.dtype.is_float():
            return Amounts(values, 0.0, grid=False)
        scale = series.dtype.scale if isinstance(series.dtype, pl.Decimal) else 0
        largest = float(np.nanmax(np.abs(values), initial=0.0))
        grid = scale <= GRID_SCALE and largest < GRID_LIMIT
        exact = scale == 0 and largest < 2.0**53
        # The cast may round twice: once to a float, once when dividing by the scale.
        return Amounts(values, 0.0 if exact else 4 * 2.0**-53, grid=grid)


def _coded(series: pl.Series, *, fold: bool) -> Coded:
    # Categories of its own: the shared ones would remember every text ever seen, and number them with gaps.
    coded = series.cast(pl.Categorical(pl.Categories.random()))
    distinct = coded.unique().drop_nulls()
    found = distinct.cast(pl.String)
    places = (coded.to_physical().cast(pl.Int32) + 1).fill_null(0).to_numpy()
    texts = _folded(found) if fold else found
    words = texts.unique().sort()
    numbers = distinct.to_physical().to_numpy()
    table = np.zeros(int(numbers.max(initial=0)) + 2, np.int32)
    table[numbers + 1] = texts.cast(pl.Enum(words)).to_physical().cast(pl.Int32).to_numpy() + 1
    return Coded(table[places], words.to_list())


def _folded(distinct: pl.Series) -> pl.Series:
    """Fold many distinct texts: at the speed of columns where they are ASCII, one by one where they are not."""
    ascii_only = distinct.str.len_bytes() == distinct.str.len_chars()
    quick = distinct.str.to_lowercase().str.replace_all(SPACE, " ").str.strip_chars(" ")
    if ascii_only.all():
        return quick
    pairs = zip(distinct, ascii_only, strict=True)
    slow = pl.Series([None if plain else folded(text) for text, plain in pairs], dtype=pl.String)
    return quick.zip_with(ascii_only, slow)
