"""Which units to take: numbers that nobody can choose and anybody can recompute.

Every unit of a lot has its own permanent random number, made from the key, the name of the lot and the number of the
unit; the units with the smallest ones are taken. So a larger sample holds the smaller one, a sample can be extended
without a new draw, and asking for another size gives no second ticket. Each unit is taken with probability ``n/N``.
"""

import hashlib
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from darvoza.errors import SettingsError
from darvoza.methods.draw import permanent_random_numbers
from darvoza.methods.sampling.arguments import whole
from darvoza.methods.sampling.detection import size_within

LARGEST_LOT = 10_000_000
"""Most units that are numbered; beyond it, number boxes, and units within the boxes drawn."""


def key_of_number(number: float) -> bytes:
    """Make a key from a permanent random number in [0, 1), for lots of the thing that the number belongs to.

    Whoever knows the number can then recompute which units are taken, and needs no other key.

    Raises
    ------
    SettingsError
        When the number is out of range.

    Examples
    --------
    >>> key_of_number(0.25).hex()[:8]
    '5d610ed4'
    """
    if not 0 <= number < 1:
        raise SettingsError(field="u", expected="a number from 0 to below 1", got=number)
    return hashlib.sha256(b"darvoza units of a number 1\0" + int(number * 2**53).to_bytes(8, "big")).digest()


def units_drawn(key: bytes, *, lot: Sequence[str], lot_size: int, size: int) -> tuple[int, ...]:
    """Draw unit numbers from 1 to `lot_size` without replacement, each set of them equally likely.

    Parameters
    ----------
    key
        The key, as long as a hash; secret until the draw is made.
    lot
        What names the lot, from the whole to the part.
    lot_size
        Units in the lot, from 1 to `LARGEST_LOT`.
    size
        Units to take, from 0 to `lot_size`.

    Returns
    -------
    tuple[int, ...]
        The numbers, rising.

    Raises
    ------
    SettingsError
        When a number is out of range or the lot has no name.

    Examples
    --------
    >>> three = units_drawn(bytes(32), lot=("A-17", "1"), lot_size=100, size=3)
    >>> five = units_drawn(bytes(32), lot=("A-17", "1"), lot_size=100, size=5)
    >>> len(five), set(three) < set(five)
    (5, True)
    """
    size_within(size, lot_size)
    if lot_size > LARGEST_LOT:
        raise SettingsError(
            field="lot_size",
            expected=f"at most {LARGEST_LOT:,} units",
            got=lot_size,
            hint="number the boxes, draw boxes, and number the units of each box drawn",
        )
    mark = _mark(lot)
    marks = (mark + number.to_bytes(8, "big") for number in range(1, lot_size + 1))
    numbers = permanent_random_numbers((key for _ in range(lot_size)), marks, lot_size)
    order = np.argsort(numbers, kind="stable")[:size]
    return tuple(int(at) + 1 for at in np.sort(order))


def every_nth(number: float, *, lot_size: int, every: int) -> tuple[int, ...]:
    """Systematic sample: a random start, then every so many; each unit is taken with probability ``1/every``.

    Parameters
    ----------
    number
        A random number in [0, 1), which makes the start.
    lot_size, every
        Units in the lot, and the interval; each at least 1. In an order that repeats with the interval it misleads.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> every_nth(0.6, lot_size=10, every=4)
    (3, 7)
    """
    if not 0 <= number < 1:
        raise SettingsError(field="u", expected="a number from 0 to below 1", got=number)
    start = int(number * whole("every", every)) + 1
    return tuple(range(start, whole("lot_size", lot_size) + 1, every))


def in_proportion(sizes: Sequence[int], *, total: int) -> tuple[int, ...]:
    """Divide a sample among parts of a lot in proportion to their sizes, by the largest remainders.

    A sample divided so finds a level in the whole as surely as one drawn from the whole, when the parts are alike.

    Parameters
    ----------
    sizes
        Units in each part, each at least 1.
    total
        Units to take in all, from 0 to the sum of the sizes.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    Lane, Cannon, Arthur & Robinson (2018), NeoBiota, on samples of mixed consignments.

    Examples
    --------
    >>> in_proportion([500, 300, 200], total=25)
    (13, 7, 5)
    """
    whole_lot = sum(whole("sizes", size) for size in sizes)
    size_within(total, whole("sizes", whole_lot))
    quotas = [Fraction(size * total, whole_lot) for size in sizes]
    given = [int(quota) for quota in quotas]
    left = sorted(range(len(sizes)), key=lambda at: (given[at] - quotas[at], at))[: total - sum(given)]
    return tuple(count + (at in left) for at, count in enumerate(given))


def _mark(lot: Sequence[str]) -> bytes:
    """Name of a lot as bytes, each part preceded by its length, so that no two names read alike."""
    if not lot or not all(lot):
        raise SettingsError(field="lot", expected="a name for the lot, each part of it not empty", got=tuple(lot))
    parts = [part.encode() for part in lot]
    return b"darvoza units 1\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
