"""The decided history as it was lived: declarations in time order, each with the facts of its own moment.

intake → enrichment (as known then) → history, month by month
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from darvoza.errors import OutputError
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, NOTHING_ELSE, Sources, enrich
from darvoza.flow.learning.history_store import (
    History,
    MonthKept,
    goods_path,
    write_goods,
    write_manifest,
    write_month,
)
from darvoza.flow.pipeline import Progress, silent

Month = tuple[str, pl.DataFrame]
"""The name of a month, as ``2026-01``, and its canonical goods items in order of lodging."""


def by_month(items: pl.DataFrame) -> Iterator[Month]:
    """Divide goods items, sorted by time of lodging, into months."""
    months = items.get_column("lodged_at").dt.strftime("%Y-%m")
    for run in months.rle().struct.unnest().with_columns(first=pl.col("len").cum_sum() - pl.col("len")).iter_rows():
        length, month, first = run
        yield month, items.slice(first, length)


def keep_history(
    months: Iterable[Month],
    directory: Path,
    *,
    told: Mapping[str, object],
    sources: Sources = NOTHING_ELSE,
    keep_items: bool = False,
    progress: Progress = silent,
) -> tuple[MonthKept, ...]:
    """Write declarations with their facts and outcomes, month by month.

    Facts are worked out for one month at a time in the light of everything before it; they are the same as those of
    one pass over all. What is in memory is one month whole, and of all months before it the `HISTORY_COLUMNS`.

    Parameters
    ----------
    months
        Months in order; goods items with outcomes where something was examined.
    directory
        An empty directory.
    told
        What went in, for the manifest.
    sources
        What facts are made from, besides declarations.
    keep_items
        Whether the goods items are kept, too, so that their facts can be worked out anew.
    progress
        Told of every finished month.
    """
    kept = []
    past: pl.DataFrame | None = None
    for month, present in months:
        facts = enrich(present, past, sources=sources, replay=True)
        kept.append(write_month(directory, month, present, facts))
        if keep_items:
            write_goods(directory, month, present)
        lived = present.select(HISTORY_COLUMNS)
        past = lived if past is None else pl.concat([past, lived])
        progress(month, present.height)
    write_manifest(directory, kept, told)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class ItemsKept:
    """The goods items kept beside a history: where it lies, and its months in order."""

    history: Path
    months: tuple[str, ...]

    @classmethod
    def of(cls, history: History) -> "ItemsKept":
        """Find the goods items beside a history.

        Raises
        ------
        OutputError
            They were not kept.
        """
        months = tuple(kept.month for kept in history.months)
        for month in months:
            if not goods_path(history.directory, month).is_file():
                raise OutputError(
                    field="history",
                    expected=f"the goods items of {month} beside their facts",
                    got="none",
                    hint="write the history with `darvoza history --keep-items`",
                )
        return cls(history.directory, months)


def keep_month(items: ItemsKept, month: str, *, directory: Path, sources: Sources = NOTHING_ELSE) -> MonthKept:
    """Work out the facts of one month anew, in the light of the months before it; the same as `keep_history` does.

    What is in memory is this month whole, and of all months before it the `HISTORY_COLUMNS`. Months do not wait for
    one another, so that each may be worked out elsewhere.

    Parameters
    ----------
    items
        The goods items.
    month
        The month.
    directory
        Where the facts and the goods items go.
    sources
        What facts are made from, besides declarations.
    """
    present = pl.read_parquet(goods_path(items.history, month), hive_partitioning=False)
    earlier = [goods_path(items.history, one) for one in items.months if one < month]
    past = pl.scan_parquet(earlier, hive_partitioning=False).select(HISTORY_COLUMNS).collect() if earlier else None
    facts = enrich(present, past, sources=sources, replay=True)
    write_goods(directory, month, present)
    return write_month(directory, month, present, facts)
