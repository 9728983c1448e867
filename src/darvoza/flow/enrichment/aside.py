"""What a register is told of a past that it does not hold itself."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from darvoza.methods.fading import FadingSums

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Aside(Protocol):
    """What a part of the past that stands beside a register knows of the keys of the present."""

    def sums(self) -> Ints:
        """Sum over all of it, shape ``(n, k)``."""
        ...

    def sums_within(self, window: int) -> Ints:
        """Sum over so many seconds before the moment."""
        ...

    def fading_sums(self, half_life: int) -> Iterable[FadingSums]:
        """Give the sums of which fading ones are made."""
        ...

    def first(self) -> Floats:
        """Give the moment of the first event [s], NaN if there is none."""
        ...

    def last(self, *unlike: str) -> Floats:
        """Give the moment of the last event [s] of an item that differs in these fields, NaN if there is none."""
        ...
