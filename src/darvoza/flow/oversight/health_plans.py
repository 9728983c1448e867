"""Sampling plans at work: what they asked for, what was examined, what is believed to have left, against the formula."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.health_deciles import Between, Rate, between_of, rate_of
from darvoza.methods.plans.long_run import long_run
from darvoza.methods.plans.states import Plan


class PlanUse(NamedTuple):
    """One plan over the period.

    Attributes
    ----------
    code
        The plan.
    consignments
        How many were in its scope.
    asked
        The share it asked for on the average: Σ of its floor over the consignments.
    examined
        How many of the consignments were examined, for this or any other reason, with the interval of their share.
    results
        Results that are known.
    failing
        The share of all consignments that fails, weighted by 1/π; ``None`` where too few were examined.
    by_formula
        The share that the plan examines in the long run at that failing share, and at the ends of its interval.
    outgoing, outgoing_by_formula
        The share of all consignments that fails and was let through, estimated, and by formula (AOQ, failures put right).
    """

    code: str
    consignments: int
    asked: float
    examined: Rate
    results: int
    failing: Between | None = None
    by_formula: Between | None = None
    outgoing: float | None = None
    outgoing_by_formula: float | None = None


def plan_uses(decisions: pl.DataFrame, looked: pl.DataFrame, plans: Mapping[str, Plan]) -> tuple[PlanUse, ...]:
    """Say how each plan worked.

    Parameters
    ----------
    decisions
        Decisions of the period.
    looked
        One row a consignment and service that was examined: ``failed``, ``probability``.
    plans
        The plans by code; those that decided nothing are left out.
    """
    floors = decisions.explode("floors", empty_as_null=True, keep_nulls=True).unnest("floors", separator="_")
    asked = floors.filter(floors_kind=FloorKind.PLAN.value).select(
        "declaration_id", "agency", "selected", code="floors_source", asked="floors_probability"
    )
    found = asked.join(
        looked.select("declaration_id", "agency", "failed", "probability"), on=["declaration_id", "agency"], how="left"
    )
    return tuple(
        _use(code, found.filter(code=code), plan)
        for code, plan in sorted(plans.items())
        if (found["code"] == code).any()
    )


def _use(code: str, own: pl.DataFrame, plan: Plan) -> PlanUse:
    known = own.drop_nulls("failed")
    examined = rate_of(int(own.get_column("selected").sum()), own.height)
    use = PlanUse(code, own.height, float(own.get_column("asked").to_numpy().mean()), examined, known.height)
    failing = between_of(known)
    if failing is None:
        return use
    found = int(known.get_column("failed").sum())
    return use._replace(
        failing=failing,
        by_formula=Between(*(float(long_run(plan, level).inspected) for level in failing)),
        outgoing=max(failing.value - found / own.height, 0.0),
        outgoing_by_formula=float(long_run(plan, failing.value).treated),
    )
