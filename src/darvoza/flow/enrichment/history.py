"""History facts: what was known of traders, goods and places before each declaration."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import KEYS, KeyCodes
from darvoza.methods.asof import EventLog, Questions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAY = 86_400
"""Seconds."""

WINDOW = 365 * DAY
"""How far back the ``_12m`` facts look."""

RESULT_DELAY_DAYS = 7
"""A result without a date of its own counts as known this many days after lodging."""

PRIOR_WEIGHT = 5.0
"""Weight of the base rate in a shrunken rate: as if that many items had been examined."""

PRIOR_RATE = 0.05
"""Base rate before anything was examined; documented shares of fraud among imports run from 1 to 8 %."""

NEW = ("importer", "declarant", "hs6_origin", "importer_hs4")
"""Histories whose absence is a fact of its own."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lodgings and results on one time axis, in seconds.

    Attributes
    ----------
    lodged
        When each item was lodged, shape ``(n,)``.
    result
        When its result became known; meaningless where `examined` is false.
    examined, finding
        Whether a result exists, and whether it is a finding.
    """

    lodged: Ints
    result: Ints
    examined: NDArray[np.bool_]
    finding: NDArray[np.bool_]

    @classmethod
    def of(cls, items: pl.DataFrame) -> "Timeline":
        """Read the timeline off goods items with their outcomes."""
        known = items.select(
            lodged=pl.col("lodged_at").dt.epoch("s"),
            result=pl.col("result_at").dt.epoch("s"),
            examined=pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null(),
            finding=pl.col("finding").fill_null(value=False),
        ).with_columns(result=pl.col("result").fill_null(pl.col("lodged") + RESULT_DELAY_DAYS * DAY))
        return cls(*(known.get_column(name).to_numpy() for name in known.columns))


def history_facts(everything: pl.DataFrame, first: int, *, threads: int = 1) -> pl.DataFrame:
    """Give the history facts of the rows from `first` on.

    Parameters
    ----------
    everything
        The past and the present goods items, one below the other, with their outcomes where known.
    first
        Row where the present begins.
    threads
        Threads used, a key each; the result does not depend on it.

    Returns
    -------
    pl.DataFrame
        One row per present item; unknown where the key itself is unknown.
    """
    timeline, codes = Timeline.of(everything), KeyCodes(everything)
    base = _base_rate(timeline, timeline.lodged[first:])
    fields = {name for parts in KEYS.values() for name in parts}
    codes.prepare(fields)

    def of_key(name: str) -> list[tuple[str, Floats]]:
        return list(_of_key(name, codes.of(*KEYS[name]), timeline, first=first, base=base))

    # sorting and searching leave Python alone, so that keys can be worked on side by side
    with ThreadPoolExecutor(max_workers=threads) as pool:
        columns = dict(chain.from_iterable(pool.map(of_key, KEYS)))
    return pl.DataFrame(columns).with_columns(
        pl.col(pl.Float64).fill_nan(None),
        *(
            pl.when(pl.col(f"{name}_items").is_nan())
            .then(None)
            .otherwise(pl.col(f"{name}_age").is_nan())
            .alias(f"{name}_is_new")
            for name in NEW
        ),
    )


def _base_rate(timeline: Timeline, asked: Ints) -> Floats:
    """Give the share of findings among all results known at each moment, shrunken towards the prior."""
    same = np.zeros(timeline.lodged.size, dtype=np.int64)
    known = _results(same, timeline).before(Questions.of(same[: asked.size], asked))
    return np.asarray((known[:, 1] + PRIOR_WEIGHT * PRIOR_RATE) / (known[:, 0] + PRIOR_WEIGHT))


def _results(codes: Ints, timeline: Timeline) -> EventLog:
    """Make the log of results: examined and findings, at the moment they became known."""
    seen = timeline.examined & (codes >= 0)
    weights = np.column_stack([np.ones(int(seen.sum())), timeline.finding[seen].astype(np.float64)])
    return EventLog.of(keys=codes[seen], times=timeline.result[seen], weights=weights)


def _of_key(name: str, codes: Ints, timeline: Timeline, *, first: int, base: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield the five facts of one key; NaN where unknown."""
    known = codes >= 0
    lodgings = EventLog.of(keys=codes[known], times=timeline.lodged[known], weights=np.ones((int(known.sum()), 1)))
    moments, unknown = timeline.lodged[first:], ~known[first:]
    asked = Questions.of(np.maximum(codes[first:], 0), moments)
    results = _results(codes, timeline)
    recent, ever = results.before(asked, window=WINDOW), results.before(asked)
    facts = {
        "items": lodgings.before(asked)[:, 0],
        "examined_12m": recent[:, 0],
        "findings_12m": recent[:, 1],
        "finding_rate": (ever[:, 1] + PRIOR_WEIGHT * base) / (ever[:, 0] + PRIOR_WEIGHT),
        "age": (moments - lodgings.first_before(asked)) / DAY,
    }
    for fact, values in facts.items():
        values[unknown] = np.nan
        yield f"{name}_{fact}", values
