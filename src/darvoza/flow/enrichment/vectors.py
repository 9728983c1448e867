"""The vector of features: facts as numbers, in the fixed order that is stored with the decision."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.features import FEATURES, Feature

_WEEKDAY_NUMBER = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


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
    columns = facts.select(_number(feature).cast(pl.Float32).alias(feature.name) for feature in FEATURES)
    return np.ascontiguousarray(np.column_stack([column.fill_null(np.nan).to_numpy() for column in columns]))


def _number(feature: Feature) -> pl.Expr:
    """Turn one fact into a number.

    A rate is missing where the key was never seen: the base rate in its place would be an average for a newcomer.
    """
    fact = pl.col(feature.fact)
    if feature.fact.endswith(("_finding_rate", "_finding_rate_recent")):
        fact = pl.when(pl.col(f"{feature.fact.split('_finding_rate')[0]}_items") > 0).then(fact)
    match feature.form:
        case "log":
            return (fact.cast(pl.Float64).clip(lower_bound=0) + 1).log()
        case "prefix2" | "prefix4":
            return fact.str.slice(0, int(feature.form[-1])).cast(pl.Int32, strict=False)
        case "code":
            return fact.cast(pl.Int32, strict=False)
        case "weekday":
            return fact.replace_strict(_WEEKDAY_NUMBER, return_dtype=pl.Int32)
        case "length":
            return fact.list.len()
        case _:
            return fact
