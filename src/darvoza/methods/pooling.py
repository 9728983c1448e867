"""The probability that at least one of several things is so, when they stand and fall together to some degree."""

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def any_of(probabilities: Floats, starts: Ints, *, independence: float) -> Floats:
    """Probability that at least one member of each group is positive.

    With ``m`` the largest probability of the group, ``1 − (1 − m)^(1 − a) · (Π(1 − p))^a``: the largest alone when
    the members stand or fall together (a = 0), one minus the product when they are independent (a = 1).

    Parameters
    ----------
    probabilities
        In [0, 1), members of a group next to each other, shape (m,).
    starts
        First member of each group, shape (n,).
    independence
        The exponent a, in [0, 1].

    Returns
    -------
    Floats
        At least the largest probability of the group, shape (n,).

    Examples
    --------
    >>> members = np.array([0.5, 0.5, 0.1])
    >>> any_of(members, np.array([0, 2]), independence=0.0).tolist()
    [0.5, 0.1]
    >>> any_of(members, np.array([0, 2]), independence=1.0).round(6).tolist()
    [0.75, 0.1]
    """
    largest, together = _survival(probabilities, starts)
    return np.asarray(-np.expm1((1 - independence) * largest + independence * together))


def _survival(probabilities: Floats, starts: Ints) -> tuple[Floats, Floats]:
    """Logarithms of the chance that nothing is so: by the largest alone, and by all as if independent."""
    none = np.log1p(-probabilities)
    return np.minimum.reduceat(none, starts), np.add.reduceat(none, starts)


def fit_independence(probabilities: Floats, positives: NDArray[np.bool_], starts: Ints, weights: Floats) -> float:
    """Fit how independent the members of a group are, by maximum likelihood.

    Parameters
    ----------
    probabilities, positives
        Calibrated probability and result of each member, shape (m,).
    starts
        First member of each group, shape (n,).
    weights
        Weight of each group, above 0, shape (n,).

    Returns
    -------
    float
        In [0, 1]; 0 where no group has two members.

    Examples
    --------
    Pairs that always agree stand or fall together:

    >>> both = np.repeat(np.arange(400) % 4 == 0, 2)
    >>> fit_independence(np.full(800, 0.25), both, np.arange(0, 800, 2), np.ones(400)) < 0.01
    True
    """
    largest, together = _survival(probabilities, starts)
    found = np.logical_or.reduceat(positives, starts)
    several = together < largest
    if not several.any():
        return 0.0
    largest, together, found, weights = (each[several] for each in (largest, together, found, weights))

    def loss(independence: float) -> float:
        none = (1 - independence) * largest + independence * together
        some = np.log(np.maximum(-np.expm1(none), 1e-300))
        return float(-(weights * np.where(found, some, none)).sum() / weights.sum())

    return float(scipy.optimize.minimize_scalar(loss, bounds=(0.0, 1.0), method="bounded").x)
