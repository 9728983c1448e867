"""Whether stated probabilities hold on later results: slope, level, and reliability with intervals."""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from darvoza.errors import UnfitModel
from darvoza.methods.intervals import wilson
from darvoza.methods.smoothed_rates import logit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_SLOPE = 0.5
"""A calibration slope from here on is taken for usable; 1 is right, above 1 the probabilities are too timid."""

_Z95 = 1.959963984540054
_ROUNDS = 50  # Newton's method needs fewer than ten where it converges at all


class Recalibration(NamedTuple):
    """The straight line that would put stated probabilities right, in log-odds.

    Attributes
    ----------
    intercept
        0 when the level is right.
    slope
        1 when the spread is right; below 1 the probabilities are too far apart, 0 when they say nothing.
    low, high
        95 % interval of the slope.
    """

    intercept: float
    slope: float
    low: float
    high: float


class Bin(NamedTuple):
    """One part of the predictions: mean stated, observed rate with its 95 % interval, rows, weight."""

    predicted: float
    observed: float
    low: float
    high: float
    rows: int
    weight: float


def recalibration(probabilities: Floats, positives: Flags, *, weights: Floats) -> Recalibration:
    """Regress results on the log-odds of stated probabilities.

    Parameters
    ----------
    probabilities
        In (0, 1), shape (n,).
    positives
        Results, shape (n,).
    weights
        Above 0, such as 1/π, shape (n,). The interval is robust: it does not take a weight for a repetition.

    Raises
    ------
    UnfitModel
        When positives or negatives are missing, or the probabilities are all the same.

    References
    ----------
    Cox (1958), Biometrika 45:562; White (1980), Econometrica 48:817.

    Examples
    --------
    >>> stated = np.repeat([0.2, 0.8], 500)
    >>> happened = np.concatenate([np.arange(500) < 100, np.arange(500) < 400])
    >>> line = recalibration(stated, happened, weights=np.ones(1000))
    >>> abs(line.intercept) < 1e-6, round(line.slope, 6), line.low < 1 < line.high
    (True, 1.0, True)
    """
    x = np.column_stack([np.ones(probabilities.size), logit(probabilities)])
    if positives.all() or not positives.any() or np.ptp(x[:, 1]) == 0:
        raise UnfitModel("nothing to compare: one result or one probability for all", field="probabilities")
    w, y = weights / weights.mean(), positives.astype(np.float64)
    line = np.array([logit(np.average(y, weights=w)), 0.0])  # from no slope at all, Newton's method does not overshoot
    for _ in range(_ROUNDS):
        said = scipy.special.expit(x @ line)
        step = np.clip(np.linalg.solve(_information(x, w, said), x.T @ (w * (y - said))), -2, 2)
        line += step
        if np.abs(step).max() < 1e-10:
            break
    said = scipy.special.expit(x @ line)
    score = x * (w * (y - said))[:, None]
    bread = np.linalg.inv(_information(x, w, said))
    error = float(np.sqrt((bread @ (score.T @ score) @ bread)[1, 1]))
    slope = float(line[1])
    return Recalibration(float(line[0]), slope, slope - _Z95 * error, slope + _Z95 * error)


def _information(x: Floats, weights: Floats, said: Floats) -> Floats:
    """Give the weighted information matrix, kept invertible."""
    return np.asarray((x * (weights * said * (1 - said))[:, None]).T @ x + 1e-9 * np.eye(x.shape[1]))


def reliability_bins(probabilities: Floats, positives: Flags, *, weights: Floats, bins: int = 10) -> tuple[Bin, ...]:
    """Stated beside observed, in bins of equal weight from the lowest predictions to the highest, with intervals.

    Each interval is Wilson's on the effective number of rows, (Σw)²/Σw²: a row of great weight is still one row.

    Parameters
    ----------
    probabilities
        In [0, 1], shape (n,).
    positives, weights
        Results, and weights above 0, shape (n,).
    bins
        Number of bins at most; rows with one probability stay together.

    Examples
    --------
    >>> stated = np.repeat([0.1, 0.5], 100)
    >>> table = reliability_bins(stated, np.arange(200) % 4 == 0, weights=np.ones(200), bins=2)
    >>> [(round(part.predicted, 6), part.observed, part.rows) for part in table]
    [(0.1, 0.25, 100), (0.5, 0.25, 100)]
    """
    order = np.argsort(probabilities, kind="stable")
    p, y, w = probabilities[order], positives[order].astype(np.float64), weights[order]
    # the bin of a row is that of the middle of all rows with its probability: equal rows are never torn apart
    group = np.cumsum(np.concatenate(([False], np.diff(p) > 0)))
    mass = np.bincount(group, w)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    place = np.minimum((middle * bins).astype(np.int64), bins - 1)[group]
    return tuple(_bin(p[rows], y[rows], w[rows]) for rows in (place == each for each in np.unique(place)))


def _bin(p: Floats, y: Floats, w: Floats) -> Bin:
    total = float(w.sum())
    effective = total**2 / float((w**2).sum())
    rate = float((w * y).sum() / total)
    low, high = wilson(min(rate, 1.0) * effective, effective)
    return Bin(float((w * p).sum() / total), rate, float(low), float(high), int(p.size), total)
