"""Pacing: a budget of a day is spent on units as they come, none of which can be known before.

What a unit is given depends on what came before it and on its own worth; never on what comes after, nor on anybody's
luck in the draw. So the probabilities are those of a Poisson sample, and totals weighted by 1/π stay unbiased.

Each day begins with a *pace*: cuts solved on the latest units before it, for the share of the work that the budget
covers if the day brings what such days brought. During the day all cuts rise and fall together: before each unit, what
is left of the budget is divided by what is still to be expected, the unit itself included, and the cuts are those for
that share. A score that drifts therefore overspends for a few units, not for a day.

How many units are still to come is learned from earlier days (`Arrivals`): their number on such a weekday, spread over
the hours as they used to be, times how busy the day has been so far.

References
----------
Dividing what is left by what is still to come: the adaptive pacing of Balseiro, Besbes & Weintraub (2015) and of
Balseiro & Gur (2019), Management Science 65:3952, here with the whole cut instead of a gradient step. How busy a day is:
the gamma-Poisson posterior, Gelman et al., Bayesian Data Analysis (3rd ed.), section 2.6.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy

from darvoza.methods.inclusion import CERTAIN, Floats, Units, goals, with_chance

HOURS = 24
FAMILIAR = 10.0
"""Units of a day after which the day itself is believed as much as the days before it."""

FORGET_WEEKDAY, FORGET_DAY, FORGET_HOURS = 0.3, 0.1, 0.07
"""Weight of the newest day in what is expected of its weekday, of any day, and of the hours."""

EVEN_HOURS = 0.5
"""Units an hour is credited with before anything was seen."""

SMALLEST_SHARE = 1e-3
"""Cuts are solved for no smaller a part of what the floors leave open."""

NEARLY = 0.05
"""What part of the room the purses may miss before chance is asked to spend it: cuts are found about, and how the sum
answers is measured afterwards, so that this is no error but the choice of who pays."""

FACTORS = np.log([0.3, 0.6, 1.6, 3.5])
"""By what the worth of the cut is multiplied, in logarithms, to learn how the sum answers."""

NUDGES = np.array([-6.0, -2.5, -1.0, 0.0, 1.0, 2.5, 6.0])
"""The same in log-odds: all there is at a large dial, and the fine end at a small one."""

FARTHEST = 16.0
"""Log-odds of a share beyond which it counts as nothing or everything."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many units a day brings, and when.

    Attributes
    ----------
    mean
        Units of a day, NaN when no day was seen.
    weekdays
        Units of each weekday, Monday first, NaN when none was seen; shape ``(7,)``.
    hours
        Decayed counts by hour of the day, shape ``(24,)``.
    """

    mean: float = math.nan
    weekdays: tuple[float, ...] = (math.nan,) * 7
    hours: tuple[float, ...] = (EVEN_HOURS,) * HOURS

    def expected(self, weekday: int) -> float:
        """Give the units to be expected of a day, NaN when no day was seen."""
        known = self.weekdays[weekday]
        return self.mean if math.isnan(known) else known

    def passed(self, hours: Floats) -> Floats:
        """Give the share of a day's units that come before a time of the day.

        Parameters
        ----------
        hours
            Times of the day in [0, 24) [h], shape ``(n,)``.

        Examples
        --------
        >>> Arrivals().passed(np.array([6.0, 18.0])).tolist()
        [0.25, 0.75]
        """
        whole = np.cumsum((0.0, *self.hours))
        return np.asarray(np.interp(hours, np.arange(HOURS + 1.0), whole) / whole[-1])

    def after(self, weekday: int, counts: Sequence[float]) -> "Arrivals":
        """Learn from a day.

        Parameters
        ----------
        weekday
            Its weekday, Monday 0.
        counts
            Units in each hour, shape ``(24,)``.

        Examples
        --------
        >>> Arrivals().after(0, [10.0] + [0.0] * 23).expected(3)
        10.0
        """
        total = float(sum(counts))
        weekdays = list(self.weekdays)
        weekdays[weekday] = _moved(weekdays[weekday], total, FORGET_WEEKDAY)
        hours = tuple((1 - FORGET_HOURS) * old + new for old, new in zip(self.hours, counts, strict=True))
        return Arrivals(_moved(self.mean, total, FORGET_DAY), tuple(weekdays), hours)


def _moved(old: float, new: float, weight: float) -> float:
    return new if math.isnan(old) else old + weight * (new - old)


def still_to_come(expected: float, passed: Floats, seen: Floats) -> Floats:
    """Give the units still to be expected of a day.

    How busy the day is has a gamma distribution of mean 1 and shape `FAMILIAR`; what was seen so far moves it.

    Parameters
    ----------
    expected
        Units such a day brings.
    passed
        Share of a day's units that come before now, in [0, 1], shape ``(n,)``.
    seen
        Units seen before now, shape ``(n,)``.

    Examples
    --------
    >>> still_to_come(20.0, np.array([0.5]), np.array([10.0])).tolist()
    [10.0]
    >>> still_to_come(20.0, np.array([0.5]), np.array([20.0])).tolist()
    [15.0]
    """
    busy = (FAMILIAR + seen) / (FAMILIAR + expected * passed)
    return expected * busy * (1 - passed)


class Pace(NamedTuple):
    """By what a day is decided.

    Attributes
    ----------
    cuts
        Cut of each purse, that of chance last, for the share planned.
    bound
        Share of the work that floors claim.
    open
        Share of the work that they leave.
    odds, shifts
        How the share spent of what is open, in log-odds, ascending, answers to a common shift of all cuts.
    cost
        Mean cost of a unit.
    """

    cuts: tuple[float, ...]
    bound: float
    open: float
    odds: tuple[float, ...]
    shifts: tuple[float, ...]
    cost: float


def by_chance(purses: int, *, cost: float = 1.0) -> Pace:
    """Give the pace of who knows nothing yet: every unit gets the same.

    Parameters
    ----------
    purses
        Number of purses, that of chance included.
    cost
        Cost of a unit.
    """
    cuts = (*[math.inf] * (purses - 1), 0.0)
    return Pace(cuts, 0.0, 1.0, (-FARTHEST, FARTHEST), (FARTHEST, -FARTHEST), cost)


def pace_of(units: Units, *, share: float, parts: Sequence[float], steepness: float) -> Pace:
    """Find the cuts of a day on recent units.

    Parameters
    ----------
    units
        Recent units, at least one; levels without that of chance.
    share
        The share of all work that the budget is expected to cover, ≥ 0.
    parts
        The part of each purse in what the floors leave.
    steepness
        1/T of the dial.
    """
    work = float(units.costs.sum())
    bound = float(units.costs @ units.floors) / work
    left = 1.0 - bound
    planned = min(max((share - bound) / left, SMALLEST_SHARE), 1.0) if left > 0 else 0.0
    room = planned * left * work
    whole, tried = with_chance(units.levels), _tried(steepness)
    held = units.floors
    cuts: list[float] = []
    sums = goals(whole, parts, bound=bound * work, budget=bound * work + room)
    for levels, goal in zip(np.ascontiguousarray(whole.T), sums, strict=True):
        near = NEARLY * room if len(cuts) == len(parts) else 0.0
        cut = _cut_near(levels, held, units.costs, goal=goal - near, shifts=tried)
        if cut < math.inf:
            held = np.maximum(held, scipy.special.expit(levels - cut))
        cuts.append(cut)
    answer = _answer((whole - cuts).max(axis=1), units.floors, units.costs, shifts=tried)
    return Pace(tuple(cuts), bound, left, *answer, work / units.floors.size)


@lru_cache(maxsize=16)
def _tried(steepness: float) -> Floats:
    """Give the shifts at which the sum is asked for its answer, the largest first."""
    return np.sort(np.concatenate([steepness * FACTORS, NUDGES]))[::-1]


def _cut_near(levels: Floats, held: Floats, costs: Floats, *, goal: float, shifts: Floats) -> float:
    """Find the cut of one purse about: how the sum answers is measured afterwards, so that no error is left.

    It is looked for around the level down to which rank-and-cut would go.
    """
    free, left = float(costs @ (1 - held)), goal - float(costs @ held)
    if left <= 0:
        return math.inf
    claims = int((levels > -math.inf).sum())
    if not claims:
        return math.inf
    place = levels.size - 1 - min(int(levels.size * left / free), claims - 1)
    near = float(np.partition(levels, place)[place])
    odds, answers = _answer(levels - near, held, costs, shifts=shifts)
    return near + _between(odds, answers, left / free)


def _answer(
    highest: Floats, held: Floats, costs: Floats, *, shifts: Floats
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give the share spent of what is open, in log-odds, and the shifts that spend it; both ascending in the share.

    Beyond what is tried the answer goes on one for one, as in the tail of a logistic.
    """
    free = float(costs @ (1 - held)) or math.inf
    given = np.maximum(scipy.special.expit(highest - shifts[:, None]) - held, 0.0) @ costs / free
    odds, answers = [-math.inf], [math.inf]
    for part, shift in zip(given.tolist(), shifts.tolist(), strict=True):
        at = _log_odds(part)
        if at > odds[-1]:
            odds.append(at)
            answers.append(shift)
    odds[0], answers[0] = odds[1] - 1.0, answers[1] + 1.0
    return (*odds, odds[-1] + 1.0), (*answers, answers[-1] - 1.0)


