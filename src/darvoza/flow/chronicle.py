"""The decided history as it was lived: declarations in time order, each with the facts of its own moment.

intake → enrichment (as known then) → history, month by month
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, enrich
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.learning.history_store import MonthKept, write_manifest, write_month
from darvoza.flow.pipeline import Progress, silent


def keep_history(
    items: pl.DataFrame,
    directory: Path,
    *,
    told: Mapping[str, object],
    competence: CompetenceRegister | None = None,
    progress: Progress = silent,
) -> tuple[MonthKept, ...]:
    """Write declarations with their facts and outcomes, month by month.

    Facts are worked out for one month at a time in the light of everything before it, so that only one month of them
    is ever in memory; they are the same as those of one pass over all.

    Parameters
    ----------
    items
        Canonical goods items with outcomes where something was examined, sorted by time of lodging.
    directory
        An empty directory.
    told
        What went in, for the manifest.
    competence
        Which service is competent for which goods; ``None``: the facts about it are unknown.
    progress
        Told of every finished month.
    """
    months = items.get_column("lodged_at").dt.strftime("%Y-%m")
    kept = []
    past = items.select(HISTORY_COLUMNS)
    for month in months.unique().sort():
        rows = (months == month).arg_true()
        first, count = int(rows[0]), len(rows)
        present = items.slice(first, count)
        facts = enrich(present, past.slice(0, first), replay=True, competence=competence)
        kept.append(write_month(directory, month, present, facts))
        progress(month, count)
    write_manifest(directory, kept, told)
    return tuple(kept)
