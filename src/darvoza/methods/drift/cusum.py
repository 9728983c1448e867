"""Cumulative sums that start anew at zero: they forget the quiet and add up the evidence of a change.

Each result adds a step, below zero on average while the stated probability holds and above it after a change. The sum
never falls below zero, so that years of quiet do not hide a bad month. An alarm is raised when it reaches a threshold;
how to choose one for a stated rate of false alarms is in `darvoza.methods.drift.run_length`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError

RATIOS = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
"""Odds over those stated among which the likeliest start of a change is sought."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Path(NamedTuple):
    """A chart.

    Attributes
    ----------
    values
        The sum after each step, shape ``(n,)``; an alarm stands at its height, after it the chart starts anew.
    alarms
        Places at which the sum reached the threshold, ascending.
    starts
        For each alarm the place of the first step after the sum last stood at zero: the estimate of the change.
    """

    values: Floats
    alarms: Ints
    starts: Ints


def likelihood_ratio_steps(happened: ArrayLike, probabilities: ArrayLike, *, odds_ratio: float) -> Floats:
    """Steps of a chart that looks for odds `odds_ratio` times those stated, whatever the probability of each result.

    Parameters
    ----------
    happened
        Results, 0 or 1, shape ``(n,)``.
    probabilities
        Stated before, in (0, 1), shape ``(n,)``.
    odds_ratio
        The change looked for: above 1 for more than stated, in (0, 1) for less.

    Returns
    -------
    Floats
        Log likelihood ratios, shape ``(n,)``; their mean is below 0 while the stated probabilities hold.

    Raises
    ------
    SettingsError
        When a probability or the odds ratio is out of range.

    References
    ----------
    Page (1954), Biometrika 41:100; Steiner, Cook, Farewell & Treasure (2000), Biostatistics 1:441, equation 2.3.

    Examples
    --------
    >>> likelihood_ratio_steps([1, 0], [0.5, 0.5], odds_ratio=3.0).round(4).tolist()
    [0.4055, -0.6931]
    """
    y, p = np.asarray(happened, dtype=np.float64), np.asarray(probabilities, dtype=np.float64)
    _check(p, odds_ratio)
    return np.asarray(y * np.log(odds_ratio) - np.log1p((odds_ratio - 1) * p))


def _check(probabilities: Floats, odds_ratio: float) -> None:
    if not np.all((probabilities > 0) & (probabilities < 1)):
        raise SettingsError(
            field="probabilities", expected="strictly between 0 and 1", got=f"{probabilities.min()} to {probabilities.max()}",
            hint="clip what was stated as certain",
        )  # fmt: skip
    if not (0 < odds_ratio < np.inf and odds_ratio != 1):
        raise SettingsError(field="odds_ratio", expected="a ratio above 0 other than 1", got=odds_ratio)


def page_hinkley_steps(residuals: ArrayLike, *, weights: ArrayLike, tolerance: float) -> Floats:
    """Steps of the test of Page and Hinkley: weighted residuals, less what is tolerated.

    The greatest rise of the running sum above its minimum so far is the sum that never falls below zero; with a mean
    known beforehand this test and `cusum` are one. It needs no model of the results, and takes weights such as 1/π.

    Parameters
    ----------
    residuals
        Observed minus stated, shape ``(n,)``.
    weights
        Above 0, shape ``(n,)``; only their proportions count.
    tolerance
        Mean residual that is no cause for alarm, at least 0; half the change looked for is usual.

    Raises
    ------
    SettingsError
        When a weight is not above 0, or the tolerance is negative.

    References
    ----------
    Page (1954), Biometrika 41:100; Hinkley (1971), Biometrika 58:509.

    Examples
    --------
    >>> page_hinkley_steps([0.9, -0.1], weights=[1, 1], tolerance=0.05).round(2).tolist()
    [0.85, -0.15]
    """
    w = np.asarray(weights, dtype=np.float64)
    if not np.all(w > 0):
        raise SettingsError(field="weights", expected="above 0", got=float(w.min()))
    if not tolerance >= 0:
        raise SettingsError(field="tolerance", expected="0 or more", got=tolerance)
    mean = w.mean() if w.size else 1.0
    return np.asarray(np.asarray(residuals, dtype=np.float64) * w / mean - tolerance)


def cusum(steps: ArrayLike, *, threshold: float) -> Path:
    """Add steps up, never below zero, and start anew after each alarm.

    Parameters
    ----------
    steps
        In the order in which results became known, shape ``(n,)``.
    threshold
        Height at which an alarm is raised, above 0.

    Raises
    ------
    SettingsError
        When the threshold is not above 0.

    References
    ----------
    Page (1954), Biometrika 41:100, section 4.

    Examples
    --------
    >>> path = cusum([-1, 1, 1, -1, 2, 1], threshold=3)
    >>> path.values.tolist(), path.alarms.tolist(), path.starts.tolist()
    ([0.0, 1.0, 2.0, 1.0, 3.0, 1.0], [4], [1])
    """
    if not threshold > 0:
        raise SettingsError(field="threshold", expected="above 0", got=threshold)
    added = np.asarray(steps, dtype=np.float64)
    values, alarms, starts, first = np.zeros(added.size), [], [], 0
    while first < added.size:
        part = _reflected(added[first:])
        above = np.flatnonzero(part >= threshold)
        end = int(above[0]) if above.size else part.size - 1
        values[first : first + end + 1] = part[: end + 1]
        if above.size:
            alarms.append(first + end)
            starts.append(first + _rise(part[: end + 1]))
        first += end + 1
    return Path(values, np.array(alarms, dtype=np.int64), np.array(starts, dtype=np.int64))


def likeliest_start(happened: ArrayLike, probabilities: ArrayLike) -> int:
    """Give the place from which raised odds explain results up to the last one best, of unknown size.

    Where the sum last stood at zero is the likeliest start only for a change of exactly the size the chart looks for;
    a greater change often falls into an idle rise that began long before it.

    Parameters
    ----------
    happened
        Results, 0 or 1, up to an alarm, shape ``(n,)``, n at least 1.
    probabilities
        Stated before, in (0, 1), shape ``(n,)``.

    References
    ----------
    Hinkley (1970), Biometrika 57:1; Lorden (1971), Annals of Mathematical Statistics 42:1897, section 3.

    Examples
    --------
    >>> likeliest_start([0, 1, 0, 0, 0, 1, 1, 1], np.full(8, 0.1))
    5
    """
    best, place = -np.inf, 0
    for ratio in RATIOS:
        steps = likelihood_ratio_steps(happened, probabilities, odds_ratio=ratio)
        evidence = np.cumsum(steps[::-1])[::-1]
        if evidence.max() > best:
            best, place = float(evidence.max()), int(evidence.argmax())
    return place


def _reflected(steps: Floats) -> Floats:
    """Sum that never falls below zero."""
    total = np.cumsum(steps)
    sums = total - np.minimum(np.minimum.accumulate(total), 0.0)
    return np.where(sums < 1e-12, 0.0, sums)


def _rise(values: Floats) -> int:
    """Place of the first step of the last rise."""
    quiet = np.flatnonzero(values == 0)
    return int(quiet[-1]) + 1 if quiet.size else 0
