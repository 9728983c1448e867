"""Which types of columns hold the values of a fact; a column of another type is an error, never a silent *false*."""

from collections.abc import Iterable

import polars as pl

from darvoza.domain.facts import FACT, FactType
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.meaning import EXPECTED


def check_type(fact: str, dtype: pl.DataType) -> None:
    """See that a column may hold the values of a fact; one of nothing but unknown values may.

    Raises
    ------
    InvalidValue
        The column is of another type.

    Examples
    --------
    >>> check_type("origin", pl.String())
    >>> check_type("origin", pl.Int64())
    Traceback (most recent call last):
    darvoza.errors.InvalidValue: origin: expected a column of a text, got 'Int64'
    """
    kind = FACT[fact].type
    if not _holds(kind, dtype) and dtype != pl.Null:
        raise InvalidValue(field=fact, expected=f"a column of {EXPECTED[kind]}", got=str(dtype))


def check_types(frame: pl.DataFrame, facts: Iterable[str]) -> None:
    """See that the columns of some facts may hold their values; a column may be missing.

    Raises
    ------
    InvalidValue
        A column is of another type than its fact.
    """
    types = frame.schema
    for fact in facts:
        dtype = types.get(fact)
        if dtype is not None:
            check_type(fact, dtype)


def _holds(kind: FactType, dtype: pl.DataType) -> bool:
    match kind:
        case FactType.NUMBER:
            return dtype.is_numeric()
        case FactType.DATE:
            return isinstance(dtype, pl.Date)
        case FactType.FLAG:
            return isinstance(dtype, pl.Boolean)
        case FactType.CODES:
            return isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.String | pl.Null)
        case FactType.HS | FactType.CODE | FactType.TEXT:
            return isinstance(dtype, pl.String | pl.Categorical | pl.Enum)
