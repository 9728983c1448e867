"""Two tables on disk: whether they are the same to the last bit, and where they first differ if not."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from darvoza.errors import OutputError


def first_difference(was: Path, made: Path, keys: Sequence[str]) -> str:
    """Say where two tables first differ; nothing where they are the same.

    Parameters
    ----------
    was, made
        Parquet files. They are read column by column.
    keys
        Columns that say which row it is; those that are there are told.

    Raises
    ------
    OutputError
        When one of them cannot be read.
    """
    if not (was.is_file() and made.is_file()):
        return "only the run has it" if was.is_file() else "the run does not have it"
    before, after = _columns(was), _columns(made)
    if before != after:
        odd = next(name for name in {**before, **after} if before.get(name) != after.get(name))
        return f"{odd}: was {before.get(odd, 'not there')}, is {after.get(odd, 'not there')}"
    found: tuple[int, str, object, object] | None = None
    for name in before:
        one, other = (pl.read_parquet(path, columns=[name]).to_series() for path in (was, made))
        if one.len() != other.len():
            return f"was {one.len():,} rows, is {other.len():,}"
        row = _first_row(one, other)
        if row is not None and (found is None or row < found[0]):
            found = row, name, one[row], other[row]
    if found is None:
        return ""
    row, name, value, other_value = found
    which = pl.read_parquet(was, columns=[key for key in keys if key in before]).row(row)
    where = " ".join(str(each) for each in which if each is not None) or f"row {row + 1}"
    return f"{where}: {name} was {value!r:.120}, is {other_value!r:.120}"


def _columns(path: Path) -> dict[str, pl.DataType]:
    """Give the columns of a table and their types."""
    try:
        return pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise OutputError(field=str(path), expected="a table of a run", got=str(problem)) from problem


def _first_row(one: pl.Series, other: pl.Series) -> int | None:
    """Find the first row in which two columns of the same length differ, by halving."""
    if same_bits(one, other):
        return None
    first, last = 0, one.len()
    while last - first > 1:
        middle = (first + last) // 2
        if same_bits(one[first:middle], other[first:middle]):
            first = middle
        else:
            last = middle
    return first


def same_bits(one: pl.Series, other: pl.Series) -> bool:
    """Whether two columns are the same to the last bit: 0.0 is not −0.0, and what is not known is the same as itself.

    Examples
    --------
    >>> same_bits(pl.Series([0.1 + 0.2, None]), pl.Series([0.3, None]))
    False
    >>> same_bits(pl.Series([[0.0]]), pl.Series([[-0.0]]))
    False
    >>> same_bits(pl.Series([{"a": [None, 1.5]}]), pl.Series([{"a": [None, 1.5]}]))
    True
    """
    if one.dtype != other.dtype or one.len() != other.len() or not one.is_null().equals(other.is_null()):
        return False
    for kind, parts in _PARTS:
        if isinstance(one.dtype, kind):
            return all(same_bits(*pair) for pair in zip(parts(one), parts(other), strict=True))
    if one.dtype.is_float():
        return bool(np.array_equal(_bits(one), _bits(other)))
    return one.equals(other)


def _bits(column: pl.Series) -> np.ndarray:
    """Give the bits of the known values; which are not known was compared before."""
    return column.drop_nulls().cast(pl.Float64).to_numpy().view(np.int64)


def _of_list(column: pl.Series) -> tuple[pl.Series, ...]:
    return column.list.len(), column.explode()


def _of_struct(column: pl.Series) -> tuple[pl.Series, ...]:
    return tuple(column.struct.field(name) for name in column.struct.fields)


_PARTS: tuple[tuple[type[pl.DataType], Callable[[pl.Series], tuple[pl.Series, ...]]], ...] = (
    (pl.List, _of_list),
    (pl.Struct, _of_struct),
)
