"""Routing: from commodity code, processing and intended use to the services competent and their categories.

The longest prefix of the register counts; among entries of one prefix, the one that names more of what was declared.
Use and processing then move plant products between the categories of ISPM 32: what is to be planted needs the strictest,
whatever was done to it; what cannot be infested any more needs no plant health control. A declared process is the word of
whoever profits from it: it does not take out of control what the register holds raw or live.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Agency
from darvoza.domain.sps.competence import PROCESSES, Competence, IntendedUse, Processing, Routing
from darvoza.flow.enrichment.different import FEW, unknown
from darvoza.flow.fact_table import FactTable

FACTS = {
    "sps_agencies": pl.List(pl.String),
    "veterinary_category": pl.String(),
    "plant_risk": pl.String(),
    "ispm32_category": pl.String(),
    "sanitary_category": pl.String(),
    "perishable": pl.Boolean(),
}
"""The facts that routing gives, and their types."""

CANNOT_BE_INFESTED, INFESTABLE, RAW, FOR_PLANTING = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class CompetenceRegister:
    """The register of competence, ready to be asked.

    Examples
    --------
    >>> register = CompetenceRegister.of([Competence("08", (Agency.PHYTOSANITARY,), ispm32=3)])
    >>> register.route("080510").agencies, register.route("870323").reasons
    ((<Agency.PHYTOSANITARY: 'phytosanitary'>,), ('no_entry',))
    >>> claimed = register.route("080510", process="roasted")
    >>> claimed.agencies == register.route("080510").agencies, claimed.reasons
    (True, ('entry', 'processed', 'claimed'))
    """

    entries: dict[str, tuple[Competence, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Competence]) -> Self:
        """Sort entries by prefix, those that ask for more first."""
        made: dict[str, list[Competence]] = {}
        for entry in entries:
            made.setdefault(entry.prefix, []).append(entry)
        return cls({prefix: tuple(sorted(those, key=_asked, reverse=True)) for prefix, those in made.items()})

    def entry(self, hs: str, *, process: str | None = None, use: str | None = None) -> Competence | None:
        """Give the entry that counts for a commodity code, or ``None``."""
        for length in range(len(hs), 0, -1):
            for entry in self.entries.get(hs[:length], ()):
                if entry.intended_use in (None, use) and entry.process in (None, process):
                    return entry
        return None

    def route(self, hs: str, *, process: str | None = None, use: str | None = None) -> Routing:
        """Route goods.

        Parameters
        ----------
        hs
            Commodity code, 2 to 10 digits.
        process
            One of `PROCESSES`, or ``None`` where not declared.
        use
            One of `IntendedUse`, or ``None`` where not declared.
        """
        entry = self.entry(hs, process=process, use=use)
        if entry is None:
            return Routing((), None, None, ("no_entry",))
        reasons = ["entry"]
        if entry.intended_use is not None or entry.process is not None:
            reasons.append("declared_use")
        category, agencies = entry.ispm32, entry.agencies
        if category is not None:
            category = _ispm32(category, process, use)
            if category != entry.ispm32:
                reasons.append("planting" if category == FOR_PLANTING else "processed")
            if category == CANNOT_BE_INFESTED and "processed" in reasons:
                agencies = tuple(agency for agency in agencies if agency is not Agency.PHYTOSANITARY)
            elif category != CANNOT_BE_INFESTED and PROCESSES.get(process or "") is Processing.SAFE:
                reasons.append("claimed")
        return Routing(agencies, entry, category, tuple(reasons))


def _asked(entry: Competence) -> int:
    return (entry.intended_use is not None) + (entry.process is not None)


def _ispm32(category: int, process: str | None, use: str | None) -> int:
    """Give the ISPM 32 category: intended use first, then processing; undeclared leaves what the register says.

    What the register has for planting stays so. What it has raw is at best taken for processed and infestable still: that
    nothing lives in it any more is seen at the goods.
    """
    possible = PROCESSES.get(process or "")
    if category == FOR_PLANTING or (use == IntendedUse.PLANTING.value and category >= INFESTABLE):
        return FOR_PLANTING
    if possible is Processing.SAFE:
        return CANNOT_BE_INFESTED if category <= INFESTABLE else INFESTABLE
    if possible is Processing.INFESTABLE:
        return min(category, INFESTABLE)
    if possible is Processing.RAW and use is not None:
        return RAW
    return category


def routing_facts(items: pl.DataFrame, register: CompetenceRegister | None) -> pl.DataFrame:
    """Give the facts of routing for each goods item; of many, each different combination is routed once.

    Parameters
    ----------
    items
        ``hs``, ``process``, ``intended_use``, row by row.
    register
        The register; without one every fact is unknown.

    Returns
    -------
    pl.DataFrame
        The columns of `FACTS`, in the order of the rows. Goods that no entry covers have no services, which is known,
        and no categories.
    """
    if register is None:
        return unknown(items.height, FACTS)
    asked = items[["hs", "process", "intended_use"]]
    if asked.height <= FEW:
        return _routed(asked, register)
    different = asked.unique(maintain_order=True)
    routed = pl.concat([different, _routed(different, register)], how="horizontal")
    found = asked.join(routed, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    return found.select(*FACTS)


def _routed(asked: pl.DataFrame, register: CompetenceRegister) -> pl.DataFrame:
    return pl.DataFrame([_facts(register, *row) for row in asked.iter_rows()], schema=FACTS, orient="row")


def _facts(register: CompetenceRegister, hs: str | None, process: str | None, use: str | None) -> tuple[object, ...]:
    if hs is None:
        return (None,) * len(FACTS)
    found = register.route(hs, process=process, use=use)
    entry = found.entry
    if entry is None:
        return [], None, None, None, None, False
    held = Agency.PHYTOSANITARY in found.agencies
    return (
        [agency.value for agency in found.agencies],
        entry.veterinary and entry.veterinary.value,
        entry.plant_risk.value if entry.plant_risk and held else None,
        str(found.ispm32) if found.ispm32 is not None else None,
        entry.sanitary and entry.sanitary.value,
        entry.perishable,
    )


def competent_services(facts: FactTable, starts: NDArray[np.int64]) -> dict[Agency, NDArray[np.bool_]]:
    """Say of each service beside customs for which declarations it is competent; unknown counts as not."""
    named = facts.get_column("sps_agencies")
    services = [agency for agency in Agency if agency is not Agency.CUSTOMS]
    if not starts.size or named.null_count() == named.len():
        return {}
    items = {agency: named.list.contains(agency.value).fill_null(value=False).to_numpy() for agency in services}
    return {agency: np.logical_or.reduceat(of_items, starts) for agency, of_items in items.items()}
