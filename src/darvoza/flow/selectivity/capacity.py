"""Capacity: how much of the score a post can afford, solved over what it has already seen.

Each day of each post has its own cut λ, found so that over the declarations of the preceding days Σπ would have met
the capacity. Nothing of the day itself is looked at, so that the probability of a declaration does not depend on what
is lodged after it. What was over- or underspent in that window is made up in the next, so Σπ follows the capacity
even when the score drifts.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import SettingsError
from darvoza.methods.inclusion import inclusion, solve_cut

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLE = 2_000
"""Most declarations of a window that λ is solved on; the latest are taken."""

FEWEST = 50
"""Fewest declarations of its own that a post is judged by."""

CATCH_UP = 0.5
"""Largest part of the capacity by which a day makes up for the window before it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent on examinations.

    Attributes
    ----------
    share
        Examinations per declaration at each post, in (0, 1].
    random_floor
        ε: the probability no declaration falls below, in (0, share].
    dial
        T > 0: how soft the cut is; 0.1 is close to rank-and-cut.
    window_days
        Over how many preceding days λ is solved.
    """

    share: float
    random_floor: float = 0.01
    dial: float = 0.1
    window_days: int = 28

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise SettingsError(field="capacity", expected="a share in (0, 1]", got=self.share)
        if not 0 < self.random_floor <= self.share:
            raise SettingsError(
                field="random",
                expected=f"a share above 0 and at most the capacity {self.share}",
                got=self.random_floor,
                hint="the random floor is what everything is measured with; it is never 0",
            )
        if not (0.01 <= self.dial <= 100 and self.window_days >= 1):
            raise SettingsError(field="dial", expected="dial in [0.01, 100], window of at least a day", got=self.dial)


@dataclass(frozen=True, slots=True)
class Spending:
    """The part of π that the score is given.

    Attributes
    ----------
    score_floor
        Probability from the score per declaration, shape ``(n,)``.
    cut
        ln λ of its post and day, shape ``(n,)``; ``inf`` where the floors alone reach the capacity, NaN where
        nothing was known and chance spent it.
    """

    score_floor: Floats
    cut: Floats


def spend(worth: Floats, floors: Floats, *, posts: Ints, days: Ints, budget: Budget) -> Spending:
    """Spread what the floors leave of the capacity over the declarations, post by post, day by day.

    Parameters
    ----------
    worth
        Expected harm per declaration, ≥ 0, shape ``(n,)``.
    floors
        The maximum of the other floors per declaration, shape ``(n,)``.
    posts, days
        Codes of the posts and ordinal days, shape ``(n,)``; any order.
    budget
        The capacity.

    Notes
    -----
    A post that has seen fewer than `FEWEST` declarations looks at what all posts have seen; where nothing was seen
    at all, on the very first day, the capacity is spent by chance alone.
    """
    score_floor, cut = np.zeros(worth.size), np.full(worth.size, np.nan)
    if worth.size == 0:
        return Spending(score_floor, cut)
    in_time = np.argsort(days, kind="stable")
    everywhere = _Seen(worth[in_time], floors[in_time], days[in_time])
    order = np.lexsort((days, posts))
    cuts = np.flatnonzero(np.diff(posts[order])) + 1
    for start, stop in pairwise([0, *cuts.tolist(), worth.size]):
        rows = order[start:stop]
        here = _Seen(worth[rows], floors[rows], days[rows])
        score_floor[rows], cut[rows] = _of_post(here, everywhere, budget)
    return Spending(score_floor, cut)


class _Seen(NamedTuple):
    """Worth and floors of declarations in order of days."""

    worth: Floats
    floors: Floats
    days: Ints

    def before(self, day: int, window: int) -> slice:
        """Give the latest declarations of the days before, at most `SAMPLE`."""
        start, stop = np.searchsorted(self.days, [day - window, day], side="left").tolist()
        return slice(max(start, stop - SAMPLE), stop)


def _of_post(here: _Seen, everywhere: _Seen, budget: Budget) -> tuple[Floats, Floats]:
    """Do one post, day by day."""
    given, cut = np.empty(here.worth.size), np.full(here.worth.size, np.nan)
    opened = np.concatenate(([0], np.flatnonzero(np.diff(here.days)) + 1, [here.worth.size])).tolist()
    spent = np.zeros(here.worth.size + 1)
    for start, stop in pairwise(opened):
        day = int(here.days[start])
        begin = int(np.searchsorted(here.days, day - budget.window_days, side="left"))
        share = _share_today(spent, begin, start, budget)
        seen, source = here.before(day, budget.window_days), here
        if seen.stop - seen.start < FEWEST:
            seen, source = everywhere.before(day, budget.window_days), everywhere
        if seen.start == seen.stop:
            given[start:stop] = share
        else:
            wanted = share * (seen.stop - seen.start)
            cut[start:stop] = solve_cut(source.worth[seen], source.floors[seen], budget=wanted, dial=budget.dial)
            given[start:stop] = inclusion(here.worth[start:stop], cut[start:stop], dial=budget.dial)
        np.cumsum(np.maximum(here.floors[start:stop], given[start:stop]), out=spent[start + 1 : stop + 1])
        spent[start + 1 : stop + 1] += spent[start]
    return given, cut


def _share_today(spent: Floats, begin: int, start: int, budget: Budget) -> float:
    """Give the capacity, corrected by what the window before left over or overdrew."""
    if begin == start:
        return budget.share
    left = budget.share - float(spent[start] - spent[begin]) / (start - begin)
    return budget.share + float(np.clip(left, -CATCH_UP * budget.share, CATCH_UP * budget.share))
