"""Sample sizes that detect: how many units to examine so that a given level is seen with a given confidence.

Detection means that more than `acceptance` marked units are recognised when the level is reached. A sample in which
none is found does not say that there is none: it says that the share is below the level, with the confidence.

An examination that overlooks some marked units, with ``sensitivity`` below 1, is dealt with in one of two ways, see
`Convention`. With samples from an endless lot (binomial, Poisson) the two agree.

References
----------
ISPM 31, Methodologies for sampling of consignments (2008, IPPC), appendices 2 to 5. The numbers of its tables are
reproduced; its text was recalled, not read.
"""

import math
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction

import scipy

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import as_written, largest_miss, share_up_to_one, whole
from darvoza.methods.sampling.tails import few_recognised, few_recognised_at_most, none_drawn, none_drawn_at_most

SHORT_TIE = 64
"""Above this size no power of a decimal of a double's length equals such a decimal, so no tie needs settling."""


class Convention(StrEnum):
    """What an imperfect examination means for a finite lot.

    `TABLE` takes level × sensitivity as the level: as if fewer units were marked and each were recognised, which is
    how tables for perfect examination are used. `EXACT` keeps all marked units in the lot and lets each one in the
    sample be overlooked. `EXACT` is the true probability. The two differ by a few units, because drawing without
    replacement exhausts marked units that are overlooked, and because the table rounds the smaller number down.
    """

    TABLE = "table"
    EXACT = "exact"


def marked_units(
    lot_size: int, *, level: float, sensitivity: float = 1.0, convention: Convention = Convention.TABLE
) -> int:
    """Whole units of a lot that a level stands for, rounded down.

    Parameters
    ----------
    lot_size
        Units in the lot, at least 1.
    level
        Share of units to be detected, in (0, 1).
    sensitivity
        Chance that a marked unit in the sample is recognised, in (0, 1].
    convention
        Under `TABLE`, ``level × sensitivity`` is what is rounded.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> marked_units(1000, level=0.01, sensitivity=0.8), marked_units(150, level=0.005)
    (8, 0)
    """
    found = as_written(share_up_to_one("level", level)) * whole("lot_size", lot_size)
    seen = as_written(share_up_to_one("sensitivity", sensitivity))
    return math.floor(found * seen if convention is Convention.TABLE else found)


def hypergeometric_size(
    lot_size: int,
    *,
    level: float,
    confidence: float,
    sensitivity: float = 1.0,
    convention: Convention = Convention.TABLE,
    acceptance: int = 0,
) -> int | None:
    """Smallest sample from a finite lot, drawn without replacement, that detects a level.

    Parameters
    ----------
    lot_size
        Units in the lot, at least 1.
    level
        Share of units to be detected, in (0, 1).
    confidence
        Chance to detect it, in (0, 1).
    sensitivity
        Chance that a marked unit in the sample is recognised, in (0, 1].
    convention
        How `sensitivity` counts.
    acceptance
        Most marked units that may be found without counting as detection, usually 0.

    Returns
    -------
    int | None
        ``None`` when no sample will do: the level is less than ``acceptance + 1`` whole units of this lot, or so many
        are overlooked that even the whole lot is not enough.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    ISPM 31, appendix 2, table 1.

    Examples
    --------
    >>> hypergeometric_size(1000, level=0.01, confidence=0.95)
    258
    >>> hypergeometric_size(1000, level=0.01, confidence=0.95, sensitivity=0.8)
    312
    >>> hypergeometric_size(1000, level=0.01, confidence=0.95, sensitivity=0.8, convention=Convention.EXACT)
    323
    >>> hypergeometric_size(100, level=0.001, confidence=0.95) is None
    True
    """
    marked = marked_units(lot_size, level=level, sensitivity=sensitivity, convention=convention)
    limit = largest_miss(confidence)
    if marked <= whole("acceptance", acceptance, least=0):
        return None
    seen = Fraction(1) if convention is Convention.TABLE else as_written(sensitivity)
    enough = _enough(limit, acceptance, lot_size=lot_size, marked=marked, seen=seen)
    return _smallest(enough, least=acceptance + 1, most=lot_size)


def miss_probability(
    size: int,
    *,
    lot_size: int,
    level: float,
    sensitivity: float = 1.0,
    convention: Convention = Convention.TABLE,
    acceptance: int = 0,
) -> float:
    """Chance that a sample from a finite lot at the level does not detect it.

    Parameters
    ----------
    size
        Units in the sample, from 0 to `lot_size`.
    lot_size, level, sensitivity, convention, acceptance
        As for `hypergeometric_size`.

    Raises
    ------
    SettingsError
        When an argument is out of range; also when the sample is larger than the lot.

    Examples
    --------
    A tenth of 50 units, seen with the one unit that 2 % of the lot would be, and with 22:

    >>> [round(1 - miss_probability(n, lot_size=50, level=0.1), 3) for n in (1, 22)]
    [0.1, 0.954]
    """
    marked = marked_units(lot_size, level=level, sensitivity=sensitivity, convention=convention)
    size_within(size, lot_size)
    seen = 1.0 if convention is Convention.TABLE else sensitivity
    if acceptance == 0 and seen == 1.0:
        return none_drawn(lot_size, marked, size)
    return few_recognised(acceptance, lot_size=lot_size, marked=marked, size=size, sensitivity=seen)


