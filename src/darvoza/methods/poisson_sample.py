"""A sample drawn with known probabilities: its variance, what it is worth, and what it may have left unseen.

Each unit enters with its own known probability π > 0, by a draw of its own (Poisson sampling). Where several outcomes
hang on *one* draw (several acts on one unit, a unit that comes twice), they are seen together with probability
min(π, π′) instead of ππ′; their covariance has to be counted.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError

Floats = NDArray[np.float64]


def checked_sample(outcomes: ArrayLike, probabilities: ArrayLike) -> tuple[Floats, Floats]:
    """Refuse outcomes and probabilities that are no sample.

    Raises
    ------
    SettingsError
        When shapes differ, an outcome is negative or not finite, or a probability outside (0, 1].
    """
    y, pi = np.asarray(outcomes, dtype=float), np.asarray(probabilities, dtype=float)
    if y.ndim != 1 or y.shape != pi.shape:
        raise SettingsError(field="probabilities", expected=f"one per outcome, shape {y.shape}", got=pi.shape)
    if not np.all((pi > 0) & (pi <= 1)):
        raise SettingsError(field="probabilities", expected="inclusion probabilities in (0, 1]", got="values outside")
    if not np.all((y >= 0) & np.isfinite(y)):
        raise SettingsError(field="outcomes", expected="finite outcomes of 0 or more", got="values outside")
    return y, pi


def sampling_variance(values: ArrayLike, probabilities: ArrayLike, draws: ArrayLike | None = None) -> float:
    """Estimate the variance of ``Σ e/π`` over the sampled units, without bias.

    Parameters
    ----------
    values
        e of each sampled unit, of any sign, shape (n,).
    probabilities
        π of each, in (0, 1], shape (n,).
    draws
        The draw each hangs on, shape (n,); every unit has its own by default.

    References
    ----------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, result 2.8.1 and section 3.5; on one random
    number behind several inclusions, Ohlsson (1995) in Business Survey Methods, chapter 9.

    Examples
    --------
    Two acts with one draw, each with π = 1/4, are one outcome of 2, not two of 1:

    >>> sampling_variance([2.0], [0.25]), sampling_variance([1.0, 1.0], [0.25, 0.25], draws=[7, 7])
    (48.0, 48.0)
    >>> sampling_variance([1.0, 1.0], [0.25, 0.25])
    24.0
    """
    e, pi = np.asarray(values, dtype=float), np.asarray(probabilities, dtype=float)
    own = float((e**2 * (1 - pi) / pi**2).sum())
    if draws is None:
        return own
    draw = np.asarray(draws)
    order = np.lexsort((pi, draw))
    e, pi, draw = e[order], pi[order], draw[order]
    # Of a pair with π ≤ π′ the covariance is (1 − π′)/π′ and both are seen with π: so each unit meets the sum of e/π
    # over those of its draw that stand before it.
    before = np.cumsum(e / pi) - e / pi
    opens = np.flatnonzero(np.r_[True, draw[1:] != draw[:-1]]) if draw.size else np.zeros(0, dtype=np.int64)
    within = before - np.repeat(before[opens], np.diff(np.r_[opens, draw.size]))
    return max(own + 2 * float((e * (1 - pi) / pi * within).sum()), 0.0)


@dataclass(frozen=True, slots=True)
class Design:
    """What is known of all units, seen or not, before anything is drawn: how far an estimate can reach.

    Attributes
    ----------
    equivalent
        How many units drawn with one equal small probability would say as much of the unseen (Kish); infinite where
        nothing is unseen. Two hundred units certain to be seen and two that are not say no more than two.
    step
        What one further positive would typically add to the estimated total of the unseen: a mean in which each unit
        counts by what it could add, so that a few that could add much weigh as they should, drawn or not.
    step_variance
        What it would add to the variance of that total.
    amounts
        Whether outcomes are amounts: then the variance of the few positives seen is not trusted alone.
    """

    equivalent: float
    step: float
    step_variance: float
    amounts: bool = False

    @classmethod
    def of(cls, probabilities: ArrayLike, bounds: ArrayLike | None = None) -> Self:
        """Describe a design.

        Parameters
        ----------
        probabilities
            π of every unit, in (0, 1], shape (N,).
        bounds
            What the outcome of a positive is in proportion to, such as an amount at stake, ``>= 0``, shape (N,); none
            for 0/1 outcomes.

        Raises
        ------
        SettingsError
            When shapes or values do not fit.

        References
        ----------
        Kish (1992), Journal of Official Statistics 8:183 (the loss by unequal weights).

        Examples
        --------
        >>> design = Design.of([0.5] * 60 + [1.0] * 200)
        >>> design.equivalent, design.step, design.step_variance
        (30.0, 1.0, 2.0)
        """
        pi = np.asarray(probabilities, dtype=float)
        bound, pi = checked_sample(np.ones_like(pi) if bounds is None else bounds, pi)
        unseen = bound * (1 - pi)
        mass, square = float(unseen.sum()), float((unseen**2 / pi).sum())
        if square == 0:
            return cls(math.inf if pi.size else 0.0, 0.0, 0.0, bounds is not None)
        step = square / mass
        return cls(mass / step, step, step * float((bound * unseen / pi).sum()) / mass, bounds is not None)

    @classmethod
    def of_sample(cls, probabilities: ArrayLike) -> Self:
        """Make do with the sampled units, for 0/1 outcomes: one further positive is taken to have the smallest π."""
        pi = np.asarray(probabilities, dtype=float)
        weight = (1 - pi) / pi
        spread = float((weight**2).sum())
        if spread == 0:
            return cls(math.inf if pi.size else 0.0, 0.0, 0.0)
        largest = float(weight.max())
        return cls(float(weight.sum()) ** 2 / spread, largest, largest * (1 + largest))

    def scaled(self, ratio: float) -> Self:
        """Multiply what one further positive would add, for outcomes that are this share of their bounds."""
        return replace(self, step=self.step * ratio, step_variance=self.step_variance * ratio**2)


def outcome_ratio(outcomes: ArrayLike, bounds: ArrayLike) -> float:
    """Outcome of a positive as a share of its bound, ``Σr²/Σr`` over the positives seen; 1 without any.

    Parameters
    ----------
    outcomes, bounds
        Of the sampled units, shape (n,); those with both above 0 count.

    Examples
    --------
    >>> outcome_ratio([0.0, 50.0, 20.0], [100.0, 100.0, 40.0])
    0.5
    """
    y, bound = np.asarray(outcomes, dtype=float), np.asarray(bounds, dtype=float)
    positive = (y > 0) & (bound > 0)
    ratios = y[positive] / bound[positive]
    return float((ratios**2).sum() / ratios.sum()) if ratios.size else 1.0
