"""What share of the positives is of one kind, group by group: the fallback of a score too rare to be fitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from darvoza.methods.smoothed_rates import moment_prior, shrunken_rate

Features = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupShare:
    """Share of the positives that are of one kind, shrunken towards the share over all groups.

    Attributes
    ----------
    column
        The feature that numbers the groups.
    groups, shares
        Numbers of the groups, rising, and the share of each, in [0, 1].
    whole
        Share over all groups, in [0, 1]; holds for a group that is unknown or has no positives.
    """

    column: int
    groups: tuple[float, ...]
    shares: tuple[float, ...]
    whole: float

    def __call__(self, features: Features) -> Floats:
        """Share of each row, in [0, 1], shape (n,).

        Examples
        --------
        >>> share = GroupShare(0, (8.0, 87.0), (0.5, 0.1), 0.2)
        >>> share(np.array([[87], [8], [64], [np.nan]], dtype=np.float32)).tolist()
        [0.1, 0.5, 0.2, 0.2]
        """
        if not self.groups:
            return np.full(features.shape[0], self.whole)
        known, values = np.asarray(self.groups), features[:, self.column].astype(np.float64)
        place = np.minimum(np.searchsorted(known, values), known.size - 1)
        return np.where(known[place] == values, np.asarray(self.shares)[place], self.whole)

    def described(self) -> dict[str, object]:
        """Give it as plain values."""
        return {"column": self.column, "groups": self.groups, "shares": self.shares, "whole": self.whole}

    @classmethod
    def read(cls, held: Mapping[str, object]) -> Self:
        """Read it back."""
        groups, shares = held["groups"], held["shares"]
        if not (isinstance(groups, list) and isinstance(shares, list) and len(groups) == len(shares)):
            raise ValueError("groups and their shares are not of one length")
        known, share = tuple(map(float, groups)), tuple(map(float, shares))
        return cls(int(str(held["column"])), known, share, float(str(held["whole"])))


def group_share(features: Features, kind: NDArray[np.bool_], *, column: int) -> GroupShare:
    """Learn the share of a kind among positives, group by group.

    Parameters
    ----------
    features
        Rows of positives only, shape (n, p).
    kind
        Which of them are of the kind, shape (n,).
    column
        The feature that numbers the groups.

    Examples
    --------
    >>> rows = np.repeat([1, 2], 50).astype(np.float32).reshape(-1, 1)
    >>> learned = group_share(rows, rows[:, 0] == 1, column=0)
    >>> [round(share, 2) for share in learned.shares], learned.whole
    ([0.99, 0.01], 0.5)
    """
    values = features[:, column].astype(np.float64)
    whole = float(kind.mean()) if kind.size else 0.0
    groups, member = np.unique(values[np.isfinite(values)], return_inverse=True)
    if not 0 < whole < 1 or not groups.size:
        return GroupShare(column, (), (), whole)
    trials = np.bincount(member, minlength=groups.size)
    positives = np.bincount(member, weights=kind[np.isfinite(values)], minlength=groups.size)
    shares = shrunken_rate(positives, trials, moment_prior(positives, trials, rate=whole))
    return GroupShare(column, tuple(groups.tolist()), tuple(shares.tolist()), whole)
