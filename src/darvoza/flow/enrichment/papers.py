"""Facts about documents: what kinds are among those presented."""

from collections.abc import Sequence, Set
from functools import lru_cache

import polars as pl

from darvoza.domain.fact_settings import DocumentKind, FactSettings
from darvoza.flow.enrichment.different import of_different

HAS = {
    DocumentKind.ORIGIN: "has_origin_certificate",
    DocumentKind.PHYTOSANITARY: "has_phytosanitary_certificate",
    DocumentKind.VETERINARY: "has_veterinary_certificate",
    DocumentKind.SANITARY: "has_sanitary_certificate",
    DocumentKind.CONFORMITY: "has_conformity_certificate",
    DocumentKind.PERMIT: "has_permit",
}
"""Kind of document → the fact that says whether one is presented."""

FACTS = dict.fromkeys(HAS.values(), pl.Boolean())
KEPT = 8
"""Settings whose codes stay sorted by kind."""


def paper_facts(documents: pl.Series, settings: FactSettings) -> pl.DataFrame:
    """Say of each kind whether a document of it is presented; unknown where documents are.

    Parameters
    ----------
    documents
        Codes of the documents of each item, one a line.
    settings
        Which code stands for what.
    """
    kinds = _codes(settings)
    return of_different(documents, lambda text: _presented(text, kinds), FACTS)


def papers_of(documents: Sequence[Sequence[str] | None], settings: FactSettings) -> list[tuple[bool | None, ...]]:
    """Say the same of few items, one by one, from the codes of their documents."""
    kinds, nothing = _codes(settings), (None,) * len(HAS)
    return [nothing if codes is None else _presented("\n".join(codes), kinds) for codes in documents]


def _presented(text: str, kinds: tuple[Set[str], ...]) -> tuple[bool, ...]:
    codes = text.split("\n")
    return tuple([not codes_of_kind.isdisjoint(codes) for codes_of_kind in kinds])


@lru_cache(maxsize=KEPT)
def _codes(settings: FactSettings) -> tuple[frozenset[str], ...]:
    """Give the codes of each kind, in the order of `HAS`."""
    return tuple(frozenset(settings.codes_of(kind)) for kind in HAS)
