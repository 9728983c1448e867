"""Columns of facts encoded for speed: texts as places in a sorted dictionary, numbers as floats with known exactness.

A sorted dictionary turns *starts with* into a range and every other test of a text into a table over the distinct
texts. Each column is encoded when it is first asked for, and its inverted index when it first serves as a guard.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.column_types import check_type
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.forms import COMPARED_AS, PLAIN, Form

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Stretches = tuple[tuple[int, int], ...]
"""Numbers as half-open ranges, ascending and apart from each other."""

Places = NDArray[np.integer[Any]]

GRID_LIMIT: Final = 1e9
GRID_SCALE: Final = 6
ONE_BY_ONE: Final = 2_000
"""Rows up to which texts are coded one by one: columns cost their set-up, however few rows there are."""

SPACE: Final = r"[\t-\r\x1c-\x20]+"


def stretches(numbers: Iterable[int]) -> Stretches:
    """Give numbers, in any order, as stretches.

    Examples
    --------
    >>> stretches([7, 2, 4, 3])
    ((2, 5), (7, 8))
    """
    made: list[tuple[int, int]] = []
    first = after = -1
    for number in sorted(numbers):
        if number > after:
            made.append((first, after))
            first = number
        after = number + 1
    return (*made[1:], (first, after)) if made else ()


def united(*parts: Stretches) -> Stretches:
    """Unite stretches.

    Examples
    --------
    >>> united(((2, 5), (7, 8)), ((4, 6), (8, 9)), ())
    ((2, 6), (7, 9))
    """
    if len(parts) == 1:
        return parts[0]
    made: list[tuple[int, int]] = []
    for first, after in sorted(one for part in parts for one in part):
        if made and first <= made[-1][1]:
            made[-1] = (made[-1][0], max(after, made[-1][1]))
        else:
            made.append((first, after))
    return tuple(made)


@dataclass(slots=True)
class Coded:
    """A column of texts over a sorted dictionary.

    Attributes
    ----------
    places
        For each row the place of its text in `words`, plus 1; 0 is unknown; shape ``(n_rows,)``. As narrow as they
        may be: eight bits are compared eight times as fast as sixty-four.
    words
        The distinct texts, ascending, in the form in which they are compared.
    """

    places: Places
    words: list[str]
    _numbers: dict[str, int] | None = None
    _starts: NDArray[np.int64] | None = None
    _order: Rows | None = None

    def places_of(self, words: Iterable[str]) -> Stretches:
        """Give the places of texts, of those that any row holds."""
        if self._numbers is None:
            self._numbers = {word: number for number, word in enumerate(self.words, 1)}
        return stretches(filter(None, map(self._numbers.get, words)))

    def places_from(self, prefix: str) -> Stretches:
        """Give the places of the texts that begin with a prefix."""
        first = bisect_left(self.words, prefix)
        after = bisect_left(self.words, prefix + "\U0010ffff", lo=first)
        return ((first + 1, after + 1),) if first < after else ()

    @property
    def order(self) -> Rows:
        """All rows, ordered by place and then by number; shape ``(n_rows,)``."""
        if self._order is None:
            self._order = np.argsort(self.places, kind="stable")  # 16 bits and less are sorted by radix
        return self._order

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where the rows of each place begin in `order`, and where the last end; shape ``(n_words + 2,)``."""
        if self._starts is None:
            counts = np.bincount(self.places, minlength=len(self.words) + 1)
            self._starts = np.concatenate(([0], np.cumsum(counts)))
        return self._starts

    def lying(self, places: Stretches) -> list[tuple[int, int]]:
        """Give the stretches of `order` where the rows of some places lie."""
        at = self.starts.item
        return [(at(first), at(after)) for first, after in places]

    def count(self, places: Stretches) -> int:
        """Count the rows at some places."""
        return sum(after - first for first, after in self.lying(places))


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
    largest
        No value is larger in magnitude.
    """

    values: Floats
    error: float
    grid: bool
    largest: float


def declaration_starts(frame: pl.DataFrame) -> Rows:
    """Give the first row of each declaration; shape ``(n_declarations,)``.

    Raises
    ------
    InvalidValue
        ``declaration_id`` is missing, or its rows do not lie together.
    """
    if "declaration_id" not in frame.columns:
        raise InvalidValue(field="declaration_id", expected="a column", got="none")
    identifiers = frame["declaration_id"]
    starts = np.flatnonzero((identifiers != identifiers.shift(1)).fill_null(value=True).to_numpy())
    first = identifiers.gather(starts)
    ascending = first.is_sorted() and first.null_count() < 2  # quick to see, and mostly so
    if not ascending and first.n_unique() != len(first):
        expected, hint = "rows of one declaration together", "sort the frame by declaration_id"
        raise InvalidValue(field="declaration_id", expected=expected, got="apart", hint=hint)
    return starts


class Encoded:
    """The facts of many goods items, encoded column by column on demand.

    Parameters
    ----------
    frame
        One row a goods item; columns named after facts, with ``declaration_id``, whose rows lie together.
    starts
        The first row of each declaration, where they are known already; see `declaration_starts`.
    """

    def __init__(self, frame: pl.DataFrame, starts: Rows | None = None) -> None:
        self.frame = frame
        self.height = frame.height
        self.starts = declaration_starts(frame) if starts is None else starts
        self.ends: Rows = np.append(self.starts[1:], self.height)
        self.forget()

    def forget(self) -> None:
        """Let go of what was encoded; asked again, it is encoded again."""
        self._declaration: Rows | None = None
        self._coded: dict[str, Coded] = {}
        self._amounts: dict[str, Amounts] = {}
        self._flags: dict[str, NDArray[np.int8]] = {}
        self._codes: dict[str, pl.Series] = {}

    @property
    def declaration(self) -> Rows:
        """The place of each row's declaration in `starts`; shape ``(n_rows,)``."""
        if self._declaration is None:
            self._declaration = np.repeat(np.arange(len(self.starts)), self.ends - self.starts)
        return self._declaration

    def whole(self, fact: str) -> NDArray[Any]:
        """Give a column, encoded: places of texts, floats of numbers, flags; not to be written to."""
        kind = FACT[fact].type
        if kind in {FactType.NUMBER, FactType.DATE}:
            return self.amounts(fact).values
        return self.flags(fact) if kind is FactType.FLAG else self.coded(fact).places

    def series(self, fact: str) -> pl.Series:
        """Give the column of a fact as it came; a missing column is all unknown.

        Raises
        ------
        InvalidValue
            The column is of another type than its fact; so says everything that reads it.
        """
        if fact in self.frame.columns:
            series = self.frame[fact]
            check_type(fact, series.dtype)
            return series
        return pl.Series(fact, [None], dtype=pl.Null).new_from_index(0, self.height)

    def codes(self, fact: str) -> pl.Series:
        """Give a column of sets of codes."""
        series = self.series(fact)
        return series.cast(pl.List(pl.String)) if series.dtype == pl.Null else series

    def compared_codes(self, fact: str) -> pl.Series:
        """Give a column of sets of codes in the form in which they are compared."""
        if fact not in self._codes:
            self._codes[fact] = _codes_in_form(self.codes(fact).cast(pl.List(pl.String)), fact)
        return self._codes[fact]

    def flags(self, fact: str) -> NDArray[np.int8]:
        """Give a column of flags: 1 true, 0 false, -1 unknown; shape ``(n_rows,)``."""
        if fact not in self._flags:
            self._flags[fact] = self.series(fact).cast(pl.Int8).fill_null(-1).to_numpy()
        return self._flags[fact]

    def coded(self, fact: str) -> Coded:
        """Give a column of codes or texts over its dictionary."""
        if fact not in self._coded:
            self._coded[fact] = _coded(self.series(fact).cast(pl.String), COMPARED_AS.get(fact))
        return self._coded[fact]

    def amounts(self, fact: str) -> Amounts:
        """Give a column of numbers or dates as floats."""
        if fact not in self._amounts:
            self._amounts[fact] = self._as_amounts(fact)
        return self._amounts[fact]

    def _as_amounts(self, fact: str) -> Amounts:
        series = self.series(fact)
        if series.dtype == pl.Null:
            return Amounts(np.full(self.height, np.nan), 0.0, grid=True, largest=0.0)
        scale = series.dtype.scale if isinstance(series.dtype, pl.Decimal) else 0
        values = _floats(series)
        largest = float(max(np.fmax.reduce(values, initial=0.0), -np.fmin.reduce(values, initial=0.0)))
        if series.dtype.is_float():
            return Amounts(values, 0.0, grid=False, largest=largest)
        grid = scale <= GRID_SCALE and largest < GRID_LIMIT
        exact = scale == 0 and largest < 2.0**53
        # Two roundings at most: once to a float, once when dividing by the scale.
        return Amounts(values, 0.0 if exact else 4 * 2.0**-53, grid=grid, largest=largest)


