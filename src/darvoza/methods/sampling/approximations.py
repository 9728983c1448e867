"""Approximate sample sizes that spreadsheets and survey packages give, to compare with and never to prefer.

They differ from `darvoza.methods.sampling.detection` by design: another rounding of the number of marked units, and a
formula in the place of the search. All round the sample up.
"""

import math

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import as_written, share, share_up_to_one, whole


def cannon_size(lot_size: int, *, level: float, confidence: float) -> int:
    """Sample size by the formula ``(1 − (1 − C)^(1/D)) · (N − (D − 1)/2)`` with ``D = pN`` unrounded.

    Parameters
    ----------
    lot_size
        Units in the lot, at least 1.
    level, confidence
        Shares in (0, 1); ``level · lot_size`` at least 1.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Fosgate (2009), Journal of Veterinary Diagnostic Investigation 21:3, as used in spreadsheets for risk-based
    sampling.

    Examples
    --------
    >>> cannon_size(1000, level=0.01, confidence=0.95)
    258
    """
    marked = float(as_written(share("level", level)) * whole("lot_size", lot_size))
    if marked < 1:
        raise SettingsError(field="level", expected=f"one unit or more of the {lot_size} in the lot", got=level)
    caught = -math.expm1(math.log1p(-share("confidence", confidence)) / marked)
    return min(lot_size, math.ceil(caught * (lot_size - (marked - 1) / 2)))


def cannon_roe_size(lot_size: int, *, marked: int, confidence: float, sensitivity: float = 1.0) -> int:
    """Sample size by the formula ``(N/s) · (1 − (1 − C)^(1/D))``; it may exceed the lot when much is overlooked.

    Parameters
    ----------
    lot_size, marked
        Units in the lot, and marked ones among them; each at least 1.
    confidence, sensitivity
        Shares in (0, 1) and (0, 1].

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Cannon & Roe (1982); MacDiarmid (1988), as in the R package RSurveillance.

    Examples
    --------
    >>> cannon_roe_size(1000, marked=10, confidence=0.95, sensitivity=0.8)
    324
    """
    seen = share_up_to_one("sensitivity", sensitivity)
    caught = -math.expm1(math.log1p(-share("confidence", confidence)) / whole("marked", marked))
    return math.ceil(whole("lot_size", lot_size) / seen * caught)


def rounded_up_size(lot_size: int, *, level: float, confidence: float, sensitivity: float = 1.0) -> int:
    """`cannon_roe_size` with the number of marked units rounded *up*, as survey packages do.

    Examples
    --------
    >>> rounded_up_size(500, level=0.01, confidence=0.95, sensitivity=0.9)
    251
    """
    marked = math.ceil(as_written(share("level", level)) * whole("lot_size", lot_size))
    return cannon_roe_size(lot_size, marked=marked, confidence=confidence, sensitivity=sensitivity)


def fixed_share_size(lot_size: int, *, fraction: float) -> int:
    """A fixed share of the lot, rounded up: easy to order, weak in small lots, wasteful in large ones.

    Parameters
    ----------
    lot_size
        Units in the lot, at least 1.
    fraction
        The share taken, in (0, 1].

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    ISPM 31, appendix 5 compares it with a sample for a level.

    Examples
    --------
    >>> [fixed_share_size(n, fraction=0.02) for n in (10, 50, 3000)]
    [1, 1, 60]
    """
    return math.ceil(as_written(share_up_to_one("fraction", fraction)) * whole("lot_size", lot_size))


def pooled_size(
    level: float, *, confidence: float, pool: int, sensitivity: float = 1.0, specificity: float = 1.0
) -> int:
    """Number of pools to test, each of the same number of units, so that a level is detected.

    Parameters
    ----------
    level, confidence
        Shares in (0, 1).
    pool
        Units in each pool, at least 1.
    sensitivity, specificity
        Of the test of a pool, in (0, 1]: chance that a pool with a marked unit is positive, that one without is not.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Christensen & Gardner (2000), Preventive Veterinary Medicine 45:83.

    Examples
    --------
    >>> pooled_size(0.1, confidence=0.95, pool=5, sensitivity=0.98)
    6
    """
    clean = (1 - share("level", level)) ** whole("pool", pool)
    missed = 1 - share_up_to_one("sensitivity", sensitivity)
    negative = (1 - clean) * missed + clean * share_up_to_one("specificity", specificity)
    return math.ceil(math.log(1 - share("confidence", confidence)) / math.log(negative))
