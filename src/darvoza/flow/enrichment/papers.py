"""Facts about documents: how many are presented, and what kinds are among them."""

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


def paper_facts(declared: pl.DataFrame, settings: FactSettings) -> pl.DataFrame:
    """Give the facts about documents; unknown where documents are.

    Parameters
    ----------
    declared
        The declared facts.
    settings
        Which code stands for what.
    """
    presented = pl.col("text").str.split("\n")
    kinds = {name: presented.list.set_intersection(_codes(settings, kind)).list.len() > 0 for kind, name in HAS.items()}
    found = of_different(declared.get_column("documents").list.join("\n"), **kinds)
    claimed = declared.get_column("preference").is_not_null()
    return found.with_columns(
        document_count=declared.get_column("documents").list.len().cast(pl.Int64),
        preference_without_certificate=claimed & ~found.get_column("has_origin_certificate"),
    )


def _codes(settings: FactSettings, kind: DocumentKind) -> pl.Expr:
    """Give the codes of a kind as a set."""
    return pl.lit(pl.Series([list(settings.codes_of(kind))], dtype=pl.List(pl.String)))
