"""The vector of features: facts as numbers, in the fixed order that is stored with the decision."""

from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.features import FEATURES, Feature
from darvoza.flow.fact_table import FactTable

BLOCK: Final = 4_096
"""Rows turned into numbers at once: those of all as floats of double width would take more memory than the vectors."""

Floats = NDArray[np.float64]

ONE_BY_ONE: Final = 64
"""Goods items up to which texts are read one by one."""

REMEMBERED: Final = 10_000
"""Texts of which it is remembered what number they are."""

_WEEKDAYS = pl.Enum(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
_RATES = ("_finding_rate", "_finding_rate_recent")


def _number(feature: Feature) -> pl.Expr:
    """Turn a fact that is no number into one."""
    return _turned(pl.col(feature.fact), feature.form).alias(feature.name)


def _turned(fact: pl.Expr, form: str) -> pl.Expr:
    match form:
        case "prefix2" | "prefix4":
            return fact.str.slice(0, int(form[-1])).cast(pl.Int32, strict=False)
        case "weekday":
            return fact.cast(_WEEKDAYS).to_physical().cast(pl.Int32) + 1
        case "length":
            return fact.list.len()
        case _:
            return fact.cast(pl.Int32, strict=False)


_TURNED = [feature for feature in FEATURES if feature.form not in {"number", "log", "flag"}]
_READ = [_number(feature) for feature in _TURNED]
"""Features that are read off texts and lists."""

_FORMS = [(feature.fact, feature.form) for feature in _TURNED]

_RATED = tuple(feature.fact for feature in FEATURES if feature.fact.endswith(_RATES))
_LOGS = tuple(feature.fact for feature in FEATURES if feature.form == "log")
_PLAIN = tuple(each.fact for each in FEATURES if each.form in {"number", "flag"} and not each.fact.endswith(_RATES))
_NUMBERS = [*_RATED, *_LOGS, *_PLAIN]
"""Facts that are numbers or flags, those that are treated alike next to each other."""

_SEEN = [_NUMBERS.index(f"{fact.split('_finding_rate')[0]}_items") for fact in _RATED]
"""Where the number of goods items seen stands, for each rate."""

_PLACE = {feature.name: place for place, feature in enumerate(FEATURES)}
_PLACES = [_PLACE[name] for name in (*_NUMBERS, *(each.meta.output_name() for each in _READ))]
"""The place of each number in the vector."""

_END_RATES, _END_LOGS = len(_RATED), len(_RATED) + len(_LOGS)


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
    read = pl.concat([facts[_NUMBERS], facts.select(_READ)], how="horizontal")
    made = np.empty((facts.height, len(FEATURES)), dtype=np.float32)
    for number, block in enumerate(read.iter_slices(BLOCK)):
        _fill(made[number * BLOCK : (number + 1) * BLOCK].T, block.to_numpy(order="fortran").T)
    return made


def vectors_of_few(facts: FactTable) -> NDArray[np.float32]:
    """Give the same feature matrix of few goods items."""
    made = np.empty((facts.height, len(FEATURES)), dtype=np.float32)
    if facts.height <= ONE_BY_ONE:
        listed = [[_read(form, value) for value in facts.values(fact)] for fact, form in _FORMS]
        read = np.array(listed, dtype=np.float64)
    else:
        read = facts.select(dict(_FORMS)).select(_READ).to_numpy().T
    _fill(made.T, np.concatenate((facts.numbers(_NUMBERS), read)))
    return made


def _read(form: str, value: Any) -> int | None:  # noqa: ANN401 - whatever the fact holds
    """Turn one value that is no number into one, as a column of them is turned."""
    if form == "length" or value is None:
        return None if value is None else len(value)
    return _number_of(form, value)


@lru_cache(maxsize=REMEMBERED)
def _number_of(form: str, value: str) -> int | None:
    """Read a text once: the same few codes are met again and again."""
    made = pl.select(_turned(pl.lit(value, pl.String), form)).item()
    return None if made is None else int(made)


class Vectors:
    """The vectors of goods items, asked for some at a time: made once where they are few.

    Parameters
    ----------
    facts
        One row per item.

    Attributes
    ----------
    height
        Number of items.
    """

    def __init__(self, facts: FactTable) -> None:
        self._facts = facts
        self.height = facts.height

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the vectors of some rows."""
        return vectors(self._facts.frame[rows]) if self.height > BLOCK else self._all[rows]

    @cached_property
    def _all(self) -> NDArray[np.float32]:
        return vectors_of_few(self._facts)


def _fill(made: NDArray[np.float32], numbers: Floats) -> None:
    """Turn numbers, NaN unknown, into features; both one below the other.

    A rate is missing where the key was never seen: the base rate in its place would be an average for a newcomer.
    """
    made[_PLACES[:_END_RATES]] = np.where(numbers[_SEEN] > 0, numbers[:_END_RATES], np.nan)
    logarithms = np.maximum(numbers[_END_RATES:_END_LOGS], 0.0)
    logarithms += 1.0
    made[_PLACES[_END_RATES:_END_LOGS]] = np.log(logarithms, out=logarithms)
    made[_PLACES[_END_LOGS:]] = numbers[_END_LOGS:]
