"""Frames of the gate as plain values and back, exactly: what is stored of a lodging, and read again after a stop."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from darvoza.domain.selection import FloorKind
from darvoza.flow.intake.lodged import EPOCH
from darvoza.flow.intake.parsing import MOMENT
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.oversight.breaker import UNWATCHED, Watched
from darvoza.flow.selectivity.fingerprint import fingerprints
from darvoza.flow.tables import DECISION_SCHEMA, Table

SLICE = 5_000
"""Rows that are held as plain values at a time."""

FEW = 40
"""Rows up to which decimals are written one by one."""

_TEXTS: tuple[tuple[type[pl.DataType], Any], ...] = (
    (pl.Datetime, datetime.fromisoformat),
    (pl.Date, date.fromisoformat),
    (pl.Decimal, Decimal),
)


def plain_rows(table: pl.DataFrame | Table) -> Iterator[dict[str, Any]]:
    """Give the rows of a table as JSON holds them; what is unknown is left out.

    Examples
    --------
    >>> list(plain_rows(pl.DataFrame({"day": [date(2026, 3, 1)], "mass": [Decimal("1.50")], "seal": [None]})))
    [{'day': '2026-03-01', 'mass': '1.50'}]
    """
    if isinstance(table, Table) and table.in_rows:
        moments = [name for name, dtype in pl.Schema(table.schema).items() if dtype.is_temporal()]
        yield from (_said(row, moments) for row in table.rows)
        return
    frame = table.frame if isinstance(table, Table) else table
    for part in frame.iter_slices(SLICE):
        yield from _rows_of(part)


def _rows_of(part: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Give rows; what every one of them says is put together at once, and only the rest is looked at value by value."""
    said, perhaps = {}, {}
    for column in part.get_columns():
        if unknown := column.null_count():
            if unknown < part.height:
                perhaps[column.name] = _plain(column)
        else:
            said[column.name] = _plain(column)
    rows = (
        [dict(zip(said, values, strict=True)) for values in zip(*said.values(), strict=True)]
        if said
        else [{} for _ in range(part.height)]
    )
    for name, values in perhaps.items():
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                row[name] = value
    yield from rows


def _said(row: Mapping[str, Any], moments: Sequence[str]) -> dict[str, Any]:
    """Give a row, its moments as texts."""
    said = {name: value for name, value in row.items() if value is not None}
    for name in moments:
        if name in said:
            said[name] = said[name].isoformat()
    return said


def _plain(column: pl.Series) -> list[Any]:
    """Give the values of a column; moments and decimals as texts."""
    if column.dtype == MOMENT:
        # by their numbers: to make each a moment of its own, in its time zone, takes twenty times as long
        numbers = column.cast(pl.Int64).to_list()
        said = {number: (EPOCH + timedelta(microseconds=number)).isoformat() for number in {*numbers} - {None}}
        return [said.get(number) for number in numbers]
    if column.dtype.is_temporal():
        moments = column.unique().drop_nulls()
        texts = dict(zip(moments.to_physical(), (value.isoformat() for value in moments), strict=True))
        return [texts.get(number) for number in column.to_physical().to_list()]
    if not column.dtype.is_decimal():
        return column.to_list()
    # the text of a decimal is that of Python up to six decimals, and made much sooner where there are many
    if column.len() > FEW:
        return column.cast(pl.String).to_list()
    return [None if value is None else str(value) for value in column.to_list()]


def items_of(rows: Iterable[Mapping[str, Any]], only: Iterable[str] = tuple(ITEM_SCHEMA)) -> pl.DataFrame:
    """Give the goods items that plain rows hold; some of their columns where not all are asked for."""
    return _frame(list(rows), {name: ITEM_SCHEMA[name] for name in only})


def decisions_of(rows: Iterable[Mapping[str, Any]], only: Iterable[str] = tuple(DECISION_SCHEMA)) -> pl.DataFrame:
    """Give the decisions that plain rows hold; some of their columns where not all are asked for."""
    return _frame(list(rows), {name: DECISION_SCHEMA[name] for name in only})


def _frame(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Make a frame with these columns; what rows do not name is unknown."""
    read = {
        name: next((made for kind, made in _TEXTS if isinstance(dtype, kind) or dtype is kind), None)
        for name, dtype in schema.items()
    }
    columns = {
        name: [None if (value := row.get(name)) is None else (made(value) if made else value) for row in rows]
        for name, made in read.items()
    }
    return pl.DataFrame({name: pl.Series(name, values, dtype=schema[name]) for name, values in columns.items()})


def watched_of(decisions: pl.DataFrame, asked: Mapping[str, float]) -> Watched:
    """Give what profiles asked for, read off decisions.

    Parameters
    ----------
    decisions
        Decisions in order of lodging.
    asked
        The share each profile in force asks for, by code; those of before asked for what was decided by them.
    """
    if decisions.is_empty():
        return UNWATCHED
    lodged = decisions.select("declaration_id", "post", "lodged_at").unique(
        "declaration_id", keep="first", maintain_order=True
    )
    numbers = lodged.select("declaration_id").with_row_index("declaration")
    floor = pl.col("floors").struct
    floors = (
        decisions.select("declaration_id", "floors")
        .explode("floors", empty_as_null=False, keep_nulls=False)
        .select("declaration_id", floor.field("kind"), floor.field("source"), floor.field("probability"))
        .filter(pl.col("kind") == FloorKind.PROFILE.value)
        .join(numbers, on="declaration_id", how="left", maintain_order="left")
    )
    if asked:
        share = pl.col("source").replace_strict(asked, default=pl.col("probability"), return_dtype=pl.Float64)
        floors = floors.with_columns(probability=share)
    return Watched(lodged.drop("declaration_id"), floors.select(UNWATCHED.floors.columns))


def drawn_of(items: pl.DataFrame, draws: pl.DataFrame) -> pl.DataFrame:
    """Give the draws of declarations with the marks of their goods, for those whose marks were not stored.

    Parameters
    ----------
    items
        Goods items, rows of a declaration next to each other.
    draws
        ``declaration_id``, ``lodged_at``, ``fingerprint``, ``key_day``; one row a declaration.
    """
    marked = fingerprints(items).select("declaration_id", "marks", "fingerprint_basis")
    digits = pl.concat_str(pl.lit(":"), pl.col("fingerprint"))
    return draws.join(marked, on="declaration_id", how="inner", maintain_order="left").with_columns(
        fingerprint_basis=pl.coalesce(
            pl.concat_list(
                pl.when(pl.col("marks").list.contains(pl.concat_str(pl.lit(basis), digits))).then(pl.lit(basis))
                for basis in ("document", "containers", "vehicle", "reference")
            )
            .list.drop_nulls()
            .list.first(),
            "fingerprint_basis",
        )
    )
