"""Reasons of a score: what moved it most, by concept, each with the value and what it is compared with.

Contributions of features (exact TreeSHAP) are added up by concept, because an officer thinks of "the importer", not of
five counters. The feature of the concept that moved the score most in the direction of the whole tells what to say.
Codes and values are made here, words at the door; the same input gives the same reasons.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType
from darvoza.domain.features import FEATURES, Feature
from darvoza.flow.fact_table import FactTable
from darvoza.methods.score_model import ScoreModel

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Row = Mapping[str, Any]
Range = tuple[float, float]

CONCEPTS: tuple[str, ...] = tuple(dict.fromkeys(feature.concept for feature in FEATURES))
"""Every concept, in the order of the features."""

REASONS = 5
"""Most concepts given as reasons."""

PEERS = frozenset({"reference_unit_value", "reference_5_percent", "reference_level", "reference_count", "origin"})
"""Facts that tell with whom a unit value is compared."""

CODES = ("first", "record", "unexamined", "peers", "tail", "range", "number", "yes", "no", "text", "unknown")
"""Every way to say a reason; a door has words for each. ``peers`` stands with decisions of before ``tail`` was said."""

VALUE_PARTS = ("name", "number", "text")
VALUE = pl.Struct({"name": pl.String, "number": pl.Float64, "text": pl.String})
REASON = pl.Struct(
    {"concept": pl.String, "amount": pl.Float64, "code": pl.String, "fact": pl.String, "values": pl.List(VALUE)}
)
"""How a reason is stored with the decision."""

_NO_VALUE = (None,) * len(VALUE_PARTS)


class _Told(NamedTuple):
    """A reason as it is put together: what is stored of it, and its values by name."""

    concept: str
    amount: float
    code: str
    values: Mapping[str, Any]
    fact: str


_KEYS = tuple(sorted((name.removesuffix("_items") for name in FACT if name.endswith("_items")), key=len, reverse=True))
_KEY_OF = {
    name: next(key for key in _KEYS if name.startswith(f"{key}_"))
    for name, fact in FACT.items()
    if fact.source == "history" and name.startswith(tuple(f"{key}_" for key in _KEYS))
}
_UNIT_VALUE = {
    "value": "unit_value",
    "middle": "reference_unit_value",
    "fifth": "reference_5_percent",
    "count": "reference_count",
    "level": "reference_level",
    "origin": "origin",
}
"""What a unit value is told with, and the facts."""


def _spoken(lead: Feature) -> frozenset[str]:
    """Name the facts that a reason speaks of, by the feature that leads it."""
    key = _KEY_OF.get(lead.fact)
    counters = [f"{key}_{counter}" for counter in ("items", "examined_12m", "findings_12m")] if key else []
    return frozenset({lead.fact, *counters, *(_UNIT_VALUE.values() if lead.concept == "unit value" else ())})


_SPOKEN = tuple(_spoken(feature) for feature in FEATURES)

_CONCEPT_OF = np.sort([CONCEPTS.index(feature.concept) for feature in FEATURES])
_BY_CONCEPT = np.argsort([CONCEPTS.index(feature.concept) for feature in FEATURES], kind="stable")
_STARTS = np.flatnonzero(np.diff(_CONCEPT_OF, prepend=-1))


def reasons(model: ScoreModel, features: Features, facts: FactTable, rows: Ints, *, threads: int) -> pl.Series:
    """Give the concepts that moved each score most, largest first.

    Parameters
    ----------
    model
        The fitted model.
    features
        Feature matrix of the items asked for, shape ``(m, p)``.
    facts
        The facts of all items.
    rows
        The rows of the items asked for, shape ``(m,)``.
    threads
        Threads used.

    Returns
    -------
    pl.Series
        Lists of `REASON`, at most `REASONS` each; amounts in log-odds.
    """
    weighed = _weighed(model.contributions(features, threads=threads))
    spoken = _spoken_of(weighed)
    said_of = facts.select(name for name in facts.columns if name in spoken)[rows].to_dicts()
    return _series(list(chain.from_iterable(_told(model, weighed, said_of))))


def reasons_of_few(
    model: ScoreModel, features: Features, facts: FactTable, rows: Ints, *, threads: int
) -> list[list[dict[str, Any]]]:
    """Give the same reasons of few items, row by row; everything as for `reasons`."""
    weighed = _weighed(model.contributions(features, threads=threads))
    spoken = _spoken_of(weighed).intersection(facts.columns)
    told = _told(model, weighed, facts.some(rows, spoken))
    return [[_as_row(each) for each in of_item] for of_item in told]


def reasons_of(model: ScoreModel, contributions: Floats, row: Row) -> list[dict[str, Any]]:
    """Give the reasons of one item.

    Parameters
    ----------
    model
        The fitted model.
    contributions
        What each feature added to the log-odds, shape ``(p,)``.
    row
        The facts of the item, by name.
    """
    (told,) = _told(model, _weighed(contributions[np.newaxis]), [row])
    return [_as_row(each) for each in told]


def _told(model: ScoreModel, weighed: "_Weighed", said_of: Iterable[Row]) -> Iterator[list[_Told]]:
    """Yield the reasons of each item, from what weighs most and the facts that are spoken of."""
    usual = _usual(model, np.unique(weighed.leads).tolist())
    for amounts, concepts, leads, row in zip(*(column.tolist() for column in weighed), said_of, strict=True):
        yield [
            _Told(CONCEPTS[concept], amount, *_said(model, FEATURES[lead], row, usual), FEATURES[lead].fact)
            for amount, concept, lead in zip(amounts, concepts, leads, strict=True)
        ]


def _as_row(told: _Told) -> dict[str, Any]:
    values = [{"name": name, "number": number, "text": text} for name, number, text in _listed(told.values)]
    return {"concept": told.concept, "amount": told.amount, "code": told.code, "fact": told.fact, "values": values}


def _spoken_of(weighed: "_Weighed") -> frozenset[str]:
    """Name the facts that reasons speak of."""
    return frozenset[str]().union(*(_SPOKEN[lead] for lead in np.unique(weighed.leads).tolist()))


def _usual(model: ScoreModel, leads: Iterable[int]) -> dict[str, Range]:
    """Give the range that is usual for features, in the unit of their facts, where it is known."""
    features = [FEATURES[lead] for lead in leads if FEATURES[lead].name in model.typical]
    return {
        each.name: tuple(np.expm1(model.typical[each.name])) if each.form == "log" else model.typical[each.name]
        for each in features
    }


class _Weighed(NamedTuple):
    """The weightiest concepts of each row, largest first; arrays of shape ``(n, REASONS)``.

    Attributes
    ----------
    amounts
        What the concept added to the log-odds.
    concepts
        Its place in `CONCEPTS`.
    leads
        The place of the feature that moved the score most in the direction of its concept.
    """

    amounts: Floats
    concepts: NDArray[np.int64]
    leads: NDArray[np.int64]


def _weighed(contributions: Floats) -> _Weighed:
    """Add contributions of shape ``(n, p)`` up by concept; a row gives the same alone and among others."""
    of_concept = np.take(contributions, _BY_CONCEPT, axis=1)
    amounts = np.add.reduceat(of_concept, _STARTS, axis=1)
    along = of_concept * np.where(amounts >= 0, 1.0, -1.0)[:, _CONCEPT_OF]
    strongest = along == np.maximum.reduceat(along, _STARTS, axis=1)[:, _CONCEPT_OF]
    first = np.minimum.reduceat(np.where(strongest, np.arange(_CONCEPT_OF.size), _CONCEPT_OF.size), _STARTS, axis=1)
    concepts = np.argsort(-np.abs(amounts), axis=1, kind="stable")[:, :REASONS]
    leads = _BY_CONCEPT[np.take_along_axis(first, concepts, axis=1)]
    return _Weighed(np.take_along_axis(amounts, concepts, axis=1), concepts, leads)


def _series(told: Sequence[_Told]) -> pl.Series:
    """Put reasons into one column, `REASONS` a row; made column by column, for nested mappings take ten times as long."""
    values = [_listed(each.values) for each in told]
    slots = max(map(len, values), default=1) or 1
    flat = [value for each in values for value in (*each, *[_NO_VALUE] * (slots - len(each)))]
    held = pl.DataFrame(
        [
            pl.Series(part.name, [value[place] for value in flat], dtype=part.dtype)
            for place, part in enumerate(VALUE.fields)
        ]
    )
    frame = pl.DataFrame(
        [
            pl.Series("concept", [each.concept for each in told], dtype=pl.String),
            pl.Series("amount", [each.amount for each in told], dtype=pl.Float64),
            pl.Series("code", [each.code for each in told], dtype=pl.String),
            pl.Series("fact", [each.fact for each in told], dtype=pl.String),
            held.select(_values(slots)).to_series(),
        ]
    )
    return frame.select(_TOLD).to_series()


@lru_cache(maxsize=REASONS + 4)
def _values(slots: int) -> pl.Expr:
    """Put values into lists, so many places each; a place without a name is empty."""
    known = pl.when(pl.col("name").is_not_null()).then(pl.struct(VALUE_PARTS))
    return known.reshape((-1, slots)).arr.to_list().list.drop_nulls().alias("values")


_TOLD = (
    pl.struct("concept", "amount", "code", "fact", "values").reshape((-1, REASONS)).arr.to_list().alias("contributions")
)


def _listed(values: Mapping[str, Any]) -> list[tuple[str, float | None, str | None]]:
    """Tell numbers from texts."""
    return [
        (name, None, value) if isinstance(value, str) else (name, float(value), None) for name, value in values.items()
    ]


def _said(model: ScoreModel, lead: Feature, row: Row, usual: Mapping[str, Range]) -> tuple[str, dict[str, Any]]:
    """Choose how to say it, and with which values."""
    if lead.concept == "unit value" and row.get("reference_unit_value") and row.get("unit_value"):
        return "tail", {name: row[fact] for name, fact in _UNIT_VALUE.items() if row.get(fact) is not None}
    key = _KEY_OF.get(lead.fact)
    if key is not None:
        history = _history(model, key, lead.fact, row)
        if history is not None:
            return history
    return _stated(lead, row.get(lead.fact), usual.get(lead.name))


def _stated(lead: Feature, value: Any, usual: Range | None) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - any fact
    """Say what one fact is, beside what is usual where that is known."""
    if value is None:
        return "unknown", {}
    if FACT[lead.fact].type is FactType.FLAG:
        return ("yes" if value else "no"), {}
    if FACT[lead.fact].type is not FactType.NUMBER:
        return "text", {"value": " ".join(value) if isinstance(value, list) else str(value)}
    if usual is None:
        return "number", {"value": value}
    low, high = usual
    return "range", {"value": value, "low": low, "high": high}


def _history(model: ScoreModel, key: str, fact: str, row: Row) -> tuple[str, dict[str, Any]] | None:
    """Tell what was known of one who trades, or of what is traded; a newcomer is said to be one."""
    items = row.get(f"{key}_items")
    if items is None:
        return None
    if items == 0:
        return "first", {"key": key}
    if not fact.endswith(("_rate", "_rate_recent", "_findings_12m", "_examined_12m", "_items", "_age")):
        return None
    examined, found = row.get(f"{key}_examined_12m"), row.get(f"{key}_findings_12m")
    if not examined:
        return "unexamined", {"key": key, "items": items}
    return "record", {"key": key, "findings": found or 0, "examined": examined, "base": model.base_rate}


def typical_ranges(features: Features, owners: NDArray[np.int64]) -> dict[str, tuple[float, float]]:
    """Give the range that holds nine owners in ten, feature by feature: 5 % and 95 % quantiles, one row an owner.

    Every owner counts once, with its latest row, so that nobody sets the range it is compared with.

    Parameters
    ----------
    features
        Shape ``(n, p)``, in order of time.
    owners
        Number of the owner of each row, −1 unknown, shape ``(n,)``.
    """
    known = np.flatnonzero(owners >= 0)[::-1]
    _, first = np.unique(owners[known], return_index=True)
    rows = features[known[first]].astype(np.float64)
    return dict(_ranges(rows))


def _ranges(rows: Floats) -> Iterator[tuple[str, tuple[float, float]]]:
    for place, feature in enumerate(FEATURES):
        known = rows[np.isfinite(rows[:, place]), place]
        if known.size and feature.form in {"number", "log"}:
            low, high = np.quantile(known, (0.05, 0.95))
            yield feature.name, (float(low), float(high))
