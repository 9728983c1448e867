"""Profiles matched over the goods items of some declarations: one by one where they are few, by columns where many.

Both executors mean the same; what differs is what it costs. They are compiled once for each set of profiles.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.profile import ProfileSet, Validity
from darvoza.flow.assessment.columns import ColumnsExecutor, Matches
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.fact_table import FactTable

Ints = NDArray[np.int64]
Valid = tuple[bool, ...]

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


_MADE: dict[tuple[str, Valid], Matcher] = {}
_IN_FORCE: dict[tuple[str, date], Valid] = {}


def matcher_of(profiles: ProfileSet, day: date | None = None) -> Matcher:
    """Give the matcher of a set of profiles, compiled when it is first asked for.

    Parameters
    ----------
    profiles
        The profiles; each counts for what is lodged while it is valid.
    day
        The day on which is decided, where it may be another than that of lodging: what is valid then counts, too.

    Examples
    --------
    >>> matcher_of(ProfileSet(())) is matcher_of(ProfileSet(()))
    True
    """
    in_force = () if day is None else _in_force(profiles, day)
    key = profiles.digest, in_force
    made = _MADE.get(key)
    if made is None:
        while len(_MADE) >= KEPT:
            _MADE.pop(next(iter(_MADE)), None)
        made = _MADE[key] = Matcher(_opened(profiles, in_force) if in_force else profiles)
    return made


def _in_force(profiles: ProfileSet, day: date) -> Valid:
    """Tell of each profile whether it is valid on a day; on most days the same ones are, and nothing is compiled anew."""
    known = _IN_FORCE.get((profiles.digest, day))
    if known is None:
        while len(_IN_FORCE) >= KEPT:
            _IN_FORCE.pop(next(iter(_IN_FORCE)), None)
        known = _IN_FORCE[profiles.digest, day] = tuple([day in profile.valid for profile in profiles])
    return known


def _opened(profiles: ProfileSet, in_force: Valid) -> ProfileSet:
    """Let some profiles count whenever goods were lodged."""
    pairs = zip(profiles, in_force, strict=True)
    return ProfileSet(tuple([replace(profile, valid=Validity()) if counts else profile for profile, counts in pairs]))
