"""Sheets: kinds of key whose events are counted in one log."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.enrichment.register import Kind, Register
from darvoza.flow.enrichment.timeline import NEVER
from darvoza.methods.asof import EventLog

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sheet:
    """Kinds that are counted in one log, all with the same weights or none.

    Attributes
    ----------
    kinds
        The kinds.
    together
        The fields that make keys, those of other sheets among them, which are looked up together; by default their own.
    """

    kinds: tuple[Kind, ...]
    together: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def name(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """What tells it from others."""
        return tuple((kind.fields, kind.name) for kind in self.kinds)

    @cached_property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """The fields that make keys which are looked up together."""
        return self.together or tuple(kind.fields for kind in self.kinds)

    @cached_property
    def picked(self) -> Ints:
        """Which of them are those of the kinds."""
        return np.array([self.fields.index(kind.fields) for kind in self.kinds])

    def at(self, places: Sequence[int]) -> "Sheet":
        """Give the kinds at some places."""
        return Sheet(tuple(self.kinds[place] for place in places))

    def counted(self, register: Register, keys: Ints) -> tuple[Ints, Ints | None]:
        """Give what each item adds.

        Parameters
        ----------
        register
            The register.
        keys
            Code of the key of every item, kind by kind, -1 unknown, shape ``(kinds, n)``.

        Returns
        -------
        tuple[Ints, Ints | None]
            The keys, and weights, shape ``(kinds, n, k)``, or ``None``: one each.
        """
        weights = [kind.weights(register, codes) for kind, codes in zip(self.kinds, keys, strict=True) if kind.weights]
        return keys, np.array(weights) if weights else None


class Event(StrEnum):
    """What is counted of goods items."""

    SEEN = "seen"  # in whatever version
    REPLACED = "replaced"  # by a later version
    OPENED = "opened"  # seen in the version that came first
    EXAMINED = "examined"


class Logged(NamedTuple):
    """Events, and the item behind each."""

    log: EventLog
    rows: Ints


def logged(register: Register, event: Event, keys: Ints, weights: Ints | None, *, rows: Ints | None = None) -> Logged:
    """Put events on goods items into a log.

    Parameters
    ----------
    register
        The register.
    event
        Which events.
    keys
        Code of the key of every item, kind by kind, -1 where it has none, shape ``(kinds, n)``.
    weights
        What each item adds, shape ``(kinds, n, k)``; ones by default. Of results, those examined and those found.
    rows
        The items, where they are not all of the register.
    """
    counts = keys >= 0
    if event is Event.EXAMINED:
        counts &= register.examined if rows is None else register.examined[rows]
    elif event is Event.REPLACED:
        counts &= (register.replaced if rows is None else register.replaced[rows]) < NEVER
    elif event is Event.OPENED:
        counts &= register.opens if rows is None else register.opens[rows]
    places = np.flatnonzero(counts)
    of_event = places if keys.shape[0] == 1 else places % keys.shape[1]
    behind = of_event if rows is None else rows[of_event]
    coded, added = keys.ravel()[places], None if weights is None else weights.reshape(-1, weights.shape[-1])[places]
    if event in {Event.SEEN, Event.OPENED}:
        return Logged(EventLog(coded, register.lodged[behind], added), behind)
    if event is Event.REPLACED:
        return Logged(EventLog(coded, register.replaced[behind], added, since=register.lodged[behind]), behind)
    found = np.column_stack([np.ones(behind.size, dtype=np.int64), register.finding[behind].astype(np.int64)])
    return Logged(EventLog(coded, register.known[behind], found), behind)
