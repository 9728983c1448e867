"""How far a distribution has moved, and how far it would seem to have moved by chance alone."""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError

Floats = NDArray[np.float64]

WATCH, MOVED = 0.1, 0.25
"""Customary marks: from the first it is watched, from the second it has moved."""

_HALF = 0.5  # added to each count, so that an empty class does not make the index infinite


class Shift(NamedTuple):
    """How far a distribution has moved.

    Attributes
    ----------
    moved_by
        Population stability index, at least 0.
    by_chance
        What it stays below 95 times in 100 when nothing has moved.
    """

    moved_by: float
    by_chance: float


def stability(before: ArrayLike, now: ArrayLike) -> Shift:
    """Population stability index of two sets of counts: Σ (a − e) ln(a ÷ e) over their shares.

    It sees what is declared, never what is hidden: schemes that declare what honest goods declare leave it where it
    was. With nothing moved it is not 0 but about (k − 1)(1/n + 1/m), so that `by_chance` stands beside it.

    Parameters
    ----------
    before, now
        Counts of the same k classes, at least 0, shape ``(k,)``, k at least 2; neither is empty.

    Raises
    ------
    SettingsError
        When classes differ in number, are fewer than two, or one side is empty.

    References
    ----------
    Kullback & Leibler (1951), Annals of Mathematical Statistics 22:79, the divergence J; Yurdakul (2018), Statistical
    Properties of the Population Stability Index.

    Examples
    --------
    >>> stability([500, 500], [500, 500]).moved_by
    0.0
    >>> shift = stability([500, 500], [800, 200])
    >>> round(shift.moved_by, 2), round(shift.by_chance, 4)
    (0.41, 0.0077)
    """
    e, a = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    if e.shape != a.shape or e.size < 2 or not (e.sum() > 0 and a.sum() > 0 and min(e.min(), a.min()) >= 0):
        got = f"{e.size} and {a.size} classes, {e.sum():g} and {a.sum():g} rows"
        raise SettingsError(
            field="counts", expected="counts of the same two or more classes, neither side empty", got=got
        )
    chance = float(scipy.special.chdtri(e.size - 1, 0.05) * (1 / e.sum() + 1 / a.sum()))
    e, a = (e + _HALF) / (e + _HALF).sum(), (a + _HALF) / (a + _HALF).sum()
    return Shift(float(((a - e) * np.log(a / e)).sum()), chance)
