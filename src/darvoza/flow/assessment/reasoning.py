"""Reasons of a score: what moved it most, by concept, each with the value and what it is compared with.

Contributions of features (exact TreeSHAP) are added up by concept, because an officer thinks of "the importer", not of
five counters. The feature of the concept that moved the score most in the direction of the whole tells what to say.
Codes and values are made here, words at the door; the same input gives the same reasons.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType
from darvoza.domain.features import FEATURES, Feature
from darvoza.methods.score_model import ScoreModel

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Row = Mapping[str, Any]
_Told = tuple[str, float, str, str, Mapping[str, Any]]
"""Concept, amount, fact, code and values of a reason."""

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

_KEYS = tuple(sorted((name.removesuffix("_items") for name in FACT if name.endswith("_items")), key=len, reverse=True))
_KEY_OF = {
    name: next(key for key in _KEYS if name.startswith(f"{key}_"))
    for name, fact in FACT.items()
    if fact.source == "history" and name.startswith(tuple(f"{key}_" for key in _KEYS))
}
SPOKEN = frozenset(feature.fact for feature in FEATURES) | {
    "unit_value",
    "reference_unit_value",
    "reference_5_percent",
    "reference_level",
    "origin",
    "reference_count",
    *(f"{key}_{counter}" for key in _KEYS for counter in ("items", "examined_12m", "findings_12m")),
}
"""Facts that reasons speak of."""

_CONCEPT_OF = np.sort([CONCEPTS.index(feature.concept) for feature in FEATURES])
_BY_CONCEPT = np.argsort([CONCEPTS.index(feature.concept) for feature in FEATURES], kind="stable")
_STARTS = np.flatnonzero(np.diff(_CONCEPT_OF, prepend=-1))


def reasons(model: ScoreModel, features: Features, facts: pl.DataFrame, *, threads: int) -> pl.Series:
    """Give the concepts that moved each score most, largest first.

    Parameters
    ----------
    model
        The fitted model.
    features
        Feature matrix of the items asked for, shape ``(m, p)``.
    facts
        Their facts, row by row.
    threads
        Threads used.

    Returns
    -------
    pl.Series
        Lists of `REASON`, at most `REASONS` each; amounts in log-odds.
    """
    parts = model.contributions(features, threads=threads)
    weighed = _weighed(parts)
    rows = facts.select(name for name in facts.columns if name in SPOKEN).iter_rows(named=True)
    told: list[_Told] = []
    for amounts, concepts, leads, row in zip(*(column.tolist() for column in weighed), rows, strict=True):
        told += [
            (CONCEPTS[concept], amount, FEATURES[lead].fact, *_said(model, CONCEPTS[concept], FEATURES[lead], row))
            for amount, concept, lead in zip(amounts, concepts, leads, strict=True)
        ]
    return _series(told, weighed.concepts.shape)


def reasons_of(model: ScoreModel, contributions: Floats, row: Row) -> list[dict[str, object]]:
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
    amounts, concepts, leads = (column[0].tolist() for column in _weighed(contributions[np.newaxis]))
    return [
        _reason(model, CONCEPTS[concept], amount, FEATURES[lead], row)
        for amount, concept, lead in zip(amounts, concepts, leads, strict=True)
    ]


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


def _series(told: list[_Told], shape: tuple[int, ...]) -> pl.Series:
    """Put reasons into one column; made column by column, for a column of nested mappings takes ten times as long."""
    slots = max((len(values) for *_, values in told), default=1) or 1
    flat = [
        value for *_, values in told for value in [*_listed(values), *([(None, None, None)] * (slots - len(values)))]
    ]
    held = pl.DataFrame(flat, schema=dict(VALUE), orient="row")
    values = held.select(pl.when(pl.col("name").is_not_null()).then(pl.struct(pl.all()))).to_series()
    frame = pl.DataFrame([each[:-1] for each in told], schema=["concept", "amount", "fact", "code"], orient="row")
    frame = frame.with_columns(values.reshape((-1, slots)).arr.to_list().list.drop_nulls().alias("values"))
    rows = frame.select(pl.struct("concept", "amount", "code", "fact", "values")).to_series()
    return rows.reshape(shape).arr.to_list().cast(pl.List(REASON)).alias("contributions")


def _listed(values: Mapping[str, Any]) -> list[tuple[str, float | None, str | None]]:
    """Tell numbers from texts."""
    return [
        (name, None, value) if isinstance(value, str) else (name, float(value), None) for name, value in values.items()
    ]


def _reason(model: ScoreModel, concept: str, amount: float, lead: Feature, row: Row) -> dict[str, object]:  # noqa: PLR0917
    code, values = _said(model, concept, lead, row)
    listed = [dict(zip(VALUE_PARTS, each, strict=True)) for each in _listed(values)]
    return {"concept": concept, "amount": amount, "code": code, "fact": lead.fact, "values": listed}


def _said(model: ScoreModel, concept: str, lead: Feature, row: Row) -> tuple[str, dict[str, Any]]:
    """Choose how to say it, and with which values."""
    if concept == "unit value" and row.get("reference_unit_value") and row.get("unit_value"):
        names = {
            "value": "unit_value",
            "middle": "reference_unit_value",
            "fifth": "reference_5_percent",
            "count": "reference_count",
            "level": "reference_level",
            "origin": "origin",
        }
        return "tail", {name: row[fact] for name, fact in names.items() if row.get(fact) is not None}
    key = _KEY_OF.get(lead.fact)
    if key is not None:
        history = _history(model, key, lead.fact, row)
        if history is not None:
            return history
    return _stated(model, lead, row.get(lead.fact))


def _stated(model: ScoreModel, lead: Feature, value: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - any fact
    """Say what one fact is, beside what is usual where that is known."""
    if value is None:
        return "unknown", {}
    if FACT[lead.fact].type is FactType.FLAG:
        return ("yes" if value else "no"), {}
    if FACT[lead.fact].type is not FactType.NUMBER:
        return "text", {"value": " ".join(value) if isinstance(value, list) else str(value)}
    usual = model.typical.get(lead.name)
    if usual is None:
        return "number", {"value": value}
    low, high = np.expm1(usual) if lead.form == "log" else usual
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
