"""How well a month went: against an oracle that knows everything, and against what the estimate said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from darvoza.methods.estimation import Estimate, horvitz_thompson
from darvoza.simulation.world import MonthOfTrade, World

_EVERYTHING = 4


class Sample(NamedTuple):
    """The examinations as a sample: whether each found something, and π of each."""

    found: tuple[float, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MonthResult:
    """One month of practice; declarations are counted, not items.

    Attributes
    ----------
    k
        Number of the month, from 0.
    declarations, examined
        Lodged and examined.
    found, recovered
        Declarations with a finding, and the duty and tax recovered.
    oracle_found, oracle_recovered
        The most that as many examinations could have found, each by itself: the oracle for offences and the one for
        money choose differently.
    offending, evaded
        The truth: declarations with an offence, and the duty and tax evaded.
    findable
        Declarations in which officers would have found something had they examined everything; they miss some.
    sample
        Findings and inclusion probabilities of the examinations.
    expected_examinations
        Σπ of the examinations.
    """

    k: int
    declarations: int
    examined: int
    found: int
    recovered: float
    oracle_found: int
    oracle_recovered: float
    offending: int
    evaded: float
    findable: int
    sample: Sample
    expected_examinations: float

    @property
    def estimate(self) -> Estimate | None:
        """Horvitz–Thompson estimate of `findable` from the examinations, ``None`` where there are too few."""
        return horvitz_thompson(self.sample.found, self.sample.probabilities)


def estimate_of_all(results: Sequence[MonthResult]) -> Estimate | None:
    """Horvitz–Thompson estimate over all months together, ``None`` where there are too few examinations."""
    return horvitz_thompson(
        np.concatenate([month.sample.found for month in results]),
        np.concatenate([month.sample.probabilities for month in results]),
    )


def result_of(month: MonthOfTrade, examinations: pl.DataFrame, outcomes: pl.DataFrame, *, world: World) -> MonthResult:
    """Score a month.

    Parameters
    ----------
    month
        What was declared, and what is true.
    examinations
        The decisions on the physical examination, one per declaration.
    outcomes
        What the officers found in those that were carried out.
    world
        The world, asked what would have been found had everything been examined.
    """
    truth = month.truth.group_by("declaration_id", maintain_order=True).agg(
        offending=pl.col("offence").is_not_null().any(), loss=pl.col("loss").sum()
    )
    found = outcomes.group_by("declaration_id", maintain_order=True).agg(
        found=pl.col("finding").any(), recovered=pl.col("recovered").sum()
    )
    sample = examinations.filter("selected").join(found, on="declaration_id", how="left", maintain_order="left")
    examined, offending = sample.height, int(truth.get_column("offending").sum())
    largest_losses = truth.get_column("loss").top_k(examined).sum() if examined else 0.0
    return MonthResult(
        k=month.k,
        declarations=truth.height,
        examined=examined,
        found=int(sample.get_column("found").sum()),
        recovered=float(sample.get_column("recovered").sum()),
        oracle_found=min(examined, offending),
        oracle_recovered=float(largest_losses),
        offending=offending,
        evaded=float(truth.get_column("loss").sum()),
        findable=_findable(month, world),
        sample=Sample(tuple(sample.get_column("found").cast(pl.Float64)), tuple(sample.get_column("probability"))),
        expected_examinations=float(examinations.get_column("probability").sum()),
    )


def _findable(month: MonthOfTrade, world: World) -> int:
    """Count the declarations in which officers would find something if they examined everything."""
    rng = np.random.default_rng([world.settings.seed, _EVERYTHING, month.k])
    everything = world.inspect(month, month.items.get_column("declaration_id").unique().to_list(), rng=rng)
    return int(everything.group_by("declaration_id").agg(pl.col("finding").any()).get_column("finding").sum())
