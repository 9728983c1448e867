"""Arguments of sampling as they must be: each check names the argument, what was expected and what to do."""

import math
from fractions import Fraction
from typing import SupportsFloat, SupportsIndex

from darvoza.errors import SettingsError


def as_written(value: SupportsFloat) -> Fraction:
    """Give a number as the decimal that a person wrote, exactly.

    ``0.29 * 100`` is 28.999999999999996 in double precision, and rounding that down loses a unit of the lot. Standards
    mean decimals; so decimals are what is rounded and compared.

    Examples
    --------
    >>> import math
    >>> math.floor(0.29 * 100), math.floor(as_written(0.29) * 100)
    (28, 29)
    """
    return Fraction(repr(float(value)))


def whole(field: str, value: SupportsIndex, *, least: int = 1) -> int:
    """Check a number of units: whole, and not less than `least`.

    Raises
    ------
    SettingsError
        Otherwise.

    Examples
    --------
    >>> whole("lot_size", 1000)
    1000
    """
    number = value.__index__() if isinstance(value, SupportsIndex) and not isinstance(value, bool) else None
    if number is None or number < least:
        raise SettingsError(
            field=field,
            expected=f"a whole number of at least {least}",
            got=value,
            hint="count units, such as boxes or plants",
        )
    return number


def share(field: str, value: SupportsFloat, *, hint: str | None = None) -> float:
    """Check a share strictly between 0 and 1.

    Raises
    ------
    SettingsError
        Otherwise; not-a-number is refused, too.

    Examples
    --------
    >>> share("confidence", 0.95)
    0.95
    """
    return _within(field, value, top=False, hint=hint)


def share_up_to_one(field: str, value: SupportsFloat, *, hint: str | None = None) -> float:
    """Check a share above 0 and at most 1.

    Raises
    ------
    SettingsError
        Otherwise; not-a-number is refused, too.

    Examples
    --------
    >>> share_up_to_one("sensitivity", 1)
    1.0
    """
    return _within(field, value, top=True, hint=hint)


def amount(field: str, value: SupportsFloat, *, hint: str | None = None) -> float:
    """Check a number of 0 or more that is finite.

    Raises
    ------
    SettingsError
        Otherwise.
    """
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise SettingsError(field=field, expected="a number of 0 or more", got=value, hint=hint)
    return number


def largest_miss(confidence: SupportsFloat) -> Fraction:
    """Largest chance of missing that a confidence leaves, as a decimal.

    Raises
    ------
    SettingsError
        When the confidence is not strictly between 0 and 1.

    Examples
    --------
    >>> largest_miss(0.95)
    Fraction(1, 20)
    """
    return 1 - as_written(share("confidence", confidence, hint="write 95 % as 0.95; certainty needs the whole lot"))


def _within(field: str, value: SupportsFloat, *, top: bool, hint: str | None) -> float:
    number = float(value)
    if 0 < number < 1 or (top and number == 1):
        return number
    words = "a share above 0 and at most 1" if top else "a share above 0 and below 1"
    raise SettingsError(field=field, expected=words, got=value, hint=hint or "write 5 % as 0.05")
