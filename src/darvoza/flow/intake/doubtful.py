"""What was taken in and may yet be wrong, told by the goods items themselves, one sentence each."""

from collections.abc import Iterator

import polars as pl

from darvoza.domain.fields import FIELDS, Kind
from darvoza.errors import shown
from darvoza.flow.intake.encodings import garbled
from darvoza.flow.intake.mapping import Mapping

TEXTS = tuple(field.name for field in FIELDS if field.kind is Kind.TEXT)
LOOKED_AT = 2_000
"""Different texts of a field that are looked at."""


def doubtful(items: pl.DataFrame, mapping: Mapping) -> Iterator[str]:
    """Say what changes decisions without any row being refused: texts that are no words.

    Parameters
    ----------
    items
        Goods items that were accepted.
    mapping
        How they were read.
    """
    del mapping
    yield from _unlike_words(items)


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
