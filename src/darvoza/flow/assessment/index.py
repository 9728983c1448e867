"""The inverted index of the columns executor: from guards to candidates.

Rows behind a guard are scattered over a frame, and fetching scattered values costs more than comparing them. So when
many profiles wait behind one code, the columns they read are copied once in the order of that code: what lies behind
a guard then lies together, and is read without being fetched.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.expression import Flag
from darvoza.flow.assessment.candidates import Candidates, Everything
from darvoza.flow.assessment.encoding import Encoded, Rows, Stretches, united
from darvoza.flow.assessment.guards import Guard
from darvoza.flow.assessment.masks import Masks


class Index:
    """The rows behind guards.

    Parameters
    ----------
    masks
        The truth of conditions over the rows.
    """

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._counts: dict[tuple[Guard, bool], int] = {}
        self._arrangement: Arrangement | None = None

    def count(self, guard: tuple[Guard, ...], *, doubt_counts: bool) -> int:
        """Count the rows a guard lets through, those twice that two of its alternatives let through."""
        return sum(self._counted(test, doubt_counts=doubt_counts) for test in guard)

    def behind(self, guard: tuple[Guard, ...], *, doubt_counts: bool) -> Candidates:
        """Give the rows a guard lets through, each once, in no order; all rows when there is no guard.

        Guards on one code are best asked for one after another, for only one code at a time is arranged.
        """
        if not guard:
            return Everything(self._masks.columns)
        code = guard[0].fact
        if any(isinstance(test, Flag) or test.fact != code for test in guard):
            parts = [self._rows(test, doubt_counts=doubt_counts) for test in guard]
            return Candidates(self._masks.columns, np.unique(np.concatenate(parts)))
        places = [self._allowed(test, doubt_counts=doubt_counts) for test in guard]
        return self._arranged(code).behind(united(*places))

    def _arranged(self, code: str) -> "Arrangement":
        if self._arrangement is None or self._arrangement.code != code:
            self._arrangement = Arrangement(self._masks.columns, code)
        return self._arrangement

    def _counted(self, test: Guard, *, doubt_counts: bool) -> int:
        made = self._counts.get((test, doubt_counts))
        if made is None:
            if isinstance(test, Flag):
                made = len(self._rows(test, doubt_counts=doubt_counts))
            else:
                coded = self._masks.columns.coded(test.fact)
                made = coded.count(self._allowed(test, doubt_counts=doubt_counts))
            self._counts[test, doubt_counts] = made
        return made

    def _rows(self, test: Guard, *, doubt_counts: bool) -> Rows:
        if isinstance(test, Flag):
            flags = self._masks.columns.flags(test.fact)
            return np.flatnonzero(flags != 0 if doubt_counts else flags == 1)
        arrangement = Arrangement(self._masks.columns, test.fact)
        return arrangement.behind(self._allowed(test, doubt_counts=doubt_counts)).rows

    def _allowed(self, test: Guard, *, doubt_counts: bool) -> Stretches:
        """Give the places of the dictionary a guard lets through; that of the unknown, too, when doubt counts."""
        places = self._masks.places(test)  # type: ignore[arg-type]
        return united(((0, 1),), places) if doubt_counts else places


class Arrangement:
    """All rows in the order of one code.

    Parameters
    ----------
    columns
        The facts of all rows.
    code
        The code.

    Attributes
    ----------
    code
        As given.
    """

    __slots__ = ("_coded", "_columns", "_copies", "_fetched", "code")

    def __init__(self, columns: Encoded, code: str) -> None:
        self.code = code
        self._columns, self._coded = columns, columns.coded(code)
        self._copies: dict[str, NDArray[Any]] = {}
        self._fetched: dict[str, int] = {}

    def behind(self, places: Stretches) -> Candidates:
        """Give the rows whose code stands at some places of its dictionary."""
        return _Together(self._columns, self, self._coded.lying(places))

    def rows(self, runs: Sequence[tuple[int, int]]) -> Rows:
        """Give the rows that lie in some stretches of the order."""
        return _joined(self._coded.order, runs)

    def values(self, fact: str, runs: Sequence[tuple[int, int]], rows: Rows) -> NDArray[Any]:
        """Give a fact at the rows of some stretches.

        A column is copied when as many of its values as it has would have been fetched: so both together never cost
        more than twice what the better of them would have.
        """
        whole = self._columns.whole(fact)
        if fact not in self._copies:
            self._fetched[fact] = self._fetched.get(fact, 0) + len(rows)
            if self._fetched[fact] < len(whole):
                return whole[rows]
            self._copies[fact] = whole[self._coded.order]
        return _joined(self._copies[fact], runs)


class _Together(Candidates):
    """Rows that lie together in an arrangement."""

    __slots__ = ("_arrangement", "_runs")

    def __init__(self, columns: Encoded, arrangement: Arrangement, runs: Sequence[tuple[int, int]]) -> None:
        super().__init__(columns, arrangement.rows(runs))
        self._arrangement, self._runs = arrangement, runs

    def _fetched(self, fact: str) -> NDArray[Any]:
        return self._arrangement.values(fact, self._runs, self.rows)


def _joined(column: NDArray[Any], runs: Sequence[tuple[int, int]]) -> NDArray[Any]:
    """Join stretches of a column; a single one is not copied."""
    if len(runs) == 1:
        return column[slice(*runs[0])]
    return np.concatenate([column[first:last] for first, last in runs]) if runs else column[:0]
