"""Tables: what the columns of decisions hold, tables in two forms, and tables that commands wrote, read back."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from darvoza.domain.folding import folded_trader
from darvoza.errors import OutputError

Schema: TypeAlias = Mapping[str, pl.DataType | type[pl.DataType]]

_MOMENT = pl.Datetime("us", "UTC")
_VALUES = pl.List(pl.Struct({"name": pl.String, "number": pl.Float64, "text": pl.String}))
_FLOORS = pl.List(
    pl.Struct({"kind": pl.String, "source": pl.String, "probability": pl.Float64, "items": pl.List(pl.Int64)})
)
_REASONS = pl.List(
    pl.Struct({"concept": pl.String, "amount": pl.Float64, "code": pl.String, "fact": pl.String, "values": _VALUES})
)

DECISION_SCHEMA: Schema = {
    "decision_id": pl.String, "declaration_id": pl.String, "post": pl.String, "lodged_at": _MOMENT,
    "fingerprint": pl.String, "fingerprint_basis": pl.String, "key_day": pl.Date, "marks": pl.List(pl.String),
    "commitment": pl.String, "score": pl.Float64, "harm": pl.Float64, "money": pl.Float64, "severity": pl.Float64,
    "profiles_digest": pl.String, "model_digest": pl.String, "challenger_score": pl.Float64, "score_source": pl.String,
    "challenger_digest": pl.String, "deadline": _MOMENT, "urgency": pl.String, "agency": pl.String, "act": pl.String,
    "items": pl.List(pl.Int64), "probability": pl.Float64, "floors": _FLOORS, "u": pl.Float64, "selected": pl.Boolean,
    "basis": pl.String, "channel": pl.String, "contributions": _REASONS,
    "families": pl.List(pl.Struct({"family": pl.String, "probability": pl.Float64})),
}  # fmt: skip
"""Columns of decisions, as `darvoza.flow.pipeline.assess` gives them."""


def with_folded(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Give a frame with the identifiers of traders in a column folded, as those taken in before they were folded are not.

    Examples
    --------
    >>> with_folded(pl.DataFrame({"importer_id": ["bad-1", "BAD1", None]}), "importer_id")["importer_id"].to_list()
    ['BAD1', 'BAD1', None]
    """
    traders = frame.get_column(column)
    if traders.dtype != pl.String:  # nothing but unknown ones
        return frame
    odd = traders.filter(~traders.str.contains("^[A-Z0-9]*$")).unique().drop_nulls()
    return frame.with_columns(traders.replace(odd, [folded_trader(each) for each in odd])) if odd.len() else frame


class Table:
    """A table as rows, where they are few, or as columns; the other form is made when it is first asked for.

    Parameters
    ----------
    made
        The table in one form; rows name every column, in order.
    schema
        What its columns hold.

    Examples
    --------
    >>> Table([{"item": 1}, {"item": None}], {"item": pl.Int64}).frame["item"].to_list()
    [1, None]
    """

    def __init__(self, made: pl.DataFrame | list[dict[str, Any]], schema: Schema) -> None:
        self._made, self.schema = made, schema

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The table as columns."""
        made = self._made
        if isinstance(made, pl.DataFrame):
            return made
        return pl.DataFrame(
            {name: pl.Series(name, [row[name] for row in made], dtype=kind) for name, kind in self.schema.items()}
        )

    @property
    def in_rows(self) -> bool:
        """Whether it was made as rows."""
        return not isinstance(self._made, pl.DataFrame)

    def picked(self, names: Sequence[str]) -> Iterable[Mapping[str, Any]]:
        """Give rows that hold at least some columns."""
        made = self._made
        return made.select(names).iter_rows(named=True) if isinstance(made, pl.DataFrame) else made

    def holding(self, name: str) -> int:
        """Count the rows in which a list holds anything."""
        made = self._made
        if isinstance(made, pl.DataFrame):
            return int((made.get_column(name).list.len() > 0).sum())
        return sum(bool(row[name]) for row in made)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The table as rows in Python's own values; not to be changed."""
        return self._made.rows(named=True) if isinstance(self._made, pl.DataFrame) else self._made


def read_table(path: Path, expected: str, *, got: str = "no readable file") -> pl.DataFrame:
    """Read a table that a command wrote.

    Raises
    ------
    OutputError
        When there is none that can be read; `expected` says what should be there.
    """
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise OutputError(field=str(path), expected=expected, got=got) from problem
