"""The book of sampling plans and of least shares: goods in the scope of each, replayed to where it stands.

intake → enrichment (who is competent) → assessment (which goods a plan is about) → learning (where they stand)
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency
from darvoza.domain.expression import facts_used
from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.sps.measure import Measure
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.annual_minimum import NO_RESULTS, counts
from darvoza.flow.assessment.plan_floors import plan_scopes, scopes_of
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.learning.plan_states import RESULT_DELAY, SCHEMA, plan_states, superseded, the_plan
from darvoza.flow.learning.plan_streams import Terms
from darvoza.methods.plans.states import Plan

SCOPED = frozenset({"lodged_on", "hs", "origin", "importer"})
"""Facts that every scope needs, besides those it speaks of."""

RESULTS: Mapping[str, pl.DataType] = {
    "declaration_id": pl.String(),
    "item": pl.Int64(),
    "agency": pl.String(),
    "act": pl.String(),
    "examined": pl.Boolean(),
    "finding": pl.Boolean(),
    "result_at": pl.Datetime("us", "UTC"),
    "probability": pl.Float64(),
}
"""What a result tells of a goods item; the probability is that with which its act was chosen, null where it is not known."""

_DECLARED = ("declaration_id", "version", "lodged_at", "flow", "post", "importer_id")
"""What the goods items of a declaration have in common, as far as plans ask for it."""


def keep_plans(
    items: pl.DataFrame,
    plans: tuple[SamplingPlan, ...],
    *,
    competence: CompetenceRegister | None,
    day: date,
    results: pl.DataFrame | None = None,
    settings: FactSettings = DEFAULT,
) -> pl.DataFrame:
    """Replay every plan to a day.

    Parameters
    ----------
    items
        Canonical goods items, in all their versions.
    plans
        The plans.
    competence
        The register of competence.
    day
        The day on which the states are asked for; what is known on it or later is not looked at.
    results
        What examinations found, with the columns of `RESULTS`, in the order in which it was told: for each plan those of its
        service and act count. ``None``: the outcomes of the goods items are those of the act that each plan asks for.
    settings
        How facts are made; the day on which a plan begins or ends is a local one.

    Returns
    -------
    pl.DataFrame
        One row a plan and stream, as `darvoza.flow.learning.plan_states` gives them.
    """
    made = [pl.DataFrame(schema=SCHEMA)]
    dated = superseded(items)
    for plan, rows in zip(plans, in_scope(items, plans, sources=Sources(settings, competence)), strict=True):
        mine = dated[rows] if results is None else _with_results(dated[rows], plan, results)
        made.append(plan_states(mine, rule_of(plan), code=plan.code, day=day, terms=terms_of(plan)))
    return pl.concat(made)


def _with_results(items: pl.DataFrame, plan: SamplingPlan, results: pl.DataFrame) -> pl.DataFrame:
    """Give goods items with what the act of a plan found, and nothing else; one row a result."""
    own = results.filter(agency=plan.agency.value, act=plan.act.value).drop("agency", "act")
    told = in_turn(own, ["declaration_id", "item"]).rename({"probability": "inclusion_probability"})
    bare = items.drop("examined", "finding", "result_at", "inclusion_probability")
    return bare.join(told, on=["declaration_id", "item"], how="left", maintain_order="left_right")


def in_turn(results: pl.DataFrame, of: Sequence[str]) -> pl.DataFrame:
    """Give what was told of each goods item: it is known no earlier than what was told before, and at one moment the last holds.

    Examples
    --------
    >>> told = pl.DataFrame({"item": [1, 1, 2], "finding": [True, False, True], "result_at": [date(2026, 3, 5)] * 2 + [None]})
    >>> in_turn(told, ["item"])["finding"].to_list()
    [False, True]
    """
    known = results.with_columns(pl.col("result_at").cum_max().over(of))
    return known.unique([*of, "result_at"], keep="last", maintain_order=True)


def without_passes(results: pl.DataFrame, torn: Collection[str]) -> pl.DataFrame:
    """Take the passes from declarations of which a row cannot be read: it may have been the failure; failures stand.

    Examples
    --------
    >>> results = pl.DataFrame({"declaration_id": ["D1", "D1", "D2"], "finding": [True, False, False]})
    >>> without_passes(results, {"D1"})["finding"].to_list()
    [True, False]
    """
    return results.filter(pl.col("finding") | ~pl.col("declaration_id").is_in(list(torn)))


def unread_goods(items: pl.DataFrame, failures: pl.DataFrame, torn: Collection[str]) -> pl.DataFrame:
    """Give the goods items that could not be read and failed, as their results name them: a failure stands without its row.

    Parameters
    ----------
    items
        Canonical goods items; whose a failure is, and when its goods were lodged, the other rows of its declaration say.
    failures
        ``declaration_id``, ``item``, ``hs`` and ``origin`` of results that failed.
    torn
        The declarations of which a row could not be read.
    """
    named = failures.select("declaration_id", "item", "hs", "origin").unique(
        ["declaration_id", "item"], maintain_order=True
    )
    lost = named.filter(pl.col("declaration_id").is_in(list(torn))).join(
        items, on=["declaration_id", "item"], how="anti", maintain_order="left"
    )
    declared = items.select(_DECLARED).unique(["declaration_id", "version"], keep="first", maintain_order=True)
    made = declared.join(lost, on="declaration_id", maintain_order="left_right")
    return made.select(
        pl.col(name).cast(kind) if name in made.columns else pl.lit(None, kind).alias(name)
        for name, kind in items.schema.items()
    )


def outcomes_of(items: pl.DataFrame, agency: Agency, act: Act) -> pl.DataFrame:
    """Give the outcomes that stand beside goods items as results of one service and act."""
    told = items.filter(pl.col("examined").fill_null(value=False))
    result_at = pl.col("result_at").fill_null(pl.col("lodged_at") + RESULT_DELAY)
    named = told.with_columns(
        result_at, agency=pl.lit(agency.value), act=pl.lit(act.value), probability="inclusion_probability"
    )
    return named.select(pl.col(name).cast(kind) for name, kind in RESULTS.items())


def rule_of(plan: SamplingPlan) -> Plan:
    """Give the rule by which a plan moves."""
    return the_plan(plan.fractions, plan.clearances, memory=plan.memory, validity=plan.validity)


def terms_of(plan: SamplingPlan) -> Terms:
    """Give what a plan asks of a pass besides."""
    return Terms(float(plan.least_mass), plan.distinct_days)


def in_scope(items: pl.DataFrame, plans: tuple[SamplingPlan, ...], *, sources: Sources) -> list[NDArray[np.int64]]:
    """Give for each plan the rows of the goods items that it is about."""
    scopes = plan_scopes(plans)
    asked = SCOPED.union(*(facts_used(scope.condition) for scope in scopes))
    # versions of one declaration may be lodged days apart; facts want the rows of a declaration together
    order = np.argsort(items.get_column("declaration_id").rank("dense").to_numpy(), kind="stable")
    facts = enrich(items[order], sources=sources, only=asked, replay=True)
    matches = scopes_of(plans).match(facts)
    return [np.sort(order[matches.rows[matches.profiles == place]]).astype(np.int64) for place in range(len(plans))]


def count_minima(
    items: pl.DataFrame,
    measures: Sequence[Measure],
    *,
    competence: CompetenceRegister | None,
    day: date,
    results: pl.DataFrame = NO_RESULTS,
    settings: FactSettings = DEFAULT,
) -> pl.DataFrame:
    """Count where the least shares of the year stand on a day; see `darvoza.flow.assessment.annual_minimum.counts`."""
    items = items.sort("declaration_id", maintain_order=True)
    facts = enrich(items, sources=Sources(settings, competence), replay=True)
    return counts(items, facts, measures, day=day, results=results)
