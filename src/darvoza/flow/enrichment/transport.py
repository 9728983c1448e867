"""Facts about containers and seals."""

from collections.abc import Sequence

import polars as pl

from darvoza.domain.containers import is_container_number
from darvoza.flow.enrichment.different import FEW

COUNTS = (
    pl.col("containers").list.len().cast(pl.Int64).alias("container_count"),
    pl.col("seals").list.len().cast(pl.Int64).alias("seal_count"),
)
"""Number of containers and of seals; unknown where their numbers are."""

_GROSS = pl.coalesce(pl.col("total_gross_mass").cast(pl.Float64), "_gross")
LOAD = pl.when(pl.col("container_count") > 0).then(_GROSS / pl.col("container_count")).alias("mass_per_container")
"""Load of a container, from ``_gross``: the gross mass of all items of the declaration [kg]."""


def container_faults(containers: pl.Series) -> pl.Series:
    """Count numbers that are none of a container; unknown where the numbers are."""
    if containers.len() <= FEW:
        return pl.Series("container_faults", faults_of(containers.to_list()), dtype=pl.Int64)
    different = containers.explode().drop_nulls().unique().to_list()
    wrong = pl.Series([number for number in different if not is_container_number(number)], dtype=pl.String)
    bad = containers.list.eval(pl.element().is_in(wrong.implode())).list.sum()
    return bad.cast(pl.Int64).alias("container_faults")


def faults_of(containers: Sequence[list[str | None] | None]) -> list[int | None]:
    """Count the same of few items, one by one."""
    return [None if numbers is None else _faults(numbers) for numbers in containers]


def _faults(numbers: list[str | None]) -> int:
    return sum(number is not None and not is_container_number(number) for number in numbers)
