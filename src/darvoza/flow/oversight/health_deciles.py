"""Hit rate by decile of the hazard score, each with its number and interval."""

from typing import NamedTuple

import numpy as np
import polars as pl

from darvoza.methods.estimation import hajek
from darvoza.methods.intervals import clopper_pearson


class Rate(NamedTuple):
    """Failures among so many, and the exact interval of Clopper and Pearson; `bound` is the one-sided 95 % bound."""

    failed: int
    number: int
    rate: float
    low: float
    high: float
    bound: float


class Between(NamedTuple):
    """A value and the ends of its interval."""

    value: float
    low: float
    high: float


class Decile(NamedTuple):
    """A tenth of the goods, by score.

    Attributes
    ----------
    rank
        1 for the highest scores to 10 for the lowest.
    least, most
        Scores in it.
    found
        What was found in what was examined.
    weighted
        The rate in all goods of this tenth, examined or not, weighted by 1/π; ``None`` where too few were examined.
    """

    rank: int
    least: float
    most: float
    found: Rate
    weighted: Between | None


def rate_of(failed: int, number: int) -> Rate:
    """Give a rate with its interval.

    Examples
    --------
    >>> rate = rate_of(0, 59)
    >>> print(f"{rate.rate:.0%} {rate.high:.4f} {rate.bound:.4f}")
    0% 0.0606 0.0495
    """
    low, high = clopper_pearson(failed, number)
    bound = clopper_pearson(failed, number, level=0.90).high
    return Rate(failed, number, failed / number, float(low), float(high), float(bound))


def between_of(examined: pl.DataFrame) -> Between | None:
    """Give the rate in all goods, examined or not, weighted by 1/π; ``None`` where too few were examined.

    Where everything was examined nothing is left to chance in these goods; the interval is then that of the goods that
    such traders bring (Clopper–Pearson).

    Parameters
    ----------
    examined
        ``failed`` and ``probability`` of what was examined.
    """
    if examined.is_empty():
        return None
    failed, chance = examined.get_column("failed"), examined.get_column("probability").to_numpy()
    if (chance == 1).all():
        rate = rate_of(int(failed.sum()), examined.height)
        return Between(rate.rate, rate.low, rate.high)
    estimate = hajek(failed.cast(pl.Float64).to_numpy(), chance)
    return Between(estimate.value, estimate.low, estimate.high) if estimate else None


def deciles(examined: pl.DataFrame, *, parts: int = 10) -> tuple[Decile, ...]:
    """Divide goods into tenths by score, and say what was found in each.

    Each consignment stands for 1/π, so that the tenths are those of all goods and not of those that were examined.

    Parameters
    ----------
    examined
        ``score``, ``probability``, ``failed`` and ``declaration_id`` of what was examined; without a score it is left out.
    parts
        Number of parts, at least 1.
    """
    ranked = examined.drop_nulls("score").sort("score", "declaration_id", descending=[True, False])
    if ranked.is_empty():
        return ()
    weight = 1 / ranked.get_column("probability").to_numpy()
    middle = (np.cumsum(weight) - weight / 2) / weight.sum()
    part = np.minimum((middle * parts).astype(np.int64), parts - 1)
    grouped = ranked.with_columns(pl.Series("part", part)).group_by("part", maintain_order=True)
    return tuple(_decile(int(str(rank)) + 1, own) for (rank,), own in grouped)


def _decile(rank: int, own: pl.DataFrame) -> Decile:
    failed = own.get_column("failed")
    scores = own.get_column("score").to_numpy()
    return Decile(
        rank, float(scores.min()), float(scores.max()), rate_of(int(failed.sum()), own.height), between_of(own)
    )
