"""Counters of history: lodgings, examinations and findings of each key, for ever, for a year, and fading."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.enrichment.inquiry import Answers, Inquiry
from darvoza.flow.enrichment.keys import KEYS
from darvoza.flow.enrichment.register import EVERYTHING, Kind
from darvoza.flow.enrichment.timeline import DAY

Floats = NDArray[np.float64]
Column = tuple[str, Floats]

YEAR = 365 * DAY
"""How far back the ``_12m`` facts look [s]."""

PRIOR_WEIGHT = 5.0
"""Weight of the base rate in a shrunken rate: as if that many items had been examined."""

PRIOR_RATE = 0.05
"""Base rate before anything was examined; documented shares of fraud among imports run from 1 to 8 %."""

COUNTED = {name: Kind(fields) for name, fields in KEYS.items()}
"""What is counted of each key."""

RESULTS = (
    ("finding_rate", "examined", "findings"),
    ("examined_12m", "findings_12m"),
    ("finding_rate_recent", "examined_recent", "findings_recent"),
)
"""What is counted of results, by the sums it takes."""

EVERY = ("items", "items_recent", "age", *chain.from_iterable(RESULTS))
"""What is counted."""


class Counters:
    """The counters of every key.

    Parameters
    ----------
    inquiry
        The register, asked.
    half_life
        Seconds in which an event comes to count half in the fading counters.
    """

    def __init__(self, inquiry: Inquiry, half_life: int) -> None:
        self._inquiry, self._half_life = inquiry, half_life
        every = inquiry.by(EVERYTHING).results()
        nothing = np.array([PRIOR_WEIGHT, PRIOR_WEIGHT * PRIOR_RATE])
        self._base, self._base_recent = (
            known[:, 1] / known[:, 0] for known in (every.total() + nothing, every.fading(half_life) + nothing)
        )

    def of(self, names: tuple[str, ...], wanted: frozenset[str]) -> Iterator[Column]:
        """Yield the wanted facts of some keys; NaN where unknown."""
        asked, told = self._inquiry.by_several([COUNTED[name] for name in names]), _told(names, wanted)
        for fact, values in (*self._lodged(asked.lodged, told), *self._examined(asked.results, told)):
            known = np.where(asked.unknown, np.nan, values)
            yield from ((name, known[place]) for place, name in told.get(fact, ()))

    def _lodged(self, known: Callable[[], Answers], ending: Collection[str]) -> Iterator[Column]:
        """Yield what is known of lodgings."""
        if "items" in ending:
            yield "items", known().total()[..., 0]
        if "items_recent" in ending:
            yield "items_recent", known().fading(self._half_life)[..., 0]
        if "age" in ending:
            yield "age", (self._inquiry.register.asked - known().first()) / DAY

    def _examined(self, known: Callable[[], Answers], ending: Collection[str]) -> Iterator[Column]:
        """Yield what is known of results."""
        ever, year, recent = (not set(names).isdisjoint(ending) for names in RESULTS)
        if ever:
            yield from zip(RESULTS[0], _rated(known().total(), self._base), strict=True)
        if year:
            yield from zip(RESULTS[1], np.moveaxis(known().within(YEAR), -1, 0), strict=True)
        if recent:
            yield from zip(RESULTS[2], _rated(known().fading(self._half_life), self._base_recent), strict=True)


@lru_cache(maxsize=64)
def _told(names: tuple[str, ...], wanted: frozenset[str]) -> Mapping[str, tuple[tuple[int, str], ...]]:
    """Give for each fact that is wanted of some key the place of each such key, and the name."""
    told = {
        fact: tuple((place, whole) for place, name in enumerate(names) if (whole := f"{name}_{fact}") in wanted)
        for fact in EVERY
    }
    return {fact: those for fact, those in told.items() if those}


def _rated(known: Floats, base: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the rate of findings shrunken towards the base rate, examined items, and findings."""
    examined, findings = known[..., 0], known[..., 1]
    return (findings + PRIOR_WEIGHT * base) / (examined + PRIOR_WEIGHT), examined, findings
