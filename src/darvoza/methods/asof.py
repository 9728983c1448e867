"""Sums of past events, as they were known at a moment.

The one primitive of point-in-time features: every quantity is a sum over events of the same key that lie strictly
before the moment of the question. Nothing later, and nothing at the same moment, can leak in; so the order of rows
with equal times does not matter, and a replay of history gives what an online counter would have held. What happened at the
moment itself is asked for apart, by those for whom the order of events is known.

Sums are kept in whole numbers and differences are taken modulo 2⁶⁴. So an answer depends on the events of its own key
alone, to the last bit: events of other keys, and later ones, never change it by rounding.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from darvoza.methods.fading import (
    EPOCH_HALF_LIVES,
    FADING_BITS,
    Epochs,
    FadingSums,
    changes,
    left_of,
    run_ends,
    run_starts,
    running,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LARGEST_CODE = 2**31
"""Keys must lie below it, and so must the length of the time axis: together they fill 62 bits."""

PACKED_BITS = 63
"""Binary digits of a number that is not negative."""

FEW = 2_000
"""Questions up to which it does not pay to bring them into order."""


def grouped(keys: NDArray[np.integer]) -> Ints:
    """Give the order that sorts rows by key and leaves rows of one key as they are.

    Key and row are packed into one number and sorted by value, which takes a third of the time of a stable sort of
    places.

    Parameters
    ----------
    keys
        Non-negative codes below `LARGEST_CODE`, shape ``(n,)``.

    Examples
    --------
    >>> grouped(np.array([3, 1, 3, 1])).tolist()
    [1, 3, 0, 2]
    """
    bits = keys.size.bit_length()
    if bits + int(keys.max(initial=0)).bit_length() >= PACKED_BITS:
        return np.argsort(keys, kind="stable")
    packed = (keys.astype(np.int64) << bits) | np.arange(keys.size, dtype=np.int64)
    packed.sort()
    return np.asarray(packed & ((1 << bits) - 1))


def _goes_back(times: Ints) -> bool:
    """Tell whether any moment lies before the one above it."""
    return bool(np.any(times[1:] < times[:-1]))


def _in_order(keys: Ints, times: Ints) -> Ints:
    """Give the order that sorts rows by key and time and leaves equal ones as they are; times are not negative."""
    if not _goes_back(times):
        return grouped(keys)
    by_time = grouped(times)
    return by_time[grouped(keys[by_time])]


@dataclass(frozen=True, slots=True)
class Questions:
    """Moments at which something is asked of keys; many are kept in the order of key and time.

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
        if keys.size <= FEW:
            return cls(np.arange(keys.size), keys.astype(np.int64, copy=False), times)
        order = np.lexsort((times, keys)) if _goes_back(times) else grouped(keys)
        return cls(order, keys[order].astype(np.int64), times[order])

    def in_rows(self, values: Floats) -> Floats:
        """Bring answers back into the order of the rows."""
        rows = np.empty_like(values)
        rows[self.order] = values
        return rows


