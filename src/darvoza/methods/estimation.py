"""Totals and rates of a whole from a sample drawn with known probabilities.

Each unit enters the sample independently with its own known probability π > 0 (Poisson sampling). A unit seen stands
for 1/π units; the sum of what was seen, so weighted, is unbiased whatever the outcomes are (Horvitz–Thompson).

The interval. With few positives in the sample ``± 1.96·se`` covers far too little (75–90 % at three expected
positives), and the gamma interval of Fay & Feuer too much (98–99.9 %). Used here is its mid-p form, with the variance
of a finite population (``(1 − π)/π²`` instead of ``1/π²``), the exact limit at zero positives, and never below what was
actually seen. Coverage of the 95 % interval, with equal π from 0.01 to 0.1 and 3, 10 and 50 expected sampled positives:
94.5–97.4 % (exact, by the binomial distribution). With very unequal π it errs on the wide side, up to 99 % in
simulation, because the unseen positive is taken to have the smallest π. `tests/methods/test_estimation.py` repeats both.

Too few: with fewer than `TOO_FEW` units in the sample no estimate is given (``None``); the interval would hold, but it
would span almost everything and be quoted by its middle.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from darvoza.errors import SettingsError
from darvoza.methods.intervals import mid_p_gamma

Floats = NDArray[np.float64]

TOO_FEW = 30
"""Fewest sampled units for an estimate."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its interval.

    Attributes
    ----------
    value
        The estimate itself.
    variance
        Its estimated variance; 0 when nothing was found, which is why `low` and `high` are not built from it alone.
    low, high
        Limits of the interval; not symmetric around `value`.
    sampled
        Units the estimate rests on.
    """

    value: float
    variance: float
    low: float
    high: float
    sampled: int

    def per(self, population: int) -> "Estimate":
        """Divide a total by a known number of units: the rate and its interval.

        Raises
        ------
        SettingsError
            When there are fewer units in the population than in the sample.

        Examples
        --------
        >>> Estimate(value=200.0, variance=400.0, low=150.0, high=260.0, sampled=100).per(1000).value
        0.2
        """
        if population < max(self.sampled, 1):
            raise SettingsError(field="population", expected=f"at least {max(self.sampled, 1)}", got=population)
        n = float(population)
        return Estimate(self.value / n, self.variance / n**2, self.low / n, self.high / n, self.sampled)


def _sample(outcomes: ArrayLike, probabilities: ArrayLike) -> tuple[Floats, Floats]:
    y, pi = np.asarray(outcomes, dtype=float), np.asarray(probabilities, dtype=float)
    if y.ndim != 1 or y.shape != pi.shape:
        raise SettingsError(field="probabilities", expected=f"one per outcome, shape {y.shape}", got=pi.shape)
    if not np.all((pi > 0) & (pi <= 1)):
        raise SettingsError(field="probabilities", expected="inclusion probabilities in (0, 1]", got="values outside")
    if not np.all((y >= 0) & np.isfinite(y)):
        raise SettingsError(field="outcomes", expected="finite outcomes of 0 or more", got="values outside")
    return y, pi


def horvitz_thompson(
    outcomes: ArrayLike, probabilities: ArrayLike, *, largest: float = 1.0, level: float = 0.95
) -> Estimate | None:
    """Estimate the total of an outcome over all units from the sampled ones, ``Σ y/π``.

    Parameters
    ----------
    outcomes
        Outcome of each sampled unit, ``>= 0``, shape (n,): 0 or 1, or an amount.
    probabilities
        Its inclusion probability π in (0, 1], shape (n,).
    largest
        The largest outcome one unit can have: 1 for 0/1 outcomes; for amounts say it, the upper limit needs it.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Estimate or None
        ``None`` when fewer than 30 units were sampled.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Horvitz & Thompson (1952), JASA 47:663; Särndal, Swensson & Wretman (1992), section 3.5 (Poisson sampling).

    Examples
    --------
    Two positives in fifty units that each had one chance in ten:

    >>> estimate = horvitz_thompson([1, 1] + [0] * 48, [0.1] * 50)
    >>> print(f"{estimate.value:.0f} ({estimate.low:.0f} to {estimate.high:.0f})")
    20 (4 to 64)
    >>> horvitz_thompson([1], [0.1]) is None
    True
    """
    y, pi = _sample(outcomes, probabilities)
    if y.size < TOO_FEW:
        return None
    if not (math.isfinite(largest) and largest >= y.max()):
        raise SettingsError(field="largest", expected=f"at least the largest outcome, {y.max()}", got=largest)
    total, variance = float((y / pi).sum()), float((y**2 * (1 - pi) / pi**2).sum())
    if pi.min() == 1.0:
        return Estimate(total, 0.0, total, total, y.size)
    low, high = _limits(total, variance, next_weight=largest / pi.min(), smallest=float(pi.min()), level=level)
    return Estimate(total, variance, max(low, float(y.sum())), high, y.size)


def _limits(total: float, variance: float, *, next_weight: float, smallest: float, level: float) -> tuple[float, float]:
    next_variance = next_weight**2 * (1 - smallest)
    low, high = mid_p_gamma(total, variance, next_weight=next_weight, next_variance=next_variance, level=level)
    return float(low), float(high)


def difference_estimate(
    outcomes: ArrayLike,
    probabilities: ArrayLike,
    predictions: ArrayLike,
    *,
    predicted_total: float,
    level: float = 0.95,
) -> Estimate | None:
    """Estimate the total of a 0/1 outcome with the help of predictions, ``Σ_all p + Σ_sample (y − p)/π``.

    Unbiased however wrong the predictions are; more precise than Horvitz–Thompson as far as they are right. The arms
    of the interval are those of Horvitz–Thompson, scaled by the ratio of the two standard errors: the noise comes from
    the same few positives, and so does the skewness.

    Parameters
    ----------
    outcomes, probabilities
        0 or 1, and π in (0, 1], of each sampled unit, shape (n,).
    predictions
        Predicted probability of each sampled unit, in [0, 1], shape (n,); made without its outcome.
    predicted_total
        Sum of the predictions over *all* units, sampled or not.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Estimate or None
        ``None`` when fewer than 30 units were sampled.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Särndal, Swensson & Wretman (1992), section 6.3 (the difference estimator).

    Examples
    --------
    >>> estimate = difference_estimate([1, 1] + [0] * 48, [0.1] * 50, [0.04] * 50, predicted_total=20.0)
    >>> round(estimate.value, 6)
    20.0
    """
    y, pi = _sample(outcomes, probabilities)
    p = np.asarray(predictions, dtype=float)
    if p.shape != y.shape or not np.all((p >= 0) & (p <= 1)):
        raise SettingsError(field="predictions", expected=f"{y.size} probabilities in [0, 1]", got=p.shape)
    if not np.isin(y, (0.0, 1.0)).all():
        raise SettingsError(field="outcomes", expected="0 or 1", got="values between or above")
    plain = horvitz_thompson(y, pi, level=level)
    if plain is None:
        return None
    value = predicted_total + float(((y - p) / pi).sum())
    variance = float(((y - p) ** 2 * (1 - pi) / pi**2).sum())
    # Without a positive the plain standard error is 0 and says nothing about the ratio.
    ratio = math.sqrt(variance / plain.variance) if plain.variance > 0 else 1.0
    seen = float(y.sum())
    low = max(value - ratio * (plain.value - plain.low), seen)
    high = max(value + ratio * (plain.high - plain.value), low)
    return Estimate(max(value, seen), variance, low, high, y.size)


def sample_size(rate: float, half_width: float, *, population: int | None = None, level: float = 0.95) -> int:
    """Units to sample so that the interval of a rate is about ``rate ± half_width``.

    Parameters
    ----------
    rate
        The rate expected, in (0, 1).
    half_width
        The half-width wished for, absolute, in (0, 1).
    population
        Number of units there are, when it is small enough to matter.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 4.4.

    Examples
    --------
    >>> sample_size(0.05, 0.01), sample_size(0.02, 0.005)
    (1825, 3012)
    """
    for name, value in (("rate", rate), ("half_width", half_width), ("level", level)):
        if not 0 < value < 1:
            raise SettingsError(field=name, expected="a number strictly between 0 and 1", got=value)
    z = float(special.ndtri(1 - (1 - level) / 2))
    n = z * z * rate * (1 - rate) / half_width**2
    if population is not None:
        n = n / (1 + (n - 1) / population)
    return math.ceil(n - 1e-9)


def sample_size_to_see_one(rate: float, *, level: float = 0.95) -> int:
    """Units to sample to see at least one positive with probability `level`.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> [sample_size_to_see_one(rate) for rate in (0.01, 0.02, 0.05)]
    [299, 149, 59]
    """
    for name, value in (("rate", rate), ("level", level)):
        if not 0 < value < 1:
            raise SettingsError(field=name, expected="a number strictly between 0 and 1", got=value)
    return math.ceil(math.log(1 - level) / math.log1p(-rate) - 1e-9)
