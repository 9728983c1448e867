"""What a gate remembers of goods items: their past, and what was lodged here."""

import polars as pl

from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, OUTCOMES
from darvoza.flow.enrichment.register import IDENTITY
from darvoza.flow.intake.records import ITEM_SCHEMA

NOTHING = pl.DataFrame(schema=ITEM_SCHEMA).select(HISTORY_COLUMNS)
"""A past without anything."""

_UNKNOWN = NOTHING.select(OUTCOMES)
_HISTORY = list(HISTORY_COLUMNS)
_LODGED = [name for name in HISTORY_COLUMNS if name not in _UNKNOWN.columns]


def joined(past: pl.DataFrame | None, lodged: pl.DataFrame) -> pl.DataFrame | None:
    """Put goods items lodged here after those of a history, each once."""
    if not lodged.width:
        return past
    known = lodged.select(HISTORY_COLUMNS)
    if past is None:
        return known
    held = past.select(HISTORY_COLUMNS)
    new = known.join(held.select(IDENTITY), on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([held, new])


def unheard(items: pl.DataFrame) -> pl.DataFrame:
    """Give goods items as they are remembered when they are lodged: what is found of them is told later."""
    known = items[_HISTORY]
    if all(known.get_column(name).null_count() == known.height for name in OUTCOMES):
        return known
    return items[_LODGED].hstack(_UNKNOWN.clear(items.height))[_HISTORY]
