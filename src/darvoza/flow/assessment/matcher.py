"""Profiles matched over the goods items of some declarations: one by one where they are few, by columns where many.

Both executors mean the same; what differs is what it costs. They are compiled once for each set of profiles.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.columns import ColumnsExecutor, Matches
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.fact_table import FactTable

Ints = NDArray[np.int64]

FEW: Final = 600
"""Goods items up to which declarations are asked one by one: columns cost their set-up, however few rows there are."""

KEPT: Final = 4
"""Sets of profiles that stay compiled."""


class Matcher:
    """Matches one set of profiles.

    Parameters
    ----------
    profiles
        The profiles; matches count them in their order.
    """

    def __init__(self, profiles: ProfileSet) -> None:
        self._profiles = profiles
        self._place = {profile.code: place for place, profile in enumerate(profiles)}
        self._asked = sorted({*profiles.facts, "item"})
        self._columns = sorted({*self._asked, "declaration_id", "lodged_on"})

    @cached_property
    def _by_columns(self) -> ColumnsExecutor:
        return ColumnsExecutor(self._profiles)

    @cached_property
    def _one_by_one(self) -> RecordExecutor:
        return RecordExecutor(self._profiles)

    def match(self, facts: FactTable, starts: Ints) -> Matches:
        """Decide every profile for every goods item.

        Parameters
        ----------
        facts
            One row a goods item, with ``declaration_id``, ``item`` and ``lodged_on``.
        starts
            First row of each declaration, shape ``(n,)``.

        Returns
        -------
        Matches
            Ordered by profile, then row.
        """
        if facts.height > FEW:
            return self._by_columns.match(facts.select(self._columns))
        found = sorted(self._found(facts, starts))
        places, rows = np.array(found, dtype=np.int64).reshape(-1, 2).T
        return Matches(places.astype(np.int32), rows)

    def _found(self, facts: FactTable, starts: Ints) -> Iterator[tuple[int, int]]:
        """Give place of the profile and row of each match."""
        rows, days = facts.rows(self._asked), facts.values("lodged_on")
        match, place = self._one_by_one.match, self._place
        for first, after in pairwise([*starts.tolist(), len(rows)]):
            items = rows[first:after]
            at = _rows_of(items, first)
            for made in match(items, days[first]):
                profile = place[made.profile]
                yield from [(profile, at[item]) for item in made.items]


def _rows_of(items: Sequence[dict[str, int]], first: int) -> dict[int, int]:
    return {row["item"]: first + index for index, row in enumerate(items)}


_MADE: dict[str, Matcher] = {}


def matcher_of(profiles: ProfileSet) -> Matcher:
    """Give the matcher of a set of profiles, compiled when it is first asked for.

    Examples
    --------
    >>> matcher_of(ProfileSet(())) is matcher_of(ProfileSet(()))
    True
    """
    made = _MADE.get(profiles.digest)
    if made is None:
        while len(_MADE) >= KEPT:
            _MADE.pop(next(iter(_MADE)), None)
        made = _MADE[profiles.digest] = Matcher(profiles)
    return made
