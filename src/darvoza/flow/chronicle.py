"""The decided history as it was lived: declarations in time order, each with the facts of its own moment.

intake → enrichment (as known then) → history, month by month
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, enrich
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.learning.history_store import MonthKept, write_manifest, write_month
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
    competence: CompetenceRegister | None = None,
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
    competence
        Which service is competent for which goods; ``None``: the facts about it are unknown.
    progress
        Told of every finished month.
    """
    kept = []
    past: pl.DataFrame | None = None
    for month, present in months:
        facts = enrich(present, past, replay=True, competence=competence)
        kept.append(write_month(directory, month, present, facts))
        lived = present.select(HISTORY_COLUMNS)
        past = lived if past is None else pl.concat([past, lived])
        progress(month, present.height)
    write_manifest(directory, kept, told)
    return tuple(kept)
