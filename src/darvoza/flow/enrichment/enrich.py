"""Facts of goods items: declared, derived, compared with peers, and seen in the light of history."""

import polars as pl

from darvoza.domain.facts import DECLARED, FIELD_OF_FACT
from darvoza.flow.enrichment.history import history_facts
from darvoza.flow.enrichment.references import reference_facts
from darvoza.flow.enrichment.routing import CompetenceRegister, routing_facts

HISTORY_COLUMNS = (
    "declaration_id",
    "item",
    "lodged_at",
    "post",
    "importer_id",
    "exporter_id",
    "declarant_id",
    "vehicle_id",
    "hs",
    "origin",
    "net_mass",
    "customs_value",
    "examined",
    "finding",
    "result_at",
)
"""What must be kept of a goods item so that later ones can be seen in its light."""

OUTCOMES = ("examined", "finding", "result_at")

_DAYS = {"lodged_on": "lodged_at", "dispatched_on": "dispatched_at"}
"""Declared facts that are the day of a moment."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def enrich(
    items: pl.DataFrame,
    past: pl.DataFrame | None = None,
    *,
    replay: bool = False,
    competence: CompetenceRegister | None = None,
    threads: int = 1,
) -> pl.DataFrame:
    """Give every fact of the catalogue for each goods item, as known when it was lodged.

    Parameters
    ----------
    items
        Canonical goods items, rows of a declaration next to each other.
    past
        Earlier goods items with their outcomes (`HISTORY_COLUMNS`), or ``None``.
    replay
        Whether the outcomes of `items` themselves may become known to later items of the same frame. False at the
        gate, where their results do not exist yet; true when history is replayed to learn from it. Even then
        nothing is known before its moment.
    competence
        The register of competence; without one the facts looked up in it are unknown.
    threads
        Threads used; the result does not depend on it.

    Returns
    -------
    pl.DataFrame
        One row per item in the same order: ``declaration_id``, ``item``, then the facts.
    """
    present = items.select(HISTORY_COLUMNS)
    if not replay:
        present = present.with_columns(pl.lit(None, pl.Boolean).alias(name) for name in OUTCOMES[:2]).with_columns(
            pl.lit(None, items.schema["result_at"]).alias("result_at")
        )
    everything = present if past is None else pl.concat([past.select(HISTORY_COLUMNS), present])
    everything = everything.with_columns(unit_value=_unit_value())
    first = everything.height - items.height
    declared = items.select(
        "declaration_id",
        "item",
        *(_declared(fact.name) for fact in DECLARED if fact.name not in _DAYS),
        *(pl.col(moment).dt.date().alias(day) for day, moment in _DAYS.items()),
        pl.col("lodged_at"),
    )
    facts = pl.concat(
        [
            _derived(declared),
            reference_facts(everything, first),
            routing_facts(items, competence),
            history_facts(everything, first, threads=threads),
        ],
        how="horizontal",
    )
    return facts.drop("lodged_at")


def _declared(fact: str) -> pl.Expr:
    """Take a declared fact from its field."""
    return pl.col(FIELD_OF_FACT.get(fact, fact)).alias(fact)


def _float(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64)


def _ratio(over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """Divide; unknown where the divisor is zero."""
    return pl.when(under != 0).then(over / under)


def _unit_value() -> pl.Expr:
    """Customs value per kilogram; unknown unless both are positive, for its logarithm is compared."""
    return pl.when((_float("customs_value") > 0) & (_float("net_mass") > 0)).then(
        _float("customs_value") / _float("net_mass")
    )


def _derived(declared: pl.DataFrame) -> pl.DataFrame:
    """Add the derived facts to the declared ones."""
    net, value = _float("net_mass"), _float("customs_value")
    return (
        declared.with_columns(pl.col("declaration_id").rle_id().alias("_declaration"))
        .with_columns(
            unit_value=_unit_value(),
            value_per_unit=_ratio(value, _float("supplementary_quantity")),
            stake=value * _float("tax_rate"),
            total_value=pl.when(value.count().over("_declaration") > 0).then(value.sum().over("_declaration")),
            gross_net_ratio=_ratio(_float("gross_mass"), net),
            mass_per_package=_ratio(net, _float("packages")),
            mass_per_unit=_ratio(net, _float("supplementary_quantity")),
            item_count=pl.len().over("_declaration").cast(pl.Int64),
            heading_count=pl.col("hs").str.slice(0, 4).n_unique().over("_declaration").cast(pl.Int64),
            origin_count=pl.col("origin").n_unique().over("_declaration").cast(pl.Int64),
            container_count=pl.col("containers").list.len().cast(pl.Int64),
            description_length=pl.col("description").str.len_chars().cast(pl.Int64),
            origin_differs_from_export=pl.col("origin") != pl.col("export_country"),
            preference_claimed=pl.col("preference").is_not_null(),
            weekday=pl.col("lodged_at").dt.weekday().replace_strict(range(1, 8), _WEEKDAYS, return_dtype=pl.String),
            month=pl.col("lodged_at").dt.month().cast(pl.Int64),
            hour=pl.col("lodged_at").dt.hour().cast(pl.Int64),
        )
        .with_columns(freight_share=_ratio(_float("freight"), pl.col("total_value")))
        .drop("_declaration")
    )