def _floats(series: pl.Series) -> Floats:
    """Give numbers or dates as floats, NaN where unknown; decimals by way of 64-bit numbers, which is quicker."""
    if not series.dtype.is_float():
        plain = series.to_physical()
        narrow = plain.cast(pl.Int64, strict=False)
        if narrow.null_count() == plain.null_count():
            made = narrow.cast(pl.Float64).to_numpy()
            scale = series.dtype.scale if isinstance(series.dtype, pl.Decimal) else 0
            return made / 10.0**scale if scale else made
    values = series.cast(pl.Float64).to_numpy()
    return np.where(np.isinf(values), np.nan, values)


def _coded(series: pl.Series, form: Form | None) -> Coded:
    if series.len() <= ONE_BY_ONE:
        return _coded_one_by_one(series.to_list(), form)
    # Categories of its own: the shared ones would remember every text ever seen, and number them with gaps.
    coded = series.cast(pl.Categorical(pl.Categories.random()))
    unknown = np.iinfo(np.uint32).max
    drawn = (coded.to_physical().fill_null(unknown).to_numpy() + np.uint32(1)).astype(np.intp)  # 0 is unknown
    n_distinct = int(drawn.max(initial=0))
    distinct = pl.int_range(n_distinct, dtype=pl.UInt32, eager=True).cat.to(coded.dtype).cast(pl.String)
    texts = distinct if form is None else _in_form(distinct, form)
    words = texts.unique().sort()
    table: Places = np.zeros(n_distinct + 1, _kind_for(len(words)))
    table[1:] = texts.cast(pl.Enum(words)).to_physical().to_numpy() + 1
    return Coded(table[drawn], words.to_list())


