"""A history as the table that predicates of SQL are about: facts, and the folded texts they are compared in."""

from pathlib import Path

import polars as pl

from darvoza.flow.assessment.sql_table import with_texts
from darvoza.flow.chronicle import Amended


def write_table(month: tuple[str, Path], *, amended: Amended, out: Path) -> int:
    """Write one month of a history with its folded texts; the same on this machine and on another.

    A declaration stands in it in one version: predicates look at all rows of a declaration.

    Parameters
    ----------
    month
        Its name and its folder.
    amended
        The amended declarations of the history.
    out
        Where the table goes.

    Returns
    -------
    int
        Number of goods items.
    """
    name, folder = month
    facts = pl.read_parquet(sorted(folder.glob("*.parquet")), hive_partitioning=False)
    facts = amended.alone(facts, pl.lit(name))
    path = out / f"lodged_month={name}" / "part-0.parquet"
    path.parent.mkdir(parents=True)
    with_texts(facts).write_parquet(path, compression="zstd", statistics=True)
    return facts.height
