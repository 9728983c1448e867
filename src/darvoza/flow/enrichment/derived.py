"""Derived facts: what was declared, compared with itself and with the settings."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.folding import folded_number
from darvoza.flow.enrichment.calendar import calendar_facts, lodging_day
from darvoza.flow.enrichment.different import of_different
from darvoza.flow.enrichment.limits import limit_margin
from darvoza.flow.enrichment.papers import paper_facts
from darvoza.flow.enrichment.transport import COUNTS, LOAD, container_faults
from darvoza.flow.enrichment.words import word_facts

Floats = NDArray[np.float64]

ROUNDEST = 6
"""Most trailing zeros that are told apart."""

DAYS = {"lodged_on": "lodged_at", "dispatched_on": "dispatched_at"}
"""Declared facts that are the day of a moment."""

DIVISORS = ("net_mass", "gross_mass", "total_gross_mass", "packages", "supplementary_quantity")
"""Declared amounts by which others are divided."""

RUN = "_stated"
KEPT = 8
"""Settings for which it is remembered how facts are made."""


def derived_facts(declared: pl.DataFrame, settings: FactSettings) -> pl.DataFrame:
    """Give the declared facts and those derived from them, row by row.

    Parameters
    ----------
    declared
        The declared facts, their moments in place of days, and ``declaration_id``; rows of a version of a declaration
        next to each other.
    settings
        How facts are made.
    """
    rows = declared.with_columns(_of_item(settings))
    whole = rows.group_by(RUN, maintain_order=True).agg(_OF_DECLARATION)
    # as columns, each with all its values: to divide by one value that stands for all is to multiply by its share of one
    rows = rows.hstack(whole[_SUMS][rows.get_column(RUN)].get_columns())
    papers = paper_facts(rows.get_column("_documents"), settings)
    claimed = rows.get_column("preference_claimed") & ~papers.get_column("has_origin_certificate")
    alone = [
        claimed.alias("preference_without_certificate"),
        container_faults(rows.get_column("containers")),
        roundness(rows.get_column("customs_value")).alias("value_roundness"),
        roundness(rows.get_column("price")).alias("price_roundness"),
        _region(rows).alias("origin_region_code"),
        _folded(rows.get_column("establishment")).alias("establishment_code"),
    ]
    words = word_facts(rows.get_column("description"), settings.vague_words)
    return pl.concat([rows, rows.select(_compared(settings)), papers, words, pl.DataFrame(alone)], how="horizontal")


def _region(rows: pl.DataFrame) -> pl.Series:
    """Give the region of origin as it is compared; unknown where it is none of the declared country."""
    both = pl.DataFrame([_folded(rows.get_column("origin_region")).alias("region"), rows.get_column("origin")])
    return both.select(pl.when(pl.col("region").str.starts_with(pl.col("origin"))).then("region")).to_series()


def _folded(numbers: pl.Series) -> pl.Series:
    return of_different(numbers, lambda text: (folded_number(text) or None,), {"number": pl.String()}).to_series()


def as_float(name: str) -> pl.Expr:
    """Take a number as a float."""
    return pl.col(name).cast(pl.Float64)


def ratio(over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """Divide; unknown where the divisor is zero."""
    return pl.when(under != 0).then(over / under)


def unit_value() -> pl.Expr:
    """Customs value per kilogram; 0 of goods declared to be worth nothing, unknown without a mass."""
    value, mass = as_float("customs_value"), as_float("net_mass")
    return pl.when((value >= 0) & (mass > 0)).then(value / mass)


def _run(*names: str) -> pl.Expr:
    """Number the runs of rows that agree in these columns.

    Not by ``rle_id``: its numbers are known to be in order, and groups in order are summed up in another way.
    """
    differs = [pl.col(name).ne_missing(pl.col(name).shift()) for name in names]
    return (pl.any_horizontal(*differs).cast(pl.UInt32).cum_sum() - 1).alias(RUN)


def _named(facts: Mapping[str, pl.Expr]) -> Iterator[pl.Expr]:
    return (fact.alias(name) for name, fact in facts.items())


@lru_cache(maxsize=KEPT)
def _of_item(settings: FactSettings) -> tuple[pl.Expr, ...]:
    """Give what an item says by itself, what sums are made of, and the moment of lodging."""
    return (
        _run("declaration_id", "version"),
        pl.col("documents").list.join("\n").alias("_documents"),
        lodging_day(settings),
        pl.col("dispatched_at").dt.date().alias("dispatched_on"),
        *_named(_own(settings)),
        *COUNTS,
        *calendar_facts(settings),
    )


def _own(settings: FactSettings) -> dict[str, pl.Expr]:
    """Give what the amounts, codes and names of an item say."""
    net, gross, value = as_float("net_mass"), as_float("gross_mass"), as_float("customs_value")
    quantity, packages = as_float("supplementary_quantity"), as_float("packages")
    sizes = {unit: float(size) for unit, size in settings.volume_units}
    volume = quantity * pl.col("supplementary_unit").replace_strict(sizes, default=None, return_dtype=pl.Float64)
    return {
        "chapter": pl.col("hs").str.slice(0, 2),
        "heading": pl.col("hs").str.slice(0, 4),
        "subheading": pl.col("hs").str.slice(0, 6),
        "unit_value": unit_value(),
        "value_per_unit": ratio(value, quantity),
        "value_per_package": ratio(value, packages),
        "stake": value * as_float("tax_rate"),
        "gross_net_ratio": ratio(gross, net),
        "tare_share": ratio(gross - net, gross),
        "mass_per_package": ratio(net, packages),
        "gross_mass_per_package": ratio(gross, packages),
        "mass_per_unit": ratio(net, quantity),
        "density": ratio(net, volume),
        "origin_differs_from_export": pl.col("origin") != pl.col("export_country"),
        "exporter_country_differs_from_export": pl.col("exporter_country") != pl.col("export_country"),
        "trading_country_differs_from_export": pl.col("trading_country") != pl.col("export_country"),
        "vehicle_country_differs_from_export": pl.col("vehicle_country") != pl.col("export_country"),
        "importer_is_declarant": pl.col("importer") == pl.col("declarant"),
        "declared_away_from_border": pl.col("post") != pl.col("border_post"),
        "transit_count": pl.col("transit_countries").list.len().cast(pl.Int64),
        "preference_claimed": pl.col("preference").is_not_null(),
        "document_count": pl.col("documents").list.len().cast(pl.Int64),
    }


_TENS = np.array([[10.0**place] for place in range(1, ROUNDEST + 1)])


def roundness(amounts: pl.Series) -> pl.Series:
    """Count the trailing zeros of whole amounts above 0, at most `ROUNDEST`; 0 of one that is not whole.

    Examples
    --------
    >>> roundness(pl.Series([1200.0, 12.5, 0.0, None])).to_list()
    [2, 0, 0, None]
    """
    counted = trailing_zeros(amounts.cast(pl.Float64).to_numpy())
    return pl.Series(amounts.name, counted, nan_to_null=True).cast(pl.Int64)


def trailing_zeros(amounts: Floats) -> Floats:
    """Do the same with floats, NaN unknown."""
    zeros = (np.fmod(amounts, _TENS) == 0).sum(axis=0)
    return np.where(np.isnan(amounts), np.nan, np.where(amounts > 0, zeros, 0))


def _of_declaration() -> dict[str, pl.Expr]:
    """Sum the items of a version of a declaration up; a sum is unknown where one of them is."""
    return {
        "total_value": _sum(as_float("customs_value")),
        "total_stake": _sum(pl.col("stake")),
        "item_count": pl.len().cast(pl.Int64),
        "heading_count": pl.col("heading").n_unique().cast(pl.Int64),
        "origin_count": pl.col("origin").n_unique().cast(pl.Int64),
        "_gross": _sum(as_float("gross_mass")),
        "_packages": _sum(as_float("packages")),
    }


def _sum(amount: pl.Expr) -> pl.Expr:
    return pl.when(amount.count() == pl.len()).then(amount.sum())


_SUMS = list(_of_declaration())
_OF_DECLARATION = tuple(_named(_of_declaration()))


@lru_cache(maxsize=KEPT)
def _compared(settings: FactSettings) -> tuple[pl.Expr, ...]:
    """Give what needs the whole declaration."""
    total, gross = pl.col("total_value"), as_float("total_gross_mass")
    compared = {
        "item_value_share": ratio(as_float("customs_value"), total),
        "freight_share": ratio(as_float("freight"), total),
        "insurance_share": ratio(as_float("insurance"), total),
        "limit_margin": limit_margin(settings, total, pl.col("lodged_on")),
        "gross_mass_difference": gross - pl.col("_gross"),
        "gross_mass_difference_share": ratio(gross - pl.col("_gross"), gross),
        "packages_difference": as_float("total_packages") - pl.col("_packages"),
    }
    return (*_named(compared), LOAD)
