"""How long a chart runs before it alarms: with nothing changed the price, after a change the delay.

A threshold means nothing by itself. The mean number of results until a false alarm does, and it is worked out exactly
enough from the steps that the chart takes while all is well.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.drift.cusum import likelihood_ratio_steps

Floats = NDArray[np.float64]

CELLS = 160
"""Parts into which the height of a chart is divided; twice as many change a run length by less than 1 %."""

SIEGMUND = 1.166
"""Twice the mean overshoot of a normal walk, 2 × 0.583, by which its approximation raises the threshold."""

_HALVINGS = 14


class Steps(NamedTuple):
    """The distribution of one step: sizes and their chances, which add up to 1; both of shape ``(k,)``."""

    sizes: Floats
    chances: Floats


def steps_of(probabilities: ArrayLike, *, odds_ratio: float, true_ratio: float = 1.0, groups: int = 20) -> Steps:
    """Give the steps of a likelihood-ratio chart over results whose stated probabilities are like these.

    Parameters
    ----------
    probabilities
        Stated probabilities in (0, 1), at least one; they stand for those to come.
    odds_ratio
        The change the chart looks for.
    true_ratio
        The true odds over those stated: 1 with nothing changed.
    groups
        Probabilities are put together in so many groups of equal size.

    Raises
    ------
    SettingsError
        When there is no probability, or one is out of range.

    Examples
    --------
    >>> quiet = steps_of([0.1], odds_ratio=2.0)
    >>> float(quiet.sizes @ quiet.chances) < 0
    True
    """
    stated = np.sort(np.asarray(probabilities, dtype=np.float64))
    if stated.size == 0:
        raise SettingsError(field="probabilities", expected="at least one", got="none")
    parts = np.array_split(stated, min(groups, stated.size))
    p, share = np.array([part.mean() for part in parts]), np.array([part.size for part in parts]) / stated.size
    truth = true_ratio * p / (1 - p + true_ratio * p)
    ups = likelihood_ratio_steps(np.ones_like(p), p, odds_ratio=odds_ratio)
    downs = likelihood_ratio_steps(np.zeros_like(p), p, odds_ratio=odds_ratio)
    return Steps(np.concatenate([ups, downs]), np.concatenate([share * truth, share * (1 - truth)]))


def average_run_length(steps: Steps, threshold: float, *, cells: int = CELLS) -> float:
    """Mean number of steps until a chart that starts at zero alarms.

    The run length of a chart at each height solves a linear equation; it is solved on a grid of heights, straight
    between them. Where all steps and the threshold are multiples of threshold ÷ `cells`, the answer is exact.

    Parameters
    ----------
    steps
        Distribution of one step.
    threshold
        Above 0, in the units of the steps.
    cells
        Parts of the grid.

    Returns
    -------
    float
        At least 1; infinite when the threshold cannot be reached.

    Raises
    ------
    SettingsError
        When the threshold is not above 0, or the chances do not add up to 1.

    References
    ----------
    Brook & Evans (1972), Biometrika 59:539; Hawkins & Olwell (1998), Cumulative Sum Charts, chapter 6.

    Examples
    --------
    A step of 1 with chance 1/2, else −1: from zero to 2 takes 6 steps on average.

    >>> round(average_run_length(Steps(np.array([1.0, -1.0]), np.array([0.5, 0.5])), 2.0, cells=2), 9)
    6.0
    """
    if not threshold > 0:
        raise SettingsError(field="threshold", expected="above 0", got=threshold)
    if abs(steps.chances.sum() - 1) > 1e-9:
        raise SettingsError(field="steps", expected="chances that add up to 1", got=float(steps.chances.sum()))
    if not np.any(steps.sizes[steps.chances > 0] > 0):
        return float("inf")
    left = np.eye(cells + 1) - _stays(steps, threshold, cells)
    return float(np.linalg.solve(left, np.ones(cells + 1))[0])


def _stays(steps: Steps, threshold: float, cells: int) -> Floats:
    """Chances to go from one height to another without an alarm; the last height stands for just below the threshold."""
    places = np.round(np.arange(cells + 1)[:, None] + steps.sizes * (cells / threshold), 9)
    below = places < cells
    places = np.clip(places, 0, cells)
    low = np.minimum(places.astype(np.int64), cells - 1)
    part = places - low
    chances = np.where(below, steps.chances, 0.0)
    flat = np.arange(cells + 1)[:, None] * (cells + 1) + low
    size = (cells + 1) ** 2
    goes = np.bincount(flat.ravel(), (chances * (1 - part)).ravel(), size)
    goes += np.bincount((flat + 1).ravel(), (chances * part).ravel(), size)
    return np.asarray(goes.reshape(cells + 1, cells + 1))


def threshold_for(steps: Steps, run_length: float, *, cells: int = CELLS) -> float:
    """Give the lowest threshold with at least the mean run length asked for.

    Parameters
    ----------
    steps
        Distribution of one step while nothing has changed; its mean is below 0.
    run_length
        Mean number of results until a false alarm, above 1.

    Raises
    ------
    SettingsError
        When the mean step is not below 0, no step is above 0, or the run length is not above 1.

    Examples
    --------
    >>> quiet = steps_of([0.05], odds_ratio=2.0)
    >>> height = threshold_for(quiet, 1000.0)
    >>> average_run_length(quiet, height) >= 1000
    True
    """
    if not (steps.sizes @ steps.chances < 0 and np.any(steps.sizes[steps.chances > 0] > 0)):
        got = float(steps.sizes @ steps.chances)
        raise SettingsError(field="steps", expected="a mean below 0, and some steps above 0", got=got)
    if not 1 < run_length < np.inf:
        raise SettingsError(field="run_length", expected="results until a false alarm, above 1", got=run_length)
    low, high = 0.0, float(steps.sizes.max())
    while average_run_length(steps, high, cells=cells) < run_length:
        low, high = high, 1.5 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if average_run_length(steps, middle, cells=cells) < run_length:
            low = middle
        else:
            high = middle
    return high


def siegmund_run_length(mean: float, deviation: float, threshold: float) -> float:
    """Approximate mean run length of a chart whose steps are about normal.

    Parameters
    ----------
    mean, deviation
        Of one step; the deviation is above 0.
    threshold
        Above 0.

    Raises
    ------
    SettingsError
        When the deviation or the threshold is not above 0.

    References
    ----------
    Siegmund (1985), Sequential Analysis; Montgomery, Introduction to Statistical Quality Control, equation 9.6.

    Examples
    --------
    Half a deviation of reference and a threshold of five, with nothing changed and after a shift of one:

    >>> round(siegmund_run_length(-0.5, 1.0, 5.0), 1), round(siegmund_run_length(0.5, 1.0, 5.0), 2)
    (938.2, 10.34)
    """
    if not (deviation > 0 and threshold > 0):
        got = f"{deviation}, {threshold}"
        raise SettingsError(field="threshold", expected="a deviation and a threshold above 0", got=got)
    slope, height = mean / deviation, threshold / deviation + SIEGMUND
    if abs(slope) < 1e-6:
        return height**2
    return float((np.exp(-2 * slope * height) + 2 * slope * height - 1) / (2 * slope**2))
