"""Reasons of a score: what moved it most, by concept, each with the value and what it is compared with.

Contributions of features (exact TreeSHAP) are added up by concept, because an officer thinks of "the importer", not of
five counters. The feature of the concept that moved the score most in the direction of the whole tells what to say.
Codes and values are made here, words at the door; the same input gives the same reasons.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.facts import FACT, FactType
from darvoza.domain.features import FEATURES, Feature
from darvoza.methods.score_model import ScoreModel

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Row = Mapping[str, Any]

CONCEPTS: tuple[str, ...] = tuple(dict.fromkeys(feature.concept for feature in FEATURES))
"""Every concept, in the order of the features."""

REASONS = 5
"""Most concepts given as reasons."""

CODES = ("first", "record", "unexamined", "peers", "range", "number", "yes", "no", "text", "unknown")
"""Every way to say a reason; a door has words for each."""

VALUE = pl.Struct({"name": pl.String, "number": pl.Float64, "text": pl.String})
REASON = pl.Struct(
    {"concept": pl.String, "amount": pl.Float64, "code": pl.String, "fact": pl.String, "values": pl.List(VALUE)}
)
"""How a reason is stored with the decision."""

_KEYS = tuple(sorted((name.removesuffix("_items") for name in FACT if name.endswith("_items")), key=len, reverse=True))
_COLUMNS = tuple(
    np.array([place for place, feature in enumerate(FEATURES) if feature.concept == concept]) for concept in CONCEPTS
)


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
    rows = facts.iter_rows(named=True)
    told = [reasons_of(model, each, row) for each, row in zip(parts, rows, strict=True)]
    return pl.Series("contributions", told, dtype=pl.List(REASON))


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
    amounts = np.array([contributions[columns].sum() for columns in _COLUMNS])
    order = np.argsort(-np.abs(amounts), kind="stable")[:REASONS]
    return [
        _reason(model, CONCEPTS[place], float(amounts[place]), _leading(contributions, place, amounts[place]), row)
        for place in order.tolist()
    ]


def _leading(contributions: Floats, concept: int, amount: float) -> Feature:
    """Give the feature that moved the score most in the direction of its concept."""
    columns = _COLUMNS[concept]
    along = contributions[columns] * (1.0 if amount >= 0 else -1.0)
    return FEATURES[int(columns[int(np.argmax(along))])]


def _reason(model: ScoreModel, concept: str, amount: float, lead: Feature, row: Row) -> dict[str, object]:  # noqa: PLR0917
    code, values = _said(model, concept, lead, row)
    listed = [
        {"name": name, "number": None if isinstance(value, str) else float(value), "text": value if isinstance(value, str) else None}
        for name, value in values.items()
    ]  # fmt: skip
    return {"concept": concept, "amount": amount, "code": code, "fact": lead.fact, "values": listed}


def _said(model: ScoreModel, concept: str, lead: Feature, row: Row) -> tuple[str, dict[str, Any]]:
    """Choose how to say it, and with which values."""
    if concept == "unit value" and row.get("reference_unit_value") and row.get("unit_value"):
        names = {
            "value": "unit_value",
            "middle": "reference_unit_value",
            "low": "reference_low",
            "count": "reference_count",
        }
        return "peers", {name: row[fact] for name, fact in names.items() if row.get(fact) is not None}
    key = next((key for key in _KEYS if lead.fact.startswith(f"{key}_")), None)
    if key is not None and FACT[lead.fact].source == "history":
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
