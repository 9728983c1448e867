"""Totals and rates of a whole from a sample drawn with known probabilities.

A unit seen with probability π stands for 1/π units; the sum of what was seen, so weighted, is unbiased whatever the
outcomes are (Horvitz–Thompson). What was seen is known; only the unseen rest, ``Σ y·(1 − π)/π``, is uncertain, and the
interval is made for it.

The interval. With few positives ``± 1.96·se`` covers far too little (see docs/explanation/estimates.md), and the gamma
interval of Fay & Feuer too much. Used here is its mid-p form, with the variance of a finite population, and the exact
limit where next to nothing was found. How far the upper limit reaches depends on what *one further positive* would add:
on the `Design`, from the π of all units. For 0/1 outcomes the sample can stand in for it. For amounts it cannot: they
need a bound known of every unit, seen or not. From the amounts seen alone no interval holds when amounts have a heavy
tail, whatever the formula; and of the variance seen and that of the design the larger is taken.

Too few: where the sample says less of the unseen than `TOO_FEW` units drawn at random would, no estimate is given
(``None``). The interval would hold, but it would span almost everything and be quoted by its middle.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.intervals import gamma_quantile, mid_p_gamma
from darvoza.methods.poisson_sample import Design, checked_sample, sampling_variance

Floats = NDArray[np.float64]

TOO_FEW = 30
"""Fewest units drawn at random, or what says as much, for an estimate."""


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

    def per(self, population: float) -> "Estimate":
        """Divide a total by a known number of units: the rate and its interval.

        Raises
        ------
        SettingsError
            When the number is not above 0.

        Examples
        --------
        >>> Estimate(value=200.0, variance=400.0, low=150.0, high=260.0, sampled=100).per(1000).value
        0.2
        """
        if not population > 0:
            raise SettingsError(field="population", expected="a number above 0", got=population)
        n = float(population)
        return Estimate(self.value / n, self.variance / n**2, self.low / n, self.high / n, self.sampled)

    def plus(self, known: float) -> "Estimate":
        """Add what is known without doubt."""
        return Estimate(self.value + known, self.variance, self.low + known, self.high + known, self.sampled)

    def capped(self, most: float) -> "Estimate":
        """Cut off what cannot be: there is no more than `most`."""
        value, low, high = (min(x, most) for x in (self.value, self.low, self.high))
        return Estimate(value, self.variance, low, high, self.sampled)


def unseen_total(
    outcomes: ArrayLike,
    probabilities: ArrayLike,
    *,
    design: Design | None = None,
    draws: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate | None:
    """Estimate the total of an outcome over the units that were *not* sampled, ``Σ y·(1 − π)/π``.

    Parameters
    ----------
    outcomes
        Outcome of each sampled unit, ``>= 0``, shape (n,): 0 or 1, or an amount.
    probabilities
        Its inclusion probability π in (0, 1], shape (n,).
    design
        What is known of all units; for 0/1 outcomes the sample stands in for it by default. For amounts it is required.
    draws
        The draw each unit hangs on, shape (n,), where several hang on one; see `sampling_variance`.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Estimate or None
        ``None`` when what was sampled says less than 30 random units would.

    Raises
    ------
    SettingsError
        When shapes or values do not fit, or amounts come without a `design` made of bounds.

    References
    ----------
    Horvitz & Thompson (1952), JASA 47:663; Fay & Kim (2017), Biometrical Journal 59:377 (the mid-p gamma interval).

    Examples
    --------
    Two positives in fifty units that each had one chance in ten: eighteen more are out there, give or take.

    >>> rest = unseen_total([1, 1] + [0] * 48, [0.1] * 50)
    >>> print(f"{rest.value:.0f} ({rest.low:.0f} to {rest.high:.0f})")
    18 (3 to 62)
    """
    y, pi = checked_sample(outcomes, probabilities)
    if design is None or not design.amounts:
        _zeros_and_ones(y)
    known = design or Design.of_sample(pi)
    if known.equivalent < TOO_FEW:
        return None
    value, variance = float((y * (1 - pi) / pi).sum()), sampling_variance(y, pi, draws)
    if known.amounts and known.step > 0:
        variance = max(variance, value * known.step_variance / known.step)
    low, high = _limits(value, variance, known, level)
    return Estimate(value, variance, low, high, y.size)


def _zeros_and_ones(y: Floats) -> None:
    if not np.isin(y, (0.0, 1.0)).all():
        expected = "0 or 1; for amounts, a design made of bounds"
        raise SettingsError(field="outcomes", expected=expected, got="values between or above")


def _limits(value: float, variance: float, design: Design, level: float) -> tuple[float, float]:
    if design.step <= 0:  # nothing unseen could add anything
        return value, value
    next_one = {"next_weight": design.step, "next_variance": design.step_variance}
    low, high = mid_p_gamma(value, variance, **next_one, level=level)
    # As long as next to nothing was found, the mid-p limit is that of one-sided 95 %: there the exact one is kept.
    exact = value + float(gamma_quantile((1 + level) / 2, design.step, design.step_variance))
    return float(low), max(float(high), exact)


def horvitz_thompson(
    outcomes: ArrayLike,
    probabilities: ArrayLike,
    *,
    design: Design | None = None,
    draws: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate | None:
    """Estimate the total of an outcome over all units, ``Σ y/π``: what was seen, and `unseen_total`.

    Parameters, ``None`` and errors are those of `unseen_total`.

    References
    ----------
    Horvitz & Thompson (1952), JASA 47:663; Särndal, Swensson & Wretman (1992), section 3.5 (Poisson sampling).

    Examples
    --------
    >>> estimate = horvitz_thompson([1, 1] + [0] * 48, [0.1] * 50)
    >>> print(f"{estimate.value:.0f} ({estimate.low:.0f} to {estimate.high:.0f})")
    20 (5 to 64)
    >>> horvitz_thompson([1], [0.1]) is None
    True
    """
    rest = unseen_total(outcomes, probabilities, design=design, draws=draws, level=level)
    return None if rest is None else rest.plus(float(np.asarray(outcomes, dtype=float).sum()))


def difference_estimate(
    outcomes: ArrayLike,
    probabilities: ArrayLike,
    predictions: ArrayLike,
    *,
    predicted_total: float,
    design: Design | None = None,
    level: float = 0.95,
) -> Estimate | None:
    """Estimate the total of an outcome with the help of predictions, ``Σ_all m + Σ_sample (y − m)/π``.

    Unbiased however wrong the predictions are; more precise than Horvitz–Thompson as far as they are right. So the value is
    never cut off: it may lie below what was seen, or below 0, where predictions are far too high. The limits are cut off,
    since the truth is at least what was seen. Where predictions help, the arms of the interval are those of
    Horvitz–Thompson, scaled by the ratio of the two standard errors: the noise comes from the same few positives, and so
    does the skewness. Where they harm, the noise they add comes from many units, and is added as a normal one.

    Parameters
    ----------
    outcomes, probabilities, design, level
        As for `unseen_total`.
    predictions
        Expected outcome m of each sampled unit, ``>= 0``, shape (n,); made without its outcome.
    predicted_total
        Sum of the predictions over *all* units, sampled or not.

    Returns
    -------
    Estimate or None
        ``None`` when what was sampled says less than 30 random units would.

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
    y, pi = checked_sample(outcomes, probabilities)
    m = np.asarray(predictions, dtype=float)
    if m.shape != y.shape or not np.all((m >= 0) & np.isfinite(m)):
        raise SettingsError(field="predictions", expected=f"{y.size} finite predictions of 0 or more", got=m.shape)
    plain = horvitz_thompson(y, pi, design=design, level=level)
    if plain is None:
        return None
    value = predicted_total + float(((y - m) / pi).sum())
    variance = sampling_variance(y - m, pi)
    down, up = (
        _arm(arm, plain.variance, variance, level) for arm in (plain.value - plain.low, plain.high - plain.value)
    )
    seen = float(y.sum())
    low = max(value - down, seen)
    return Estimate(value, variance, low, max(value + up, low), y.size)


