"""Packages opened, and the confidence they give: what was done, and what ISPM 31 would ask for other confidences."""

from functools import lru_cache
from typing import NamedTuple

import polars as pl

from darvoza.methods.sampling.detection import hypergeometric_size, marked_units, miss_probability

LEVELS = (0.01, 0.02, 0.05, 0.10)
CONFIDENCES = (0.80, 0.90, 0.95, 0.99)


class Asked(NamedTuple):
    """Packages that a confidence asks for in all lots, and how many times those that were opened."""

    confidence: float
    packages: int
    times: float


class Workload(NamedTuple):
    """One level of infestation to be found.

    Attributes
    ----------
    level
        Share of infested packages.
    lots, opened
        Lots opened, and packages opened in them.
    reached
        Average chance that the samples taken find the level, in lots large enough to hold one infested package at it.
    whole
        Lots too small for that: of these all packages would have to be opened.
    asked
        What other confidences would ask for.
    """

    level: float
    lots: int
    opened: int
    reached: float | None
    whole: int
    asked: tuple[Asked, ...]


def workloads(known: pl.DataFrame) -> tuple[Workload, ...]:
    """Say for each level what the samples taken find, and what it would take to find it with other confidences.

    Parameters
    ----------
    known
        Results with ``lot_size`` and ``sample_size``; rows without either, or where nothing was opened, are left out.
    """
    size = pl.col("sample_size")
    opened = known.filter((size > 0) & (pl.col("lot_size") >= size)).group_by("lot_size", "sample_size").len()
    if opened.is_empty():
        return ()
    rows = opened.sort("lot_size", "sample_size").rows()
    return tuple(_workload(level, rows) for level in LEVELS)


def _workload(level: float, rows: list[tuple[int, int, int]]) -> Workload:
    lots, packages = sum(count for _, _, count in rows), sum(size * count for _, size, count in rows)
    large = [(lot, size, count) for lot, size, count in rows if marked_units(lot, level=level) >= 1]
    finds = sum(count * (1 - miss_probability(size, lot_size=lot, level=level)) for lot, size, count in large)
    counted = sum(count for _, _, count in large)
    asked = []
    for confidence in CONFIDENCES:
        needed = sum(count * _needed(lot, level, confidence) for lot, _, count in rows)
        asked.append(Asked(confidence, needed, needed / packages))
    return Workload(level, lots, packages, finds / counted if counted else None, lots - counted, tuple(asked))


@lru_cache(maxsize=100_000)
def _needed(lot: int, level: float, confidence: float) -> int:
    """Give the packages to open in a lot; all where no sample will do."""
    return hypergeometric_size(lot, level=level, confidence=confidence) or lot
