"""Finding keys: which code a key has in one frame, from the numbers of its parts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import AMOUNTS, KeyCodes
from darvoza.methods.fading import changes

Codes = NDArray[np.int64]
Fields = tuple[str, ...]

PAIR_BITS = 31
"""Binary digits of the second number of a pair."""


class KeyFinder:
    """Finds the codes that keys of several kinds have in one frame, part after part, all kinds at once.

    Codes run from 0 without gaps, and a key of one kind never has that of another: all kinds can stand in one log.

    Parameters
    ----------
    codes
        The codes of the frame; those of others that ask must be numbered alike.
    kinds
        The fields that make the key, kind by kind.
    first
        Row where the frame begins.

    Attributes
    ----------
    codes
        Code of the key of each row, -1 unknown, shape ``(len(kinds), n)``.
    size
        Number of codes.
    """

    def __init__(self, codes: KeyCodes, kinds: Sequence[Fields], first: int = 0) -> None:
        self._fields = tuple(dict.fromkeys(name for fields in kinds for name in fields))
        self._amounts = {name: _numbered(codes.single(name)[first:])[0] for name in self._fields if name in AMOUNTS}
        self._steps: list[_Step] = []
        numbers, made = self._numbers(codes, first), [np.zeros((1, codes.height - first), dtype=np.int64)]
        shorter: list[Fields] = [()]
        every, start = list(shorter), 1
        for length in range(1, max(map(len, kinds)) + 1):
            longer = list(dict.fromkeys(fields[:length] for fields in kinds if len(fields) >= length))
            left = np.array([shorter.index(fields[:-1]) for fields in longer])
            right = np.array([self._fields.index(fields[-1]) for fields in longer])
            base = np.arange(left.size)[:, None] * start
            pairs = _pair(base, made[-1][left], numbers[right])
            known, codes_of_pairs = _numbered(pairs, start)
            self._steps.append(_Step(left, right, base, known, start))
            made.append(codes_of_pairs)
            start += known.size
            every, shorter = [*every, *longer], longer
        self._picked = np.array([every.index(fields) for fields in kinds])
        self.size, self.codes = start, np.concatenate(made)[self._picked]

    def find(self, codes: KeyCodes, first: int = 0) -> Codes:
        """Give the code that the key of each row from `first` has here, -1 where it has none."""
        numbers, made = self._numbers(codes, first), [np.zeros((1, codes.height - first), dtype=np.int64)]
        for step in self._steps:
            pairs = _pair(step.base, made[-1][step.left], numbers[step.right])
            made.append(_among(pairs, step.known, step.start))
        return np.asarray(np.concatenate(made)[self._picked])

    def _numbers(self, codes: KeyCodes, first: int) -> Codes:
        """Give the number of each value of each field; amounts are numbered among those of the frame."""
        singles = [(name, codes.single(name)[first:]) for name in self._fields]
        return np.array([_among(here, self._amounts[name]) if name in AMOUNTS else here for name, here in singles])


class _Step(NamedTuple):
    """One more part for each of several keys.

    Attributes
    ----------
    left, right
        Place of each key without the part among those of the step before, and of the part among the fields.
    base
        What is added to codes of the step before, so that those of different keys differ.
    known
        Pairs of both, ascending.
    start
        Code of the first of them.
    """

    left: Codes
    right: Codes
    base: Codes
    known: Codes
    start: int


def _pair(base: int | Codes, left: Codes, right: Codes) -> Codes:
    """Join two numbers into one, the left one moved by `base`; unknown if either is."""
    return np.where((left >= 0) & (right >= 0), (base + left) << PAIR_BITS | right, -1)


def _numbered(values: Codes, start: int = 0) -> tuple[Codes, Codes]:
    """Give the different values, ascending, and number them from `start` on; unknown ones stay -1."""
    made = np.full(values.shape, -1, dtype=np.int64)
    some = np.flatnonzero(values >= 0)
    told = values.ravel()[some]
    order = np.argsort(told)
    told = told[order]
    begins = changes(told)
    made.ravel()[some[order]] = np.cumsum(begins) + (start - 1)
    return told[begins], made


def _among(values: Codes, known: Codes, start: int = 0) -> Codes:
    """Number values among known ones, from `start` on; -1 for others."""
    if not known.size:
        return np.full(values.shape, -1, dtype=np.int64)
    made = np.full(values.shape, -1, dtype=np.int64)
    some = values >= 0
    asked = values[some]
    places = np.minimum(np.searchsorted(known, asked), known.size - 1)
    made[some] = np.where(known[places] == asked, places + start, -1)
    return made
