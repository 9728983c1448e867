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
    return _batches(path, mapping, total)


def _check_type(path: Path, name: str, dtype: pl.DataType) -> None:
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if inner.is_nested() or inner in (pl.Binary, pl.Object, pl.Duration, pl.Time):
        raise UnreadableFile(field=f"{path.name}: {name}", expected="a column of plain values", got=str(dtype))


def _batches(path: Path, mapping: Mapping, total: int) -> Iterator[RawChunk]:
    for start in range(0, total, CHUNK_ROWS):
        try:
            frame = pl.scan_parquet(path).slice(start, CHUNK_ROWS).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise UnreadableFile(f"damaged Parquet: {error}", field=path.name) from error
        rows = pl.Series("row", range(start + 1, start + 1 + len(frame)), dtype=pl.Int64)

        def record(position: int, frame: pl.DataFrame = frame) -> str:
            return as_record(frame.row(position, named=True))

        yield RawChunk(rows, frame.select(mapping.columns), record, columns=tuple(frame.columns), silent=True)
