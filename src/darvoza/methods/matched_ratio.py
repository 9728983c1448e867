"""Ratios between a group and its peers, compared only within strata in which both occur.

A group that trades other goods at other posts cannot be compared as a whole. Within each stratum it can; the strata
are then joined with weights that favour those that say most.
"""

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.rate_ratio import Ratio

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MatchedRatio:
    """A ratio with its interval, and what it rests on.

    Attributes
    ----------
    ratio
        The ratio and its limits; ``None`` where nothing can be compared.
    cases, peers
        Cases of the group and of its peers in strata where both occur.
    """

    ratio: Ratio | None
    cases: int
    peers: int


def _checked(strata: ArrayLike, inside: ArrayLike, values: ArrayLike) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Give strata, membership and values of the strata in which both sides occur."""
    where, member = np.asarray(strata, dtype=np.int64), np.asarray(inside, dtype=bool)
    value = np.asarray(values, dtype=float)
    if not where.shape == member.shape == value.shape:
        shapes = (where.shape, member.shape, value.shape)
        raise SettingsError(field="values", expected="strata, membership and values of one shape", got=shapes)
    count = int(where.max()) + 1 if where.size else 0
    both = (np.bincount(where, member, count) > 0) & (np.bincount(where, ~member, count) > 0)
    kept = both[where] if where.size else np.zeros(0, bool)
    renumbered = np.cumsum(both) - 1
    return renumbered[where[kept]], member[kept].astype(float), value[kept]


def matched_rate_ratio(
    strata: ArrayLike, inside: ArrayLike, positive: ArrayLike, *, level: float = 0.95
) -> MatchedRatio:
    """Give the Mantel–Haenszel ratio of two rates, with Greenland and Robins' interval.

    Parameters
    ----------
    strata
        Number of the stratum of each case, from 0; shape ``(n,)``.
    inside
        Whether the case belongs to the group.
    positive
        Whether it is a positive.
    level
        Confidence level in (0, 1).

    References
    ----------
    Greenland & Robins (1985), Biometrics 41:55, equations 4 and 13.

    Examples
    --------
    >>> strata = [0] * 8 + [1] * 8
    >>> inside = [True] * 4 + [False] * 4 + [True] * 4 + [False] * 4
    >>> found = matched_rate_ratio(strata, inside, [1, 0, 0, 0, 1, 1, 0, 0] * 2)
    >>> print(found.ratio.value, found.cases, found.peers)
    0.5 8 8
    """
    where, member, y = _checked(strata, inside, positive)
    ours, theirs = np.bincount(where, member), np.bincount(where, 1 - member)
    total = ours + theirs
    a, b = np.bincount(where, member * y), np.bincount(where, (1 - member) * y)
    with np.errstate(divide="ignore", invalid="ignore"):
        above, below = float(np.nansum(a * theirs / total)), float(np.nansum(b * ours / total))
        spread = float(np.nansum((ours * theirs * (a + b) - a * b * total) / total**2))
    if below == 0:
        return MatchedRatio(None, int(ours.sum()), int(theirs.sum()))
    if above == 0:
        return MatchedRatio(Ratio(0.0, None, None), int(ours.sum()), int(theirs.sum()))
    reach = _reach(math.sqrt(max(spread, 0.0) / (above * below)), level)
    value = above / below
    found = Ratio(value, value * math.exp(-reach), value * math.exp(reach))
    return MatchedRatio(found, int(ours.sum()), int(theirs.sum()))


def matched_mean_ratio(strata: ArrayLike, inside: ArrayLike, values: ArrayLike, *, level: float = 0.95) -> MatchedRatio:
    """Give the ratio of two geometric means, differences within strata weighted by n₁n₀/(n₁ + n₀).

    Parameters
    ----------
    strata, inside
        As in `matched_rate_ratio`.
    values
        Values above 0, such as durations.
    level
        Confidence level in (0, 1).

    References
    ----------
    Cochran (1954), Biometrics 10:417 (weights); the variance is pooled within strata and sides.

    Examples
    --------
    >>> found = matched_mean_ratio([0] * 6, [True] * 3 + [False] * 3, [1.0, 2.0, 4.0, 2.0, 4.0, 8.0])
    >>> print(f"{found.ratio.value:.2f}")
    0.50
    """
    where, member, value = _checked(strata, inside, values)
    if np.any(~(value > 0)):
        raise SettingsError(field="values", expected="values above 0", got="0 or less")
    cell = (2 * where + member).astype(np.int64)
    count = np.bincount(cell, minlength=2 * (int(where.max()) + 1) if where.size else 0)
    sums = np.bincount(cell, np.log(value), minlength=count.size)
    if not count.size:
        return MatchedRatio(None, 0, 0)
    means = sums / count
    theirs, ours = count[0::2], count[1::2]
    weights = ours * theirs / (ours + theirs)
    free = value.size - count.size
    if free <= 0:
        return MatchedRatio(None, int(ours.sum()), int(theirs.sum()))
    within = float(((np.log(value) - means[cell]) ** 2).sum()) / free
    difference = float((weights * (means[1::2] - means[0::2])).sum() / weights.sum())
    reach = _reach(math.sqrt(within / float(weights.sum())), level)
    ratio = Ratio(math.exp(difference), math.exp(difference - reach), math.exp(difference + reach))
    return MatchedRatio(ratio, int(ours.sum()), int(theirs.sum()))


def _reach(deviation: float, level: float) -> float:
    if not 0 < level < 1:
        raise SettingsError(field="level", expected="a level strictly between 0 and 1", got=level)
    return float(scipy.special.ndtri((1 + level) / 2)) * deviation
