"""What is declared of animals, plants and food beside other goods: region, establishment, process, use, dispatch."""

import numpy as np
import polars as pl

from darvoza.simulation.goods import ORIGINS, Goods, Indices
from darvoza.simulation.goods_fields import Month, look
from darvoza.simulation.offences import Truth

REGIONS, ESTABLISHMENTS = 5, 12
"""Regions of each country; approved establishments of each exporting country and heading."""

PROCESS = (
    ("dried", ("0712", "0713", "0802", "080620", "0813", "0902", "0904", "0909", "0910")),
    ("frozen", ("0710", "0811")),
    ("polished", ("1006",)),
    ("preserved", ("2001", "2005", "2006", "2007", "2008")),
)
"""Headings of plant products that are processed as stated; others are raw."""

PLANTED, FED = ("06", "1209"), ("1003", "1005", "1201", "1214", "23")


def dispatched_at(lodged: pl.Series, month: Month) -> pl.Series:
    """When the goods left: one to twelve days before they were declared."""
    days = _own_chance(month, 1).gamma(3.0, 1.2, len(lodged)).clip(0.5, 12)
    return lodged - pl.Series((days * 86_400).astype(np.int64) * 1_000_000).cast(pl.Duration("us"))


def health_fields(month: Month, truth: Truth) -> dict[str, pl.Series]:
    """Region, establishment, process and intended use of each line; unknown for goods no health service controls."""
    goods, lines = month.market.goods, month.lines
    controlled, animal, plant = (flags[lines.goods] for flags in (goods.phyto | goods.vet, goods.vet, goods.phyto))
    exporter = month.consignments.exporter[lines.declaration]
    region = pl.Series([f"{origin}-{k + 1}" for origin in ORIGINS for k in range(REGIONS)])
    number = pl.Series([f"{origin}.{k + 1:03d}" for origin in ORIGINS for k in range(ESTABLISHMENTS)])
    return {
        "origin_region": _where(controlled, region, truth.origin * REGIONS + exporter % REGIONS),
        "establishment": _where(
            animal, number, truth.origin * ESTABLISHMENTS + (exporter + lines.goods) % ESTABLISHMENTS
        ),
        "process": _where(plant, pl.Series(_processes(goods)), lines.goods),
        "intended_use": _intended_use(month, controlled),
    }


def _own_chance(month: Month, part: int) -> np.random.Generator:
    """Chance of its own, so that no other draw of the month is moved."""
    return np.random.default_rng([month.market.settings.seed, month.k, 7919, part])


def _where(known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], words: pl.Series, places: Indices) -> pl.Series:
    found = look(words.to_list(), places)
    return found.zip_with(pl.Series(known), pl.Series([None], dtype=pl.String).new_from_index(0, found.len()))


def _processes(goods: Goods) -> list[str]:
    return [next((process for process, codes in PROCESS if hs.startswith(codes)), "raw") for hs in goods.hs]


def _intended_use(month: Month, controlled: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> pl.Series:
    goods, lines = month.market.goods, month.lines
    words = ["consumption", "planting", "feed"]
    usual = np.where(goods.where(*PLANTED), 1, 0)[lines.goods]
    fed = goods.where(*FED)[lines.goods] & (_own_chance(month, 2).random(lines.goods.size) < 0.3)
    return _where(controlled, pl.Series(words), np.where(fed, 2, usual))
