"""Small practice worlds for tests."""

from functools import lru_cache

import polars as pl

from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import MonthOfTrade, World


@lru_cache(maxsize=4)
def a_year(seed: int = 7) -> tuple[World, tuple[MonthOfTrade, ...]]:
    world = World(WorldSettings(declarations_per_month=2000, importers=1500, seed=seed))
    return world, tuple(world.month(k) for k in range(world.settings.months))


def everything(seed: int = 7) -> pl.DataFrame:
    """Items and truth side by side for the whole year, with the number of the month."""
    return pl.concat(
        pl.concat([month.items, month.truth.drop("declaration_id", "item")], how="horizontal").with_columns(
            k=pl.lit(month.k)
        )
        for month in a_year(seed)[1]
    )