def size_within(size: int, lot_size: int) -> int:
    """Check that a sample is not larger than its lot.

    Raises
    ------
    SettingsError
        Otherwise.
    """
    if whole("size", size, least=0) > whole("lot_size", lot_size):
        raise SettingsError(
            field="size",
            expected=f"at most the {lot_size} units of the lot",
            got=size,
            hint="a sample cannot be larger than its lot; give the larger lot or the smaller sample",
        )
    return size


def binomial_size(level: float, *, confidence: float, sensitivity: float = 1.0, acceptance: int = 0) -> int:
    """Smallest sample from a lot so large that taking units does not change it.

    Parameters
    ----------
    level, confidence, sensitivity, acceptance
        As for `hypergeometric_size`. Good while the sample is below a twentieth of the lot; beyond, too large.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    ISPM 31, appendix 3.

    Examples
    --------
    >>> binomial_size(0.01, confidence=0.95), binomial_size(0.005, confidence=0.99)
    (299, 919)
    """
    seen = as_written(share_up_to_one("level", level)) * as_written(share_up_to_one("sensitivity", sensitivity))
    limit = largest_miss(confidence)
    if whole("acceptance", acceptance, least=0):
        return _smallest_unbounded(
            lambda n: float(scipy.special.bdtr(acceptance, n, float(seen))) <= limit, acceptance + 1
        )
    if seen == 1:
        return 1  # whichever unit is taken shows it
    ratio = math.log(limit) / math.log1p(-float(seen))
    size = max(1, math.ceil(ratio))
    tied = round(ratio)
    if 1 <= tied <= SHORT_TIE and (1 - seen) ** tied == limit:
        return tied
    return size


def poisson_size(level: float, *, confidence: float, sensitivity: float = 1.0, acceptance: int = 0) -> int:
    """Smallest sample by the Poisson approximation, which is never below the binomial one.

    Parameters
    ----------
    level, confidence, sensitivity, acceptance
        As for `hypergeometric_size`; the level must be small.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    ISPM 31, appendix 3.

    Examples
    --------
    >>> poisson_size(0.01, confidence=0.95), poisson_size(0.001, confidence=0.95)
    (300, 2996)
    """
    seen = share_up_to_one("level", level) * share_up_to_one("sensitivity", sensitivity)
    expected = scipy.special.gammainccinv(whole("acceptance", acceptance, least=0) + 1, float(largest_miss(confidence)))
    return math.ceil(float(expected) / seen)


def detectable_level(
    size: int,
    *,
    confidence: float,
    lot_size: int | None = None,
    sensitivity: float = 1.0,
    convention: Convention = Convention.TABLE,
    acceptance: int = 0,
) -> float | None:
    """Smallest share of marked units that a sample of a given size detects.

    Parameters
    ----------
    size
        Units in the sample, at least 1.
    confidence, sensitivity, convention, acceptance
        As for `hypergeometric_size`.
    lot_size
        Units in the lot; ``None`` for an endless lot.

    Returns
    -------
    float | None
        ``None`` when even a lot of marked units only would not be detected with this confidence.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> round(detectable_level(600, confidence=0.95), 5), detectable_level(258, confidence=0.95, lot_size=1000)
    (0.00498, 0.01)
    """
    limit = largest_miss(confidence)
    seen = share_up_to_one("sensitivity", sensitivity)
    if lot_size is None:
        level = _endless_level(whole("size", size), whole("acceptance", acceptance, least=0), float(limit)) / seen
        return level if level <= 1 else None
    whole("size", size_within(size, lot_size))
    exact = Fraction(1) if convention is Convention.TABLE else as_written(seen)

    def enough(marked: int) -> bool:
        return _enough(limit, acceptance, lot_size=lot_size, marked=marked, seen=exact)(size)

    marked = _smallest(enough, least=acceptance + 1, most=lot_size)
    if marked is None:
        return None
    level = float(Fraction(marked, lot_size) / (as_written(seen) if convention is Convention.TABLE else 1))
    return level if level <= 1 else None


def _endless_level(size: int, acceptance: int, limit: float) -> float:
    if acceptance == 0:
        return -math.expm1(math.log(limit) / size)
    if acceptance >= size:
        return math.inf
    return float(scipy.special.betaincinv(acceptance + 1, size - acceptance, 1 - limit))


def _enough(limit: Fraction, acceptance: int, *, lot_size: int, marked: int, seen: Fraction) -> Callable[[int], bool]:
    """Whether a sample of a size misses with at most the limit."""
    if acceptance == 0 and seen == 1:
        return lambda size: none_drawn_at_most(limit, lot_size=lot_size, marked=marked, size=size)
    return lambda size: few_recognised_at_most(
        limit, acceptance, lot_size=lot_size, marked=marked, size=size, sensitivity=seen
    )


def _smallest(enough: Callable[[int], bool], *, least: int, most: int) -> int | None:
    """Smallest number from `least` to `most` that is enough, given that more is never less; ``None`` when none is."""
    high = least
    while high < most and not enough(high):
        high = min(2 * high, most)
    if least > most or not enough(high):
        return None
    low = max(least, high // 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _smallest_unbounded(enough: Callable[[int], bool], least: int) -> int:
    """The same without an upper end; something is enough at last."""
    found = _smallest(enough, least=least, most=2**62)
    if found is None:
        raise SettingsError(field="level", expected="a level that some sample detects", got="a level too close to 0")
    return found