def _arm(plain: float, before: float, after: float, level: float) -> float:
    """Give the arm of an interval after its variance changed from that of the positives to that of the residuals."""
    if after <= before:
        return plain * math.sqrt(after / before) if before > 0 else plain
    z = float(scipy.special.ndtri((1 + level) / 2))
    return math.hypot(plain, z * math.sqrt(after - before))


def hajek(
    outcomes: ArrayLike, probabilities: ArrayLike, *, draws: ArrayLike | None = None, level: float = 0.95
) -> Estimate | None:
    """Estimate the rate of a 0/1 outcome where the number of units is not known, ``Σ(y/π) / Σ(1/π)``.

    Needed for groups that only show when a unit is opened. The number of units is estimated too, and the errors of the
    two sums partly cancel: the variance is that of ``(y − rate)/π``. The interval is the mid-p gamma interval of the
    numerator with this variance; at a rate above one half it is made for the other outcome.

    Parameters
    ----------
    outcomes
        0 or 1 for each sampled unit of the group, shape (n,).
    probabilities, draws, level
        As for `unseen_total`.

    Returns
    -------
    Estimate or None
        In [0, 1]; ``None`` when what was sampled says less than 30 random units would.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Hájek (1971), in Foundations of Statistical Inference, 236; Särndal, Swensson & Wretman (1992), result 5.7.1 (its
    variance).

    Examples
    --------
    >>> rate = hajek([1] * 10 + [0] * 90, [0.1] * 100)
    >>> print(f"{rate.value:.2f} ({rate.low:.3f} to {rate.high:.3f})")
    0.10 (0.055 to 0.170)
    """
    y, pi = checked_sample(outcomes, probabilities)
    _zeros_and_ones(y)
    known = Design.of_sample(pi)
    if known.equivalent < TOO_FEW:
        return None
    units = float((1 / pi).sum())
    value = float((y / pi).sum()) / units
    if value > 0.5:
        other = hajek(1 - y, pi, draws=draws, level=level)
        return other and Estimate(1 - other.value, other.variance, 1 - other.high, 1 - other.low, y.size)
    variance = sampling_variance(y - value, pi, draws) / units**2
    low, high = _limits(value, variance, known.scaled(1 / units), level)
    return Estimate(value, variance, low, min(high, 1.0), y.size)


def share_seen(seen: float, rest: Estimate | None) -> Estimate | None:
    """Give what was seen as a share of all there is, ``seen / (seen + rest)``, with the limits of the rest turned over.

    Parameters
    ----------
    seen
        The total among the sampled units, ``>= 0``, known without doubt.
    rest
        The estimate of `unseen_total`.

    Returns
    -------
    Estimate or None
        In [0, 1]; ``None`` without an estimate, and where there is nothing at all.

    Examples
    --------
    >>> share = share_seen(60.0, Estimate(40.0, 100.0, 20.0, 90.0, 400))
    >>> share.value, share.low, share.high
    (0.6, 0.4, 0.75)
    """
    if rest is None or seen + rest.high == 0:
        return None
    low, high = seen / (seen + rest.high), seen / (seen + rest.low) if seen + rest.low > 0 else 1.0
    value = seen / (seen + rest.value) if seen + rest.value > 0 else low
    slope = seen / (seen + rest.value) ** 2 if seen + rest.value > 0 else 0.0
    return Estimate(value, slope**2 * rest.variance, low, high, rest.sampled)