class EventLog:
    """Events by key and time, ready to be summed up to any moment.

    One log answers any number of questions in O((n + m) log m).

    Parameters
    ----------
    keys
        Non-negative key codes below `LARGEST_CODE`, shape ``(m,)``.
    times
        Integer times in any one unit, shape ``(m,)``: from when on the event is known.
    weights
        What each event adds, whole numbers, shape ``(m, k)``; ones by default.
    since
        From when on the event counts in a window and fades, not after `times`; `times` itself by default. An event
        that takes an earlier one back is known later than that one, and counts since it.

    Examples
    --------
    Two events of key 7, one of key 8; what was known of them at time 20?

    >>> log = EventLog(np.array([7, 7, 8]), np.array([10, 20, 5]))
    >>> past = log.before(Questions.of(np.array([7, 8, 9]), np.array([20, 20, 20])))
    >>> past.total().ravel().tolist()
    [1.0, 1.0, 0.0]
    >>> past.time_of(past.first()).tolist()
    [10.0, 5.0, nan]

    Two events halve every 10; one is as old as that, the other twice as old.

    >>> log = EventLog(np.array([7, 7]), np.array([10, 20]))
    >>> log.before(Questions.of(np.array([7]), np.array([30]))).fading(10).tolist()
    [[0.75]]
    """

    def __init__(self, keys: Ints, times: Ints, weights: Ints | None = None, *, since: Ints | None = None) -> None:
        self.origin = int(times.min()) if times.size else 0
        self.span = (int(times.max()) - self.origin + 2) if times.size else 2
        if max(self.span, int(keys.max(initial=0))) >= LARGEST_CODE:
            raise ValueError("keys and the length of the time axis must lie below 2**31")
        composite = keys * np.int64(self.span) + (times - self.origin)
        self.order = _in_order(keys, times - self.origin)
        self.positions = composite[self.order]
        self.keys, self.times = keys[self.order], times[self.order]
        self.weights = None if weights is None else weights[self.order]
        self.since = self.times if since is None else since[self.order]
        self.takes_back = since is not None
        self._sums: Ints | None = None
        self._leaving: dict[int, EventLog] = {}
        self._epochs: dict[int, Epochs] = {}

    @property
    def width(self) -> int:
        """Number of things that each event adds."""
        return 1 if self.weights is None else self.weights.shape[1]

    def between(self, start: Ints, until: Ints) -> Ints:
        """Sum the weights of the events between places, shape ``(n, k)``."""
        if self.weights is None:
            return (until - start)[:, None]
        if self._sums is None:
            self._sums = running(self.weights)
        return self._sums[until] - self._sums[start]

    @cached_property
    def starts(self) -> Ints:
        """Place of the first event of the key of each event, shape ``(m,)``."""
        return run_starts(changes(self.keys))

    def places(self, keys: Ints, times: Ints) -> Ints:
        """Count, for each question, the events of the log that sort before it."""
        inside = np.minimum(np.maximum(times - self.origin, 0), self.span - 1)
        return np.asarray(self.positions.searchsorted(keys * self.span + inside))

    def before(self, asked: Questions) -> "Past":
        """Take what lies strictly before each moment."""
        return Past(self, asked)

    def leaving(self, window: int) -> "EventLog":
        """Give the same events at the moment from which they are known, but too old for the window."""
        if window not in self._leaving:
            self._leaving[window] = EventLog(self.keys, np.maximum(self.times, self.since + window), self.weights)
        return self._leaving[window]

    def epochs(self, half_life: int) -> "Epochs":
        """Give the epochs in which its events fade."""
        if half_life not in self._epochs:
            self._epochs[half_life] = Epochs.of(self, half_life)
        return self._epochs[half_life]

    def make_ahead(self, to: "EventLog") -> None:
        """Have another log make ahead what this one was asked for: half-lives, windows, where keys begin, running totals."""
        nowhere = np.empty(0, dtype=np.int64)
        for half_life in list(self._epochs):
            to.epochs(half_life)
        for window, leaving in list(self._leaving.items()):
            leaving.make_ahead(to.leaving(window))
        if to.starts.size and self._sums is not None:
            to.between(nowhere, nowhere)

    def labelled(self, labels: Ints) -> "Labels":
        """Bring labels, one for each event in the order in which the log was given them, into its own order."""
        ordered = labels[self.order]
        begins = changes(self.keys) | changes(ordered)
        return Labels(ordered, run_starts(begins), run_ends(begins))


class Labels(NamedTuple):
    """A label of each event of a log, in its order; where the run of its label begins, and the place after it."""

    of_event: Ints
    starts: Ints
    ends: Ints


