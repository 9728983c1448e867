"""Sums in which every event comes to count half after a time, in whole numbers as far as they can be.

Weights grow by powers of two from the beginning of an epoch on, so that running totals can be subtracted exactly and those
of several logs be added up exactly; only at the end is a sum turned into a fraction.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EPOCH_HALF_LIVES = 8
"""Fading weights are kept relative to the beginning of an epoch of so many half-lives, so that they stay in range."""

FADING_BITS = 28
"""Binary digits behind the point of a fading weight: it is off by 2⁻²⁹ at the most, about 2·10⁻⁹."""


class Events(Protocol):
    """Events in order of key and time: keys, moments, what each adds, and since when it counts."""

    keys: Ints
    times: Ints
    weights: Ints | None
    since: Ints


class FadingSums(NamedTuple):
    """Growing weights summed up epoch by epoch, in whole numbers.

    Attributes
    ----------
    first
        Number of the first epoch.
    sums
        Shape ``(epochs, n, k)``.
    """

    first: int
    sums: Ints


def faded(parts: Sequence[FadingSums], times: Ints, half_life: int) -> Floats:
    """Give the fading sum of several logs at moments, shape ``(n, k)``: to the last bit that of one log with all events.

    Parameters
    ----------
    parts
        The sums of each log.
    times
        The moments, shape ``(n,)``.
    half_life
        What it takes an event to come to count half.

    Examples
    --------
    >>> from darvoza.methods.asof import EventLog, Questions
    >>> asked = Questions.of(np.array([7]), np.array([30]))
    >>> logs = [EventLog(np.array([7]), np.array([at])) for at in (10, 20)]
    >>> faded([log.before(asked).fading_sums(10) for log in logs], np.array([30]), 10).tolist()
    [[0.75]]
    """
    known = [part for part in parts if part.sums.shape[0]]
    kept = np.zeros(parts[0].sums.shape[1:])
    if not known:
        return kept
    first = min(part.first for part in known)
    number = max(part.first + part.sums.shape[0] for part in known) - first
    sums = np.zeros((number, *parts[0].sums.shape[1:]), dtype=np.int64)
    for part in known:
        sums[part.first - first : part.first - first + part.sums.shape[0]] += part.sums
    for of_epoch in sums:
        kept = kept * 2.0**-EPOCH_HALF_LIVES + of_epoch.astype(np.float64) * 2.0**-FADING_BITS
    now = times // (EPOCH_HALF_LIVES * half_life)
    since = np.exp2(-EPOCH_HALF_LIVES * (now - (first + number - 1)).astype(np.float64))
    return np.asarray(kept * since[:, None] * left_of(times, half_life)[:, None])


def left_of(times: Ints, half_life: int) -> Floats:
    """Give what is left at moments of what counted fully when their epoch began."""
    length = EPOCH_HALF_LIVES * half_life
    return np.asarray(np.exp2((times // length * length - times) / half_life))


class Epochs(NamedTuple):
    """The epochs of a log: one for each key and stretch of time with events.

    Attributes
    ----------
    length
        How long an epoch is.
    of_event
        Which one each event lies in, shape ``(m,)``.
    sums
        Running totals of the growing weights, shape ``(m + 1, k)``.
    starts, numbers
        Place of its first event, and its number since the beginning of time, shape ``(g,)``.
    carried
        What the earlier epochs of its key amount to when it begins, shape ``(g, k)``.
    """

    length: int
    of_event: Ints
    sums: Ints
    starts: Ints
    numbers: Ints
    carried: Floats

    @classmethod
    def of(cls, events: Events, half_life: int) -> Self:
        """Read the epochs off events in order of key and time."""
        length = EPOCH_HALF_LIVES * half_life
        epoch = events.times // length
        changed = changes(events.keys) | changes(epoch)
        starts = np.flatnonzero(changed)
        growth = np.rint(np.exp2((events.since - epoch * length) / half_life + FADING_BITS)).astype(np.int64)
        sums = running(growth[:, None] if events.weights is None else growth[:, None] * events.weights)
        totals = (sums[np.append(starts[1:], events.times.size)] - sums[starts]).astype(np.float64) * 2.0**-FADING_BITS
        carried = _carried(totals, events.keys[starts], epoch[starts])
        return cls(length, np.cumsum(changed) - 1, sums, starts, epoch[starts], carried)


def _carried(totals: Floats, keys: Ints, epochs: Ints) -> Floats:
    """Carry what each epoch amounts to over to the next of its key: epochs of all keys side by side, oldest first."""
    carried = np.zeros_like(totals)
    rank = np.arange(keys.size) - run_starts(changes(keys))
    for place in range(1, int(rank.max(initial=0)) + 1):
        now = np.flatnonzero(rank == place)
        kept = np.exp2(-EPOCH_HALF_LIVES * (epochs[now] - epochs[now - 1]).astype(np.float64))
        carried[now] = (carried[now - 1] + totals[now - 1]) * kept[:, None]
    return carried


def running(weights: Ints) -> Ints:
    """Give running totals, beginning with none, modulo 2⁶⁴."""
    sums = np.zeros((weights.shape[0] + 1, weights.shape[1]), dtype=np.int64)
    np.cumsum(weights, axis=0, out=sums[1:])
    return sums


def changes(values: Ints) -> Flags:
    """Tell which values differ from the one before; the first does."""
    made = np.ones(values.size, dtype=bool)
    np.not_equal(values[1:], values[:-1], out=made[1:])
    return made


def run_starts(begins: Flags) -> Ints:
    """Give for each place the place where its run began."""
    return np.maximum.accumulate(np.where(begins, np.arange(begins.size), 0))


def run_ends(begins: Flags) -> Ints:
    """Give for each place the place after the end of its run."""
    starts = np.append(np.flatnonzero(begins), begins.size)
    return starts[np.cumsum(begins)]
