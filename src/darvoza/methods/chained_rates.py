"""Rates of cells within cells: the whole, a part, a part of the part; each pulled towards the one around it.

What is known of a cell is counted in effective trials: results that were drawn with a small probability stand for many
others and yet are few, and old results fade.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError

Floats = NDArray[np.float64]

STRENGTH = 20.0
"""How many trials the surrounding cell is worth where nothing better is known: a convention, to be set by who knows."""


class Trials(NamedTuple):
    """What is known of each cell: effective positives and trials, both of shape ``(cells,)``, positives ≤ trials."""

    positives: Floats
    trials: Floats


def fading(ages: ArrayLike, *, half_life: float) -> Floats:
    """Weight of what is so old: ``2^(−age / half_life)``.

    Parameters
    ----------
    ages
        At least 0, in the unit of `half_life`.
    half_life
        Above 0; infinite where nothing fades.

    Examples
    --------
    >>> fading([0, 365, 730], half_life=365).tolist()
    [1.0, 0.5, 0.25]
    """
    ages = np.asarray(ages, dtype=float)
    if not half_life > 0:
        raise SettingsError(field="half_life", expected="a time above 0", got=half_life)
    if not np.all(ages >= 0):
        raise SettingsError(field="ages", expected="times of at least 0", got="a time to come or none")
    return np.asarray(np.exp2(-ages / half_life))


def effective_trials(
    positive: ArrayLike, cell: ArrayLike, *, cells: int, probability: ArrayLike, weight: ArrayLike
) -> Trials:
    """Count what is known of each cell, whatever each result was drawn with.

    The rate is Hájek's, ``Σ(w/π)·y / Σ(w/π)``; it counts as ``(Σ w/π)² / Σ(w/π²)`` trials. Where all were drawn with one
    probability these are plainly the faded counts.

    Parameters
    ----------
    positive, cell, probability, weight
        Of each result: whether it is positive, the number of its cell, with which probability it was drawn (in (0, 1])
        and what it counts for (in [0, 1]), shape ``(n,)``.
    cells
        Number of cells.

    Raises
    ------
    SettingsError
        When a probability or a weight is out of range.

    References
    ----------
    Effective size of a sample: Kish (1965), Survey Sampling, 11.7; here a faded result is a part of a trial.

    Examples
    --------
    >>> known = effective_trials([1, 0, 0, 0], [0, 0, 0, 0], cells=1, probability=[1, 0.1, 0.1, 0.1], weight=1.0)
    >>> known.trials.round(3).tolist(), (known.positives / known.trials).round(4).tolist()
    ([3.193], [0.0323])
    """
    y, where = np.asarray(positive, dtype=float), np.asarray(cell, dtype=np.int64)
    pi, fade = (
        np.broadcast_to(np.asarray(probability, float), y.shape),
        np.broadcast_to(np.asarray(weight, float), y.shape),
    )
    if not np.all((pi > 0) & (pi <= 1)):
        raise SettingsError(field="probability", expected="probabilities in (0, 1]", got="values outside")
    if not np.all((fade >= 0) & (fade <= 1)):
        raise SettingsError(field="weight", expected="weights in [0, 1]", got="values outside")
    stands = np.bincount(where, fade / pi, cells)
    found = np.bincount(where, y * fade / pi, cells)
    square = np.bincount(where, fade / pi**2, cells)
    trials = np.divide(stands**2, square, out=np.zeros(cells), where=square > 0)
    rate = np.divide(found, stands, out=np.zeros(cells), where=stands > 0)
    return Trials(trials * rate, trials)


def pulled(positives: ArrayLike, trials: ArrayLike, *, around: ArrayLike, strength: float = STRENGTH) -> Floats:
    """Give the rate of cells, each pulled towards the cell around it: ``(y + m·r) / (n + m)``.

    A cell without trials says what the one around it says.

    Parameters
    ----------
    positives, trials
        Effective counts of each cell, 0 ≤ y ≤ n, shape ``(cells,)``.
    around
        The rate of the cell around each, in (0, 1).
    strength
        How many trials the cell around is worth, m > 0.

    Returns
    -------
    Floats
        In (0, 1), shape ``(cells,)``.

    Raises
    ------
    SettingsError
        When a number is out of range.

    Examples
    --------
    >>> pulled([0, 4], [0, 20], around=[0.01, 0.01], strength=20).round(4).tolist()
    [0.01, 0.105]
    """
    y, n, r = (np.asarray(values, dtype=float) for values in (positives, trials, around))
    if not (np.all(y >= 0) and np.all(y <= n + 1e-9)):
        raise SettingsError(field="positives", expected="0 <= positives <= trials everywhere", got="values outside")
    if not (np.all((r > 0) & (r < 1)) and 0 < strength < math.inf):
        raise SettingsError(field="around", expected="rates in (0, 1) and a strength above 0", got=strength)
    return np.asarray((y + strength * r) / (n + strength))


def any_harm(rates: ArrayLike, severities: ArrayLike) -> Floats:
    """Give the score of several hazards: ``1 − Π(1 − rate · severity)``, in [0, 1], shape ``(n,)``.

    Parameters
    ----------
    rates
        Shape ``(n, hazards)``, in [0, 1].
    severities
        Of each hazard, in [0, 1], shape ``(hazards,)``.

    Examples
    --------
    >>> any_harm([[0.5, 0.5], [0.1, 0.0]], [1.0, 0.5]).round(4).tolist()
    [0.625, 0.1]
    """
    rate, severity = np.asarray(rates, dtype=float), np.asarray(severities, dtype=float)
    if not (np.all((rate >= 0) & (rate <= 1)) and np.all((severity >= 0) & (severity <= 1))):
        raise SettingsError(field="rates", expected="rates and severities in [0, 1]", got="values outside")
    return np.asarray(1 - np.prod(1 - rate * severity, axis=-1))


def spread(score: ArrayLike, *, share: float, usual: float) -> Floats:
    """Turn scores into probabilities in proportion to them, `share` on the average of usual goods, at most 1.

    Parameters
    ----------
    score
        In [0, 1], shape ``(n,)``.
    share
        Average probability to spend, in (0, 1].
    usual
        Average score of usual goods, above 0: a constant, so that no goods depend on what comes with them.

    Examples
    --------
    >>> spread([0.01, 0.02, 0.9], share=0.1, usual=0.02).round(4).tolist()
    [0.05, 0.1, 1.0]
    """
    if not (0 < share <= 1 and usual > 0):
        raise SettingsError(field="share", expected="a share in (0, 1] and a usual score above 0", got=(share, usual))
    return np.asarray(np.minimum(share * np.asarray(score, dtype=float) / usual, 1.0))
