"""What a version of a declaration states as a whole, worked out over its goods items."""

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.enrichment.register import Register
from darvoza.methods.fading import changes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PARTS = 10_000
"""Parts of a unit of currency in which values are summed up."""


def first_of_each(register: Register, keys: Ints) -> Ints:
    """Mark the first item of each version of a declaration that has a key, so that declarations are counted once."""
    order = np.argsort(keys, kind="stable")
    new = changes(keys[order]) | changes(register.stated[order])
    marked = np.zeros(keys.size, dtype=np.int64)
    marked[order[new]] = 1
    return marked


def whole_parts(amounts: Floats) -> Ints:
    """Give amounts in whole `PARTS` of the currency, unknown ones as 0, so that sums are exact."""
    return np.rint(np.nan_to_num(amounts) * PARTS).astype(np.int64)


def declared_value(register: Register) -> Floats:
    """Give for every item the customs value of its version of the declaration; NaN where that of any item is unknown."""
    values = register.codes.measured("customs_value")
    return np.add.reduceat(values, register.leaders)[register.stated] if values.size else values
