"""Inclusion probabilities that spend a budget where it counts most.

Units have a worth ``h`` per unit of cost, a floor ``f`` under their probability, and a cost ``c``. Asked is the most
worth, softened by entropy: a selection that is nearly certain can be foreseen, and says nothing about what it leaves out.

    maximise  Σ c·(π·ln h + T·H(π))   subject to  Σ c·π = C  and  f ≤ π ≤ 1,   H(π) = −π·ln π − (1−π)·ln(1−π)

The derivative of the Lagrangian vanishes where ``ln h − ln λ = T·ln(π/(1−π))``, and the constraint ``π ≥ f`` binds below
that, so that

    π = max(f, σ((ln h − ln λ)/T)) = max(f, 1/(1 + (λ/h)^(1/T))).

The odds of being selected grow as the power 1/T of the worth. ``T`` is the dial: at 0 the most worthy are taken and the
rest is not, at ∞ chance alone decides. λ, the worth at which π is one half, is fixed by the budget. The same π are those
of rank-and-cut by ``h`` times a logistic error of the scale ``T`` in its logarithm. Multiplying every worth by a number
multiplies λ and changes no π.

**Purses.** Worth may be of several kinds that cannot be added up. Each purse has its own λ and a part of what the floors
leave; the purses are served one after the other, π is the largest that any of them gives, and each tops up what those
before it have not reached. What no worth can claim is spent by chance.

References
----------
Jaynes (1957), Physical Review 106:620 (the logistic as the distribution of greatest entropy). McFadden (1974),
"Conditional logit analysis of qualitative choice behavior" (the error in the logarithm).
"""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from darvoza.errors import SettingsError

Floats = NDArray[np.float64]

STEEPEST = 1e9
"""The slope that stands for a dial of 0: worths that differ by a millionth are then told apart with certainty."""

CERTAIN = 60.0
"""σ of this is 1 in double precision."""

TOLERANCE = 1e-7
"""To what a cut is found [log-odds], far below what any decision could notice."""

REACHED = 1e-6
"""A goal missed by less than this part of it is reached."""


def steepness(dial: float) -> float:
    """Give the slope 1/T of the log-odds in the logarithm of the worth.

    Parameters
    ----------
    dial
        T in [0, ∞], both ends included.

    Raises
    ------
    SettingsError
        When the dial is below 0 or not a number.

    Examples
    --------
    >>> steepness(0.1), steepness(math.inf), steepness(0.0) == STEEPEST
    (10.0, 0.0, True)
    """
    if not dial >= 0:
        raise SettingsError(field="dial", expected="a number from 0 (rank and cut) to inf (chance)", got=dial)
    return min(1.0 / dial, STEEPEST) if dial > 0 else STEEPEST


def logs_of(worth: Floats, costs: Floats | float = 1.0) -> Floats:
    """Give the logarithm of the worth per unit of cost, ``-inf`` where the worth is 0.

    Parameters
    ----------
    worth
        Worth ≥ 0, shape ``(n,)``.
    costs
        Costs > 0, a number or shape ``(n,)``.

    Examples
    --------
    >>> logs_of(np.array([1.0, math.e, 0.0])).tolist()
    [0.0, 1.0, -inf]
    """
    logs = np.full(np.shape(worth), -np.inf)
    np.log(np.divide(worth, costs), out=logs, where=np.greater(worth, 0))
    return logs


def levels_of(logs: Floats, *, dial: float) -> Floats:
    """Give the log-odds that worths would have at a cut of 1, ``ln(h/c)/T``; what is worth nothing stays at ``-inf``.

    Parameters
    ----------
    logs
        `logs_of` the worths, of any shape.
    dial
        T in [0, ∞].

    Examples
    --------
    >>> levels_of(np.array([0.0, 1.0, -np.inf]), dial=0.5).tolist()
    [0.0, 2.0, -inf]
    """
    levels = np.full(logs.shape, -np.inf)
    # 0 · −inf is not a number, so that what is worth nothing is left out
    np.multiply(logs, steepness(dial), out=levels, where=logs > -np.inf)
    return levels


