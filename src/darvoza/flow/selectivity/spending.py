"""Spending: what a post can do in a day is spent as declarations are lodged, none of which is known before.

`spend` is a pure function from what every post remembers and the declarations that are lodged, to the part of π that
the score is given and to what every post remembers afterwards. Decided all at once or one by one, the answers are the
same; the state is small, deterministic, and can be written down between two runs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from darvoza.domain.capacity import Duty
from darvoza.methods.inclusion import Units, levels_of, steepness, with_chance
from darvoza.methods.pacing import HOURS, Arrivals, Day, Pace, by_chance, pace_of, run, still_to_come

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REMEMBERED = 256
"""Most declarations that a post remembers: the latest, on which its cuts are solved."""

FEWEST = 50
"""Fewest declarations of its own that a post is judged by; with fewer it looks at what all posts have seen."""

CARRIED = 0.5
"""Most acts that a day takes over from the one before, unspent or overdrawn: what is left of a day is lost, only its
fractions are not."""

FIRST_DAY = 10.0
"""How many declarations a post is expected to lodge for each act it can do, on the first day it is seen."""

EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday."""


class Lodged(NamedTuple):
    """Declarations in order of lodging, as arrays of shape ``(n,)``.

    Attributes
    ----------
    logs
        `logs_of` the worth to each purse, per unit of cost, shape ``(n, k)``.
    floors, costs
        Largest of the other floors, in [0, 1]; what the act costs, in the unit of the capacity, > 0.
    posts
        Codes of the posts.
    days, hours
        Ordinal day since 1970 and hour of the day in [0, 24), both UTC.
    amounts
        Capacity of the post on that day: a total, or a share of what is lodged.
    shares
        Whether the amount is a share.
    """

    logs: Floats
    floors: Floats
    costs: Floats
    posts: NDArray[np.str_]
    days: Ints
    hours: Floats
    amounts: Floats
    shares: NDArray[np.bool_]

    def take(self, rows: Ints | slice) -> "Lodged":
        """Give some of the declarations."""
        return Lodged(
            self.logs[rows],
            self.floors[rows],
            self.costs[rows],
            self.posts[rows],
            self.days[rows],
            self.hours[rows],
            self.amounts[rows],
            self.shares[rows],
        )


@dataclass(frozen=True, slots=True)
class PostMemory:
    """What a post remembers between two declarations.

    Attributes
    ----------
    day
        The ordinal day it is in; -1 before the first.
    counts
        Declarations lodged so far that day, by hour, shape ``(24,)``.
    spent, due
        Σ c·π of that day so far, and the capacity of the day as last seen.
    carried
        What the day took over from the one before.
    pace
        By what the day is decided.
    arrivals
        How many declarations a day brings, and when.
    recent
        The latest declarations, oldest first: logarithm of the worth to each purse, floor, cost; shape ``(m, k + 2)``.
    """

    day: int
    counts: tuple[float, ...]
    spent: float
    due: float
    carried: float
    pace: Pace
    arrivals: Arrivals
    recent: Floats


@dataclass(frozen=True, slots=True)
class Memory:
    """What all posts remember of one duty.

    Attributes
    ----------
    posts
        By code of the post.
    day
        The latest day seen anywhere.
    before, today
        The latest declarations of all posts, of the days before and of that day; rows as in `PostMemory`.
    """

    posts: Mapping[str, PostMemory]
    day: int
    before: Floats
    today: Floats


def joined_memories(ours: Mapping[Duty, Memory], theirs: Mapping[Duty, Memory]) -> dict[Duty, Memory]:
    """Go on from what was decided in two places: of each post and duty the memory that is of the later day counts.

    Parameters
    ----------
    ours, theirs
        What posts remember, by duty; where both are of the same day, ours counts.
    """
    made = dict(theirs) | dict(ours)
    for duty in ours.keys() & theirs.keys():
        mine, other = ours[duty], theirs[duty]
        later = other if other.day > mine.day else mine
        posts = {**other.posts, **mine.posts}
        posts |= {code: post for code, post in other.posts.items() if post.day > posts[code].day}
        made[duty] = replace(later, posts=posts)
    return made


def nothing_yet(purses: int) -> Memory:
    """Give the memory of who has seen nothing.

    Parameters
    ----------
    purses
        Number of purses, chance left out.
    """
    empty = np.empty((0, purses + 2))
    return Memory({}, -1, empty, empty)


