"""Facts of goods items: declared, derived, compared with peers, and seen in the light of history."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import polars as pl

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.facts import CATALOGUE, DECLARED, FIELD_OF_FACT, HISTORY, REFERENCE
from darvoza.domain.sps.registers import Establishment, OriginStatus
from darvoza.flow.enrichment.certificate_lookup import FACTS as CHECKED
from darvoza.flow.enrichment.certificate_lookup import CheckedCertificates, looked_up
from darvoza.flow.enrichment.derived import DAYS, DIVISORS, derived_facts
from darvoza.flow.enrichment.derived_few import derived_of_few
from darvoza.flow.enrichment.history import history_columns, history_facts
from darvoza.flow.enrichment.listed import FACTS as LISTED
from darvoza.flow.enrichment.listed import EstablishmentRegister, OriginRegister, listed_facts
from darvoza.flow.enrichment.references import reference_columns, reference_facts
from darvoza.flow.enrichment.register import OUTCOMES, all_items
from darvoza.flow.enrichment.remembered import Remembered, Seen
from darvoza.flow.enrichment.routing import FACTS as ROUTED
from darvoza.flow.enrichment.routing import CompetenceRegister, routing_facts
from darvoza.flow.fact_table import Column, FactTable

__all__ = [
    "HISTORY_COLUMNS",
    "NOTHING_ELSE",
    "NO_REGISTERS",
    "OUTCOMES",
    "Registers",
    "Sources",
    "enrich",
    "enrich_few",
    "fact_table",
]

HISTORY_COLUMNS = (
    "declaration_id",
    "version",
    "item",
    "lodged_at",
    "post",
    "border_post",
    "importer_id",
    "exporter_id",
    "declarant_id",
    "carrier_id",
    "export_country",
    "vehicle_id",
    "container_ids",
    "hs",
    "origin",
    "gross_mass",
    "net_mass",
    "supplementary_quantity",
    "supplementary_unit",
    "package_kind",
    "customs_value",
    "examined",
    "finding",
    "result_at",
)
"""What must be kept of a goods item so that later ones can be seen in its light."""

ONE_BY_ONE = 64
"""Goods items up to which what follows from their declaration is worked out without columns."""

EVERY = tuple(fact.name for fact in CATALOGUE)
SEEN = frozenset(fact.name for fact in (*REFERENCE, *HISTORY))
"""Facts for which other declarations are looked at."""

_TAKEN = {
    "declaration_id": "declaration_id",
    "item": "item",
    **{fact.name: FIELD_OF_FACT.get(fact.name, fact.name) for fact in DECLARED if fact.name not in DAYS},
    **{moment: moment for moment in DAYS.values()},
}
"""Declared fact → the field it is taken from, and the moments that days are made of."""


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers of the health services; ``None``: there is none, and what is looked up there is unknown.

    Attributes
    ----------
    zones
        Status of diseases and pests by country and zone.
    establishments
        Approved establishments.
    attested
        Certificates and permits, held against the goods items.
    """

    zones: OriginRegister | None = None
    establishments: EstablishmentRegister | None = None
    attested: CheckedCertificates | None = None

    @classmethod
    def of(
        cls,
        zones: tuple[OriginStatus, ...] | None,
        establishments: tuple[Establishment, ...] | None,
        attested: CheckedCertificates | None = None,
    ) -> Self:
        """Put rows as they were read in order."""
        return cls(
            None if zones is None else OriginRegister.of(zones),
            None if establishments is None else EstablishmentRegister.of(establishments),
            attested,
        )


NO_REGISTERS = Registers()
"""None of them."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What facts are made from, besides declarations and their history.

    Attributes
    ----------
    settings
        How facts are made where the law or the house decides.
    competence
        The register of competence; without one the facts looked up in it are unknown.
    registers
        The registers of the health services.
    """

    settings: FactSettings = DEFAULT
    competence: CompetenceRegister | None = None
    registers: Registers = NO_REGISTERS


NOTHING_ELSE = Sources()
"""No register, and what holds where nothing is said."""


