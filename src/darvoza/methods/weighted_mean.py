"""Weighted means with intervals that hold when weights differ and rows come in clusters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Z95 = 1.959963984540054


class Mean(NamedTuple):
    """A weighted mean with its 95 % interval."""

    value: float
    low: float
    high: float


def weighted_mean(values: Floats, *, weights: Floats, clusters: Ints) -> Mean:
    """Weighted mean ``Σwx ÷ Σw`` with an interval from the spread between clusters.

    Parameters
    ----------
    values
        Shape (n,).
    weights
        At least 0, not all 0, such as 1/π, shape (n,).
    clusters
        Code of the cluster of each row, from 0, shape (n,): rows that were examined together are one observation.

    References
    ----------
    Binder (1983), International Statistical Review 51:279 (linearised variance of a ratio).

    Examples
    --------
    >>> mean = weighted_mean(np.array([0.0, 1.0, 1.0]), weights=np.array([2.0, 1.0, 1.0]), clusters=np.arange(3))
    >>> mean.value
    0.5
    """
    total = float(weights.sum())
    value = float((weights * values).sum() / total)
    pulls = np.bincount(clusters, weights * (values - value))
    number = np.count_nonzero(np.bincount(clusters, weights))
    correction = float(number) / max(float(number) - 1.0, 1.0)
    half = Z95 * float(np.sqrt(correction * (pulls**2).sum())) / total
    return Mean(value, value - half, value + half)


def difference_of_means(one: Mean, other: Mean, *, correlation: float) -> Mean:
    """Difference of two means with an interval from the limits of both (MOVER), which need not be symmetric.

    Parameters
    ----------
    one, other
        The means; the second is taken from the first.
    correlation
        Between the errors of the two, in [−1, 1]: above 0 where they rest on the same rows in part.

    References
    ----------
    Zou & Donner (2008), Statistics in Medicine 27:1693; Newcombe (1998), Statistics in Medicine 17:2635 (paired shares).

    Examples
    --------
    >>> both = Mean(0.3, 0.2, 0.5), Mean(0.1, 0.05, 0.2)
    >>> ", ".join(f"{number:.3f}" for number in difference_of_means(*both, correlation=0.0))
    '0.200, 0.059, 0.406'
    """

    def arm(first: float, second: float) -> float:
        return float(np.sqrt(max(first**2 + second**2 - 2 * correlation * first * second, 0.0)))

    value = one.value - other.value
    down = arm(one.value - one.low, other.high - other.value)
    return Mean(value, value - down, value + arm(one.high - one.value, other.value - other.low))


def correlation_of_means(values: Floats, weights: Floats, others: Floats) -> float:
    """Estimate the correlation between the errors of two weighted means over the same rows; 0 where there is no spread.

    Parameters
    ----------
    values
        Shape (n,).
    weights, others
        Weights of the first and of the second mean, at least 0, neither all 0, shape (n,).

    Examples
    --------
    >>> correlation_of_means(np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    0.0
    """
    pulls = [w * (values - (w * values).sum() / w.sum()) for w in (weights, others)]
    size = float(np.sqrt((pulls[0] ** 2).sum() * (pulls[1] ** 2).sum()))
    return float((pulls[0] * pulls[1]).sum()) / size if size > 0 else 0.0


def log_losses(probabilities: Floats, positives: NDArray[np.bool_]) -> Floats:
    """Log loss of each row: minus the logarithm of the probability given to what happened.

    References
    ----------
    Good (1952), Journal of the Royal Statistical Society B 14:107.

    Examples
    --------
    >>> log_losses(np.array([0.5, 0.9]), np.array([True, True])).round(3).tolist()
    [0.693, 0.105]
    """
    given = np.where(positives, probabilities, 1.0 - probabilities)
    return np.asarray(-np.log(np.maximum(given, 1e-15)))
