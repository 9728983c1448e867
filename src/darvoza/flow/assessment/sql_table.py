"""The table a predicate of SQL is about, made from a facts frame: texts and plates beside their folded forms."""

import polars as pl

from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.forms import COMPARED_AS, Form
from darvoza.flow.assessment.sql_columns import folded_column, worded, worded_column


def with_texts(facts: pl.DataFrame) -> pl.DataFrame:
    """Add to a facts frame the columns that conditions on texts, plates and their like are compared in.

    Folding is done here and never in SQL; each different text is folded once.

    Parameters
    ----------
    facts
        One row a goods item, columns named after facts.

    Returns
    -------
    pl.DataFrame
        The same with ``…_folded`` of every text, plate, document, seal and container in it, and ``…_words`` of every text.

    Examples
    --------
    >>> with_texts(pl.DataFrame({"description": ["Б/У  Ёлка", None]})).select("description_folded").to_series().to_list()
    ['б/у елка', None]
    >>> with_texts(pl.DataFrame({"vehicle": ["01 kg 7"], "seals": [["sl-1"]]})).select("vehicle_folded", "seals_folded").row(0)
    ('01KG7', ['SL1'])
    """
    made = []
    for name in facts.columns:
        form = COMPARED_AS.get(name)
        if form is None:
            continue
        made.append(_in_form(facts[name], form).alias(folded_column(name)))
        if FACT[name].type is FactType.TEXT:
            made.append(_in_form(facts[name], lambda text: worded(COMPARED_AS[name](text))).alias(worded_column(name)))  # noqa: B023 - asked at once
    return facts.with_columns(made)


def _in_form(texts: pl.Series, form: Form) -> pl.Series:
    """Give texts, or sets of them, in a form; each different one is read once."""
    if isinstance(texts.dtype, pl.List):
        held = texts.cast(pl.List(pl.String))
        plain = {code: form(code) for code in held.explode().unique().drop_nulls()}
        sets = [None if codes is None else [plain.get(code) for code in codes] for codes in held.to_list()]
        return pl.Series(sets, dtype=pl.List(pl.String))
    plain = {text: form(text) for text in texts.unique().drop_nulls()}
    return pl.Series([plain.get(text) for text in texts.to_list()], dtype=pl.String)