def _log_odds(part: float) -> float:
    """Give the log-odds of a part, no farther than `FARTHEST` from even."""
    if part <= 0 or part >= 1:
        return FARTHEST if part > 0 else -FARTHEST
    return min(max(math.log(part / (1 - part)), -FARTHEST), FARTHEST)


def _between(odds: Sequence[float], shifts: Sequence[float], part: float) -> float:
    """Read the shift that spends a part off an answer."""
    wanted = _log_odds(part)
    at = bisect_left(odds, wanted, 1, len(odds) - 1)
    along = (wanted - odds[at - 1]) / (odds[at] - odds[at - 1])
    return shifts[at - 1] + along * (shifts[at] - shifts[at - 1])


class Day(NamedTuple):
    """Units of one day in order, of shape ``(n,)``.

    Attributes
    ----------
    highest
        The largest over the purses of level less cut, at the pace of the day.
    floors, costs
        Floors in [0, 1], costs > 0.
    budgets
        Budget of the whole day as seen at each unit.
    ahead
        Cost still to be expected at each unit, its own included.
    """

    highest: Floats
    floors: Floats
    costs: Floats
    budgets: Floats
    ahead: Floats


def run(pace: Pace, day: Day, *, spent: float) -> tuple[Floats, float]:
    """Spend a day, unit after unit.

    Parameters
    ----------
    pace
        The pace of the day.
    day
        Its units, or the next of them.
    spent
        Σ c·π of its units before these.

    Returns
    -------
    shifts : Floats
        By how much all cuts stood higher for each unit, shape ``(n,)``; ``inf`` where the floors had spent everything.
    spent : float
        Σ c·π including these.
    """
    bound, room, last = pace.bound, pace.open or math.inf, len(pace.odds) - 1
    known, answers = pace.odds, pace.shifts
    shifts: list[float] = []
    # written out without a call: this is the one loop over single declarations
    for highest, floor, cost, budget, ahead in zip(*(column.tolist() for column in day), strict=True):
        part = ((budget - spent) / ahead - bound) / room
        shift, given = math.inf, 0.0
        if part > 0:
            odds = math.log(part / (1 - part)) if part < 1 else FARTHEST
            at = bisect_left(known, odds, 1, last)
            along = (odds - known[at - 1]) / (known[at] - known[at - 1])
            shift = answers[at - 1] + along * (answers[at] - answers[at - 1])
            if highest - shift > -CERTAIN:
                given = 1.0 / (1.0 + math.exp(shift - highest))
        spent += cost * (max(floor, given))
        shifts.append(shift)
    return np.array(shifts), spent
