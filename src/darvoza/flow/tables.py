"""Tables that commands wrote, read back."""

from pathlib import Path

import polars as pl

from darvoza.errors import OutputError


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
