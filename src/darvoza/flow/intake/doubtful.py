"""What was taken in and may yet be wrong, told by the goods items themselves, one sentence each."""

from collections.abc import Iterator

import polars as pl

from darvoza.domain.fields import FIELDS, Kind, Level
from darvoza.errors import shown
from darvoza.flow.intake.encodings import garbled
from darvoza.flow.intake.mapping import Mapping

TEXTS = tuple(field.name for field in FIELDS if field.kind is Kind.TEXT)
IN_COMMON = tuple(field.name for field in FIELDS if field.level is Level.DECLARATION and field.name != "procedure")
"""What all rows of a declaration say alike; of procedures messages give each goods item its own."""

LOOKED_AT = 2_000
"""Different texts of a field that are looked at."""


def doubtful(items: pl.DataFrame, mapping: Mapping) -> Iterator[str]:
    """Say what changes decisions without any row being refused: texts that are no words, rates that are percentages, rows of one
    declaration that do not agree, and rows that stand twice.

    Parameters
    ----------
    items
        Goods items that were accepted.
    mapping
        How they were read.
    """
    yield from _unlike_words(items)
    yield from _beyond_rates(items)
    yield from _not_agreeing(items)
    if mapping.number_within:
        yield from _repeated(items, [source.field for source in mapping.fields])


def _unlike_words(items: pl.DataFrame) -> Iterator[str]:
    """Name a field whose texts would be words if they were read by another code page: no profile finds its words in them."""
    for name in TEXTS:
        texts = items.get_column(name).drop_nulls().unique(maintain_order=True).head(LOOKED_AT)
        found = garbled(texts.to_list())
        if found is not None:
            yield (
                f"{name} does not look like words, {shown(found.read[:60])}; read as {found.encoding} it would say "
                f"{shown(found.meant[:60])}: set format.encoding in the mapping, or mend the file"
            )


def _repeated(items: pl.DataFrame, compared: list[str]) -> Iterator[str]:
    """Count the rows that say the same as an earlier one of their declaration, where items are counted and so none is refused."""
    several = items.filter(pl.col("declaration_id").is_duplicated())
    lists = [name for name in compared if isinstance(several.schema[name], pl.List)]
    said = several.select(compared).with_columns(pl.col(lists).list.join("\x1f"))
    again = several.filter(~said.hash_rows().is_first_distinct())
    if again.height:
        first = again.row(0, named=True)
        yield (
            f"{again.height:,} rows say the same as an earlier row of the same declaration, the first of them "
            f"{first['file']} row {first['row']} of {first['declaration_id']}; each counts as a goods item of its own. "
            "Was a part of the file exported twice?"
        )


def _not_agreeing(items: pl.DataFrame) -> Iterator[str]:
    """Name what rows of one declaration do not agree on; they stand together, so that each is held against the one before it."""
    lists = [name for name in IN_COMMON if isinstance(items.schema[name], pl.List)]
    said = items.lazy().with_columns(pl.col(lists).list.join("\x1f"))
    together = (pl.col("declaration_id") == pl.col("declaration_id").shift()) & (
        pl.col("version").fill_null(1) == pl.col("version").fill_null(1).shift()
    )
    differ = said.select((pl.col(name).ne_missing(pl.col(name).shift()) & together).alias(name) for name in IN_COMMON)
    found = differ.collect().fill_null(value=False)
    names = [name for name in IN_COMMON if found.get_column(name).any()]
    if names:
        rows = items.filter(found.select(pl.any_horizontal(names)).to_series())
        first = rows.row(0, named=True)
        yield (
            f"rows of one declaration do not agree on what they declare in common, in {rows['declaration_id'].n_unique():,} "
            f"declarations: {', '.join(names)}, first in {first['file']} row {first['row']} of {first['declaration_id']}. Such "
            "declarations cannot be lodged as they are; does the file say it in the first row alone?"
        )


def _beyond_rates(items: pl.DataFrame) -> Iterator[str]:
    """Say that rates are likely percentages: half of those above 0 are 100 % of the value or more."""
    rates = items.get_column("tax_rate").cast(pl.Float64)
    usual = rates.filter(rates > 0).median()
    if isinstance(usual, float) and usual >= 1:
        yield (
            f"tax_rate is {usual:,.0%} of the customs value or more in half of the rows that have one; where the file holds "
            "percentages, write scale: 0.01 in the mapping"
        )
