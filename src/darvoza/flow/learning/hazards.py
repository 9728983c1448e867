"""The table of hazards: what health services found, cell by cell, and what alerts say of the same cells.

Cells lie within each other: a hazard; its chapter and origin; its heading and origin; and an establishment in that.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import polars as pl

from darvoza.domain.codes import Act
from darvoza.domain.sps.hazard import CELL_LEVELS, HazardSettings, cells_of
from darvoza.domain.sps.measure import Measure, MeasureKind
from darvoza.errors import UnfitModel
from darvoza.methods.chained_rates import effective_trials, fading, pulled

GOODS = ["hs", "origin", "establishment"]
CELLS = {
    "agency": pl.String, "hazard": pl.String, "level": pl.Int64, "place": pl.String, "positives": pl.Float64,
    "trials": pl.Float64, "alerts": pl.Float64, "rate": pl.Float64,
}  # fmt: skip
LEAST_BASE = 1e-4
"""The base rate where nothing was ever found."""

LOOKED = (Act.PHYSICAL.value, Act.SAMPLING.value)
"""Acts that see hazards; documents and marks tell of papers."""


def hazard_table(
    results: pl.DataFrame, measures: Iterable[Measure] = (), *, day: date, settings: HazardSettings | None = None
) -> pl.DataFrame:
    """Learn the rate of every cell from results known before a day.

    Results whose probability nobody recorded are left out: nobody can say for how many others they stand.

    Parameters
    ----------
    results
        Results of the health services, as `darvoza.flow.intake.health_results` reads them.
    measures
        Measures; alerts among them, and evidence, count as failures of the goods in their scope.
    day
        Nothing known on it or later is looked at.
    settings
        How they count.

    Returns
    -------
    pl.DataFrame
        One row a cell, with the columns of `CELLS`: effective positives and trials of the cell without alerts, what
        alerts add, and the rate of both, shrunken towards the cell around it.

    Raises
    ------
    UnfitModel
        When no result can be used.
    """
    known = results_known(results, day)
    if known.is_empty():
        raise UnfitModel(
            "no result with a recorded probability is known before the day", field="results",
            hint="results need the acts physical or sampling, a probability, and a date before the day",
        )  # fmt: skip
    rule = settings or HazardSettings()
    hazards = known.drop_nulls("hazard").select("agency", "hazard").unique().sort("agency", "hazard")
    found = [
        _cells(known.filter(agency=agency), tuple(measures), (agency, hazard), day=day, settings=rule)
        for agency, hazard in hazards.iter_rows()
    ]
    return pl.concat([pl.DataFrame(schema=CELLS), *found])


def results_known(results: pl.DataFrame, day: date) -> pl.DataFrame:
    """Give the results that can be learned from, with their ``age`` on the day [d]."""
    start = datetime.combine(day, time(), UTC)
    usable = pl.col("act").is_in(LOOKED) & (pl.col("result_at") < start) & (pl.col("probability") > 0)
    return results.filter(usable).with_columns(age=(pl.lit(start) - pl.col("result_at")) / timedelta(days=1))


def _places(goods: pl.DataFrame) -> pl.DataFrame:
    """Name the cells of goods, row by row; each different combination once."""
    different = goods.select(GOODS).unique(maintain_order=True)
    named = pl.DataFrame(
        [cells_of(*row) for row in different.iter_rows()], schema=dict.fromkeys(CELL_LEVELS, pl.String), orient="row"
    )
    both = pl.concat([different, named], how="horizontal")
    return goods.select(GOODS).join(both, on=GOODS, how="left", nulls_equal=True, maintain_order="left").drop(GOODS)


def _cells(
    known: pl.DataFrame, measures: tuple[Measure, ...], named: tuple[str, str], *, day: date, settings: HazardSettings
) -> pl.DataFrame:
    """Learn the cells of one hazard of one service, from the widest to the narrowest."""
    agency, hazard = named
    positive = (known.get_column("hazard") == hazard).fill_null(value=False)
    place, told = _places(known), _alerts(measures, agency, day, settings)
    made: list[pl.DataFrame] = []
    for level, name in enumerate(CELL_LEVELS):
        counted = _counted(known.with_columns(positive=positive, place=place.get_column(name)), settings)
        alerts = told.filter(level=level).group_by("place").agg(alerts=pl.col("weight").sum())
        cells = counted.join(alerts, on="place", how="full", coalesce=True).fill_null(0.0).sort("place")
        made.append(_with_rates(cells, level, made, settings))
    stated = pl.concat(made).with_columns(agency=pl.lit(agency), hazard=pl.lit(hazard))
    return stated.select(pl.col(column).cast(kind) for column, kind in CELLS.items())


def _counted(known: pl.DataFrame, settings: HazardSettings) -> pl.DataFrame:
    """Count the results of each place of a level."""
    placed = known.drop_nulls("place")
    number = placed.get_column("place").rank("dense").cast(pl.Int64).to_numpy() - 1
    names = placed.get_column("place").unique().sort()
    counted = effective_trials(
        placed.get_column("positive").to_numpy(), number, cells=names.len(),
        probability=placed.get_column("probability").to_numpy(),
        weight=fading(placed.get_column("age").to_numpy(), half_life=settings.half_life),
    )  # fmt: skip
    return pl.DataFrame({"place": names, "positives": counted.positives, "trials": counted.trials})


def _with_rates(cells: pl.DataFrame, level: int, wider: list[pl.DataFrame], settings: HazardSettings) -> pl.DataFrame:
    """Shrink each cell towards the one around it; towards the hazard at large where that one is unknown."""
    positives, trials = pl.col("positives") + pl.col("alerts"), pl.col("trials") + pl.col("alerts")
    if level == 0:
        base = (positives / trials).clip(LEAST_BASE, 1 - LEAST_BASE)
        return cells.with_columns(base.alias("rate"), pl.lit(level, pl.Int64).alias("level"))
    known = pl.concat(wider).select(pl.col("place").alias("_around"), pl.col("rate").alias("_rate"))
    around = _around(level).alias("_around")
    joined = cells.with_columns(around).join(known, on="_around", how="left", maintain_order="left")
    counts = joined.select(positives.alias("y"), trials.alias("n")).to_numpy()
    outside = joined.get_column("_rate").fill_null(wider[0].item(0, "rate")).to_numpy()
    rate = pulled(counts[:, 0], counts[:, 1], around=outside, strength=settings.strength)
    return cells.with_columns(pl.Series("rate", rate), pl.lit(level, pl.Int64).alias("level"))


def _around(level: int) -> pl.Expr:
    """Name the cell around a place."""
    place = pl.col("place")
    if level == 1:
        return pl.lit("")
    if level == 2:
        return pl.concat_str(place.str.head(2), place.str.slice(4))
    return place.str.replace(r" [^ ]+$", "")


def _alerts(measures: tuple[Measure, ...], agency: str, day: date, settings: HazardSettings) -> pl.DataFrame:
    """Say at which places alerts of a service count, and for how much; those without goods or origin nowhere."""
    rows = []
    for measure in measures:
        last = measure.last_day or day
        about = measure.alert or measure.kind is MeasureKind.EVIDENCE
        if not about or measure.agency.value != agency or measure.start >= day:
            continue
        age = max((day - last).days, 0) if last < day else 0
        weight = settings.alert_weights.get(measure.kind, 0.0) * float(fading(age, half_life=settings.half_life))
        # "PK-2" and "pk 2" are one establishment, "0203" and "020311" one heading: an alert counts once in each
        rows += [(*where, weight) for where in dict.fromkeys(_scope(measure))]
    schema = {"level": pl.Int64, "place": pl.String, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _scope(measure: Measure) -> Iterator[tuple[int, str | None]]:
    """Give level and place of the cells that a measure is about; an establishment alone where it names one."""
    for code, origin in product(measure.scope.goods, measure.scope.origins):
        if len(code) < 4:
            yield 1, f"{code[:2]} {origin}"
            continue
        for establishment in measure.scope.establishments or (None,):
            *_, heading, known = cells_of(code, origin, establishment)
            yield (3, known) if known else (2, heading)
