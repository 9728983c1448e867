"""Sums over several parts of the past, some of them taken away."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.methods.asof import Past
from darvoza.methods.fading import FadingSums, faded

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Tally(NamedTuple):
    """Sums over parts of the past at moments."""

    sides: Sequence[tuple[int, Past]]
    times: Ints

    def total(self) -> Floats:
        """Sum over all of it, shape ``(n, k)``."""
        return self._added(past.sums() for _, past in self.sides)

    def within(self, window: int) -> Floats:
        """Sum over so many seconds before the moment, inclusive."""
        return self._added(past.sums_within(window) for _, past in self.sides)

    def fading(self, half_life: int) -> Floats:
        """Sum with each event halved for every `half_life` of its age [s]."""
        if len(self.sides) == 1:
            return self.sides[0][1].fading(half_life)
        sums = [(sign, past.fading_sums(half_life)) for sign, past in self.sides]
        return faded([FadingSums(each.first, sign * each.sums) for sign, each in sums], self.times, half_life)

    def _added(self, sums: Iterable[Ints]) -> Floats:
        signed = (each if sign > 0 else -each for each, (sign, _) in zip(sums, self.sides, strict=True))
        return reduce(np.add, signed).astype(np.float64)
