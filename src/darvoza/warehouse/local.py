"""Replay on this machine: month by month, so that one month at a time is in memory."""

from pathlib import Path

import polars as pl

from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.chronicle import Amended
from darvoza.warehouse.histories import months_of
from darvoza.warehouse.matching import columns_needed, match_month


def replay_here(profiles: ProfileSet, history: Path, out: Path) -> None:
    """Decide every profile for a history, and write the matches below `out`, a folder a month.

    Raises
    ------
    OutputError
        There is no history.
    """
    executor, amended = ColumnsExecutor(profiles), Amended.of(history)
    for month, folder in months_of(history).items():
        rows = pl.scan_parquet(folder / "*.parquet", hive_partitioning=False)
        facts = rows.select(columns_needed(profiles, rows.collect_schema().names())).collect()
        path = out / f"lodged_month={month}" / "part-0.parquet"
        path.parent.mkdir(parents=True)
        match_month(amended.alone(facts, pl.lit(month)), executor).write_parquet(path)