@dataclass(frozen=True, slots=True)
class Dial:
    """How the capacity is spent.

    Attributes
    ----------
    temperature
        T in [0, ∞]: 0 ranks and cuts, ∞ leaves it to chance.
    parts
        The part of each purse in what the floors leave of the capacity, each ≥ 0, adding up to at most 1; what they
        do not spend chance does.
    """

    temperature: float
    parts: tuple[float, ...]


class Spending(NamedTuple):
    """What the score was given.

    Attributes
    ----------
    given
        The floor of the score, in [0, 1], shape ``(n,)``.
    purse
        Which purse gave it, the last one being chance, shape ``(n,)``.
    memory
        What is remembered afterwards.
    """

    given: Floats
    purse: Ints
    memory: Memory


def spend(lodged: Lodged, memory: Memory, dial: Dial) -> Spending:
    """Spend what the floors leave of the capacity, post by post, as declarations are lodged.

    Parameters
    ----------
    lodged
        Declarations in order of lodging.
    memory
        What is remembered from before.
    dial
        How to spend.

    Notes
    -----
    A declaration lodged with a day before the latest that its post has seen counts as one of the latest.
    """
    given, purse = np.zeros(lodged.days.size), np.full(lodged.days.size, lodged.logs.shape[1])
    if not given.size:
        return Spending(given, purse, memory)
    # as they will be remembered, so that what is equally worth stays so when it is compared with what was
    lodged = lodged._replace(logs=_rounded(lodged.logs))
    rows = np.column_stack([lodged.logs, _rounded(lodged.floors), _rounded(lodged.costs)])
    everywhere = _Everywhere(memory, lodged.days, rows)
    posts = dict(memory.posts)
    order = np.argsort(lodged.posts, kind="stable")
    borders = np.flatnonzero(lodged.posts[order][1:] != lodged.posts[order][:-1]) + 1
    for start, stop in pairwise([0, *borders.tolist(), order.size]):
        of_post = order[start:stop]
        code = str(lodged.posts[of_post[0]])
        walk = _Walk(posts.get(code), everywhere, dial, lodged=lodged.take(of_post), rows=rows[of_post])
        given[of_post], purse[of_post], posts[code] = walk.walk()
    return Spending(given, purse, everywhere.memory(posts))


def _rounded(values: Floats) -> Floats:
    """Round to single precision: half the place when written down."""
    return values.astype(np.float32).astype(np.float64)


class _Everywhere:
    """The latest declarations of all posts before any day."""

    def __init__(self, memory: Memory, days: Ints, rows: Floats) -> None:
        self.first = memory.day
        effective = np.maximum.accumulate(np.maximum(days, memory.day))
        kept = (memory.before, memory.today, rows)
        self.rows = np.concatenate(kept)
        self.days = np.concatenate(
            [np.full(memory.before.shape[0], memory.day - 1), np.full(memory.today.shape[0], memory.day), effective]
        )

    def before(self, day: int) -> Floats:
        """Give the latest declarations of the days before."""
        stop = int(np.searchsorted(self.days, day, side="left"))
        return self.rows[max(stop - REMEMBERED, 0) : stop]

    def memory(self, posts: Mapping[str, PostMemory]) -> Memory:
        """Give what is to be remembered."""
        last = int(self.days[-1])
        today = self.rows[np.searchsorted(self.days, last, side="left") :][-REMEMBERED:]
        return Memory(posts, last, self.before(last), today)


