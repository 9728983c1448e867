"""Sums of past events, as they were known at a moment.

The one primitive of point-in-time features: every quantity is a sum over events of the same key that lie strictly
before the moment of the question. Nothing later, and nothing at the same moment, can leak in; so the order of rows
with equal times does not matter, and a replay of history gives what an online counter would have held.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Questions:
    """Moments at which something is asked of keys, kept in the order of key and time.

    Searching in that order keeps the cache warm: several times faster on large logs. One set of questions serves
    any number of logs.

    Attributes
    ----------
    order
        Row of each question, shape ``(n,)``.
    keys, times
        The questions in that order, shape ``(n,)``.
    """

    order: Ints
    keys: Ints
    times: Ints

    @classmethod
    def of(cls, keys: NDArray[np.integer], times: Ints) -> Self:
        """Sort questions; keys are non-negative codes, times integers in the unit of the log."""
        order = np.lexsort((times, keys)) if np.any(times[1:] < times[:-1]) else np.argsort(keys, kind="stable")
        return cls(order, keys[order].astype(np.int64), times[order])

    def in_rows(self, values: Floats) -> Floats:
        """Bring answers back into the order of the rows."""
        rows = np.empty_like(values)
        rows[self.order] = values
        return rows


@dataclass(frozen=True, slots=True)
class EventLog:
    """Events by key and time, ready to be summed up to any moment.

    Build it with `EventLog.of`; one log answers any number of questions in O((n + m) log m).

    Attributes
    ----------
    positions
        Sorted composite of key and time, shape ``(m,)``.
    sums
        Running totals of the weights in that order, shape ``(m + 1, k)``.
    times
        Times in that order, shape ``(m,)``.
    origin, span
        Earliest time representable and the length of the time axis; they define the composite.

    Examples
    --------
    Two events of key 7, one of key 8; what was known of them at time 20?

    >>> log = EventLog.of(keys=np.array([7, 7, 8]), times=np.array([10, 20, 5]), weights=np.ones((3, 1)))
    >>> asked = Questions.of(np.array([7, 8, 9]), np.array([20, 20, 20]))
    >>> log.before(asked).ravel().tolist()
    [1.0, 1.0, 0.0]
    >>> log.first_before(asked).tolist()
    [10.0, 5.0, nan]
    """

    positions: Ints
    sums: Floats
    times: Ints
    origin: int
    span: int

    @classmethod
    def of(cls, *, keys: NDArray[np.integer], times: Ints, weights: Floats) -> Self:
        """Sort events into a log.

        Parameters
        ----------
        keys
            Non-negative key codes, shape ``(m,)``; code × length of the time axis must stay below 2^63.
        times
            Integer times in any one unit, shape ``(m,)``.
        weights
            What each event adds, shape ``(m, k)``.
        """
        origin = int(times.min()) if times.size else 0
        span = (int(times.max()) - origin + 2) if times.size else 2
        composite = keys.astype(np.int64) * span + (times - origin)
        order = np.argsort(composite, kind="stable")
        sums = np.zeros((times.size + 1, weights.shape[1]))
        np.cumsum(weights[order], axis=0, out=sums[1:])
        return cls(composite[order], sums, times[order], origin, span)

    def _positions(self, keys: Ints, times: Ints) -> Ints:
        """Count, for each question, the events of the log that sort before it."""
        inside = np.clip(times - self.origin, 0, self.span - 1)
        return np.asarray(np.searchsorted(self.positions, keys * self.span + inside, side="left"))

    def before(self, asked: Questions, *, window: int | None = None) -> Floats:
        """Sum the weights of events of the same key strictly before each moment.

        Parameters
        ----------
        asked
            The questions.
        window
            Look back only this far (same unit as the times, inclusive); ``None`` is all the past.

        Returns
        -------
        Floats
            Shape ``(n, k)``, in the order of the rows.
        """
        start = np.full_like(asked.times, self.origin) if window is None else asked.times - window
        until = self._positions(asked.keys, asked.times)
        return asked.in_rows(self.sums[until] - self.sums[self._positions(asked.keys, start)])

    def first_before(self, asked: Questions) -> Floats:
        """Give the time of the first event of the same key before each moment, NaN if there is none."""
        start = self._positions(asked.keys, np.full_like(asked.times, self.origin))
        found = self._positions(asked.keys, asked.times) > start
        first = np.full(asked.times.size, np.nan)
        first[found] = self.times[start[found]]
        return asked.in_rows(first)
