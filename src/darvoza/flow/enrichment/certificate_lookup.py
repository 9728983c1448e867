"""Facts from the checks of certificates and permits: what is wrong with those that a goods item refers to."""

from dataclasses import dataclass

import polars as pl

from darvoza.domain.fact_settings import DocumentKind
from darvoza.domain.matching import AGENCY_OF_CERTIFICATE
from darvoza.flow.enrichment.certificate_checks import ITEM, Attested, CertificateChecks
from darvoza.flow.enrichment.different import unknown

FAULTS_OF = {kind: f"{kind.value}_certificate_faults" for kind in AGENCY_OF_CERTIFICATE}
"""Kind of certificate → the fact that names its faults."""

CERTIFICATE_FACTS = {
    "certificate_level": pl.Float64(),
    **dict.fromkeys(FAULTS_OF.values(), pl.List(pl.String)),
    "certificate_statements": pl.String(),
    "certificate_quantity_left": pl.Float64(),
}
PERMIT_FACTS = {
    "permit_faults": pl.List(pl.String),
    "permit_covers": pl.Boolean(),
    "permit_quantity_left": pl.Float64(),
}
FACTS = {**CERTIFICATE_FACTS, **PERMIT_FACTS}
"""The facts that the checks give, and their types."""

GOODS_AGREE = 2
"""The level from which on a certificate speaks of the goods."""

_NONE = pl.lit([], dtype=pl.List(pl.String))


@dataclass(frozen=True, slots=True)
class CheckedCertificates:
    """Checks of certificates and permits, as facts are made of them.

    Attributes
    ----------
    checks
        What `check_certificates` gave.
    certificates, permits
        Whether any were given; otherwise nothing is known of them.
    """

    checks: pl.DataFrame
    certificates: bool
    permits: bool

    @classmethod
    def of(cls, checked: CertificateChecks, attested: Attested) -> "CheckedCertificates":
        """Put the checks beside what they were made by."""
        return cls(checked.checks, attested.certificates is not None, attested.permits is not None)


def looked_up(items: pl.DataFrame, attested: CheckedCertificates | None) -> pl.DataFrame:
    """Give the facts about certificates and permits for each goods item.

    Of several documents of one kind the best counts: the one that passes most levels.

    Parameters
    ----------
    items
        ``declaration_id, version, item, documents, document_numbers``, row by row.
    attested
        The checks; without them every fact is unknown.

    Returns
    -------
    pl.DataFrame
        The columns of `FACTS`, in the order of the rows.
    """
    if attested is None:
        return unknown(items.height, FACTS)
    nothing = {name: pl.lit(None, dtype) for name, dtype in FACTS.items()}
    found = items.select(*ITEM, known=pl.col("documents").is_not_null() | pl.col("document_numbers").is_not_null())
    if attested.certificates:
        found = _with_certificates(found, attested.checks)
    if attested.permits:
        found = _with_permits(found, attested.checks)
    known = pl.col("known")
    told = {name: pl.when(known).then(pl.col(name)).otherwise(None) for name in FACTS if name in found.columns}
    return found.with_columns(**(nothing | told)).select(*FACTS)


def _with_certificates(found: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    kinds = [kind.value for kind in AGENCY_OF_CERTIFICATE]
    best = _best(checks.filter(pl.col("kind").is_in(kinds)))
    whole = best.group_by(ITEM, maintain_order=True).agg(
        pl.col("level").min().cast(pl.Float64).alias("certificate_level"),
        # what a certificate states of other goods is stated of nothing here
        pl.col("statements")
        .filter((pl.col("level") >= GOODS_AGREE) & (pl.col("statements") != ""))
        .str.join(" / ")
        .alias("certificate_statements"),
        pl.col("left").min().alias("certificate_quantity_left"),
    )
    found = _joined(found, whole)
    for kind, name in FAULTS_OF.items():
        found = _joined(found, best.filter(kind=kind.value).select(*ITEM, pl.col("faults").alias(name)))
    return found.with_columns(
        pl.col("certificate_statements").fill_null(""), *(pl.col(name).fill_null(_NONE) for name in FAULTS_OF.values())
    )


def _with_permits(found: pl.DataFrame, checks: pl.DataFrame) -> pl.DataFrame:
    best = _best(checks.filter(kind=DocumentKind.PERMIT.value))
    facts = best.select(
        *ITEM,
        pl.col("faults").alias("permit_faults"),
        (pl.col("faults").list.len() == 0).alias("permit_covers"),
        pl.col("left").alias("permit_quantity_left"),
    )
    return _joined(found, facts).with_columns(
        pl.col("permit_faults").fill_null(_NONE), pl.col("permit_covers").fill_null(value=False)
    )


def _best(checks: pl.DataFrame) -> pl.DataFrame:
    """Keep of each kind the document of an item that passes most levels, the first of equal ones."""
    ranked = checks.with_row_index("_order").sort("level", "_order", descending=[True, False])
    return ranked.unique([*ITEM, "kind"], keep="first", maintain_order=True).sort("_order").drop("_order")


def _joined(found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    return found.join(facts, on=ITEM, how="left", maintain_order="left", nulls_equal=True)
