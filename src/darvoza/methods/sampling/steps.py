"""Tables that go up in steps, and shares with a least and a most: the arithmetic of sampling rules.

The tables themselves are data with a source; nothing here knows what they are about.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias, TypeVar

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import as_written, share_up_to_one, whole

Number: TypeAlias = int | float | Decimal
Row = TypeVar("Row")


def exactly(value: Number) -> Fraction:
    """Give a number as the decimal that was written."""
    return as_written(value) if isinstance(value, float) else Fraction(value)


def step(value: Number, *, up_to: Sequence[Number], rows: Sequence[Row], field: str = "value") -> Row:
    """Row of a table whose rows hold up to a bound, the bound included.

    Parameters
    ----------
    value
        What is looked up, above 0.
    up_to
        Upper bounds, rising.
    rows
        One row for each bound.
    field
        What the value is called in an error.

    Raises
    ------
    SettingsError
        When the value is 0, negative, not a number, or above the last bound.

    Examples
    --------
    >>> step(26, up_to=[25, 90], rows=["two", "three"])
    'three'
    """
    finite = math.isfinite(value) and value > 0
    bounds = [exactly(bound) for bound in up_to]
    if not finite or exactly(value) > bounds[-1]:
        raise SettingsError(field=field, expected=f"a number above 0 and at most {up_to[-1]}", got=value)
    return next(row for bound, row in zip(bounds, rows, strict=True) if exactly(value) <= bound)


def share_within(count: int, *, fraction: float, least: int, most: int | None = None) -> int:
    """A share of a count rounded up, at least and at most so many, and never more than there are.

    Parameters
    ----------
    count
        Units there are, at least 1.
    fraction
        The share, in (0, 1].
    least, most
        Bounds; ``None`` for no upper one.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    One per cent of the packages, at least 2 and at most 10:

    >>> [share_within(n, fraction=0.01, least=2, most=10) for n in (1, 50, 700, 5000)]
    [1, 2, 7, 10]
    """
    part = math.ceil(as_written(share_up_to_one("fraction", fraction)) * whole("count", count))
    return min(count, max(part, least), count if most is None else most)


def further(count: int, *, beyond: int, start: int, every: int) -> int:
    """A number that grows by one for each further so many, each begun one counted.

    Examples
    --------
    Thirteen up to 1,200, and one more for each further hundred:

    >>> [further(n, beyond=1200, start=13, every=100) for n in (1200, 1201, 1300, 1301)]
    [13, 14, 14, 15]
    """
    return start + math.ceil(max(0, whole("count", count) - beyond) / every)


def nearest_whole(value: Fraction) -> int:
    """Round to the nearest whole number, a half upwards, as people do.

    Examples
    --------
    >>> nearest_whole(Fraction(5, 2)), nearest_whole(Fraction(12, 5))
    (3, 2)
    """
    return math.floor(value + Fraction(1, 2))


def interval_of_packages(lot: Number, *, increment: Number, aggregate: Number, package: Number) -> int:
    """Every how many packages one is sampled: ``lot · increment / (aggregate · package)``, rounded, at least 1.

    Parameters
    ----------
    lot, increment, aggregate, package
        Masses in one unit, such as kilograms, each above 0: of the lot, of what is taken from one place, of all that
        is taken, of one package.

    Raises
    ------
    SettingsError
        When a mass is not above 0.

    Examples
    --------
    >>> interval_of_packages(10_000, increment=0.2, aggregate=20, package=25)
    4
    """
    masses = {"lot": lot, "increment": increment, "aggregate": aggregate, "package": package}
    for field, mass in masses.items():
        if not (math.isfinite(mass) and mass > 0):
            raise SettingsError(field=field, expected="a mass above 0", got=mass)
    return max(1, nearest_whole(exactly(lot) * exactly(increment) / (exactly(aggregate) * exactly(package))))


def fewest_parts(amount: Number, *, weight: Number, excess: Number = 0) -> int:
    """Fewest equal parts of an amount such that none exceeds a weight by more than a share.

    Examples
    --------
    Parts of 100 that may weigh a fifth more:

    >>> [fewest_parts(n, weight=100, excess=0.2) for n in (100, 120, 121, 600)]
    [1, 1, 2, 5]
    """
    if not (math.isfinite(amount) and amount > 0):
        raise SettingsError(field="amount", expected="a number above 0", got=amount)
    return math.ceil(exactly(amount) / (exactly(weight) * (1 + exactly(excess))))
