"""The book of sampling plans and of least shares: goods in the scope of each, replayed to where it stands.

intake → enrichment (who is competent) → assessment (which goods a plan is about) → learning (where they stand)
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import facts_used
from darvoza.domain.sps.measure import Measure
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.annual_minimum import NO_RESULTS, counts
from darvoza.flow.assessment.plan_floors import plan_scopes, scopes_of
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.learning.plan_states import SCHEMA, plan_states, the_plan
from darvoza.methods.plans.states import Plan

SCOPED = frozenset({"lodged_on", "hs", "origin", "importer"})
"""Facts that every scope needs, besides those it speaks of."""


def keep_plans(
    items: pl.DataFrame, plans: tuple[SamplingPlan, ...], *, competence: CompetenceRegister | None, day: date
) -> pl.DataFrame:
    """Replay every plan to a day.

    Parameters
    ----------
    items
        Canonical goods items with their outcomes.
    plans
        The plans.
    competence
        The register of competence.
    day
        The day on which the states are asked for; what is known on it or later is not looked at.

    Returns
    -------
    pl.DataFrame
        One row a plan and stream, as `darvoza.flow.learning.plan_states` gives them.
    """
    made = [pl.DataFrame(schema=SCHEMA)]
    for plan, rows in zip(plans, in_scope(items, plans, competence=competence), strict=True):
        made.append(plan_states(items[rows], rule_of(plan), code=plan.code, day=day))
    return pl.concat(made)


def rule_of(plan: SamplingPlan) -> Plan:
    """Give the rule by which a plan moves."""
    return the_plan(plan.fractions, plan.clearances, memory=plan.memory, validity=plan.validity)


def in_scope(
    items: pl.DataFrame, plans: tuple[SamplingPlan, ...], *, competence: CompetenceRegister | None
) -> list[NDArray[np.int64]]:
    """Give for each plan the rows of the goods items that it is about."""
    scopes = plan_scopes(plans)
    asked = SCOPED.union(*(facts_used(scope.condition) for scope in scopes))
    facts = enrich(items, sources=Sources(competence=competence), only=asked, replay=True)
    matches = scopes_of(plans).match(facts)
    return [np.sort(matches.rows[matches.profiles == place]).astype(np.int64) for place in range(len(plans))]


def count_minima(
    items: pl.DataFrame,
    measures: Sequence[Measure],
    *,
    competence: CompetenceRegister | None,
    day: date,
    results: pl.DataFrame = NO_RESULTS,
) -> pl.DataFrame:
    """Count where the least shares of the year stand on a day; see `darvoza.flow.assessment.annual_minimum.counts`."""
    facts = enrich(items, sources=Sources(competence=competence), replay=True)
    return counts(items, facts, measures, day=day, results=results)
