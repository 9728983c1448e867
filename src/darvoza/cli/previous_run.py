"""What the posts of an earlier run remember, taken only from a run that lies before what is decided now."""

import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from darvoza.domain.capacity import Duty
from darvoza.flow.selectivity.spending import Memory

MOST_LATE: Final = 0.1
"""Most of the declarations that may come late, or once more, to a run that goes on from another.

A late one is paced as one of the latest day the posts have seen. Of a few nothing is noticed; whole days of them would
all share in the capacity of that one day.
"""

EPOCH: Final = date(1970, 1, 1)


def memory_of_days_before(
    memory: Mapping[Duty, Memory], earlier: pl.DataFrame | None, items: pl.DataFrame, run: Path
) -> Mapping[Duty, Memory]:
    """Give what posts remember, or nothing, and say so, where it is not of the days before.

    Parameters
    ----------
    memory
        What they remember, by duty.
    earlier
        What was decided then: ``declaration_id``.
    items
        Goods items to decide now: ``declaration_id``, ``lodged_at``.
    run
        Where it was read, to be told.
    """
    if not memory or items.is_empty():
        return memory
    latest = EPOCH + timedelta(days=max(each.day for each in memory.values()))
    known = pl.Series(dtype=pl.String) if earlier is None else earlier.get_column("declaration_id").unique()
    again = pl.col("declaration_id").is_in(known.implode())
    lodged = items.group_by("declaration_id").agg(pl.col("lodged_at").min().dt.date())
    late = lodged.select(((pl.col("lodged_at") < latest) | again).sum()).item()
    which = f"{late:,} of {lodged.height:,} declarations were decided in {run} already, or lodged before its last day, {latest}"
    if late > MOST_LATE * lodged.height:
        print(
            f"ATTENTION: {which}: it is not the run before. What its posts had spent was left aside, and they begin anew, by "
            "chance; draws are kept. To go on from a pace, give the run before as --previous",
            file=sys.stderr,
        )
        return {}
    if late:
        print(f"{which}: they are paced as declarations of that day", file=sys.stderr)
    return memory
