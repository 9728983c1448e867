"""What the first look missed, from units that somebody looked at twice without knowing what came out first.

A sample examined by people estimates what people *find*, not what is there. When some units are looked at a second
time, blind, the share of the second look's positives that the first had found too is the share of all positives that a
first look finds (Lincoln–Petersen). The second look may miss as well; it must miss *independently*, and positives must
be equally hard to find within the group it is done for. Where they are not, what is hard for both is missed by both, and
the corrected total is still too low: correct within groups of one kind and add up, and read the sum as "at least".
"""

import numpy as np
from numpy.typing import ArrayLike

from darvoza.errors import SettingsError
from darvoza.methods.estimation import Estimate
from darvoza.methods.intervals import wilson

FEWEST = 20
"""Fewest positives of the second look for a statement about the first."""


def sensitivity(first: ArrayLike, second: ArrayLike, *, level: float = 0.95) -> Estimate | None:
    """Estimate the share of positives that the first look finds.

    Parameters
    ----------
    first, second
        Whether each look found something, 0 or 1 for each unit looked at twice, shape (n,).
    level
        Confidence level in (0, 1).

    Returns
    -------
    Estimate or None
        In [0, 1], with Wilson's limits. ``None`` when the second look found fewer than 20. Divide a total by it with
        `rate_ratio.ratio_of`.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Seber (1982), The Estimation of Animal Abundance, section 3.1.

    Examples
    --------
    The second look found 40; the first had found 32 of them:

    >>> found = sensitivity([1] * 32 + [0] * 68, [1] * 40 + [0] * 60)
    >>> print(f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})")
    0.800 (0.652 to 0.895)
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.shape != two.shape or one.ndim != 1 or not (np.isin(one, (0, 1)).all() and np.isin(two, (0, 1)).all()):
        raise SettingsError(field="second", expected=f"0 or 1 for each of {one.size} units", got=two.shape)
    both, again = int((one * two).sum()), int(two.sum())
    if again < FEWEST:
        return None
    value = both / again
    low, high = (float(limit) for limit in wilson(both, again, level=level))
    return Estimate(value, value * (1 - value) / again, low, high, again)
