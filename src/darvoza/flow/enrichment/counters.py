"""Counters of history: lodgings, examinations and findings of each key, for ever, for a year, and fading."""

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import KEYS
from darvoza.flow.enrichment.register import EVERYTHING, Keyed, Kind, Register
from darvoza.flow.enrichment.timeline import DAY

Floats = NDArray[np.float64]
Column = tuple[str, Floats]

YEAR = 365 * DAY
"""How far back the ``_12m`` facts look [s]."""

PRIOR_WEIGHT = 5.0
"""Weight of the base rate in a shrunken rate: as if that many items had been examined."""

PRIOR_RATE = 0.05
"""Base rate before anything was examined; documented shares of fraud among imports run from 1 to 8 %."""

LODGED = ("items", "items_recent", "age")
EXAMINED = (
    ("examined", "findings", "finding_rate"),
    ("examined_12m", "findings_12m"),
    ("examined_recent", "findings_recent", "finding_rate_recent"),
)
"""What is counted of each key, by the sums it takes."""


class Counters:
    """The counters of every key.

    Parameters
    ----------
    register
        The register.
    half_life
        Seconds in which an event comes to count half in the fading counters.
    """

    def __init__(self, register: Register, half_life: int) -> None:
        self._register, self._half_life = register, half_life
        every = register.by(EVERYTHING).results()
        nothing = np.array([PRIOR_WEIGHT, PRIOR_WEIGHT * PRIOR_RATE])
        self._base, self._base_recent = (
            known[:, 1] / known[:, 0] for known in (every.total() + nothing, every.fading(half_life) + nothing)
        )

    def of(self, name: str, wanted: Collection[str]) -> Iterator[Column]:
        """Yield the wanted facts of one key; NaN where unknown."""
        keyed = self._register.by(Kind(KEYS[name]))
        ending = {fact.removeprefix(f"{name}_") for fact in wanted if fact.startswith(f"{name}_")}
        for fact, values in (*self._lodged(keyed, ending), *self._examined(keyed, ending)):
            values[keyed.unknown] = np.nan
            yield f"{name}_{fact}", values

    def _lodged(self, keyed: Keyed, ending: Collection[str]) -> Iterator[Column]:
        """Yield what is known of lodgings."""
        register = self._register
        if not set(LODGED) & set(ending):
            return
        lodged = keyed.lodgings()
        yield "items", lodged.total()[:, 0]
        if "items_recent" in ending:
            yield "items_recent", lodged.fading(self._half_life)[:, 0]
        if "age" in ending:
            seen = keyed.sightings() if register.is_amended else lodged
            yield "age", (register.asked - seen.first()) / DAY

    def _examined(self, keyed: Keyed, ending: Collection[str]) -> Iterator[Column]:
        """Yield what is known of results."""
        ever, year, recent = (bool(set(names) & set(ending)) for names in EXAMINED)
        if not (ever or year or recent):
            return
        results = keyed.results()
        if ever:
            yield from _counted("", results.total(), self._base)
        if year:
            examined, findings = results.within(YEAR).T
            yield from (("examined_12m", examined.copy()), ("findings_12m", findings.copy()))
        if recent:
            yield from _counted("_recent", results.fading(self._half_life), self._base_recent)


def _counted(suffix: str, known: Floats, base: Floats) -> Iterator[Column]:
    """Yield examined items, findings, and the rate shrunken towards the base rate."""
    examined, findings = known[:, 0], known[:, 1]
    rate = (findings + PRIOR_WEIGHT * base) / (examined + PRIOR_WEIGHT)
    yield f"finding_rate{suffix}", rate
    yield f"examined{suffix}", examined.copy()
    yield f"findings{suffix}", findings.copy()
