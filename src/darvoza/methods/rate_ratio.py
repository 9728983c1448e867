"""The ratio of two rates with its interval, also where units were seen with unequal probabilities.

A rate of weighted units is ``p = Σwy/Σw``; with w = 1/π it estimates the rate of the whole (Hájek). The variance of
its logarithm is linearised, ``Σw²(y − p)²/(Σw)²/p²``; with equal weights this is the textbook ``(1 − p)/positives``. The
ratio of two independent rates then lies within ``exp(ln r ± z·sqrt(v₁ + v₀))``. Where one sample is part of the other
they are positively correlated and the interval is too wide, never too narrow. With few positives the logarithm is far
from normal and `ratio` covers too little (87 % at three); `ratio_of` then holds, since it is made from the limits of
both estimates.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from darvoza.errors import SettingsError
from darvoza.methods.estimation import Estimate


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of sampled units.

    Attributes
    ----------
    value
        The rate, in [0, 1].
    log_variance
        Variance of its logarithm; infinite when the rate is 0.
    trials, positives
        Units and positives it rests on, unweighted.
    """

    value: float
    log_variance: float
    trials: int
    positives: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of rates with the limits of its interval; the limits are ``None`` when a rate is 0."""

    value: float
    low: float | None
    high: float | None


def rate(outcomes: ArrayLike, weights: ArrayLike | None = None) -> Rate | None:
    """Give the weighted share of positives; ``None`` without units.

    Parameters
    ----------
    outcomes
        0 or 1 for each unit, shape ``(n,)``.
    weights
        Weight of each unit, above 0, shape ``(n,)``; all alike by default.

    Raises
    ------
    SettingsError
        When shapes or weights do not fit.

    References
    ----------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 5.7.

    Examples
    --------
    >>> found = rate([1, 1, 0, 0, 0, 0, 0, 0])
    >>> print(found.value, found.log_variance == (1 - 0.25) / 2)
    0.25 True
    """
    y = np.asarray(outcomes, dtype=float)
    w = np.ones_like(y) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != y.shape or not np.all((w > 0) & np.isfinite(w)):
        raise SettingsError(field="weights", expected=f"{y.size} finite weights above 0", got=w.shape)
    if y.size == 0:
        return None
    value = float((w * y).sum() / w.sum())
    spread = float((w**2 * (y - value) ** 2).sum() / w.sum() ** 2)
    return Rate(value, spread / value**2 if value > 0 else math.inf, y.size, int(y.sum()))


def ratio(one: Rate | None, other: Rate | None, *, level: float = 0.95) -> Ratio | None:
    """Divide two rates.

    Parameters
    ----------
    one, other
        The rates; ``None`` where there were no units.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Ratio or None
        ``None`` when a rate is missing or the divisor is 0.

    References
    ----------
    Katz et al. (1978), Biometrics 34:469, method C.

    Examples
    --------
    >>> found = ratio(rate([1] * 10 + [0] * 90), rate([1] * 30 + [0] * 970))
    >>> print(f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})")
    3.33 (1.68 to 6.62)
    """
    if one is None or other is None or other.value == 0:
        return None
    value = one.value / other.value
    if one.value == 0:
        return Ratio(0.0, None, None)
    reach = float(scipy.special.ndtri((1 + level) / 2)) * math.sqrt(one.log_variance + other.log_variance)
    return Ratio(value, value * math.exp(-reach), value * math.exp(reach))


def ratio_of(one: Estimate, other: Estimate) -> Estimate | None:
    """Divide two estimates made independently of each other; the limits of the ratio come from the limits of both.

    On average ``1/x`` is larger than one over the mean of x; the ratio is made smaller by ``1 + var(x)/x²`` to allow
    for it.

    Parameters
    ----------
    one
        The dividend, ``>= 0``.
    other
        The divisor, ``>= 0``.

    Returns
    -------
    Estimate or None
        Its upper limit is infinite where the lower limit of the divisor is 0; ``None`` when the divisor is 0.

    References
    ----------
    Donner & Zou (2012), Statistical Methods in Medical Research 21:347; Newcombe (2016), the same 25:1774 (MOVER-R).
    On the bias of a ratio, Cochran (1977), Sampling Techniques, section 6.8.

    Examples
    --------
    >>> found = ratio_of(Estimate(0.09, 0.0, 0.05, 0.16, 90), Estimate(0.03, 0.0, 0.02, 0.045, 400))
    >>> print(f"{found.value:.1f} ({found.low:.2f} to {found.high:.2f})")
    3.0 (1.48 to 6.09)
    """
    if other.value <= 0:
        return None
    product = one.value * other.value
    below, above = one.low * (2 * one.value - one.low), one.high * (2 * one.value - one.high)
    most, least = other.high * (2 * other.value - other.high), other.low * (2 * other.value - other.low)
    # the smaller root of a quadratic equation, written so that it stays exact where `most` is near 0
    low = below / (product + math.sqrt(max(product**2 - below * most, 0.0))) if below > 0 else 0.0
    high = (product + math.sqrt(max(product**2 - above * least, 0.0))) / least if least > 0 else math.inf
    value = one.value / other.value
    relative = sum(part.variance / part.value**2 for part in (one, other) if part.value > 0)
    corrected = max(value / (1 + other.variance / other.value**2), low)
    return Estimate(corrected, value**2 * relative, low, high, min(one.sampled, other.sampled))
