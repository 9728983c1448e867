"""Results of a run, read back."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from darvoza.domain.capacity import Duty
from darvoza.flow.selectivity.memory_file import read_memory
from darvoza.flow.selectivity.spending import Memory
from darvoza.flow.tables import read_table

DECISIONS, ORDERS, LOAD, MEMORY = "decisions.parquet", "orders.parquet", "load.parquet", "memory.json"


def read_decisions(directory: Path) -> pl.DataFrame:
    """Read the decisions of a run.

    Raises
    ------
    OutputError
        If the directory does not hold readable decisions.
    """
    return _read(directory / DECISIONS, "decisions")


def latest_decisions(runs: Sequence[Path]) -> pl.DataFrame:
    """Read the decisions of runs, in the order given; goods decided twice count once, as the later run decided them."""
    whole = pl.concat(
        [read_decisions(run).with_columns(run=pl.lit(place)) for place, run in enumerate(runs)], how="diagonal_relaxed"
    )
    return whole.filter(pl.col("run") == pl.col("run").max().over("declaration_id")).drop("run")


def read_orders(directory: Path) -> pl.DataFrame:
    """Read the orders of a run.

    Raises
    ------
    OutputError
        If the directory does not hold readable orders.
    """
    return _read(directory / ORDERS, "orders")


def _read(path: Path, what: str) -> pl.DataFrame:
    return read_table(path, f"the {what} that `darvoza assess` wrote", got="no readable Parquet file")


def read_previous_memory(directory: Path) -> dict[Duty, Memory]:
    """Read what the posts of a run remember; nothing where the run is of a time before there was a memory.

    Raises
    ------
    OutputError
        If the file is there and cannot be read.
    """
    path = directory / MEMORY
    return read_memory(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else {}