def _kind_for(n_words: int) -> type[np.uint8 | np.uint16 | np.int32]:
    return np.uint8 if n_words < 2**8 else np.uint16 if n_words < 2**16 else np.int32


def _coded_one_by_one(texts: list[str | None], form: Form | None) -> Coded:
    """Code few texts: the same, without columns."""
    read = {text: text if form is None else form(text) for text in set(texts) if text is not None}
    words = sorted(set(read.values()))
    places = {word: place for place, word in enumerate(words, start=1)}
    coded = [0 if text is None else places[read[text]] for text in texts]
    return Coded(np.array(coded, _kind_for(len(words))), words)


def _in_form(distinct: pl.Series, form: Form) -> pl.Series:
    """Give many distinct texts as they are compared: plates and documents one by one, as there are signs to fold in few."""
    return _folded(distinct) if form is folded else pl.Series(map(form, distinct), dtype=pl.String)


def _codes_in_form(series: pl.Series, fact: str) -> pl.Series:
    """Give sets of codes as they are compared; each distinct code is looked at once, and mostly it is as it would be folded."""
    form = COMPARED_AS.get(fact)
    if form is None:
        return series
    distinct = series.explode().unique().drop_nulls()
    odd = distinct.filter(~distinct.str.contains(PLAIN[fact])) if fact in PLAIN else distinct
    read = {code: form(code) for code in odd}
    other = {code: as_compared for code, as_compared in read.items() if code != as_compared}
    return series.list.eval(pl.element().replace(other)) if other else series


def _folded(distinct: pl.Series) -> pl.Series:
    """Fold many distinct texts: at the speed of columns where they are ASCII, one by one where they are not."""
    ascii_only = distinct.str.len_bytes() == distinct.str.len_chars()
    quick = distinct.str.to_lowercase().str.replace_all(SPACE, " ").str.strip_chars(" ")
    if ascii_only.all():
        return quick
    pairs = zip(distinct, ascii_only, strict=True)
    slow = pl.Series([None if plain else folded(text) for text, plain in pairs], dtype=pl.String)
    return quick.zip_with(ascii_only, slow)