class _Walk:
    """One post, day by day."""

    def __init__(
        self, memory: PostMemory | None, everywhere: _Everywhere, dial: Dial, *, lodged: Lodged, rows: Floats
    ) -> None:
        self.everywhere, self.dial, self.lodged = everywhere, dial, lodged
        self.purses = lodged.logs.shape[1] + 1
        self.levels = with_chance(levels_of(lodged.logs, dial=dial.temperature))
        self.memory = memory or _opened(self.purses)
        self.known = self.memory.recent.shape[0]
        self.rows = np.concatenate([self.memory.recent, rows])
        self.days = np.maximum.accumulate(np.maximum(lodged.days, self.memory.day))

    def walk(self) -> tuple[Floats, Ints, PostMemory]:
        """Decide every declaration."""
        given, purse = np.empty(self.days.size), np.empty(self.days.size, np.int64)
        borders = np.flatnonzero(np.diff(self.days)) + 1
        for start, stop in pairwise([0, *borders.tolist(), self.days.size]):
            if int(self.days[start]) != self.memory.day:
                self._open_day(start)
            highest, purse[start:stop] = self._highest(start, stop)
            given[start:stop] = scipy.special.expit(highest - self._spend(start, stop, highest))
        end = self.known + self.days.size
        recent = self.rows[max(end - REMEMBERED, 0) : end]
        return given, purse, replace(self.memory, recent=recent)

    def _open_day(self, start: int) -> None:
        """Close the day before, and solve the cuts of the new one on what came before it."""
        memory, day, first = self.memory, int(self.days[start]), self.lodged.take(slice(start, start + 1))
        arrivals, carried = memory.arrivals, 0.0
        end = self.known + start
        recent = _alike(self.rows[max(end - REMEMBERED, 0) : end], first)
        if recent.shape[0] < FEWEST:
            recent = _alike(self.everywhere.before(day), first)
        cost = float(recent[:, -1].mean()) if recent.shape[0] else float(first.costs[0])
        if memory.day >= 0:
            arrivals = arrivals.after((memory.day + EPOCH_WEEKDAY) % 7, memory.counts)
            most = CARRIED * cost
            carried = min(max(memory.due + memory.carried - memory.spent, -most), most)
        self.memory = PostMemory(
            day=day,
            counts=(0.0,) * HOURS,
            spent=0.0,
            due=0.0,
            carried=carried,
            pace=self._pace(recent, first, arrivals, cost),
            arrivals=arrivals,
            recent=memory.recent,
        )

    def _pace(self, recent: Floats, first: Lodged, arrivals: Arrivals, cost: float) -> Pace:
        """Solve the cuts for the share of the work that the capacity is expected to cover."""
        if not recent.shape[0]:
            return by_chance(self.purses, cost=cost)
        amount = float(first.amounts[0])
        expected = _expected(arrivals, int(first.days[0]), amount / cost)
        share = amount / cost if first.shares[0] else amount / (expected * cost)
        levels = levels_of(recent[:, :-2], dial=self.dial.temperature)
        units = Units(levels, recent[:, -2], recent[:, -1])
        return pace_of(units, share=share, parts=self.dial.parts, steepness=steepness(self.dial.temperature))

    def _highest(self, start: int, stop: int) -> tuple[Floats, Ints]:
        """Give, over the purses, the largest level above its cut, and the purse it belongs to."""
        above = self.levels[start:stop] - np.array(self.memory.pace.cuts)
        return above.max(axis=1), above.argmax(axis=1)

    def _spend(self, start: int, stop: int, highest: Floats) -> Floats:
        """Spend on the declarations of one day; gives the shift of the cuts at each of them."""
        memory, part = self.memory, self.lodged.take(slice(start, stop))
        before = int(sum(memory.counts))
        seen = before + np.arange(stop - start, dtype=np.float64)
        pace = memory.pace
        expected = _expected(memory.arrivals, memory.day, float(part.amounts[0]) / pace.cost)
        rest = still_to_come(expected, memory.arrivals.passed(part.hours), seen)
        ahead = part.costs + rest * pace.cost
        due = np.where(part.shares, part.amounts * (seen + 1.0 + rest), part.amounts)
        day = Day(highest, part.floors, part.costs, due + memory.carried, ahead)
        shifts, spent = run(pace, day, spent=memory.spent)
        counts = np.bincount(part.hours.astype(np.int64), minlength=HOURS) + np.array(memory.counts)
        # at its end a day was due what was lodged in it, not what was still expected
        last = float(part.amounts[-1]) * (seen[-1] + 1.0) if part.shares[-1] else float(part.amounts[-1])
        self.memory = replace(memory, counts=tuple(counts.tolist()), spent=spent, due=last)
        return shifts


def _alike(recent: Floats, first: Lodged) -> Floats:
    """Keep what was scored if the day's first declaration is, and what was not if it is not.

    On the day a score begins, what came before it says nothing of where its cuts lie.
    """
    scored = (recent[:, :-2] > -np.inf).any(axis=1)
    return np.asarray(recent[scored == bool((first.logs > -np.inf).any())])


def _opened(purses: int) -> PostMemory:
    """Give the memory of a post that has seen nothing."""
    return PostMemory(-1, (0.0,) * HOURS, 0.0, 0.0, 0.0, by_chance(purses), Arrivals(), np.empty((0, purses + 1)))


def _expected(arrivals: Arrivals, day: int, acts: float) -> float:
    """Give the declarations to be expected of a day; on the first day, by what the post can do."""
    known = arrivals.expected((day + EPOCH_WEEKDAY) % 7)
    return max(acts * FIRST_DAY, 1.0) if math.isnan(known) else known
