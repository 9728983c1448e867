"""Intervals for shares and counts that hold when counts are small.

A share of 0 in 20 is not "0 ± 0". The textbook ``p ± 1.96·sqrt(p(1−p)/n)`` fails exactly where it matters, at few
examinations and few findings; the intervals here do not. All functions take scalars or arrays, broadcast, and give
an `Interval` of arrays of the same shape.
"""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Lower and upper limits, arrays of one shape."""

    low: Floats
    high: Floats


def _counts(positives: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    x, n = np.broadcast_arrays(np.asarray(positives, dtype=float), np.asarray(trials, dtype=float))
    if not (np.all(n > 0) and np.all(x >= 0) and np.all(x <= n)):
        raise SettingsError(field="positives", expected="0 <= positives <= trials and trials > 0", got=(x, n))
    return x, n


def _tail(level: float) -> float:
    """Probability left out on each side."""
    if not 0 < level < 1:
        raise SettingsError(field="level", expected="a confidence level strictly between 0 and 1", got=level)
    return (1 - level) / 2


def wilson(positives: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Interval:
    """Wilson score interval of a share.

    The default for shares that are shown: its mean coverage is close to the level stated, it never leaves [0, 1]
    and never has zero width.

    Parameters
    ----------
    positives, trials
        Counts, ``0 <= positives <= trials``, ``trials > 0``; they may be decayed or weighted, hence fractional.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When a count or the level is out of range.

    References
    ----------
    Wilson (1927), JASA 22:209; Newcombe (1998), Statistics in Medicine 17:857, method 3.

    Examples
    --------
    >>> low, high = wilson(0, 20)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0000 0.1611
    """
    x, n = _counts(positives, trials)
    z = float(scipy.special.ndtri(1 - _tail(level)))
    centre = (x + z * z / 2) / (n + z * z)
    half = z * np.sqrt(x * (n - x) / n + z * z / 4) / (n + z * z)
    # Rounding may leave 1e-18 where the formula gives exactly 0 or 1.
    return Interval(np.where(x == 0, 0.0, centre - half), np.where(x == n, 1.0, centre + half))


def clopper_pearson(positives: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Interval:
    """Exact interval of a share by inverting two binomial tests; never covers less than `level`.

    For statements that must not be optimistic; wider than `wilson`.

    Parameters
    ----------
    positives, trials
        Counts, ``0 <= positives <= trials``, ``trials > 0``.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When a count or the level is out of range.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26:404; Newcombe (1998), method 5.

    Examples
    --------
    >>> low, high = clopper_pearson(1, 29)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0009 0.1776
    """
    x, n = _counts(positives, trials)
    tail = _tail(level)
    # The beta quantile needs positive parameters; the ends are known exactly.
    low = np.where(x == 0, 0.0, scipy.special.betaincinv(np.maximum(x, 1e-9), n - x + 1, tail))
    high = np.where(x == n, 1.0, scipy.special.betaincinv(x + 1, np.maximum(n - x, 1e-9), 1 - tail))
    return Interval(low, high)


def jeffreys(positives: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Interval:
    """Equal-tailed interval of a share under the prior Beta(1/2, 1/2), with the ends set to 0 and 1.

    Parameters
    ----------
    positives, trials
        Counts, ``0 <= positives <= trials``, ``trials > 0``.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When a count or the level is out of range.

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16:101, section 3.1.2.

    Examples
    --------
    >>> low, high = jeffreys(0, 20)
    >>> print(f"{low:.4f} {high:.4f}")
    0.0000 0.1166
    """
    x, n = _counts(positives, trials)
    tail = _tail(level)
    low = np.where(x == 0, 0.0, scipy.special.betaincinv(x + 0.5, n - x + 0.5, tail))
    high = np.where(x == n, 1.0, scipy.special.betaincinv(x + 0.5, n - x + 0.5, 1 - tail))
    return Interval(low, high)


def garwood(count: ArrayLike, *, level: float = 0.95) -> Interval:
    """Exact interval of the mean of a Poisson count; never covers less than `level`.

    Parameters
    ----------
    count
        The count observed, ``>= 0``.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When the count or the level is out of range.

    References
    ----------
    Garwood (1936), Biometrika 28:437.

    Examples
    --------
    >>> low, high = garwood(10)
    >>> print(f"{low:.3f} {high:.3f}")
    4.795 18.390
    """
    x = np.asarray(count, dtype=float)
    if not np.all(x >= 0):
        raise SettingsError(field="count", expected="a count of 0 or more", got=count)
    tail = _tail(level)
    low = np.where(x == 0, 0.0, scipy.special.gammaincinv(np.maximum(x, 1e-9), tail))
    return Interval(low, np.asarray(scipy.special.gammaincinv(x + 1, 1 - tail)))


def fay_feuer(total: ArrayLike, variance: ArrayLike, *, largest_weight: ArrayLike, level: float = 0.95) -> Interval:
    """Gamma interval of a weighted sum of Poisson counts, ``Σ w·x``.

    With equal weights it is Garwood's interval times the weight; like it, it is conservative at small counts.

    Parameters
    ----------
    total
        The weighted sum ``Σ w·x``, ``>= 0``.
    variance
        Its estimated variance ``Σ w²·x``, ``>= 0``; 0 only when `total` is 0.
    largest_weight
        The largest weight one further count could have had, ``> 0``.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Fay & Feuer (1997), Statistics in Medicine 16:791, equations for L(v) and U(v).

    Examples
    --------
    Ten counts of weight 100 are Garwood's limits of ten, times 100:

    >>> low, high = fay_feuer(1000, 100_000, largest_weight=100)
    >>> print(f"{low:.1f} {high:.1f}")
    479.5 1839.0
    """
    y, v, w = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (total, variance, largest_weight)))
    if not (np.all(y >= 0) and np.all(v >= 0) and np.all(w > 0) and np.all((v > 0) | (y == 0))):
        raise SettingsError(
            field="total", expected="total and variance >= 0 (both or neither 0), largest_weight > 0", got=(y, v, w)
        )
    tail = _tail(level)
    safe_y, safe_v = np.where(y == 0, 1.0, y), np.where(y == 0, 1.0, v)
    low = np.where(y == 0, 0.0, gamma_quantile(tail, safe_y, safe_v))
    return Interval(low, gamma_quantile(1 - tail, y + w, v + w * w))


def gamma_quantile(probability: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> Floats:
    """Quantile of the gamma distribution with this mean and variance, both ``> 0``.

    Examples
    --------
    >>> print(f"{gamma_quantile(0.5, 1.0, 1.0):.4f}")
    0.6931
    """
    m, v = np.asarray(mean, dtype=float), np.asarray(variance, dtype=float)
    return np.asarray(scipy.special.gammaincinv(m * m / v, np.asarray(probability, dtype=float)) * v / m)


def mid_p_gamma(
    total: float, variance: float, *, next_weight: float, next_variance: float, level: float = 0.95
) -> Interval:
    """Mid-p form of `fay_feuer` for one sum: close to the level stated instead of always above it.

    The distribution behind the lower limit and the one behind the upper limit of the gamma interval are mixed half and
    half. At a total of 0 the exact upper limit is kept, since there the mid-p form covers too little.

    Parameters
    ----------
    total, variance
        The weighted sum, ``>= 0``, and its estimated variance.
    next_weight, next_variance
        What one further count would have added to each, ``> 0``.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When the level is out of range.

    References
    ----------
    Fay & Kim (2017), Biometrical Journal 59:377.

    Examples
    --------
    >>> low, high = mid_p_gamma(10, 10, next_weight=1, next_variance=1)
    >>> print(f"{low:.2f} {high:.2f}")
    5.08 17.82
    """
    tail = _tail(level)
    upper = (total + next_weight, variance + next_variance)
    if total == 0:
        return Interval(np.asarray(0.0), gamma_quantile(1 - tail, *upper))
    if variance == 0:  # what was counted was certain to be seen: the sum is at least that, and the rest may hide more
        return Interval(np.asarray(total), total + gamma_quantile(1 - tail, next_weight, next_variance))
    return Interval(*(_mixture_quantile(p, (total, variance), upper) for p in (tail, 1 - tail)))


def _mixture_quantile(probability: float, first: tuple[float, float], second: tuple[float, float]) -> Floats:
    """Quantile of an equal mixture of two gamma distributions, each given by mean and variance."""

    def excess(x: float) -> float:
        parts = (scipy.special.gammainc(m * m / v, x * m / v) for m, v in (first, second))
        return float(sum(parts)) / 2 - probability

    ends = sorted(float(gamma_quantile(probability, m, v)) for m, v in (first, second))
    return np.asarray(scipy.optimize.brentq(excess, ends[0] * (1 - 1e-9), ends[1] * (1 + 1e-9)))
