"""Whether a score is fit for use, by a rule that is stated and kept with the model.

On the part that was never fitted or calibrated on, weighted by 1/π:

1. **Trees** are used unless their log loss is worse than that of the smoothed rates, or than that of the base rate,
   beyond chance (the 95 % interval of the difference lies above 0), or their calibration slope lies beyond chance
   below 0.5: then what they call ten times likelier is hardly three times so.
2. Else the **smoothed rates** are used, unless their log loss is worse than that of the base rate beyond chance.
3. Else **nothing** is fit, and no model is made: profiles and chance select.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import UnfitModel
from darvoza.flow.learning.examples import Examples
from darvoza.flow.learning.splitting import Split
from darvoza.methods.calibrated import CalibratedScore
from darvoza.methods.recalibration import LEAST_SLOPE, Recalibration, recalibration
from darvoza.methods.weighted_mean import Mean, log_losses, weighted_mean

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found fit for use, and on what numbers.

    Attributes
    ----------
    trees
        Whether trees are used; otherwise the smoothed rates are.
    why_not
        Why trees are not used, as codes: ``too-few``, ``worse-than-rates``, ``worse-than-base-rate``, ``slope``.
    against_rates
        Mean log loss of the trees minus that of the rates; below 0 the trees are better. ``None`` without trees.
    against_base
        Mean log loss of what is used minus that of the base rate; below 0 it says something.
    slope
        Calibration slope of what is used, 1 when right; ``None`` where it cannot be told.
    """

    trees: bool
    why_not: tuple[str, ...]
    against_rates: Mean | None
    against_base: Mean
    slope: Recalibration | None


class Later(NamedTuple):
    """Later rows to judge by: results, weights 1/π, number of the declaration, and the base rate before them."""

    findings: Flags
    weights: Floats
    declarations: Ints
    base_rate: float

    def worse(self, losses: Floats, others: Floats) -> Mean:
        """Mean of the differences of two losses; above 0 the first is worse."""
        return weighted_mean(losses - others, weights=self.weights, clusters=self.declarations)

    def slope(self, likely: Floats) -> Recalibration | None:
        """Calibration slope, ``None`` where there is nothing to compare."""
        try:
            return recalibration(likely, self.findings, weights=self.weights)
        except UnfitModel:
            return None


def verdict(
    trees: CalibratedScore | None, rates: CalibratedScore, examples: Examples, *, split: Split, threads: int
) -> Verdict:
    """Judge what was fitted on the part that measures.

    Raises
    ------
    UnfitModel
        If neither says more than the base rate.
    """
    rows = split.measure
    later = Later(examples.findings[rows], examples.weights[rows], examples.declarations[rows] - examples.declarations[rows[0]],
                  _base_rate(examples, split.calibrate))  # fmt: skip
    likely = {
        name: score.probabilities(examples.features[rows], threads=threads)
        for name, score in (("trees", trees), ("rates", rates))
        if score is not None
    }
    return judge(likely.get("trees"), likely["rates"], later)


def judge(trees: Floats | None, rates: Floats, later: Later) -> Verdict:
    """Apply the rule to the probabilities that trees and rates gave to later rows.

    Raises
    ------
    UnfitModel
        If neither says more than the base rate.
    """
    base = log_losses(np.full(rates.size, later.base_rate), later.findings)
    of_rates = log_losses(rates, later.findings)
    if trees is not None:
        of_trees = log_losses(trees, later.findings)
        against_rates, against_base = later.worse(of_trees, of_rates), later.worse(of_trees, base)
        slope = later.slope(trees)
        checks = {
            "worse-than-rates": against_rates.low > 0,
            "worse-than-base-rate": against_base.low > 0,
            "slope": slope is not None and slope.high < LEAST_SLOPE,
        }
        why_not = tuple(code for code, failed in checks.items() if failed)
        if not why_not:
            return Verdict(trees=True, why_not=(), against_rates=against_rates, against_base=against_base, slope=slope)
    else:
        against_rates, why_not = None, ("too-few",)
    against_base = later.worse(of_rates, base)
    if against_base.low > 0:
        raise UnfitModel(
            field="finding",
            expected="a score that says more of later results than their base rate",
            got=f"a log loss worse by {against_base.value:.4f} [{against_base.low:.4f}, {against_base.high:.4f}]",
            hint="the past no longer tells of the present; until there are newer results, profiles and chance select",
        )
    return Verdict(
        trees=False,
        why_not=why_not,
        against_rates=against_rates,
        against_base=against_base,
        slope=later.slope(rates),
    )


def _base_rate(examples: Examples, rows: Ints) -> float:
    """Give the weighted rate of the part before, never 0 or 1."""
    weights = examples.weights[rows]
    found = float((weights * examples.findings[rows]).sum() / weights.sum())
    least = 0.5 / (rows.size + 1)
    return min(max(found, least), 1 - least)
