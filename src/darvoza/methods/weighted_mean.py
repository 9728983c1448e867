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


def difference_of_means(values: Floats, weights: Floats, others: Floats) -> Mean:
    """Difference of two weighted means over the same rows, with its interval; rows that both hold cancel in part.

    Parameters
    ----------
    values
        Shape (n,).
    weights, others
        Weights of the first and of the second mean, at least 0, neither all 0, shape (n,).

    Examples
    --------
    >>> values = np.array([1.0, 0.0, 1.0, 0.0])
    >>> difference_of_means(values, np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])).value
    0.5
    """
    means = [float((w * values).sum() / w.sum()) for w in (weights, others)]
    pulls = [w * (values - mean) / w.sum() for w, mean in zip((weights, others), means, strict=True)]
    half = Z95 * float(np.sqrt(((pulls[0] - pulls[1]) ** 2).sum()))
    return Mean(means[0] - means[1], means[0] - means[1] - half, means[0] - means[1] + half)


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
