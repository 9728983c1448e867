"""Floors of sampling plans: the fraction that the goods of each trader stand at; a census for goods never seen."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import RiskArea
from darvoza.domain.expression import Expression, Include, both
from darvoza.domain.folding import folded_trader
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.domain.selection import FloorKind, PlacedFloor
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.measures import scope_terms
from darvoza.flow.tables import with_folded

KEY = ("importer", "heading", "origin")
KEPT: Final = 4
"""Sets of plans whose scopes stay compiled."""

Ints = NDArray[np.int64]


@lru_cache(maxsize=KEPT)
def plan_scopes(plans: tuple[SamplingPlan, ...]) -> tuple[RiskProfile, ...]:
    """Give profiles that match the goods each plan is about."""
    return tuple(
        RiskProfile(
            code=plan.code,
            title=plan.title,
            agency=plan.agency,
            risk_area=RiskArea.SPS,
            condition=_condition(plan),
            treatment=Treatment(plan.act),
            unknown=UnknownPolicy.MATCH,
            valid=Validity(plan.start, plan.end),
            legal_basis=plan.legal_basis,
            floor=FloorKind.LAW,
        )
        for plan in plans
    )


@lru_cache(maxsize=KEPT)
def scopes_of(plans: tuple[SamplingPlan, ...]) -> ColumnsExecutor:
    """Give what decides which goods each plan is about."""
    return ColumnsExecutor(plan_scopes(plans))


def _condition(plan: SamplingPlan) -> Expression:
    return both(Include("sps_agencies", (plan.agency.value,)), *scope_terms(plan.scope))


def plan_floors(
    facts: pl.DataFrame, plans: tuple[SamplingPlan, ...], states: pl.DataFrame | None, *, starts: Ints
) -> pl.DataFrame:
    """Give the floor that each plan puts under the act of each declaration.

    Parameters
    ----------
    facts
        Facts of goods items.
    plans
        The plans in force.
    states
        What `darvoza.flow.learning.plan_states` gave; ``None``: every stream is at its start.
    starts
        First row of each declaration.

    Returns
    -------
    pl.DataFrame
        One row per plan and declaration: ``declaration``, ``agency``, ``act``, ``kind``, ``source``, ``probability``,
        ``items``; the probability is the largest over its goods items.
    """
    matches = scopes_of(plans).match(facts)
    rows = matches.rows
    keyed = facts[rows].select("importer", pl.col("hs").str.head(4).alias("heading"), "origin", "item")
    keyed = with_folded(keyed, "importer")
    asked = keyed.with_columns(
        plan=pl.Series([plan.code for plan in plans], dtype=pl.String).gather(
            pl.Series(matches.profiles.astype(np.int64))
        ),
        first=pl.Series([plan.fractions[0] for plan in plans], dtype=pl.Float64).gather(
            pl.Series(matches.profiles.astype(np.int64))
        ),
        declaration=pl.Series((np.searchsorted(starts, rows, side="right") - 1).astype(np.uint32)),
    )
    known = pl.DataFrame(schema={"plan": pl.String, **dict.fromkeys(KEY, pl.String), "fraction": pl.Float64})
    if states is not None:
        known = _strictest(states).rename({"importer_id": "importer"})
    asks = pl.DataFrame(
        {"plan": [one.code for one in plans], "agency": [one.agency.value for one in plans],
         "act": [one.act.value for one in plans]},
        schema=dict.fromkeys(("plan", "agency", "act"), pl.String),
    )  # fmt: skip
    return (
        asked.join(known, on=["plan", *KEY], how="left", maintain_order="left")
        .with_columns(probability=pl.col("fraction").fill_null(pl.col("first")))
        .group_by("plan", "declaration", maintain_order=True)
        .agg(pl.col("probability").max(), pl.col("item").alias("items"))
        .join(asks, on="plan", how="left", maintain_order="left")
        .select("declaration", "agency", "act", kind=pl.lit(FloorKind.PLAN.value), source="plan",
                probability="probability", items="items")
    )  # fmt: skip


def few_plan_floors(
    facts: pl.DataFrame, plans: tuple[SamplingPlan, ...], states: pl.DataFrame | None, *, starts: Ints
) -> list[PlacedFloor]:
    """Give the same floors of few declarations, row by row.

    Parameters
    ----------
    facts, plans, states, starts
        As for `plan_floors`.
    """
    matches = scopes_of(plans).match(facts)
    if not len(matches):
        return []
    known = _fractions(states)
    names = ("importer", "hs", "origin", "item")
    importers, codes, origins, numbers = (facts.get_column(name).to_list() for name in names)
    declarations = (np.searchsorted(starts, matches.rows, side="right") - 1).tolist()
    found: dict[tuple[int, int], tuple[list[float], list[int]]] = {}
    for place, row, declaration in zip(matches.profiles.tolist(), matches.rows.tolist(), declarations, strict=True):
        plan, code = plans[place], codes[row]
        importer = importers[row]
        stream = plan.code, importer and folded_trader(importer), None if code is None else code[:4], origins[row]
        fractions, items = found.setdefault((place, declaration), ([], []))
        fractions.append(known.get(stream, plan.fractions[0]))
        items.append(numbers[row])
    return [
        PlacedFloor(
            declaration, plans[place].agency.value, plans[place].act.value, FloorKind.PLAN.value, plans[place].code,
            max(fractions), items,
        )
        for (place, declaration), (fractions, items) in found.items()
    ]  # fmt: skip


def _fractions(states: pl.DataFrame | None) -> Mapping[tuple[str | None, ...], float]:
    """Give the fraction of each stream that is known; of what is unknown of goods nothing is."""
    if states is None:
        return {}
    return {tuple(stream): fraction for *stream, fraction in _strictest(states).drop_nulls().iter_rows()}


def _strictest(states: pl.DataFrame) -> pl.DataFrame:
    """Give the fraction of each stream; of an importer whose identifier was kept under two spellings, the larger."""
    told = with_folded(states.select("plan", "importer_id", "heading", "origin", "fraction"), "importer_id")
    return told.group_by("plan", "importer_id", "heading", "origin", maintain_order=True).agg(pl.col("fraction").max())