class Past:
    """The events of the same key strictly before each moment; every answer is in the order of the rows.

    Parameters
    ----------
    log
        The events.
    asked
        The questions.
    """

    def __init__(self, log: EventLog, asked: Questions) -> None:
        self.log, self.asked = log, asked
        self.until = log.places(asked.keys, asked.times)
        known = self.until > 0
        last = np.maximum(self.until - 1, 0)
        if log.times.size:
            known &= log.keys[last] == asked.keys
            self.start = np.where(known, log.starts[last], self.until)
        else:
            self.start = self.until

    def total(self) -> Floats:
        """Sum the weights, shape ``(n, k)``."""
        return self.sums().astype(np.float64)

    def sums(self) -> Ints:
        """Sum the weights, in whole numbers, shape ``(n, k)``."""
        return self._between(self.start, self.until)

    def within(self, window: int) -> Floats:
        """Sum the weights of events that count since at most `window` before the moment, inclusive; ``(n, k)``."""
        return self.sums_within(window).astype(np.float64)

    def sums_within(self, window: int) -> Ints:
        """Do as `within`, in whole numbers."""
        if self.log.takes_back:
            return self.sums() - self.log.leaving(window).before(self.asked).sums()
        begun = self.log.places(self.asked.keys, self.asked.times - window)
        return self._between(np.maximum(begun, self.start), self.until)

    def sums_now(self) -> Ints:
        """Sum the weights of the events at the moment itself, in whole numbers, shape ``(n, k)``."""
        return self._between(self.until, self.log.places(self.asked.keys, self.asked.times + 1))

    def sums_now_before(self, rows: Ints, until: Ints) -> Ints:
        """Do as `sums_now`, of events that stand in a list above a place of it.

        Parameters
        ----------
        rows
            Place of each event in the list, in the order in which the log was given them; ascending among events of one key
            and moment; shape ``(m,)``.
        until
            The place for each row that asks, shape ``(n,)``.
        """
        log = self.log
        length = int(max(rows.max(initial=0), until.max(initial=0))) + 1
        placed = run_starts(changes(log.positions)) * length + rows[log.order]
        wanted = placed.searchsorted(self.until * length + until[self.asked.order])
        # where nothing happened at the moment itself, the place is that of a later one
        after = log.places(self.asked.keys, self.asked.times + 1)
        return self._between(self.until, np.clip(wanted, self.until, after))

    def fading(self, half_life: int) -> Floats:
        """Sum the weights, each halved for every `half_life` since it counts, shape ``(n, k)``.

        An exponentially fading sum by differences: inside an epoch of `EPOCH_HALF_LIVES` weights grow by powers of
        two, in whole numbers, so that running totals can be subtracted exactly; what earlier epochs left is carried
        over, key by key, to the epoch of the moment that asks.
        """
        if not self.log.times.size:
            return np.zeros((self.asked.times.size, self.log.width))
        epochs = self.log.epochs(half_life)
        epoch = epochs.of_event[np.maximum(self.until - 1, 0)]
        inside = (epochs.sums[self.until] - epochs.sums[epochs.starts[epoch]]).astype(np.float64) * 2.0**-FADING_BITS
        now = self.asked.times // epochs.length
        since = np.exp2(-EPOCH_HALF_LIVES * (now - epochs.numbers[epoch]).astype(np.float64))
        kept = np.where(self.until > self.start, since, 0.0)
        left = left_of(self.asked.times, half_life)
        return self.asked.in_rows((epochs.carried[epoch] + inside) * kept[:, None] * left[:, None])

    def fading_sums(self, half_life: int) -> "FadingSums":
        """Give the sums of which `fading` is made, so that those of several logs can be added up exactly."""
        log, asked = self.log, self.asked
        length = EPOCH_HALF_LIVES * half_life
        if not log.times.size:
            return FadingSums(0, np.zeros((0, asked.times.size, log.width), dtype=np.int64))
        first, last = log.origin // length, (log.origin + log.span - 2) // length
        running = log.epochs(half_life).sums
        edges = [self.start]
        for number in range(first + 1, last + 1):
            begun = log.places(asked.keys, np.full(asked.times.size, number * length))
            edges.append(np.minimum(np.maximum(begun, self.start), self.until))
        edges.append(self.until)
        at = running[np.stack(edges)]
        made = np.empty_like(at[1:])
        made[:, asked.order] = at[1:] - at[:-1]
        return FadingSums(first, made)

    def first(self, *unlike: tuple[Ints | Labels, Ints]) -> Ints:
        """Give the place of the first event, -1 if there is none.

        Parameters
        ----------
        unlike
            Pairs of a label of each event, in the order in which the log was given them, shape ``(m,)``, and of each
            row that asks, shape ``(n,)``: only events whose labels all differ count.
        """
        at, moved = self.start.copy(), bool(self.log.times.size)
        labelled = self._labelled(unlike)
        while moved:
            moved = False
            for labels, own in labelled:
                same = (at < self.until) & (labels.of_event[np.minimum(at, labels.of_event.size - 1)] == own)
                at[same] = labels.ends[at[same]]
                moved |= bool(same.any())
        return self._in_rows(np.where(at < self.until, at, -1))

    def last(self, *unlike: tuple[Ints | Labels, Ints]) -> Ints:
        """Give the place of the last event, -1 if there is none; `unlike` as for `first`."""
        at, moved = self.until - 1, bool(self.log.times.size)
        labelled = self._labelled(unlike)
        while moved:
            moved = False
            for labels, own in labelled:
                same = (at >= self.start) & (labels.of_event[at] == own)
                at[same] = labels.starts[at[same]] - 1
                moved |= bool(same.any())
        return self._in_rows(np.where(at >= self.start, at, -1))

    def time_of(self, places: Ints) -> Floats:
        """Give the times of the events at these places, NaN where there is none."""
        times = np.full(places.size, np.nan)
        times[places >= 0] = self.log.times[places[places >= 0]]
        return times

    def _between(self, start: Ints, until: Ints) -> Ints:
        made = np.empty((start.size, self.log.width), dtype=np.int64)
        made[self.asked.order] = self.log.between(start, until)
        return made

    def _in_rows(self, places: Ints) -> Ints:
        rows = np.empty_like(places)
        rows[self.asked.order] = places
        return rows

    def _labelled(self, unlike: tuple[tuple[Ints | Labels, Ints], ...]) -> list[tuple[Labels, Ints]]:
        """Bring labels into the order of the log, unless they are, and those of the rows into that of the questions."""
        return [
            (labels if isinstance(labels, Labels) else self.log.labelled(labels), own[self.asked.order])
            for labels, own in unlike
        ]
