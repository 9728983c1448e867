"""Inclusion probabilities that spend a budget where it counts most.

One family of curves joins the two ends of the trade: ``π(h) = 1 / (1 + (λ / h)^(1/T))`` for a worth ``h`` > 0. With
the dial ``T → 0`` it is rank-and-cut at λ; with ``T → ∞`` it is pure chance. λ is the one number left, and the budget
fixes it.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMALLEST = 1e-12
"""Worth below this counts as this: π stays defined and the budget stays solvable."""


def inclusion(worth: Floats, threshold: float | Floats, *, dial: float) -> Floats:
    """Give the inclusion probability of each unit.

    Parameters
    ----------
    worth
        What examining the unit is worth, ≥ 0, shape ``(n,)``.
    threshold
        λ: the worth at which π is one half; ``inf`` gives 0 everywhere. A number or shape ``(n,)``.
    dial
        T > 0: how soft the cut is.

    Examples
    --------
    >>> inclusion(np.array([0.5, 1.0, 2.0]), 1.0, dial=0.5).tolist()
    [0.2, 0.5, 0.8]
    """
    logs = np.log(np.maximum(worth, SMALLEST))
    with np.errstate(divide="ignore"):
        cut = np.log(np.asarray(threshold, dtype=np.float64))
    return _logistic((logs - cut) / dial)


def _logistic(x: Floats) -> Floats:
    """Compute 1/(1+e^-x) without overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-x, -700.0, 700.0))))


def solve_threshold(worth: Floats, floors: Floats, *, budget: float, dial: float) -> float:
    """Find λ so that ``Σ max(floor, π(worth; λ))`` equals the budget.

    The sum falls continuously as λ rises, so bisection on ``log λ`` cannot fail.

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
        λ; ``inf`` when the floors alone reach the budget, 0 when the budget covers every unit.

    Examples
    --------
    >>> worth = np.array([1.0, 2.0, 4.0, 8.0])
    >>> cut = solve_threshold(worth, np.zeros(4), budget=2.0, dial=0.1)
    >>> bool(2.0 < cut < 4.0)
    True
    >>> solve_threshold(worth, np.full(4, 0.5), budget=1.0, dial=0.1)
    inf
    """
    if worth.size == 0 or float(floors.sum()) >= budget:
        return math.inf
    if budget >= worth.size:
        return 0.0
    logs = np.log(np.maximum(worth, SMALLEST))
    low, high = float(logs.min()) - 40.0 * dial - 1.0, float(logs.max()) + 40.0 * dial + 1.0
    # a millionth of λ is far below what any decision could notice
    for _ in range(60):
        middle = 0.5 * (low + high)
        if float(np.maximum(floors, _logistic((logs - middle) / dial)).sum()) > budget:
            low = middle
        else:
            high = middle
        if high - low < 1e-6:
            break
    return math.exp(high)