def enrich(
    items: pl.DataFrame,
    past: pl.DataFrame | Remembered | None = None,
    *,
    sources: Sources = NOTHING_ELSE,
    only: Collection[str] = EVERY,
    replay: bool = False,
    threads: int = 1,
) -> pl.DataFrame:
    """Give the facts of the catalogue for each goods item, as known when it was lodged.

    Parameters
    ----------
    items
        Canonical goods items, every version of a declaration that was lodged; rows of a version next to each other.
    past
        Earlier goods items with their outcomes (`HISTORY_COLUMNS`), or ``None``. Items that are among `items` again
        count once. A past that is remembered gives the same, and costs as much as there are items.
    sources
        What facts are made from, besides these.
    only
        Names of the facts wanted; all by default.
    replay
        Whether the outcomes of `items` themselves may become known to later items of the same frame. False at the
        gate, where their results do not exist yet; true when history is replayed to learn from it. Even then
        nothing is known before its moment.
    threads
        Threads used; the result does not depend on it.

    Returns
    -------
    pl.DataFrame
        One row per item in the same order: ``declaration_id``, ``item``, then the facts in the order of the catalogue.
    """
    wanted, lodged, items = set(only), items, _spread(items)
    parts = [derived_facts(_declared(items), sources.settings), *_looked_up(items, wanted, sources)]
    if not wanted.isdisjoint(SEEN):
        seen = _seen(items[list(HISTORY_COLUMNS)], past, lodged, replay=replay)
        parts.append(reference_facts(seen.asking, only, peers=seen.peers, threads=threads))
        parts.append(history_facts(seen.register, sources.settings, only, beside=seen.beside, threads=threads))
    return pl.concat(parts, how="horizontal")[["declaration_id", "item", *(name for name in EVERY if name in wanted)]]


def enrich_few(
    items: pl.DataFrame,
    past: pl.DataFrame | Remembered | None = None,
    *,
    sources: Sources = NOTHING_ELSE,
    only: Collection[str] = EVERY,
    threads: int = 1,
) -> FactTable:
    """Give the same facts of few goods items, none of which has an outcome; everything as for `enrich`."""
    wanted, spread = frozenset(only), _spread(items)
    made = _derived(_declared(spread), sources.settings)
    for part in _looked_up(spread, wanted, sources):
        made |= zip(part.columns, part.get_columns(), strict=True)
    if not wanted.isdisjoint(SEEN):
        seen = _seen(spread[list(HISTORY_COLUMNS)], past, items, replay=False)
        made |= reference_columns(seen.asking, wanted, peers=seen.peers, threads=threads)
        made |= history_columns(seen.register, sources.settings, wanted, beside=seen.beside, threads=threads)
    return FactTable({name: made[name] for name in _named(wanted)}, items.height)


def fact_table(
    items: pl.DataFrame,
    past: pl.DataFrame | Remembered | None,
    *,
    many: bool,
    sources: Sources,
    only: Collection[str],
    threads: int,
) -> FactTable:
    """Give the same facts as columns, where they are many, or in the form in which those of few are made."""
    if many:
        return FactTable.of(enrich(items, past, sources=sources, only=only, threads=threads))
    return enrich_few(items, past, sources=sources, only=only, threads=threads)


def _derived(declared: pl.DataFrame, settings: FactSettings) -> dict[str, Column]:
    """Give the facts that follow from what was declared: by columns as soon as these cost less."""
    if declared.height <= ONE_BY_ONE:
        return derived_of_few(declared, settings)
    made = derived_facts(declared, settings)
    return dict(zip(made.columns, made.get_columns(), strict=True))


@lru_cache(maxsize=8)
def _named(wanted: frozenset[str]) -> tuple[str, ...]:
    """Name the columns of the wanted facts, in order."""
    return ("declaration_id", "item", *(name for name in EVERY if name in wanted))


def _declared(items: pl.DataFrame) -> pl.DataFrame:
    """Give what was declared, named as facts are."""
    declared = items[list(_TAKEN.values())]
    declared.columns = list(_TAKEN)
    return declared


def _looked_up(items: pl.DataFrame, wanted: Collection[str], sources: Sources) -> Iterator[pl.DataFrame]:
    """Yield the wanted facts that are looked up in registers."""
    asked = frozenset(wanted)
    if not asked.isdisjoint(ROUTED):
        yield routing_facts(items, sources.competence)
    if not asked.isdisjoint(LISTED):
        registers = sources.registers
        yield listed_facts(items, registers.zones, registers.establishments, sources.settings)
    if not asked.isdisjoint(CHECKED):
        yield looked_up(items, sources.registers.attested)


def _spread(items: pl.DataFrame) -> pl.DataFrame:
    """Give divisors all their values: by one value that stands for all rows Polars would divide through its inverse."""
    spread = items.clone()
    for name in DIVISORS:
        spread.replace_column(spread.get_column_index(name), spread.get_column(name))
    return spread


def _seen(present: pl.DataFrame, past: pl.DataFrame | Remembered | None, lodged: pl.DataFrame, *, replay: bool) -> Seen:
    """Look at the past from the present, which is taken from what was lodged."""
    if isinstance(past, Remembered):
        return past.seen_by(present, of=lodged)
    return Seen.at_once(*all_items(present, None if past is None else past.select(HISTORY_COLUMNS), replay=replay))
