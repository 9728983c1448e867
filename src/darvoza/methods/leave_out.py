"""Quantiles of a group with one owner's own values left out.

A peer comparison must not be steered by the one who is compared: whoever fills half of a cell would otherwise set
the median he is measured against. Order statistics allow the exact answer without looking at each pair of owner and
group anew: among the others, the k-th smallest value stands at position k + j of the whole group, where j counts the
owner's own values that come before it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class LeftOut(NamedTuple):
    """Quantiles of the others, per question.

    Attributes
    ----------
    others
        Number of values of the group that are not the owner's, shape ``(n,)``.
    quantiles
        Shape ``(n, len(probabilities))``; NaN where there are none.
    """

    others: Ints
    quantiles: Floats


def quantiles_of_others(
    values: Floats,
    groups: Ints,
    owners: Ints,
    *,
    asked: tuple[Ints, Ints],
    probabilities: tuple[float, ...] = (0.25, 0.5, 0.75),
) -> LeftOut:
    """Give quantiles of each asked group without the asked owner's values.

    Parameters
    ----------
    values, groups, owners
        One observation each, shape ``(m,)``; groups and owners are non-negative codes.
    asked
        Groups and owners of the questions, two arrays of shape ``(n,)``.
    probabilities
        Which quantiles, in [0, 1]; the lower empirical quantile is given (an observed value).

    Examples
    --------
    Owner 1 fills the cell with his own low prices; the median of the others stays 10.

    >>> values = np.array([1.0, 1.0, 1.0, 1.0, 9.0, 10.0, 11.0])
    >>> owners = np.array([1, 1, 1, 1, 2, 3, 4])
    >>> cell = np.zeros(7, dtype=np.int64)
    >>> quantiles_of_others(values, cell, owners, asked=(cell[:1], owners[:1]), probabilities=(0.5,))
    LeftOut(others=array([3]), quantiles=array([[10.]]))
    """
    return PeerGroups(*_asked_for(values, groups, owners, asked[0])).of_others(*asked, probabilities)


class PeerGroups:
    """Values by group, ready to be asked about any number of times.

    Parameters
    ----------
    values, groups, owners
        One observation each, shape ``(m,)``; groups and owners are non-negative codes, in 62 bits together.
    """

    def __init__(self, values: Floats, groups: Ints, owners: Ints) -> None:
        self._values, self._groups, owners = _in_order(values, groups, owners)
        self._span = int(owners.max(initial=0)) + 1
        pair = self._groups * self._span + owners
        order = np.argsort(pair, kind="stable")
        self._pair = pair[order]
        self._shifted = _within_runs(self._groups)[order] - _within_runs(self._pair)

    def of_others(self, groups: Ints, owners: Ints, probabilities: tuple[float, ...]) -> LeftOut:
        """Give quantiles of each group without the values of its owner; arguments as for `quantiles_of_others`."""
        start = np.searchsorted(self._groups, groups, side="left")
        size = np.searchsorted(self._groups, groups, side="right") - start
        # an owner that none of the values has would, numbered on, look like one of the next group
        pair = np.where(owners < self._span, groups * self._span + owners, -1)
        own_start = np.searchsorted(self._pair, pair, side="left")
        own_size = np.searchsorted(self._pair, pair, side="right") - own_start
        others = size - own_size
        quantiles = np.full((groups.size, len(probabilities)), np.nan)
        some = others > 0
        rank = np.floor(np.array(probabilities) * (others[some, None] - 1)).astype(np.int64)
        skipped = _own_before(self._shifted, own_start[some, None], own_size[some, None], rank)
        quantiles[some] = self._values[start[some, None] + rank + skipped]
        return LeftOut(others.astype(np.int64), quantiles)


def _asked_for(values: Floats, groups: Ints, owners: Ints, asked: Ints) -> tuple[Floats, Ints, Ints]:
    """Keep the groups that are asked for."""
    wanted = np.zeros(int(max(groups.max(initial=0), asked.max(initial=0))) + 1, dtype=bool)
    wanted[asked] = True
    keep = wanted[groups]
    return values[keep], groups[keep], owners[keep]


def _in_order(values: Floats, groups: Ints, owners: Ints) -> tuple[Floats, Ints, Ints]:
    """Sort by group and value."""
    if np.all((groups[1:] > groups[:-1]) | ((groups[1:] == groups[:-1]) & (values[1:] >= values[:-1]))):
        return values, groups, owners
    in_value_order = bool(np.all(values[1:] >= values[:-1]))
    order = np.argsort(groups, kind="stable") if in_value_order else np.lexsort((values, groups))
    return values[order], groups[order], owners[order]


def _within_runs(codes: Ints) -> Ints:
    """Number the members of each run of equal codes from 0."""
    place = np.arange(codes.size, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1]))) if codes.size else place
    return place - np.repeat(starts, np.diff(np.append(starts, codes.size)))


def _own_before(shifted: Ints, start: Ints, size: Ints, rank: Ints) -> Ints:
    """Count the own values whose shifted position is at most `rank`: a binary search within each pair."""
    low, high = np.zeros_like(rank), np.broadcast_to(size, rank.shape)
    while True:
        open_ = low < high
        if not open_.any():
            return low
        middle = (low + high) // 2
        at = np.minimum(start + middle, shifted.size - 1)
        right = open_ & (shifted[at] <= rank)
        low = np.where(right, middle + 1, low)
        high = np.where(open_ & ~right, middle, high)
