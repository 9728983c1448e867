"""The hazard score of goods, and the floor it puts under the examinations of each health service."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act
from darvoza.domain.selection import FloorKind
from darvoza.domain.sps.hazard import CELL_LEVELS, HazardSettings, cells_of
from darvoza.methods.chained_rates import any_harm, spread

Ints = NDArray[np.int64]
FLOOR = {"declaration": pl.UInt32(), "items": pl.List(pl.Int64()), "probability": pl.Float64(), "agency": pl.String()}

SOURCE = "hazard"
"""The source named beside a floor of the hazard score."""

KEYS = ("hs", "origin", "establishment")


def hazard_scores(goods: pl.DataFrame, table: pl.DataFrame, settings: HazardSettings) -> pl.DataFrame:
    """Score goods for every service of a table: ``1 − Π over hazards (1 − rate · severity)``.

    The rate of a hazard is that of the narrowest cell known around the goods.

    Parameters
    ----------
    goods
        ``hs``, ``origin``, ``establishment``, row by row.
    table
        What `darvoza.flow.learning.hazards.hazard_table` made.
    settings
        How grave hazards are.

    Returns
    -------
    pl.DataFrame
        One column a service, row by row with `goods`, in [0, 1].
    """
    different = goods.select(*KEYS).unique(maintain_order=True)
    places = pl.DataFrame(
        [cells_of(*row) for row in different.iter_rows()], schema=dict.fromkeys(CELL_LEVELS, pl.String), orient="row"
    )
    scores = {}
    for (agency,), cells in sorted(table.group_by("agency")):
        hazards = cells.get_column("hazard").unique().sort().to_list()
        rates = np.column_stack([_rates(places, cells.filter(hazard=hazard)) for hazard in hazards])
        scores[str(agency)] = any_harm(rates, [settings.severities.get(hazard, 1.0) for hazard in hazards])
    scored = different.with_columns(pl.Series(agency, score) for agency, score in scores.items())
    return (
        goods.select(*KEYS).join(scored, on=list(KEYS), how="left", nulls_equal=True, maintain_order="left").drop(*KEYS)
    )


def usual_scores(known: pl.DataFrame, table: pl.DataFrame, settings: HazardSettings) -> dict[str, float]:
    """Give the average score of the goods of each service, each result standing for as many as it was drawn from.

    Parameters
    ----------
    known
        Results with a ``probability``, ``agency`` and the columns of `KEYS`.
    table, settings
        As for `hazard_scores`.
    """
    scores = hazard_scores(known, table, settings)
    usual = {}
    for agency in scores.columns:
        own = (known.get_column("agency") == agency).to_numpy()
        weight = 1 / known.get_column("probability").to_numpy()[own]
        usual[agency] = float(np.average(scores.get_column(agency).to_numpy()[own], weights=weight))
    return usual


def deciding_cells(table: pl.DataFrame, goods: tuple[str, str, str | None]) -> list[tuple[dict[str, object], float]]:
    """Give of each hazard the narrowest cell known around goods, with the rate of the hazard in all goods.

    Parameters
    ----------
    table
        The table of hazards.
    goods
        Commodity code, origin, and establishment or ``None``.
    """
    around = list(zip(range(len(CELL_LEVELS)), cells_of(*goods), strict=True))
    found = []
    for _, cells in sorted(table.group_by("agency", "hazard")):
        lies = [cells.filter(level=level, place=place) for level, place in around if place is not None]
        known = [cell.row(0, named=True) for cell in lies if cell.height]
        found.append((known[-1], float(known[0]["rate"])))
    return found


def _rates(places: pl.DataFrame, cells: pl.DataFrame) -> NDArray[np.float64]:
    """Give the rate of the narrowest known cell around each place."""
    found = pl.Series([None] * places.height, dtype=pl.Float64)
    for level, name in enumerate(places.columns):
        known = cells.filter(level=level).select(pl.col("place").alias(name), "rate")
        rate = places.select(name).join(known, on=name, how="left", maintain_order="left").get_column("rate")
        found = rate.fill_null(found) if level else rate
    return found.to_numpy()


def hazard_floors(
    facts: pl.DataFrame, table: pl.DataFrame, usual: Mapping[str, float], settings: HazardSettings, *, starts: Ints
) -> pl.DataFrame:
    """Put a floor in proportion to the hazard score under the examination by each service that is competent.

    Parameters
    ----------
    facts
        Facts of goods items, with ``sps_agencies``, ``item`` and the columns of `KEYS`.
    table
        The table of hazards.
    usual
        Service → average score of its goods; goods that score as usual get the share.
    settings
        The average share, and how grave hazards are.
    starts
        First row of each declaration.

    Returns
    -------
    pl.DataFrame
        ``declaration``, ``agency``, ``act``, ``kind``, ``source``, ``probability``, ``items`` (those that score most).
    """
    rows = pl.Series("declaration", np.searchsorted(starts, np.arange(facts.height), side="right") - 1, dtype=pl.UInt32)
    scores = hazard_scores(facts, table, settings)
    made = [pl.DataFrame(schema=FLOOR)]
    for agency, average in usual.items():
        competent = facts.get_column("sps_agencies").list.contains(agency).fill_null(value=False)
        asked = pl.DataFrame([rows, facts.get_column("item"), scores.get_column(agency).alias("score")]).filter(
            competent
        )
        most = asked.group_by("declaration", maintain_order=True).agg(
            pl.col("item").filter(pl.col("score") == pl.col("score").max()).alias("items"), pl.col("score").max()
        )
        floor = spread(most.get_column("score").to_numpy(), share=settings.share, usual=average)
        made.append(most.with_columns(pl.Series("probability", floor), pl.lit(agency).alias("agency")))
    floors = pl.concat([each.select(list(FLOOR)) for each in made])
    return floors.select(
        "declaration", "agency", act=pl.lit(Act.PHYSICAL.value), kind=pl.lit(FloorKind.SCORE.value), source=pl.lit(SOURCE),
        probability="probability", items="items",
    )  # fmt: skip
