"""Measured results against a limit, the uncertainty of the measurement regarded."""

from collections.abc import Sequence
from statistics import fmean

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import amount, share_up_to_one


def beyond_doubt(result: float, *, uncertainty: float, limit: float, recovery: float = 1.0) -> bool:
    """Whether a result exceeds a limit beyond reasonable doubt: ``result / recovery − U > limit``.

    Parameters
    ----------
    result
        The result, ``>= 0``, in the unit of the limit.
    uncertainty
        Expanded uncertainty U of the corrected result, ``>= 0``, in the same unit.
    limit
        The largest level allowed, ``>= 0``.
    recovery
        Share of the substance that the method finds, above 0 and at most 1; 1 when the result is corrected already.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Commission Implementing Regulation (EU) 2023/2782, Annex I, Part II, acceptance of a lot.

    Examples
    --------
    >>> beyond_doubt(12.0, uncertainty=2.0, limit=10), beyond_doubt(12.5, uncertainty=2.0, limit=10)
    (False, True)
    """
    corrected = amount("result", result) / share_up_to_one("recovery", recovery)
    return corrected - amount("uncertainty", uncertainty) > amount("limit", limit)


def lot_beyond_doubt(results: Sequence[float], *, uncertainty: float, limit: float, by_mean: bool) -> bool:
    """Whether the laboratory samples of a lot exceed a limit: any one of them, or their mean.

    Parameters
    ----------
    results
        One corrected result for each sample, at least one.
    uncertainty, limit
        As for `beyond_doubt`.
    by_mean
        Judge by the mean of the samples instead of by each.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> lot_beyond_doubt([3.0, 14.0], uncertainty=2.0, limit=10, by_mean=False)
    True
    >>> lot_beyond_doubt([3.0, 14.0], uncertainty=2.0, limit=10, by_mean=True)
    False
    """
    if not results:
        raise SettingsError(field="results", expected="at least one result", got=tuple(results))
    judged = [fmean(results)] if by_mean else list(results)
    return any(beyond_doubt(each, uncertainty=uncertainty, limit=limit) for each in judged)
