"""The book of sampling plans and of least shares: goods in the scope of each, replayed to where it stands.

intake → enrichment (who is competent) → assessment (which goods a plan is about) → learning (where they stand)
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from darvoza.domain.sps.measure import Measure
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.annual_minimum import counts
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.plan_floors import plan_scopes
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.learning.plan_states import SCHEMA, plan_states, the_plan


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
    facts = enrich(items, sources=Sources(competence=competence), replay=True)
    matches = ColumnsExecutor(plan_scopes(plans)).match(facts)
    made = [pl.DataFrame(schema=SCHEMA)]
    for place, plan in enumerate(plans):
        rows = np.sort(matches.rows[matches.profiles == place])
        rule = the_plan(plan.fractions, plan.clearances, memory=plan.memory, validity=plan.validity)
        made.append(plan_states(items[rows], rule, code=plan.code, day=day))
    return pl.concat(made)


def count_minima(
    items: pl.DataFrame, measures: Sequence[Measure], *, competence: CompetenceRegister | None, day: date
) -> pl.DataFrame:
    """Count where the least shares of the year stand on a day; see `darvoza.flow.assessment.annual_minimum.counts`."""
    facts = enrich(items, sources=Sources(competence=competence), replay=True)
    return counts(items, facts, measures, day=day)