def with_chance(levels: Floats) -> Floats:
    """Append the purse of chance, to which every unit is worth the same; shape ``(n, k)`` becomes ``(n, k + 1)``.

    Examples
    --------
    >>> with_chance(np.array([[1.0], [2.0]])).tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    return np.column_stack([levels, np.zeros(levels.shape[0])])


def inclusion(levels: Floats, cuts: Sequence[float] | Floats, floors: Floats | float = 0.0) -> Floats:
    """Give the inclusion probability of each unit.

    Parameters
    ----------
    levels
        `levels_of` each purse, shape ``(n, k)``.
    cuts
        The cut of each purse, ``ln λ/T``, shape ``(k,)``; ``inf`` gives nothing.
    floors
        Lower bounds in [0, 1].

    Examples
    --------
    >>> inclusion(levels_of(logs_of(np.array([[0.5], [1.0], [2.0]])), dial=0.5), [0.0]).tolist()
    [0.2, 0.5, 0.8]
    """
    return np.asarray(np.maximum(floors, scipy.special.expit((levels - np.asarray(cuts)).max(axis=1))))


class Units(NamedTuple):
    """What is selected from.

    Attributes
    ----------
    levels
        `levels_of` each purse, then that of chance (`with_chance`), shape ``(n, k)``.
    floors, costs
        Floors in [0, 1] and costs > 0, shape ``(n,)``.
    """

    levels: Floats
    floors: Floats
    costs: Floats


def solve_cuts(units: Units, *, parts: Sequence[float], budget: float) -> Floats:
    """Find the cut of each purse so that ``Σ c·π`` equals the budget.

    Purse after purse is solved by a bracketed search (Brent, 1973); the sum falls continuously as a cut rises, so it
    cannot fail.

    Parameters
    ----------
    units
        What is selected from.
    parts
        The part of each purse but the last in what the floors leave, adding up to at most 1; the last one spends what
        is left.
    budget
        What the sum may come to, ≥ 0.

    Returns
    -------
    Floats
        Cuts, shape ``(k,)``; all ``inf`` when the floors alone reach the budget.

    Examples
    --------
    >>> worth = np.array([[1.0], [2.0], [4.0], [8.0]])
    >>> units = Units(with_chance(levels_of(logs_of(worth), dial=0.1)), np.zeros(4), np.ones(4))
    >>> cuts = solve_cuts(units, parts=[1.0], budget=2.0)
    >>> inclusion(units.levels, cuts).round(3).tolist()
    [0.0, 0.03, 0.97, 1.0]
    >>> solve_cuts(units._replace(floors=np.full(4, 0.5)), parts=[1.0], budget=1.0).tolist()
    [inf, inf]
    """
    levels, held, costs = units
    cuts = np.full(levels.shape[1], np.inf)
    bound = float(costs @ held)
    left = budget - bound
    if left <= 0 or not levels.size:
        return cuts
    for k, goal in enumerate(goals(levels, parts, bound=bound, budget=budget)):
        cuts[k] = _solve_cut(Units(levels[:, k], held, costs), goal)
        if cuts[k] < math.inf:
            held = np.maximum(held, scipy.special.expit(levels[:, k] - cuts[k]))
    return cuts


def goals(levels: Floats, parts: Sequence[float], *, bound: float, budget: float) -> list[float]:
    """Give what the sum is to have reached after each purse, the last one being chance.

    The part of a purse to which nothing is worth anything is shared out among the others, in proportion to theirs. A
    purse without a part spends nothing.

    Parameters
    ----------
    levels
        Levels of each purse and of chance, shape ``(n, k)``.
    parts
        Parts of each purse but chance.
    bound, budget
        What the floors claim, and what may be spent in all.

    Examples
    --------
    >>> goals(np.array([[0.0, 1.0, 0.0]]), [0.25, 0.5], bound=2.0, budget=10.0)
    [4.0, 8.0, 10.0]
    >>> goals(np.array([[-np.inf, 1.0, 0.0]]), [0.25, 0.5], bound=2.0, budget=10.0)
    [-inf, 8.0, 10.0]
    """
    claimed = [part if (levels[:, k] > -np.inf).any() else 0.0 for k, part in enumerate(parts)]
    share = (budget - bound) * sum(parts) / (sum(claimed) or 1.0)
    reached = accumulate(part * share for part in claimed)
    return [*(bound + so_far if part else -math.inf for part, so_far in zip(claimed, reached, strict=True)), budget]


def _solve_cut(units: Units, goal: float) -> float:
    """Find the cut of one purse, on top of what is held already."""
    levels, held, costs = units
    claims = levels > -math.inf
    already = float(costs @ held)
    if already >= goal * (1 - REACHED) or not claims.any():
        return math.inf
    low, high = float(levels[claims].min()) - CERTAIN, float(levels[claims].max()) + CERTAIN
    # sums in another order differ in their last digits, and everything is everything
    if already + float(costs[claims] @ (1 - held[claims])) <= goal * (1 + REACHED):
        return low

    def over(cut: float) -> float:
        """Tell by how much a cut overspends."""
        return float(costs @ np.maximum(held, scipy.special.expit(levels - cut))) - goal

    if over(high) >= 0:  # so little is left that no purse can be opened so little
        return math.inf
    return float(scipy.optimize.brentq(over, low, high, xtol=TOLERANCE, maxiter=200))
