"""Facts about containers and seals."""

import polars as pl

from darvoza.domain.containers import is_container_number


def transport_facts(rows: pl.DataFrame) -> pl.DataFrame:
    """Give number, faults and load of containers, and number of seals; unknown where the numbers are.

    Parameters
    ----------
    rows
        The declared facts, and ``_gross``: the gross mass of all items of the declaration [kg].
    """
    counted = rows.select(
        "containers",
        container_count=pl.col("containers").list.len().cast(pl.Int64),
        seal_count=pl.col("seals").list.len().cast(pl.Int64),
        gross=pl.coalesce(pl.col("total_gross_mass").cast(pl.Float64), "_gross"),
    )
    return counted.select(
        "container_count",
        "seal_count",
        _faults(counted.get_column("containers")).alias("container_faults"),
        pl.when(pl.col("container_count") > 0)
        .then(pl.col("gross") / pl.col("container_count"))
        .alias("mass_per_container"),
    )


def _faults(containers: pl.Series) -> pl.Series:
    """Count numbers that are none of a container."""
    numbers = containers.explode().drop_nulls().unique().to_list()
    wrong = pl.Series([number for number in numbers if not is_container_number(number)], dtype=pl.String)
    bad = containers.list.eval(pl.element().is_in(wrong.implode())).list.sum()
    return bad.cast(pl.Int64)
