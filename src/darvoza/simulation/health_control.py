"""What the health services find when they look: it depends on how many packages they open, and officers miss some."""

from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act
from darvoza.errors import SettingsError
from darvoza.methods.sampling.detection import hypergeometric_size
from darvoza.simulation.health_truth import Hazard, Paper

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEES_PAPER = {Paper.MISSING: 1.0, Paper.FORGED: 0.7, Paper.REUSED: 0.95, Paper.GENUINE: 0.0}
"""Chance that a check of documents finds what is wrong with a certificate: the issuer is asked, used numbers are known."""

RESULTS: dict[str, pl.DataType] = {
    "declaration_id": pl.String(), "item": pl.Int64(), "lodged_at": pl.Datetime("us", "UTC"),
    "result_at": pl.Datetime("us", "UTC"), "hs": pl.String(), "origin": pl.String(), "region": pl.String(),
    "establishment": pl.String(), "agency": pl.String(), "act": pl.String(), "hazard": pl.String(), "probability": pl.Float64(),
    "lot_size": pl.Int64(), "sample_size": pl.Int64(), "positives": pl.Int64(), "passed": pl.Boolean(),
}  # fmt: skip
"""Columns of the results, as a health service would hand them over."""

HOURS = {Act.DOCUMENTARY.value: (1.0, 12.0), Act.IDENTITY.value: (1.0, 12.0)}
LABORATORY = (24.0, 168.0)
"""Within how many hours a result is known, from and to; what packages hold is often seen in a laboratory only."""


@lru_cache(maxsize=100_000)
def packages_to_open(packages: int, level: float, confidence: float) -> int:
    """Give how many packages of a lot are opened to find an infested share with a confidence (ISPM 31); all of a small one.

    Examples
    --------
    >>> packages_to_open(1000, 0.01, 0.95), packages_to_open(12, 0.01, 0.95)
    (258, 12)
    """
    size = hypergeometric_size(packages, level=level, confidence=confidence)
    return packages if size is None else min(int(size), packages)


def control(
    acts: pl.DataFrame,
    lots: pl.DataFrame,
    *,
    rng: np.random.Generator,
    level: float = 0.05,
    confidence: float = 0.95,
    miss: float = 0.15,
) -> pl.DataFrame:
    """Carry acts of the health services out.

    Parameters
    ----------
    acts
        What is carried out: ``declaration_id``, ``agency``, ``act``, ``probability`` (with which it was chosen, or null).
    lots
        What `darvoza.simulation.health_truth.health_truth` says.
    rng
        Chance of the sample and of the officers.
    level, confidence
        The infested share to be found and with what confidence, both in (0, 1).
    miss
        Chance that an infested package is opened and nothing is seen, in [0, 1).

    Returns
    -------
    pl.DataFrame
        One row an act and item, as `RESULTS` names them. Documents show what a certificate is worth; packages what is in
        them, to the service whose business it is; an identity check neither.
    """
    if not 0 <= miss < 1:
        raise SettingsError(field="miss", expected="a chance in [0, 1)", got=miss)
    asked = acts.select("declaration_id", "agency", "act", "probability").join(
        lots, on="declaration_id", how="inner", maintain_order="left"
    )
    asked = asked.filter(pl.col("agencies").list.contains(pl.col("agency")))
    size, drawn = _drawn(asked, rng, level=level, confidence=confidence)
    seen = rng.binomial(drawn, 1 - miss)
    wrong = _paper_wrong(asked, rng)
    told = {"region": "origin_region", "lot_size": "packages"}
    made = asked.with_columns(
        pl.Series("sample_size", size, dtype=pl.Int64),
        pl.Series("positives", seen, dtype=pl.Int64),
        pl.Series("passed", (seen == 0) & ~wrong, dtype=pl.Boolean),
        hazard=pl.when(pl.Series(seen > 0, dtype=pl.Boolean))
        .then("hazard")
        .when(pl.Series(wrong, dtype=pl.Boolean))
        .then(pl.lit("certificate")),
        result_at=pl.col("lodged_at") + _delays(asked, rng),
    )
    columns = made.select(pl.col(told.get(name, name)).alias(name) for name in RESULTS)
    return columns.select(pl.col(name).cast(kind) for name, kind in RESULTS.items())


def written_results(results: pl.DataFrame) -> pl.DataFrame:
    """Write the moments of results as they are read back."""
    return results.with_columns(pl.col("lodged_at", "result_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _drawn(asked: pl.DataFrame, rng: np.random.Generator, *, level: float, confidence: float) -> tuple[Ints, Ints]:
    """Open packages: how many of each lot, and how many of those carry what the service looks for."""
    packages = asked.get_column("packages").to_numpy()
    opens = asked.get_column("act").is_in([Act.PHYSICAL.value, Act.SAMPLING.value]).to_numpy()
    size = np.array([packages_to_open(int(lot), level, confidence) for lot in packages], dtype=np.int64)
    size = np.where(opens, size, 0)
    infested = np.where(_own(asked), asked.get_column("infested").to_numpy(), 0)
    return size, rng.hypergeometric(infested, packages - infested, size) if asked.height else size


def _delays(asked: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    span = np.array([HOURS.get(act, LABORATORY) for act in asked.get_column("act")]).reshape(-1, 2)
    seconds = np.rint(3600 * rng.uniform(span[:, 0], span[:, 1])).astype(np.int64)
    return pl.Series("delay", seconds * 1_000_000, dtype=pl.Int64).cast(pl.Duration("us"))


def _own(asked: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell where the service looks for what the lot carries."""
    owner = {hazard.value: hazard.agency.value for hazard in Hazard}
    whose = asked.get_column("hazard").replace_strict(owner, default=None, return_dtype=pl.String)
    return (whose == asked.get_column("agency")).fill_null(value=False).to_numpy()


def _paper_wrong(asked: pl.DataFrame, rng: np.random.Generator) -> NDArray[np.bool_]:
    chance = asked.get_column("paper").replace_strict(
        {paper.value: seen for paper, seen in SEES_PAPER.items()}, return_dtype=pl.Float64
    )
    looked = asked.get_column("act").to_numpy() == Act.DOCUMENTARY.value
    return np.asarray(looked & (rng.random(asked.height) < chance.to_numpy()))
