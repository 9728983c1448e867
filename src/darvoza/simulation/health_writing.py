"""Write what concerns health services in a practice world: their results, certificates, notices, capacity, the truth."""

from pathlib import Path

import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency
from darvoza.simulation.health_control import control, written_results
from darvoza.simulation.outbreak import OUTBREAKS, Outbreak, notices
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World

DRAWN = 0.15
"""Chance of an examination by each service in the written history; documents are always checked."""

SERVICES = (Agency.CUSTOMS, Agency.VETERINARY, Agency.PHYTOSANITARY, Agency.SANITARY)
"""The four services at each post of the practice world."""

RESULTS, TRUTH, CERTIFICATES, CAPACITY = "results.csv", "truth.parquet", "certificates.csv", "capacity.yaml"


def write_health(world: World, directory: Path, *, rng: np.random.Generator) -> None:
    """Write the files of the health services; those of results and notices in the form in which they are read.

    Parameters
    ----------
    world
        The world.
    directory
        Where to; made if it does not exist.
    rng
        Chance of the draw and of the officers.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lots = [world.health(world.month(k)) for k in range(world.settings.months)]
    results = [control(acts_of_history(each, rng), each, rng=rng) for each in lots]
    known = pl.concat(results)
    written_results(known).write_csv(directory / RESULTS)
    pl.concat(lots).write_parquet(directory / TRUTH)
    _certificates(lots).write_csv(directory / CERTIFICATES)
    _write_notices(world.settings, directory)
    (directory / CAPACITY).write_text(capacity_text(), encoding="utf-8")


def acts_of_history(lots: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Choose what services did before: all documents, and of each service a share of the goods by chance alone."""
    whose = lots.explode("agencies").select("declaration_id", agency="agencies").unique(maintain_order=True)
    drawn = whose.filter(pl.Series(rng.random(whose.height) < DRAWN, dtype=pl.Boolean))
    return pl.concat(
        [
            whose.with_columns(act=pl.lit(Act.DOCUMENTARY.value), probability=pl.lit(1.0)),
            drawn.with_columns(act=pl.lit(Act.PHYSICAL.value), probability=pl.lit(DRAWN)),
        ]
    )


def _certificates(lots: list[pl.DataFrame]) -> pl.DataFrame:
    """Give the certificates presented, by number; whether they are forged nobody sees in them."""
    return pl.concat(lots).drop_nulls("certificate").select("declaration_id", "item", "certificate", "origin", "hs")


def _write_notices(settings: WorldSettings, directory: Path) -> None:
    """Write the notices of pests and of diseases, each in the form of its source."""
    pests = tuple(one for one in OUTBREAKS if not one.species)
    europhyt = {"number": "notification_no", "update": "version", "dated": "notified_on", "kind": "reason", "hazard": "pest",
                "goods": "hs", "origin": "origin", "region": "region", "ended_on": "cancelled_on", "ending": "cancellation_reason"}  # fmt: skip
    wahis = {"number": "event_id", "update": "report_number", "dated": "report_date", "kind": "report_type",
             "hazard": "disease", "product": "species", "origin": "country", "region": "admin_unit", "ended_on": "resolved_on",
             "ending": "resolution"}  # fmt: skip
    animals = tuple(one for one in OUTBREAKS if one.species)
    forms: list[tuple[str, tuple[Outbreak, ...], dict[str, str]]] = [
        ("notices_plants.csv", pests, europhyt), ("notices_animals.csv", animals, wahis),
    ]  # fmt: skip
    for name, those, columns in forms:
        told = notices(settings, those)
        for update, part in (("", 0), ("_ended", 1)):
            told.filter(update=part).select(pl.col(old).alias(new) for old, new in columns.items()).write_csv(
                directory / name.replace(".csv", f"{update}.csv")
            )


def capacity_text() -> str:
    """Give what the four services can do at every post, as a plan of capacity."""
    rows = "".join(f'  - {{post: "*", agency: {agency}, act: physical, share: 0.10}}\n' for agency in SERVICES)
    return f"title: Four services at every post\nsource: invented for practice\ncapacity:\n{rows}"
