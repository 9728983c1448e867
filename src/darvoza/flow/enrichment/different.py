"""Texts that repeat, each different one looked at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
import polars as pl

FEW: Final = 1_000
"""Rows up to which each is looked at: to find those that repeat costs more."""

Types = Mapping[str, pl.DataType]
"""Facts, and the types of their columns."""

Look = Callable[[str], tuple[Any, ...]]
"""Gives what is known of a text, in the order of the facts."""


def of_different(texts: pl.Series, look: Look, facts: Types) -> pl.DataFrame:
    """Look once at each different text, and give what was found for every row; unknown where the text is.

    Parameters
    ----------
    texts
        Row by row.
    look
        Gives the facts of one text.
    facts
        Their names and types.

    Examples
    --------
    >>> found = of_different(pl.Series(["ab", "c", None, "ab"]), lambda text: (len(text),), {"length": pl.Int64()})
    >>> found["length"].to_list()
    [2, 1, None, 2]
    """
    if texts.len() <= FEW:
        return _table(texts.to_list(), look, facts)
    coded = texts.cast(pl.Categorical(pl.Categories.random()))
    distinct = coded.unique().drop_nulls()
    numbers = distinct.to_physical().to_numpy()
    places = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.int64)
    places[numbers] = np.arange(numbers.size)
    rows = pl.Series(places).gather(coded.to_physical())
    return _table(distinct.cast(pl.String).to_list(), look, facts).select(pl.all().gather(rows))


def unknown(height: int, facts: Types) -> pl.DataFrame:
    """Give facts of which nothing is known, for so many rows."""
    return pl.DataFrame([nothing.new_from_index(0, height) for nothing in _unknown(tuple(facts.items()))])


@lru_cache(maxsize=8)
def _unknown(facts: tuple[tuple[str, pl.DataType], ...]) -> tuple[pl.Series, ...]:
    """Give one row of them."""
    return tuple(pl.Series(name, [None], dtype=kind) for name, kind in facts)


def _table(texts: Sequence[str | None], look: Look, facts: Types) -> pl.DataFrame:
    """Look at every text."""
    nothing = (None,) * len(facts)
    rows = [nothing if text is None else look(text) for text in texts]
    return pl.DataFrame(
        [pl.Series(name, [row[place] for row in rows], dtype=kind) for place, (name, kind) in enumerate(facts.items())]
    )
