"""A least share over a period: how many are still owed, and with what probability the next must be taken.

Taking each unit with the least share itself falls short in half of all periods. Asking anew before each unit with what
is still needed over what is still to come meets the share in every period whose length was foreseen.
"""

import math
from typing import NamedTuple

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import as_written, whole


class Quota(NamedTuple):
    """Where a least share stands.

    Attributes
    ----------
    owed
        Units that should have been taken of those that came, and were not; 0 when not behind.
    needed
        Units still to be taken until the end of the period.
    floor
        Probability to take the next unit with, in [share, 1].
    attainable
        Whether the units still expected are enough for those needed.
    """

    owed: int
    needed: int
    floor: float
    attainable: bool


def quota(share: float, *, arrived: int, taken: int, expected: int) -> Quota:
    """Say how many units are owed, and raise the floor when behind; being ahead never lowers it.

    Parameters
    ----------
    share
        The least share of the period, in (0, 1].
    arrived, taken
        Units that came so far, and how many of them were taken.
    expected
        Units still expected until the end of the period, 0 or more.

    Returns
    -------
    Quota
        ``floor = min(1, max(share, needed / expected))`` with ``needed = ⌈share · (arrived + expected)⌉ − taken``.
        Where nothing more is expected and something is owed, whatever comes is taken.

    Raises
    ------
    SettingsError
        When the share is not in (0, 1], a count is negative or no whole number, or more were taken than came.

    References
    ----------
    Selection with exactly so many out of those to come: Fan, Muller and Rezucha (1962), JASA 57:387, method 1.

    Examples
    --------
    >>> quota(0.15, arrived=400, taken=40, expected=200)
    Quota(owed=20, needed=50, floor=0.25, attainable=True)
    >>> quota(0.15, arrived=400, taken=80, expected=200).floor
    0.15
    """
    if not 0 < share <= 1:
        raise SettingsError(field="share", expected="a share in (0, 1]", got=share)
    for field, count in (("arrived", arrived), ("taken", taken), ("expected", expected)):
        whole(field, count, least=0)
    if taken > arrived:
        raise SettingsError(field="taken", expected=f"at most the {arrived} that came", got=taken)
    owed = max(_least(share, arrived) - taken, 0)
    needed = max(_least(share, arrived + expected) - taken, 0)
    pace = needed / expected if expected else float(needed > 0)
    return Quota(owed, needed, min(max(share, pace), 1.0), needed <= expected)


def _least(share: float, units: int) -> int:
    """Give the least whole number that is at least the share of the units."""
    return math.ceil(as_written(share) * units)
