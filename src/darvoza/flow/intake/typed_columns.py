"""Columns with types of their own, written as the texts that a careful person would have written."""

from collections.abc import Sequence

import polars as pl

from darvoza.flow.intake.code_texts import list_text


def as_text(raw: pl.Series, amounts: pl.DataType | None) -> pl.Series:
    """Write a typed column as texts.

    Parameters
    ----------
    raw
        The column, of any plain type or of lists.
    amounts
        The type in which amounts are kept, when the column holds amounts: an exponent is resolved exactly then.

    Examples
    --------
    >>> from datetime import datetime
    >>> as_text(pl.Series([7.0]), None).to_list(), as_text(pl.Series([datetime(2026, 3, 2, 9, 30)]), None).to_list()
    (['7'], ['2026-03-02T09:30:00.000000'])
    """
    dtype = raw.dtype
    if isinstance(dtype, pl.Datetime):
        written = "%Y-%m-%dT%H:%M:%S%.6f"
        aware = raw.dt.convert_time_zone("UTC") if dtype.time_zone else raw
        return aware.dt.to_string(f"{written}+00:00" if dtype.time_zone else written)
    if dtype == pl.Date:
        return raw.dt.to_string("%Y-%m-%d")
    if isinstance(dtype, pl.List):
        texts = [None if codes is None else list_text(codes) for codes in raw.cast(pl.List(pl.String)).to_list()]
        return pl.Series(raw.name, texts, dtype=pl.String)
    text = raw.cast(pl.String)
    if not dtype.is_float():
        return text
    if amounts is None:
        return text.str.replace(r"\.0$", "")
    # The shortest text of a float may carry an exponent; the decimal conversion resolves it exactly.
    exponent = text.str.contains("e", literal=True) & raw.is_finite()
    resolved = text.cast(amounts, strict=False).cast(pl.String)
    return resolved.zip_with(exponent.fill_null(value=False) & resolved.is_not_null(), text)


def not_given(text: pl.Series, missing: Sequence[str], *, number: bool) -> pl.Series:
    """Tell which texts mean that nothing is given.

    Parameters
    ----------
    text, missing
        The texts, and those that mean so.
    number
        Whether the column is one of numbers, of which each is meant however many noughts are written behind its point.

    Examples
    --------
    >>> not_given(pl.Series(["0.0", "0.5"]), ["", "0"], number=True).to_list()
    [True, False]
    """
    found = text.is_in(list(missing))
    return found | text.str.replace(r"\.0+$", "").is_in(list(missing)) if number else found
