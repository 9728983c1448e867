"""An outbreak of the practice world: it begins in a zone, is noticed late, is notified, and ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from darvoza.domain.codes import RiskArea
from darvoza.simulation.settings import WorldSettings


@dataclass(frozen=True, slots=True)
class Outbreak:
    """A pest or disease that comes and goes in a zone.

    Attributes
    ----------
    name
        What it is.
    goods, regions
        Prefixes of the goods it is in, and the regions of origin that make its zone.
    first, last
        When it begins and ends, as shares of the duration of the world, in [0, 1].
    chance
        Chance that a lot from the zone carries it meanwhile, in (0, 1).
    species
        The animals it is in, as the source names them; empty for a pest.
    noticed, cleared
        Days from its beginning to the notification, and from its end to the notice that it is over.
    """

    name: str
    goods: tuple[str, ...]
    regions: tuple[str, ...]
    first: float
    last: float
    chance: float
    species: str = ""
    noticed: int = 12
    cleared: int = 30

    def days(self, settings: WorldSettings) -> tuple[date, date]:
        """First and last day of the outbreak in a world of these settings.

        Examples
        --------
        >>> OUTBREAKS[0].days(WorldSettings(months=10))
        (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
        """
        start, end = settings.month_start(0), settings.month_start(settings.months)
        length = (end - start).days
        return start + timedelta(round(self.first * length)), start + timedelta(round(self.last * length) - 1)


OUTBREAKS: tuple[Outbreak, ...] = (
    Outbreak("citrus canker", ("0805",), ("TR-4", "TR-5"), 0.2952, 0.595, 0.35),
    Outbreak("foot-and-mouth disease", ("0102", "0201"), ("KZ-3",), 0.4, 0.7, 0.4, "cattle"),
)
"""Invented for practice; one for plant health, one for animals."""


def break_out(items: pl.DataFrame, truth: pl.DataFrame, settings: WorldSettings, *, k: int) -> pl.DataFrame:
    """Let outbreaks reach lots of the month, and return what is true of them.

    Lots that carry another offence are left as they are. Chance is of its own, so that nothing else of the world moves.

    Parameters
    ----------
    items, truth
        The month, row by row.
    settings
        The world; its seed and span.
    k
        Number of the month, from 0.

    Returns
    -------
    pl.DataFrame
        `truth` with the offence ``sps``, a severity in [0.4, 1) and the name of the outbreak as ``outbreak``.
    """
    rng = np.random.default_rng([settings.seed, k, 7919, 3])
    draw, severity = rng.random(truth.height), rng.uniform(0.4, 1.0, truth.height)
    names = pl.Series("outbreak", [None] * truth.height, dtype=pl.String)
    for outbreak in OUTBREAKS:
        reached = _within(items, outbreak, outbreak.days(settings)) & pl.Series(draw < outbreak.chance)
        carries = (reached & truth.get_column("offence").is_null()).fill_null(value=False)
        names = pl.select(pl.when(carries).then(pl.lit(outbreak.name)).otherwise(names).alias("outbreak")).to_series()
    new = names.is_not_null()
    return truth.with_columns(
        offence=pl.when(new).then(pl.lit(RiskArea.SPS.value)).otherwise("offence"),
        severity=pl.when(new).then(pl.Series(severity)).otherwise("severity"),
        outbreak=names,
    )


def _within(items: pl.DataFrame, outbreak: Outbreak, days: tuple[date, date]) -> pl.Series:
    """Tell which lots come out of the zone while it lasts: by the day of dispatch."""
    return items.select(
        pl.any_horizontal(pl.col("hs").str.starts_with(code) for code in outbreak.goods)
        & pl.col("origin_region").is_in(list(outbreak.regions))
        & pl.col("dispatched_at").dt.date().is_between(*days)
    ).to_series()


NOTICE = {
    "number": pl.String, "update": pl.Int64, "dated": pl.Date, "kind": pl.String, "hazard": pl.String,
    "product": pl.String, "goods": pl.String, "origin": pl.String, "region": pl.String, "ended_on": pl.Date, "ending": pl.String,
}  # fmt: skip


def notices(settings: WorldSettings, outbreaks: Sequence[Outbreak] = OUTBREAKS) -> pl.DataFrame:
    """Give what the exporting countries notify: each outbreak some days after it began, and its end some days after it.

    Returns
    -------
    pl.DataFrame
        ``number, update, dated, kind, hazard, product, goods, origin, region, ended_on, ending``, one row a notice and
        region; update 1 ends what update 0 said.
    """
    rows: list[tuple[str | int | date | None, ...]] = []
    for place, outbreak in enumerate(outbreaks, start=1):
        began, ended = outbreak.days(settings)
        told, over = began + timedelta(outbreak.noticed), ended + timedelta(outbreak.cleared)
        kind = "immediate notification" if outbreak.species else "harmful organism"
        for part, region in enumerate(outbreak.regions, start=1):
            number, goods = f"{settings.start.year}-{place}{part:02d}", " ".join(outbreak.goods)
            where = (outbreak.name, outbreak.species, goods, region.partition("-")[0], region)
            rows.append((number, 0, told, kind, *where, None, None))
            rows.append((number, 1, over, kind, *where, over, "The zone is free again"))
    return pl.DataFrame(rows, schema=NOTICE, orient="row")
