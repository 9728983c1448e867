"""Probabilities of few marked units in a sample, to the precision that a search for the smallest sample needs."""

import math
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

CLOSE = 1e-9
"""Relative distance from a limit at which rounding could decide; within it whole numbers do."""

LONGEST = 20_000
"""Most factors of an exact product; beyond it a tie between such numbers does not happen."""


def log_choose(n: ArrayLike, k: ArrayLike) -> Floats:
    """Logarithm of the number of ways to choose k of n; shapes broadcast.

    Examples
    --------
    >>> round(float(np.exp(log_choose(5, 2))), 9)
    10.0
    """
    whole, part = np.asarray(n, dtype=float), np.asarray(k, dtype=float)
    return np.asarray(-np.log1p(whole) - scipy.special.betaln(whole - part + 1, part + 1))


def hypergeometric_pmf(x: NDArray[np.integer], *, lot_size: int, marked: int, size: int) -> Floats:
    """Probability of x marked units in a sample without replacement; 0 where x is impossible.

    Examples
    --------
    >>> round(float(hypergeometric_pmf(np.array([1]), lot_size=10, marked=5, size=2)[0]), 9)
    0.555555556
    """
    possible = (x <= marked) & (size - x <= lot_size - marked)
    y = np.where(possible, x, max(0, size - lot_size + marked))
    ways = log_choose(marked, y) + log_choose(lot_size - marked, size - y)
    total = log_choose(lot_size, size)
    return np.where(possible, np.exp(ways - total), 0.0)


def none_drawn(lot_size: int, marked: int, size: int) -> float:
    """Probability that a sample without replacement holds none of the marked units, accurate also in huge lots.

    Examples
    --------
    >>> none_drawn(4, 1, 3)
    0.25
    """
    if size > lot_size - marked:
        return 0.0
    few, many = sorted((marked, size))
    return math.exp(float(np.log1p(-many / (lot_size - np.arange(few, dtype=float))).sum()))


def none_drawn_at_most(limit: Fraction, *, lot_size: int, marked: int, size: int) -> bool:
    """Whether `none_drawn` is at most a limit; settled in whole numbers where rounding could decide.

    Examples
    --------
    Nine of ten units, one of them marked: it is missed with probability 1/10, exactly the limit.

    >>> none_drawn_at_most(Fraction("0.1"), lot_size=10, marked=1, size=9)
    True
    """
    found = none_drawn(lot_size, marked, size)
    few, many = sorted((marked, size))
    if abs(found - limit) > CLOSE * limit or few > LONGEST:
        return found <= limit
    left = math.prod(lot_size - many - i for i in range(few)) * limit.denominator
    return left <= math.prod(lot_size - i for i in range(few)) * limit.numerator


def few_recognised(acceptance: int, *, lot_size: int, marked: int, size: int, sensitivity: float) -> float:
    """Probability that at most `acceptance` marked units are drawn and recognised.

    A marked unit in the sample is recognised with probability `sensitivity`, each independently.

    Examples
    --------
    >>> round(few_recognised(0, lot_size=4, marked=1, size=4, sensitivity=0.75), 9)
    0.25
    """
    x = np.arange(max(0, size - lot_size + marked), min(marked, size) + 1)
    if sensitivity == 1.0:
        x = x[x <= acceptance]
        return float(hypergeometric_pmf(x, lot_size=lot_size, marked=marked, size=size).sum())
    overlooked = scipy.special.bdtr(np.minimum(acceptance, x), x, sensitivity)
    return float(hypergeometric_pmf(x, lot_size=lot_size, marked=marked, size=size) @ overlooked)


def few_recognised_at_most(
    limit: Fraction, acceptance: int, *, lot_size: int, marked: int, size: int, sensitivity: Fraction
) -> bool:
    """Whether `few_recognised` is at most a limit; settled in whole numbers where rounding could decide."""
    found = few_recognised(acceptance, lot_size=lot_size, marked=marked, size=size, sensitivity=float(sensitivity))
    most = min(marked, size)
    # the sum of logarithms is less accurate than the product in `none_drawn`, hence the wider band
    if abs(found - limit) > 1e3 * CLOSE * limit or most > LONGEST // 20 or size > LONGEST:
        return found <= limit
    missed = sum(
        math.comb(marked, x)
        * math.comb(lot_size - marked, size - x)
        * math.comb(x, y)
        * sensitivity**y
        * (1 - sensitivity) ** (x - y)
        for x in range(max(0, size - lot_size + marked), most + 1)
        for y in range(min(acceptance, x) + 1)
    )
    return missed <= limit * math.comb(lot_size, size)
