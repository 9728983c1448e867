"""Results of a run, read back."""

from pathlib import Path

import polars as pl

from darvoza.errors import OutputError

DECISIONS = "decisions.parquet"


def read_decisions(directory: Path) -> pl.DataFrame:
    """Read the decisions of a run.

    Raises
    ------
    OutputError
        If the directory does not hold readable decisions.
    """
    path = directory / DECISIONS
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise OutputError(
            field=str(path), expected="the decisions that `darvoza assess` wrote", got="no readable Parquet file"
        ) from problem
