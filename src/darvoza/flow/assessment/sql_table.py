"""The table a predicate of SQL is about, made from a facts frame: texts beside their folded forms."""

import polars as pl

from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.sql_columns import folded_column, worded, worded_column


def with_texts(facts: pl.DataFrame) -> pl.DataFrame:
    """Add to a facts frame the columns that conditions on texts are compared in.

    Folding is done here and never in SQL; each different text is folded once.

    Parameters
    ----------
    facts
        One row a goods item, columns named after facts.

    Returns
    -------
    pl.DataFrame
        The same with ``…_folded`` and ``…_words`` of every text in it.

    Examples
    --------
    >>> with_texts(pl.DataFrame({"description": ["Б/У  Ёлка", None]})).select("description_folded").to_series().to_list()
    ['б/у елка', None]
    """
    made = []
    for name in facts.columns:
        if name not in FACT or FACT[name].type is not FactType.TEXT:
            continue
        plain = {text: folded(text) for text in facts[name].unique().drop_nulls()}
        texts = facts[name].to_list()
        made.append(pl.Series(folded_column(name), [plain.get(text) for text in texts], pl.String))
        apart = {text: worded(form) for text, form in plain.items()}
        made.append(pl.Series(worded_column(name), [apart.get(text) for text in texts], pl.String))
    return facts.with_columns(made)
