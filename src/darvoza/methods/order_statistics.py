"""An interval for a quantile out of the order of the observations, whatever their distribution."""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from darvoza.errors import SettingsError


class Limits(NamedTuple):
    """Limits of an interval; ``None`` where there are too few observations for that side."""

    low: float | None
    high: float | None


class Middle(NamedTuple):
    """Where observations lie: their median with limits at 95 %, and the value that nine in ten do not exceed."""

    median: float
    low: float | None
    high: float | None
    nine_in_ten: float


def middle_of(values: ArrayLike) -> Middle:
    """Say where observations lie.

    Parameters
    ----------
    values
        Observations, shape (n,), n ≥ 1; in any order.

    Raises
    ------
    SettingsError
        When there are no values.

    Examples
    --------
    >>> middle_of(range(1, 21))
    Middle(median=10.5, low=6.0, high=15.0, nine_in_ten=18.1)
    """
    found = np.asarray(values, dtype=float)
    low, high = order_statistic_interval(found, share=0.5)
    return Middle(float(np.median(found)), low, high, float(np.quantile(found, 0.9)))


def order_statistic_interval(values: ArrayLike, *, share: float, level: float = 0.95) -> Limits:
    """Give the interval between two of the observations that holds a quantile with at least `level`.

    The number of observations below the quantile is binomial whatever they are of; so the r-th and s-th smallest hold it
    with the probability that this number is at least r and below s.

    Parameters
    ----------
    values
        Observations, shape (n,), n ≥ 1; in any order.
    share
        Which quantile, in (0, 1).
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When there are no values, or a number is out of range.

    References
    ----------
    Thompson (1936), Annals of Mathematical Statistics 7:122.

    Examples
    --------
    For the median of 20 observations the 6th and the 15th:

    >>> order_statistic_interval(range(1, 21), share=0.5)
    Limits(low=6.0, high=15.0)
    >>> order_statistic_interval([3.0, 4.0], share=0.5)
    Limits(low=None, high=None)
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    if not ordered.size:
        raise SettingsError(field="values", expected="at least one", got="none")
    if not (0 < share < 1 and 0 < level < 1):
        raise SettingsError(field="share", expected="a share and a level in (0, 1)", got=(share, level))
    tail = (1 - level) / 2
    below = scipy.special.bdtr(np.arange(ordered.size), ordered.size, share)  # P(number below the quantile <= k)
    ranks_low = np.flatnonzero(below <= tail)
    ranks_high = np.flatnonzero(below >= 1 - tail)
    low = float(ordered[ranks_low[-1]]) if ranks_low.size else None
    high = float(ordered[ranks_high[0]]) if ranks_high.size else None
    return Limits(low, high)
