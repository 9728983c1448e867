"""What examinations that found nothing say about the absence of what was looked for.

*Sensitivity* of a system is the chance that it finds something if the marked units are there at the level stated.
"""

import math
from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import share, share_up_to_one, whole

Floats = NDArray[np.float64]


def in_parallel(sensitivities: Sequence[float]) -> float:
    """Sensitivity of several tests when one positive is enough: ``1 − ∏(1 − s)``.

    Examples
    --------
    >>> round(in_parallel([0.99, 0.95, 0.8]), 9)
    0.9999
    """
    return 1 - math.prod(1 - share_up_to_one("sensitivities", s) for s in sensitivities)


def in_series(sensitivities: Sequence[float]) -> float:
    """Sensitivity of several tests when all must be positive: ``∏ s``.

    Examples
    --------
    >>> round(in_series([0.99, 0.95, 0.8]), 9)
    0.7524
    """
    return math.prod(share_up_to_one("sensitivities", s) for s in sensitivities)


def system_sensitivity(sizes: ArrayLike, *, levels: ArrayLike, sensitivity: float = 1.0) -> float:
    """Chance that samples from one or several strata find something: ``1 − ∏ (1 − level·s)^n``.

    Parameters
    ----------
    sizes
        Units examined in each stratum, ``>= 0``.
    levels
        Level in each stratum, in (0, 1]; one level for all will do.
    sensitivity
        Chance that a marked unit is recognised, in (0, 1].

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Martin, Cameron & Greiner (2007), Preventive Veterinary Medicine 79:71.

    Examples
    --------
    >>> round(system_sensitivity(60, levels=0.05, sensitivity=0.9), 6)
    0.936875
    """
    n, p = np.broadcast_arrays(np.asarray(sizes, dtype=float), np.asarray(levels, dtype=float))
    if not (np.all(n >= 0) and np.all((p > 0) & (p <= 1))):
        raise SettingsError(field="sizes", expected="sizes of 0 or more and levels in (0, 1]", got=(sizes, levels))
    return float(-np.expm1(scipy.special.xlog1py(n, -p * share_up_to_one("sensitivity", sensitivity)).sum()))


def finite_sensitivity(size: int, *, lot_size: int, marked: int, sensitivity: float = 1.0) -> float:
    """The same for a sample from one finite lot, approximately: ``1 − (1 − s·n/N)^D``.

    `darvoza.methods.sampling.detection.miss_probability` is exact; this is what survey packages compute.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> round(finite_sensitivity(125, lot_size=250, marked=3, sensitivity=0.8), 6)
    0.784
    """
    reach = whole("size", size, least=0) / whole("lot_size", lot_size)
    if reach > 1:
        raise SettingsError(field="size", expected=f"at most the {lot_size} units of the lot", got=size)
    seen = share_up_to_one("sensitivity", sensitivity)
    return float(1 - (1 - seen * reach) ** whole("marked", marked, least=0))


def adjusted_risks(relative: ArrayLike, *, shares: ArrayLike) -> Floats:
    """Relative risks of strata scaled so that their mean over the population is 1.

    Parameters
    ----------
    relative
        Relative risk of each stratum, ``> 0``; shape (strata,).
    shares
        Share of the population in each, adding up to 1.

    Raises
    ------
    SettingsError
        When the shapes differ, or an argument is out of range.

    Examples
    --------
    >>> adjusted_risks([5, 3, 1], shares=[0.1, 0.1, 0.8]).tolist()
    [3.125, 1.875, 0.625]
    """
    r, w = np.asarray(relative, dtype=float), np.asarray(shares, dtype=float)
    if r.shape != w.shape or not (np.all(r > 0) and np.all(w >= 0) and np.isclose(w.sum(), 1)):
        raise SettingsError(
            field="shares", expected="a risk above 0 and a share for each stratum, shares adding up to 1", got=shares
        )
    return np.asarray(r / (r @ w))


def confidence_over_time(
    sensitivity: float, *, periods: int, introduction: float, prior: float = 0.5
) -> tuple[float, ...]:
    """Probability of absence after each of several periods in which nothing was found.

    It rises with each period without a finding and is discounted by the chance of introduction in between; with a
    sensitivity of nearly 0 it decays.

    Parameters
    ----------
    sensitivity
        Of the whole system in one period, in (0, 1].
    periods
        How many, at least 1.
    introduction
        Chance of introduction in a period, in [0, 1).
    prior
        Probability of absence before the first, in (0, 1).

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Martin, Cameron & Greiner (2007), Preventive Veterinary Medicine 79:71, section 2.4.

    Examples
    --------
    >>> [round(p, 4) for p in confidence_over_time(0.4, periods=3, introduction=0.01)]
    [0.6203, 0.7262, 0.81]
    """
    seen = share_up_to_one("sensitivity", sensitivity)
    arrival = 0.0 if introduction == 0 else share("introduction", introduction)
    free, found = share("prior", prior), []
    for _ in range(whole("periods", periods)):
        present = (1 - free) + arrival - (1 - free) * arrival
        free = (1 - present) / (1 - seen * present)
        found.append(free)
    return tuple(found)
