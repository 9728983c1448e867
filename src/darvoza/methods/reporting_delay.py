"""How long results take to come in, seen from a day on which some have not come in yet.

Of what began recently only the quick results are known, so the delays seen are too short. Each known delay had to be
no longer than the time since it began (right truncation); the reverse-time product-limit estimator takes that into
account. It says nothing of delays longer than the longest time anybody has waited.
"""

import numpy as np
from numpy.typing import ArrayLike

from darvoza.errors import SettingsError


def settled_after(delays: ArrayLike, waited: ArrayLike, *, share: float = 0.99) -> float:
    """Estimate after how long this share of all results has come in.

    Parameters
    ----------
    delays
        Delay of each result that is known, ``>= 0``, shape (n,).
    waited
        How long it could have taken at most to be known by now, ``>= delays``, shape (n,).
    share
        The share wished for, in (0, 1).

    Returns
    -------
    float
        In the unit of the delays; 0 without any.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Lynden-Bell (1971), MNRAS 155:95; Kalbfleisch & Lawless (1989), JASA 84:360 (delays of reporting).

    Examples
    --------
    Everything takes two days or ten, half and half; of what began a week ago only the quick half is known:

    >>> settled_after([2] * 20 + [10] * 10, [7] * 10 + [30] * 20)
    10.0
    """
    d, most = np.asarray(delays, dtype=float), np.asarray(waited, dtype=float)
    if d.ndim != 1 or d.shape != most.shape or not np.all((d >= 0) & (d <= most)):
        raise SettingsError(field="waited", expected="for each delay a time no shorter than it", got=most.shape)
    if not 0 < share < 1:
        raise SettingsError(field="share", expected="a share strictly between 0 and 1", got=share)
    if d.size == 0:
        return 0.0
    times, ending = np.unique(d, return_counts=True)
    at_risk = np.searchsorted(np.sort(d), times, side="right") - np.searchsorted(np.sort(most), times, side="left")
    # Chance to be later than a time that is nearly the last: the product runs from the longest delay down.
    within = np.append(np.cumprod((1 - ending / at_risk)[::-1])[::-1][1:], 1.0)
    return float(times[np.argmax(within >= share)])
