"""A year of decided declarations made up for tests; from a day on, two schemes hide where the past was clean."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

CHAPTERS, ORIGINS, POSTS = 12, 8, 4
START = datetime(2026, 1, 1, tzinfo=UTC)
FLOOR = pl.Struct({"kind": pl.String, "source": pl.String, "probability": pl.Float64, "items": pl.List(pl.Int64)})


@dataclass(frozen=True, slots=True)
class Year:
    """A made-up year.

    Attributes
    ----------
    seed, declarations
        Chance, and how many.
    epsilon
        The random floor.
    change
        Day from which schemes are at work; 365 for none.
    intensity
        Chance that a declaration of a cell taken by a scheme offends.
    stretch
        The score states this many times the true log-odds.
    delay
        Days until a result is known.
    """

    seed: int = 1
    declarations: int = 40_000
    epsilon: float = 0.05
    change: int = 365
    intensity: float = 0.35
    stretch: float = 1.0
    delay: int = 0


def a_year(year: Year) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give decisions and goods items with the results of what was selected."""
    rng, n = np.random.default_rng([year.seed, 77]), year.declarations
    day = np.sort(rng.uniform(0, 365, n))
    chapter, origin = rng.integers(0, CHAPTERS, n), rng.integers(0, ORIGINS, n)
    cell = chapter * ORIGINS + origin
    usual = rng.permutation(np.linspace(-5.0, -1.2, CHAPTERS * ORIGINS))[cell] + rng.normal(0, 0.5, n)
    # two schemes: everybody's goods of two clean chapters, from half of the origins; nothing declared changes
    clean = np.argsort(np.bincount(chapter, usual) / np.bincount(chapter))[:2]
    scheme = np.isin(chapter, clean) & (origin % 2 == 0) & (day >= year.change)
    truth = np.where(scheme, year.intensity, 1 / (1 + np.exp(-usual)))
    stated = 1 / (1 + np.exp(-np.clip(usual * year.stretch, -9, 9)))
    found, u = rng.random(n) < truth, rng.random(n)
    score = np.where(stated > np.quantile(stated, 0.9), 0.6, 0.0)
    pi = np.maximum(score, year.epsilon)
    return _decisions(year, day, score=score, pi=pi, u=u, stated=stated), _items(
        year, day, chapter=chapter, origin=origin, found=found, seen=u < pi, rng=rng
    )


def _when(day: np.ndarray) -> pl.Series:
    """Give moments so many days after the start."""
    micros = pl.Series("at", (day * 86_400e6).astype("int64")).cast(pl.Duration("us"))
    return pl.Series("at", [START]).cast(pl.Datetime("us", "UTC")).extend_constant(START, day.size - 1) + micros


def _decisions(
    year: Year, day: np.ndarray, *, score: np.ndarray, pi: np.ndarray, u: np.ndarray, stated: np.ndarray
) -> pl.DataFrame:
    n = day.size

    def floor(kind: str, chance: np.ndarray) -> pl.Series:
        return pl.Series(
            [{"kind": kind, "source": kind, "probability": float(p), "items": []} for p in chance], dtype=FLOOR
        )

    floors = pl.DataFrame({"a": floor("score", score), "b": floor("random", np.full(n, year.epsilon))})
    chosen = u < pi
    return pl.DataFrame(
        {
            "declaration_id": [f"D{i:06}" for i in range(n)],
            "post": [f"P{i % POSTS}" for i in range(n)],
            "lodged_at": _when(day),
            "agency": "customs",
            "act": "physical",
            "probability": pi,
            "floors": floors.select(pl.concat_list("a", "b")).to_series(),
            "u": u,
            "selected": chosen,
            "basis": np.where(chosen, np.where(u < score, "score", "random"), ""),
            "channel": np.where(chosen, "red", "green"),
            "score": stated,
            "model_digest": "a" * 64,
        }
    ).with_columns(basis=pl.col("basis").replace("", None), decision_id=pl.col("declaration_id") + ":customs:physical")


def _items(
    year: Year, day: np.ndarray, *, chapter: np.ndarray, origin: np.ndarray, found: np.ndarray, seen: np.ndarray,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    n = day.size
    known = _when(day + rng.exponential(1.0, n) * year.delay)
    seen &= ((day + year.delay * 6) < 366) | (year.delay == 0)
    return pl.DataFrame(
        {
            "declaration_id": [f"D{i:06}" for i in range(n)],
            "item": 1,
            "hs": [f"{10 + c}0100" for c in chapter],
            "origin": [f"O{o}" for o in origin],
            "importer_id": [f"I{i}" for i in rng.integers(0, 900, n)],
            "customs_value": np.exp(rng.normal(9, 1, n)),
            "tax_rate": 0.2,
            "examined": seen,
            "finding": found & seen,
            "recovered": 0.0,
            "result_at": known,
        }
    )
