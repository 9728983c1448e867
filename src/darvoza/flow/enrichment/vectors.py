"""The vector of features: facts as numbers, in the fixed order that is stored with the decision."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.features import FEATURES, Feature

Floats = NDArray[np.float64]

_WEEKDAY_NUMBER = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_RATES = ("_finding_rate", "_finding_rate_recent")


def vectors(facts: pl.DataFrame) -> NDArray[np.float32]:
    """Turn facts into the feature matrix.

    Parameters
    ----------
    facts
        One row per item, as `enrich` gives them.

    Returns
    -------
    NDArray[np.float32]
        Shape ``(n, len(FEATURES))``; NaN where the fact is unknown. Never an average in its place: that nothing is
        known of a trader is itself information.
    """
    read = dict(zip(_READ, facts.select(_READ.values()).get_columns(), strict=True))
    made = np.empty((facts.height, len(FEATURES)), dtype=np.float32)
    for place, feature in enumerate(FEATURES):
        made[:, place] = _numbers(feature, facts, read)
    return made


def _numbers(feature: Feature, facts: pl.DataFrame, read: dict[str, pl.Series]) -> Floats:
    """Turn one fact into numbers, NaN unknown; column by column, for an expression each costs more than a few rows.

    A rate is missing where the key was never seen: the base rate in its place would be an average for a newcomer.
    """
    values = _floats(read[feature.name] if feature.name in read else facts.get_column(feature.fact))
    if feature.fact.endswith(_RATES):
        seen = _floats(facts.get_column(f"{feature.fact.split('_finding_rate')[0]}_items"))
        return np.where(seen > 0, values, np.nan)
    return np.log(np.maximum(values, 0.0) + 1.0) if feature.form == "log" else values


def _floats(column: pl.Series) -> Floats:
    """Read a column of numbers or flags, NaN unknown."""
    return column.cast(pl.Float64).to_numpy()


def _number(feature: Feature) -> pl.Expr:
    """Turn a fact that is no number into one."""
    fact = pl.col(feature.fact)
    match feature.form:
        case "prefix2" | "prefix4":
            number = fact.str.slice(0, int(feature.form[-1])).cast(pl.Int32, strict=False)
        case "weekday":
            number = fact.replace_strict(_WEEKDAY_NUMBER, return_dtype=pl.Int32)
        case "length":
            number = fact.list.len()
        case _:
            number = fact.cast(pl.Int32, strict=False)
    return number.alias(feature.name)


_READ = {feature.name: _number(feature) for feature in FEATURES if feature.form not in {"number", "log", "flag"}}
"""Features that are read off texts and lists: so few that they are worked out together."""
