"""A state in force with a score, a history and ceilings, and some trade for it to decide."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

import numpy as np
import polars as pl

from builders import a_profile, trade
from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.breaker import Ceiling
from darvoza.flow.pipeline import Assessed, Policy, assess_all, learn
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import KeyRing

RING = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(32))))
PROFILES = (
    a_profile("hs starts with 8703 and origin is GE", code="A", share=Decimal("0.5")),
    a_profile("importer_is_new or importer_declarations_72h > 3", code="B", act=Act.DOCUMENTARY),
    a_profile("hs is 080810", code="C", agency=Agency.PHYTOSANITARY, act=Act.SAMPLING, floor=FloorKind.LAW),
    a_profile("importer_findings_12m > 2", code="D"),
)


@lru_cache(maxsize=1)
def policy() -> Policy:
    """A state in force with a score, a history, and ceilings that are reached."""
    learned = learn(trade(700, 1, days=60, examined=1.0))
    return Policy(
        ProfileSet(PROFILES),
        Budget(0.2, random_floor=0.02),
        RING,
        model=learned.model,
        model_digest="ab",
        past=learned.history,
        ceiling=Ceiling(share=0.2, window_days=3, fewest=20),
    )


@lru_cache(maxsize=1)
def lodged() -> pl.DataFrame:
    """Trade of ten days, of which every ninth declaration has the goods of an earlier one."""
    items = trade(240, 2, days=10)
    number = pl.col("transport_document").str.split("-").list.last().cast(pl.Int64)
    again = (number % 9 == 0) & (number > 0)
    return items.with_columns(
        pl.when(again).then(pl.lit("CMR-AGAIN")).otherwise("transport_document").alias("transport_document"),
        pl.when(again).then(pl.lit("IMP-1")).otherwise("importer_id").alias("importer_id"),
        pl.when(again).then(pl.lit("870323")).otherwise("hs").alias("hs"),
    )


@lru_cache(maxsize=1)
def at_once() -> Assessed:
    return assess_all(lodged(), policy())


def in_parts(items: pl.DataFrame, seed: int, most: int) -> Iterator[pl.DataFrame]:
    """A few declarations at a time."""
    rng = np.random.default_rng(seed)
    names = items["declaration_id"].unique(maintain_order=True).to_list()
    while names:
        count = int(rng.integers(1, most + 1))
        yield items.filter(pl.col("declaration_id").is_in(names[:count]))
        names = names[count:]
