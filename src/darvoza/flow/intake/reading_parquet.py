"""Parquet: typed columns, read by batches of rows."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from darvoza.errors import UnreadableFile
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.raw import CHUNK_ROWS, RawChunk, as_record, check_columns, no_declarations


def read_parquet(path: Path, mapping: Mapping) -> Iterator[RawChunk]:
    """Stream the rows of a Parquet file, the first record being row 1.

    Raises
    ------
    UnreadableFile
        The file is damaged, holds no row, or a mapped column holds values inside values.
    InvalidMapping
        A mapped column is missing.
    """
    try:
        schema = pl.read_parquet_schema(path)
        total = pl.scan_parquet(path).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFile(f"damaged Parquet: {error}", field=path.name) from error
    check_columns(path.name, list(schema), mapping)
    for name in mapping.columns:
        _check_type(path, name, schema[name])
    if not total:
        raise no_declarations(path.name)
    return _batches(path, mapping, total, _plainer(path, mapping, schema))


def _check_type(path: Path, name: str, dtype: pl.DataType) -> None:
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if inner.is_nested() or inner in (pl.Binary, pl.Object, pl.Duration, pl.Time):
        raise UnreadableFile(field=f"{path.name}: {name}", expected="a column of plain values", got=str(dtype))


def _plainer(path: Path, mapping: Mapping, schema: dict[str, pl.DataType]) -> list[pl.Expr]:
    """Say which columns are plainer than their type.

    Texts that are kept once each are texts. Moments without a zone that are midnights in the whole file are days: many writers
    have no other type for them, and a day stays that day whatever the clock.
    """
    kept_once = [name for name in mapping.columns if schema[name] in (pl.Categorical, pl.Enum)]
    clocks = [name for name in mapping.columns if isinstance(kind := schema[name], pl.Datetime) and not kind.time_zone]
    try:
        timed = pl.scan_parquet(path).select((pl.col(clocks).dt.truncate("1d") != pl.col(clocks)).any()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFile(f"damaged Parquet: {error}", field=path.name) from error
    days = [name for name in clocks if not timed.get_column(name)[0]]
    return [pl.col(kept_once).cast(pl.String), pl.col(days).cast(pl.Date)]


def _batches(path: Path, mapping: Mapping, total: int, plainer: list[pl.Expr]) -> Iterator[RawChunk]:
    for start in range(0, total, CHUNK_ROWS):
        try:
            frame = pl.scan_parquet(path).slice(start, CHUNK_ROWS).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise UnreadableFile(f"damaged Parquet: {error}", field=path.name) from error
        rows = pl.Series("row", range(start + 1, start + 1 + len(frame)), dtype=pl.Int64)

        def record(position: int, frame: pl.DataFrame = frame) -> str:
            return as_record(frame.row(position, named=True))

        values = frame.select(mapping.columns).with_columns(plainer)
        yield RawChunk(rows, values, record, columns=tuple(frame.columns), silent=True)
