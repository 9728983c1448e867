"""Facts about the description: how long it is, and how much of it says something."""

from collections.abc import Collection

import polars as pl

from darvoza.flow.enrichment.different import of_different

WORD = r"\p{L}{3,}"
"""A word that can say something: three letters at least; numbers and article codes are none."""


def word_facts(descriptions: pl.Series, vague: Collection[str]) -> pl.DataFrame:
    """Give length, number of telling words, and vagueness; unknown without a description.

    Parameters
    ----------
    descriptions
        As declared.
    vague
        Words in small letters that say little about goods.
    """
    words = pl.col("text").str.to_lowercase().str.replace_all("ё", "е").str.extract_all(WORD).list.unique()
    telling = words.list.set_difference(pl.lit(pl.Series([list(vague)], dtype=pl.List(pl.String)))).list.len()
    return of_different(
        descriptions,
        description_length=pl.col("text").str.len_chars().cast(pl.Int64),
        description_words=telling.cast(pl.Int64),
        description_vagueness=pl.when(words.list.len() > 0).then(1 - telling / words.list.len()).otherwise(1.0),
    )
