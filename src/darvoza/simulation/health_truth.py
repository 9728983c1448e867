"""What is true of lots in the eyes of the health services: hazard, infested share, and what the certificate is worth.

An item with the offence ``sps`` carries one hazard, or lacks a certificate; every other item of controlled goods carries
none. Certificates may be forged or used twice, more often for goods that carry something.
"""

from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Agency, RiskArea
from darvoza.simulation.settings import WorldSettings

Floats = NDArray[np.float64]


class Hazard(StrEnum):
    """What a lot carries; each is the business of one service."""

    PEST = "pest"
    DISEASE = "disease"
    PATHOGEN = "pathogen"
    RESIDUE = "residue"

    @property
    def agency(self) -> Agency:
        """The service whose business it is."""
        return {Hazard.PEST: Agency.PHYTOSANITARY, Hazard.DISEASE: Agency.VETERINARY}.get(self, Agency.SANITARY)


class Paper(StrEnum):
    """What the health certificate of an item is worth."""

    GENUINE = "genuine"
    MISSING = "missing"
    FORGED = "forged"
    REUSED = "reused"


FOOD = ("02", "03", "04", "07", "08", "09", "10", "11", "12", "15", "16", "17", "19", "20", "21", "22")
"""Chapters of food, which the sanitary service looks at beside plant or animal health."""

FOOD_SHARE = 0.3
"""Of hazards in food, the share that is pathogens or residues and not a pest or disease."""

FORGED, REUSED = (0.15, 0.003), (0.08, 0.002)
"""Chance of a forged and of a reused certificate: of goods that carry something, and of others."""

CERTIFICATES = ("PC", "VC")
GOODS = ("declaration_id", "item", "lodged_at", "hs", "origin", "origin_region", "establishment")


def health_truth(items: pl.DataFrame, truth: pl.DataFrame, settings: WorldSettings, *, k: int) -> pl.DataFrame:
    """Say what each lot carries and what its certificate is worth.

    Parameters
    ----------
    items, truth
        A month of the world, row by row.
    settings, k
        The world, and the number of the month.

    Returns
    -------
    pl.DataFrame
        One row an item that a health service controls: the columns of `GOODS`, ``packages`` N ≥ 1, ``agencies``, ``hazard``
        (null: none), ``infested`` packages in [0, N], ``paper``, ``certificate`` (its number, or null), ``outbreak``.
        A lot of small prevalence has one infested package at least.
    """
    rng = np.random.default_rng([settings.seed, k, 7919, 4])
    outbreak = truth.get_column("outbreak") if "outbreak" in truth.columns else pl.lit(None, pl.String)
    lots = items.select(
        *GOODS,
        pl.col("packages").cast(pl.Int64).fill_null(1).clip(1).alias("packages"),
        pl.col("documents").list.set_intersection(list(CERTIFICATES)).list.first().alias("form"),
        animal=pl.col("establishment").is_not_null(),
        carries=(truth.get_column("offence") == RiskArea.SPS.value).fill_null(value=False),
        severity=truth.get_column("severity"),
        outbreak=outbreak,
    ).filter(pl.col("origin_region").is_not_null())
    hazard = _hazards(lots, rng)
    infested = _infested(lots, rng)
    paper, number = _papers(lots, rng, k)
    return lots.select(
        *GOODS,
        "packages",
        pl.Series("agencies", _agencies(lots), dtype=pl.List(pl.String)),
        pl.Series("hazard", hazard, dtype=pl.String),
        pl.Series("infested", infested, dtype=pl.Int64),
        pl.Series("paper", paper, dtype=pl.String),
        pl.Series("certificate", number, dtype=pl.String),
        "outbreak",
    )


def _agencies(lots: pl.DataFrame) -> list[list[str]]:
    """Say whose business each lot is."""
    eaten = lots.get_column("hs").str.head(2).is_in(list(FOOD))
    health = [Agency.VETERINARY if animal else Agency.PHYTOSANITARY for animal in lots.get_column("animal")]
    return [[one.value, *([Agency.SANITARY.value] if food else [])] for one, food in zip(health, eaten, strict=True)]


def _hazards(lots: pl.DataFrame, rng: np.random.Generator) -> list[str | None]:
    """Draw what each lot carries; an outbreak is of plants or of animals."""
    food = lots.get_column("hs").str.head(2).is_in(list(FOOD)).to_numpy()
    animal, carries = lots.get_column("animal").to_numpy(), lots.get_column("carries").to_numpy()
    plain = lots.get_column("outbreak").is_null().to_numpy()
    eaten = food & plain & (rng.random(lots.height) < FOOD_SHARE)
    usual = np.where(animal, Hazard.DISEASE.value, Hazard.PEST.value)
    found = np.where(eaten, np.where(animal, Hazard.PATHOGEN.value, Hazard.RESIDUE.value), usual)
    return [str(word) if has else None for word, has in zip(found, carries, strict=True)]


def _infested(lots: pl.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw how many packages of each lot carry it: a few of most lots, many of the gravest."""
    packages, severity = lots.get_column("packages").to_numpy(), lots.get_column("severity").to_numpy()
    share = rng.beta(0.8, 6.0, lots.height) * (0.5 + severity)
    count = np.clip(np.rint(share * packages), 1, packages).astype(np.int64)
    return np.where(lots.get_column("carries").to_numpy(), count, 0)


def _papers(lots: pl.DataFrame, rng: np.random.Generator, k: int) -> tuple[list[str], list[str | None]]:
    """Draw what each certificate is worth, and its number; one used twice bears the number of the lot before."""
    carries, form = lots.get_column("carries").to_numpy(), lots.get_column("form").to_list()
    chance = rng.random(lots.height)
    forged = np.where(carries, FORGED[0], FORGED[1])
    reused = forged + np.where(carries, REUSED[0], REUSED[1])
    origins = lots.get_column("origin").to_list()
    papers, numbers, last = [], list[str | None](), dict[str, str]()
    for row, kind in enumerate(form):
        earlier = last.get(origins[row])
        if kind is None:
            papers.append(Paper.MISSING.value)
            numbers.append(None)
            continue
        again = forged[row] <= chance[row] < reused[row] and earlier is not None
        paper = Paper.FORGED if chance[row] < forged[row] else Paper.REUSED if again else Paper.GENUINE
        number = earlier if again else f"{kind}-{origins[row]}-{k:03d}{row:06d}"
        papers.append(paper.value)
        numbers.append(number)
        last[origins[row]] = str(number)
    return papers, numbers
