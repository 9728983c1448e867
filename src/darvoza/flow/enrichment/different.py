"""Texts that repeat, each different one looked at once."""

import numpy as np
import polars as pl


def of_different(texts: pl.Series, **facts: pl.Expr) -> pl.DataFrame:
    """Work expressions on the column ``text`` out once for each different text, and give them for every row.

    Examples
    --------
    >>> of_different(pl.Series(["ab", "c", None, "ab"]), length=pl.col("text").str.len_chars())["length"].to_list()
    [2, 1, None, 2]
    """
    coded = texts.cast(pl.Categorical(pl.Categories.random()))
    distinct = coded.unique().drop_nulls()
    numbers = distinct.to_physical().to_numpy()
    places = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.int64)
    places[numbers] = np.arange(numbers.size)
    rows = pl.Series(places).gather(coded.to_physical())
    return distinct.cast(pl.String).to_frame("text").select(**facts).select(pl.all().gather(rows))
