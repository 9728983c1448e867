"""How many units to sample, before a sample is drawn and after one turned out too small."""

import math

import scipy

from darvoza.errors import SettingsError


def sample_size(rate: float, half_width: float, *, population: int | None = None, level: float = 0.95) -> int:
    """Units to sample so that the interval of a rate is about ``rate ± half_width``.

    Parameters
    ----------
    rate
        The rate expected, in (0, 1).
    half_width
        The half-width wished for, absolute, in (0, 1).
    population
        Number of units there are, when it is small enough to matter.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 4.4.

    Examples
    --------
    >>> sample_size(0.05, 0.01), sample_size(0.02, 0.005)
    (1825, 3012)
    """
    _inside(rate=rate, half_width=half_width, level=level)
    z = float(scipy.special.ndtri(1 - (1 - level) / 2))
    n = z * z * rate * (1 - rate) / half_width**2
    if population is not None:
        n = n / (1 + (n - 1) / population)
    return math.ceil(n - 1e-9)


def sample_size_to_see_one(rate: float, *, level: float = 0.95) -> int:
    """Units to sample to see at least one positive with probability `level`.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> [sample_size_to_see_one(rate) for rate in (0.01, 0.02, 0.05)]
    [299, 149, 59]
    """
    _inside(rate=rate, level=level)
    return math.ceil(math.log(1 - level) / math.log1p(-rate) - 1e-9)


def more_needed(sampled: float, rate: float, *, relative: float, fewest: int, level: float = 0.95) -> int:
    """Random units still to be sampled until a rate is known to ``± relative·rate``; 0 when there are enough.

    Parameters
    ----------
    sampled
        Random units sampled so far, or what says as much, ``>= 0``.
    rate
        The rate as far as it is known, in [0, 1); where none was found, its upper limit will do.
    relative
        The half-width wished for, as a share of the rate, in (0, 1).
    fewest
        Units below which nothing is said whatever the rate.
    level
        Confidence level in (0, 1).

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    Five random checks are too few for anything; two hundred at a rate of 5 % lack 92 to know it to one half:

    >>> more_needed(5, 0.0, relative=0.5, fewest=30), more_needed(200, 0.05, relative=0.5, fewest=30)
    (25, 92)
    """
    _inside(relative=relative, level=level)
    wished = max(sample_size(rate, rate * relative, level=level) if rate > 0 else 0, fewest)
    return math.ceil(wished - sampled - 1e-9) if sampled < wished else 0


def _inside(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < 1:
            raise SettingsError(field=name, expected="a number strictly between 0 and 1", got=value)
