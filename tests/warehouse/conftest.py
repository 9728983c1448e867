"""A small history, and Spark where it is there."""

from pathlib import Path

import polars as pl
import pytest

from builders import trade
from darvoza.flow.chronicle import by_month, keep_history
from darvoza.flow.enrichment.enrich import enrich
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of practice trade, as `darvoza history` lays them out: sorted by commodity code, not by declaration."""
    directory = tmp_path_factory.mktemp("history")
    world = World(WorldSettings(months=2, declarations_per_month=400, importers=120))
    for number, month in enumerate(("2026-01", "2026-02")):
        items = world.month(number).items
        facts = enrich(items).with_columns(
            examined=pl.col("item") % 3 == 0, finding=pl.when(pl.col("item") % 3 == 0).then(pl.col("item") % 2 == 0)
        )
        path = directory / f"lodged_month={month}" / "part-0.parquet"
        path.parent.mkdir()
        facts.sort("hs", nulls_last=True).write_parquet(path, row_group_size=500)
    return directory


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months as `darvoza history` writes them, with outcomes and with the goods items beside their facts."""
    place = tmp_path_factory.mktemp("decided")
    keep_history(by_month(trade(500, 3, days=58, examined=0.4)), place, told={"rows": 1500}, keep_items=True)
    return place
