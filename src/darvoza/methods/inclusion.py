"""Inclusion probabilities that spend a budget where it counts most.

One family of curves joins the two ends of the trade: ``π(h) = 1 / (1 + (λ / h)^(1/T))`` for a worth ``h`` > 0. With
the dial ``T → 0`` it is rank-and-cut at λ; with ``T → ∞`` it is pure chance. λ is the one number left, and the budget
fixes it.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]

SMALLEST = 1e-12
"""Worth below this counts as this: π stays defined and the budget stays solvable."""


TOLERANCE = 1e-6
"""λ is found to a millionth, far below what any decision could notice."""


def inclusion(worth: Floats, cut: float | Floats, *, dial: float) -> Floats:
    """Give the inclusion probability of each unit.

    Parameters
    ----------
    worth
        What examining the unit is worth, ≥ 0, shape ``(n,)``.
    cut
        ln λ, the logarithm of the worth at which π is one half; ``inf`` gives 0 everywhere, ``-inf`` gives 1. A
        number or shape ``(n,)``. The logarithm is kept because λ itself leaves the range of doubles at large dials.
    dial
        T > 0: how soft the cut is.

    Examples
    --------
    >>> inclusion(np.array([0.5, 1.0, 2.0]), 0.0, dial=0.5).tolist()
    [0.2, 0.5, 0.8]
    """
    logs = np.log(np.maximum(worth, SMALLEST))
    return np.asarray(special.expit((logs - cut) / dial))


def solve_cut(worth: Floats, floors: Floats, *, budget: float, dial: float) -> float:
    """Find ln λ so that ``Σ max(floor, π(worth; λ))`` equals the budget.

    The sum falls continuously as λ rises, so a bracketed search on ``log λ`` (Brent, 1973) cannot fail.

    Parameters
    ----------
    worth, floors
        Worth ≥ 0 and floors in [0, 1] of the units, shape ``(n,)``.
    budget
        What the sum of probabilities may come to, ≥ 0.
    dial
        T > 0 of `inclusion`.

    Returns
    -------
    float
        ln λ; ``inf`` when the floors alone reach the budget, ``-inf`` when the budget covers every unit.

    Examples
    --------
    >>> worth = np.array([1.0, 2.0, 4.0, 8.0])
    >>> cut = solve_cut(worth, np.zeros(4), budget=2.0, dial=0.1)
    >>> bool(2.0 < math.exp(cut) < 4.0)
    True
    >>> solve_cut(worth, np.full(4, 0.5), budget=1.0, dial=0.1)
    inf
    """
    if worth.size == 0 or float(floors.sum()) >= budget:
        return math.inf
    if budget >= worth.size:
        return -math.inf
    logs = np.log(np.maximum(worth, SMALLEST))
    reach = 40.0 * dial + 1.0

    def over(cut: float) -> float:
        """Tell by how much a cut overspends."""
        return float(np.maximum(floors, special.expit((logs - cut) / dial)).sum()) - budget

    # at both ends the logistic is flat to machine precision, so the sign must change in between
    return float(optimize.brentq(over, float(logs.min()) - reach, float(logs.max()) + reach, xtol=TOLERANCE))
